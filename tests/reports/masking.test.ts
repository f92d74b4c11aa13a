import { describe, expect, test } from 'vitest';
import { maskLine } from '../../src/reports/masking.ts';
import { writeTerminal } from '../../src/reports/terminal.ts';
import { check, deployment, finding, input, report, written } from './fixture.ts';

const quoted = (line: string, all = false) => maskLine(line, { mask: '‹hidden›', all });

test('near a secret every value is hidden but the name of what holds it', () => {
  expect(quoted('- name: DB_PASSWORD', true)).toBe('- name: DB_PASSWORD');
  expect(quoted('  user: shop', true)).toBe('  user: ‹hidden›');
});

describe('a line that any finding may quote', () => {
  test.each([
    ['  password: hunter2', '  password: ‹hidden›'],
    ['  - DB_PASSWORD: "hunter 2"', '  - DB_PASSWORD: ‹hidden›'],
    ['    value: hunter2', '    value: ‹hidden›'],
    ["  'api-key': hunter2 # note", "  'api-key': ‹hidden›"],
    ['  - --token=hunter2', '  - --token=‹hidden›'],
    ['  args: ["--db-password=hunter2", "--v=2"]', '  args: ["--db-password=‹hidden›", "--v=2"]'],
    ['{"name":"DB","value":"hunter2","image":"nginx"}', '{"name":"DB","value":‹hidden›,"image":"nginx"}'],
    ['{name: DB, password: "hunter2"}', '{name: DB, password: ‹hidden›}'],
    ['- {name: DB, value: hunter2 }', '- {name: DB, value: ‹hidden›}'],
    ['  url: postgres://shop:hunter2@db:5432/shop', '  url: postgres://shop:‹hidden›@db:5432/shop'],
    ['  command: export AWS_SECRET_ACCESS_KEY=hunter2', '  command: export AWS_SECRET_ACCESS_KEY=‹hidden›'],
    ['    aHVudGVyMmh1bnRlcjJodW50ZXIyaHVudGVyMg==', '    ‹hidden›'],
  ])('%s', (line, masked) => {
    expect(quoted(line)).toBe(masked);
  });

  test.each([
    '  automountServiceAccountToken: true',
    '  secretName: shop-tls',
    '        secretKeyRef:',
    '  expirationSeconds: 3600',
    '  image: registry.example:5000/web:1.2',
    '  - --token-auth-file=/etc/tokens.csv',
    '  - --authorization-mode=AlwaysAllow',
    '- name: server',
    '  serviceAccountToken: {',
    'kind: Secret',
    '      containers:',
  ])('%s stays readable', (line) => {
    expect(quoted(line)).toBe(line);
  });
});

describe('a line of a finding about credentials', () => {
  test.each([
    ['  username: admin', '  username: ‹hidden›'],
    ['  - -uadmin', '  - ‹hidden›'],
    ['  "dsn": "x y z",', '  "dsn": ‹hidden›'],
    ['{user: admin, dsn: "x y", port: db}', '‹hidden›'],
    ['    block scalar text', '    ‹hidden›'],
    ['  stringData:', '  stringData:'],
    ['  config: |', '  config: |'],
  ])('%s', (line, masked) => {
    expect(quoted(line, true)).toBe(masked);
  });
});

test.each([
  [
    'a check about credentials',
    check('literal-credential', 'information-disclosure', 'high', { sensitive: true } as object),
    'Deployment',
  ],
  ['an object of kind Secret', check('plain-secret', 'information-disclosure', 'high'), 'Secret'],
])('the frame of %s shows the key, marks the line, and hides the value', async (_, of, kind) => {
  const object = deployment({ kind, line: 5 });
  const lines = ['', '', '', 'data:', '  user: s3cr3t-5', '  other: s3cr3t-6'];
  const locate = () => ({ line: 5, column: 9, endLine: 5, endColumn: 17 });
  const text = await written((sink) =>
    writeTerminal(input(report([finding(of, object)]), { lines: (_file, n) => lines[n - 1], locate }), sink, {
      color: false,
      columns: 100,
    }),
  );
  expect(text).toContain('user: ‹hidden›');
  expect(text).toMatch(/│ +\^/);
  expect(text).not.toContain('s3cr3t');
});
