import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import type { Json } from '../../kubernetes/json.ts';
import { withoutSecretArguments } from './conceal-arguments.ts';
import { concealToml } from './conceal-toml.ts';
import { concealYaml } from './conceal-yaml.ts';

const SEED = 20261123;

const text = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString();
const yaml = (source: string) => text(concealYaml(new TextEncoder().encode(source)));
const toml = (source: string) => text(concealToml(new TextEncoder().encode(source)));

describe('YAML', () => {
  const secretKey = fc.constantFrom(
    'token',
    'password',
    'client-key-data',
    'clientSecret',
    'certificateKey',
    'auth',
    'db_password',
    'secret',
  );
  const plainKey = fc.constantFrom(
    'server',
    'name',
    'users',
    'items',
    'tokenFile',
    'level',
    'a b',
    '#x',
    '- y',
  );
  const plain = fc.oneof(
    fc.integer(),
    fc.boolean(),
    fc.constantFrom('eu', 'https://x.example', 'multi\nline\n', '# no comment', ''),
  );
  /** Values that planted secrets are: unique, so that they can be searched for. */
  const planted = fc
    .tuple(fc.constantFrom('', '\n', ': ', ' # ', '"', "'"), fc.nat(1e9))
    .map(([odd, number]) => `planted${odd}-${number}`);
  const { document } = fc.letrec<{ document: Json; value: Json }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      plain,
      tie('document'),
      fc.array(tie('document'), { maxLength: 3 }),
    ) as fc.Arbitrary<Json>,
    document: fc
      .tuple(
        fc.dictionary(plainKey, tie('value'), { maxKeys: 3 }),
        fc.dictionary(secretKey, planted, { maxKeys: 2 }),
      )
      .map(([fields, secrets]) => ({ ...fields, ...secrets }) as Json),
  }));

  test('loses every secret and nothing else, however it is written', () => {
    fc.assert(
      fc.property(document, fc.boolean(), fc.constantFrom(40, 0), (value, isFlow, lineWidth) => {
        const source = stringify(value, {
          lineWidth,
          collectionStyle: isFlow ? 'flow' : 'any',
          defaultStringType: 'PLAIN',
        })
          .split('\n')
          .map((line, index) => (index === 0 && !isFlow ? `# planted-comment\n${line}` : line))
          .join('\n');
        const shown = yaml(source)!;
        expect(shown).not.toContain('planted');
        const expected = JSON.parse(JSON.stringify(value), (_, of) =>
          typeof of === 'string' && of.startsWith('planted') ? 'REDACTED' : of,
        );
        expect(JSON.parse(shown)).toEqual(expected);
      }),
      { seed: SEED, numRuns: 400 },
    );
  });

  test('loses what only the text has: repeated keys, anchors, comments', () => {
    const shown = yaml(
      'x: &a planted-anchor\ntoken: planted-first\ntoken: planted-second # planted-c\n"user": {password: *a}\nz: 1\n',
    )!;
    expect(shown.replace('planted-anchor', '')).not.toContain('planted-');
    expect(JSON.parse(shown)).toEqual({
      x: 'planted-anchor',
      token: 'REDACTED',
      user: { password: 'REDACTED' },
      z: 1,
    });
  });

  test('stays as it is where it is an object without secrets', () => {
    const source =
      '# why\nkind: KubeletConfiguration\napiVersion: kubelet.config.k8s.io/v1beta1\nauthentication: {anonymous: {enabled: false}}\n';
    expect(yaml(source)).toBe(source);
  });

  test('is not shown where its values have no names, or it cannot be read', () => {
    for (const source of ['planted,admin,1\n', '- planted\n', 'a: [\n', 'a: 1\n---\nplanted\n'])
      expect(yaml(source)).toBeUndefined();
  });

  test('keeps fields on their lines', () => {
    const source = 'token: a-secret\n\n\nserver: x\nlist:\n\n- name: one\n- name: two\n';
    const lines = yaml(source)!.split('\n');
    expect(lines.findIndex((line) => line.includes('"server"'))).toBe(3);
    expect(lines.findIndex((line) => line.includes('"one"'))).toBe(6);
    expect(lines.findIndex((line) => line.includes('"two"'))).toBe(7);
    expect(parse(yaml(source)!)).toEqual({
      token: 'REDACTED',
      server: 'x',
      list: [{ name: 'one' }, { name: 'two' }],
    });
  });
});

describe('TOML', () => {
  const CONFIG = `version = 3 # planted-comment
root = "/var/lib/containerd"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = 'registry.k8s.io/pause:3.10'
  enable_unprivileged_ports = true
  [plugins."io.containerd.grpc.v1.cri".registry.configs."r.example".auth]
    username = "planted-user"
    password = """planted
-long"""
  [plugins."io.containerd.grpc.v1.cri".registry.headers]
    X-Custom = ["planted-header"]
  [plugins."io.containerd.grpc.v1.cri".registry.configs."s.example"]
    auth = { username = "u", identitytoken = 'planted-token', n = 1 }
    tls.token = 424242
    endpoint = [ "https://me:planted-url@s.example", # planted-comment
      "https://t.example" ]
[debug]
  level = "info"
`;

  test('loses its secrets and comments, and keeps its lines', () => {
    const shown = toml(CONFIG)!;
    expect(shown).not.toMatch(/planted|424242/);
    const before = CONFIG.split('\n');
    const after = shown.split('\n');
    expect(after).toHaveLength(before.length);
    for (const line of [1, 3, 4, 5, 16, 17]) expect(after[line]).toBe(before[line]);
    expect(after[0]).toBe('version = 3 ');
    expect(after[13]).toBe('    tls.token = REDACTED');
    expect(after[14]).toBe('    endpoint = [ "https://REDACTED@s.example", ');
    expect(after[15]).toBe('      "https://t.example" ]');
  });

  test('is not shown where it cannot be read', () => {
    for (const source of ['a = "planted\n', 'a = [1\n', "a = '''planted\n", 'a = 1 }\n'])
      expect(toml(source)).toBeUndefined();
  });
});

test.each<[string[], string[]]>([
  [
    ['x', '--token=abc', '--token-auth-file=/a'],
    ['x', '--token=REDACTED', '--token-auth-file=/a'],
  ],
  [
    ['x', '--token', 'abc', 'rest'],
    ['x', '--token', 'REDACTED', 'rest'],
  ],
  [
    ['x', '--use-service-account-credentials=true', '--anonymous-auth=false'],
    ['x', '--use-service-account-credentials=true', '--anonymous-auth=false'],
  ],
  [
    ['x', '--etcd-servers=https://u:p@h:2379,https://v:q@h'],
    ['x', '--etcd-servers=https://REDACTED@h:2379,https://REDACTED@h'],
  ],
  [
    ['x', '--datastore-endpoint', 'postgres://u:p@h/db'],
    ['x', '--datastore-endpoint', 'REDACTED'],
  ],
  [
    ['x', '--feature-gates=A=true', '-v=2', '--'],
    ['x', '--feature-gates=A=true', '-v=2', '--'],
  ],
  [
    ['x', 'ghp_0123456789abcdefghijABCDEFGHIJ012345'],
    ['x', 'REDACTED'],
  ],
])('a command line: %j', (words, shown) => {
  expect(withoutSecretArguments(words)).toEqual(shown);
});
