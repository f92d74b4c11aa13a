import { describe, expect, test } from 'vitest';
import type { Report } from '../../src/assessment/report.ts';
import { writeTerminal } from '../../src/reports/terminal.ts';
import { displayWidth } from '../../src/reports/width.ts';
import {
  CHECK_WORDS,
  check,
  deployment,
  finding,
  type InputOptions,
  input,
  report,
  undecided,
  unread,
  words,
  written,
} from './fixture.ts';

const privileged = check('privileged-container', 'elevation-of-privilege', 'critical');
const pinned = check('image-not-pinned', 'tampering', 'medium');
const probes = check('no-probes', 'denial-of-service', 'low');

const show = (of: Report, options: InputOptions = {}, columns = 100, color = false) =>
  written((sink) => writeTerminal(input(of, options), sink, { color, columns }));
const many = (count: number) =>
  Array.from({ length: count }, (_, i) => deployment({ name: `web-${i}`, document: i, line: 10 * (i + 1) }));

test('threats come in the order of STRIDE, each once', async () => {
  const web = deployment();
  const text = await show(report([finding(privileged, web), finding(probes, web), finding(pinned, web)]));
  const at = ['\nDenial of service\n', '\nElevation of privilege\n'].map((name) => text.indexOf(name));
  expect(text.startsWith('Tampering\n')).toBe(true);
  expect(at[0]).toBeGreaterThan(0);
  expect(at[1]).toBeGreaterThan(at[0]!);
});

test('the offending line is shown with its number and marked', async () => {
  const text = await show(report([finding(privileged, deployment({ line: 7 }))]), {
    lines: (_, n) => (n === 7 ? '  privileged: true' : `  before: ${n}`),
    locate: () => ({ line: 7, column: 3, endLine: 7, endColumn: 13 }),
  });
  const lines = text.split('\n');
  const at = lines.findIndex((line) => line.endsWith('7 │   privileged: true'));
  expect(at).toBeGreaterThan(0);
  expect(lines[at - 1]).toContain('6 │   before: 6');
  const marked = lines[at]!.indexOf('privileged');
  expect(lines[at + 1]!.slice(marked)).toBe('^'.repeat(10));
  expect(lines[at + 1]!.slice(0, marked)).not.toContain('^');
});

test('the same finding in many places is one entry that says how many, and where the rest is', async () => {
  const text = await show(report(many(50).map((object) => finding(pinned, object))));
  expect(text.match(/image-not-pinned/g)).toHaveLength(1);
  expect(text).toContain('50×');
  expect(text).toContain('app.yaml:10');
  expect(text).toContain(':20');
  const [, left] = /… and (\d+) more \(-o json lists all\)/.exec(text)!;
  const listed = text.match(/Deployment\/web-\d+ › app/g)!.length;
  expect(listed + Number(left)).toBe(50);
});

test('what one check says in several ways is one entry, with each way beside its place', async () => {
  const other = {
    ...CHECK_WORDS,
    messages: { seen: 'Container does {what}', asked: 'Container asks for it' },
  };
  const findings = [
    finding(privileged, deployment({ name: 'one', document: 0 })),
    { ...finding(privileged, deployment({ name: 'two', document: 1, line: 20 })), message: 'asked' },
  ];
  const text = await show(report(findings), { words: words('en', () => other) });
  expect(text.match(/privileged-container/g)).toHaveLength(1);
  expect(text).toContain('2×  A container does it');
  expect(text).toMatch(/two.*:20 {2}Container asks for it/);
});

test('hygiene takes one line a check', async () => {
  const low = Array.from({ length: 12 }, (_, i) =>
    check(`hygiene-${i}`, 'tampering', i % 2 === 0 ? 'low' : 'info'),
  );
  const text = await show(report(low.flatMap((each) => many(12).map((object) => finding(each, object)))));
  for (const { id } of low) expect(text.match(new RegExp(`${id}\\b`, 'g'))).toHaveLength(1);
  expect(text.split('\n').length).toBeLessThan(12 + 16);
});

test('a report of an ordinary application fits on three screens of 24 lines and a few', async () => {
  const threats = [
    'spoofing',
    'tampering',
    'information-disclosure',
    'denial-of-service',
    'elevation-of-privilege',
  ] as const;
  const checks = Array.from({ length: 25 }, (_, i) =>
    check(`check-number-${i}`, threats[i % 5]!, i < 3 ? 'medium' : 'low'),
  );
  const text = await show(report(checks.flatMap((each) => many(12).map((object) => finding(each, object)))));
  expect(text.split('\n').length).toBeLessThanOrEqual(80);
});

test('no line is wider than the terminal, in Chinese too', async () => {
  const long = {
    ...CHECK_WORDS,
    title: '容器以特权模式运行，可以访问节点上的所有设备'.repeat(3),
    why: '一旦攻击者控制了该容器，就等于控制了节点。'.repeat(9),
  };
  const chinese = words('zh-CN', () => long);
  const object = deployment({ name: '名'.repeat(90), file: `${'路径/'.repeat(40)}x.yaml` });
  const notAssessed = [
    unread('invalid-yaml', 'b.yaml', { detail: '错'.repeat(200) }),
    undecided(probes, object),
  ];
  for (const columns of [40, 72, 100, 160]) {
    const of = report(
      [finding(privileged, object), finding(probes, object), ...many(9).map((each) => finding(pinned, each))],
      { notAssessed },
    );
    const text = await show(of, { words: chinese, lines: () => '字'.repeat(300) }, columns);
    for (const line of text.split('\n')) expect(displayWidth(line), line).toBeLessThanOrEqual(columns);
  }
});

test('colours only when asked for, and the same text without them', async () => {
  const of = report([finding(privileged, deployment()), finding(probes, deployment())]);
  const plain = await show(of);
  const coloured = await show(of, {}, 100, true);
  expect(plain).not.toContain('\u001b');
  expect(coloured).toContain('\u001b[');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: removes the colours
  expect(coloured.replace(/\u001b\[\d+m/g, '')).toBe(plain);
});

describe('the last lines', () => {
  const lastLines = async (of: Report, options: InputOptions = {}) => {
    const lines = (await show(of, options)).trimEnd().split('\n');
    return lines.slice(lines.findIndex((line) => /^[✖✔!]/.test(line)));
  };

  test('say what was read and that nothing was left out', async () => {
    expect(await lastLines(report([]))).toEqual([
      expect.stringMatching(/^✔ /),
      'Read 3 documents, assessed 3 Kubernetes objects.',
      'Not assessed: nothing; every document was read and every check could decide.',
    ]);
  });

  test('name broken files, with the line and the reason, and are not green', async () => {
    const lines = await lastLines(
      report([], {
        notAssessed: [
          unread('invalid-yaml', 'deploy/broken.yaml', { line: 3, detail: 'a tab' }),
          unread('helm-chart-not-rendered', 'chart'),
        ],
      }),
    );
    expect(lines[0]).toMatch(/^! .*not everything was assessed/);
    expect(lines.join('\n')).toContain('deploy/broken.yaml:3');
    expect(lines.join('\n')).toContain('a tab');
    expect(lines.join('\n')).toContain('helm template');
    expect(lines.join('\n')).toContain('2 documents and files not read');
  });

  test('group what checks could not decide by reason', async () => {
    const lines = await lastLines(
      report([], { notAssessed: many(40).map((object) => undecided(probes, object)) }),
    );
    expect(lines[0]).toMatch(/^! /);
    const text = lines.join('\n');
    expect(text).toContain(
      '40×  no-probes: It cannot be seen from here. (Deployment/web-0 app.yaml:10 · … and 39 more)',
    );
    expect(lines.length).toBeLessThan(7);
  });

  test('leave out of a reason what differs between its places', async () => {
    const reasons = { hidden: '{name} cannot be seen from {place}' };
    const notAssessed = many(3).map((object, i) => ({
      ...undecided(probes, object),
      params: { name: `c${i}`, place: 'here' },
    }));
    const lines = await lastLines(report([], { notAssessed }), {
      words: words('en', () => ({ ...CHECK_WORDS, reasons })),
    });
    expect(lines.join('\n')).toContain('3×  no-probes: … cannot be seen from here (');
  });

  test('name the most frequent reasons where there are many', async () => {
    const notAssessed = Array.from({ length: 12 }, (_, i) =>
      many(i + 1).map((object) => undecided(check(`unsure-${i}`, 'spoofing', 'low'), object)),
    ).flat();
    const lines = await lastLines(report([], { notAssessed }));
    const text = lines.join('\n');
    expect(text).toContain('12×  unsure-11: ');
    expect(text).not.toContain('unsure-3: ');
    expect(lines.at(-1)).toBe('  … for 4 further reasons (-o json lists all)');
  });

  test('never green where coverage is not complete or nothing was assessed', async () => {
    const { coverage } = report([]);
    const partial = report([], { coverage: { ...coverage, evaluated: 59 } });
    expect((await lastLines(partial))[0]).toMatch(/^! /);
    const nothing = report([], {
      coverage: { ...coverage, documents: 0, objects: 0, applicable: 0, evaluated: 0 },
    });
    expect((await lastLines(nothing))[0]).toMatch(/^✖ Nothing was assessed/);
  });

  test('follow the severity that fails the run', async () => {
    const of = report([finding(pinned, deployment())]);
    expect((await lastLines(of, { failOn: 'high' }))[0]).toMatch(/^✔ /);
    expect((await lastLines(of, { failOn: 'medium' }))[0]).toBe('✖ 1 finding at or above medium');
  });
});

test('the order in which findings come in does not matter', async () => {
  const all = [privileged, pinned, probes].flatMap((each) => many(20).map((object) => finding(each, object)));
  const notAssessed = many(20).map((object) => undecided(probes, object));
  const reversed = await show(report(all.toReversed(), { notAssessed: notAssessed.toReversed() }));
  expect(reversed).toBe(await show(report(all, { notAssessed })));
});
