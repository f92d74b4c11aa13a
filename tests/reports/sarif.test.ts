import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { writeSarif } from '../../src/reports/sarif.ts';
import type { Severity } from '../../src/threats/define-check.ts';
import {
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
import { SARIF } from './sarif-shape.ts';

const validate = new Ajv({
  strict: true,
  strictTypes: false,
  strictRequired: false,
  allErrors: true,
  validateFormats: false,
}).compile(SARIF);

async function sarif(of: ReturnType<typeof report>, options: InputOptions = {}) {
  const log = JSON.parse(await written((sink) => writeSarif(input(of, options), sink)));
  expect(validate(log), JSON.stringify(validate.errors, null, 1)).toBe(true);
  return log.runs[0];
}

const privileged = check('privileged-container', 'elevation-of-privilege', 'critical');
const probes = check('no-probes', 'denial-of-service', 'low');

test('rules and results refer to each other, in either language', async () => {
  for (const language of ['en', 'zh-CN'] as const) {
    const run = await sarif(report([finding(probes, deployment()), finding(privileged, deployment())]), {
      words: words(language),
    });
    expect(run.results.map((r: { ruleId: string }) => r.ruleId)).toEqual([
      'privileged-container',
      'no-probes',
    ]);
    for (const { ruleId, ruleIndex } of run.results) expect(run.tool.driver.rules[ruleIndex].id).toBe(ruleId);
    expect(run.tool.driver.language).toBe(language);
  }
});

test.each<[Severity, string, string, [number, number]]>([
  ['critical', 'error', 'critical', [9, 10]],
  ['high', 'error', 'high', [7, 9]],
  ['medium', 'warning', 'medium', [4, 7]],
  ['low', 'note', 'low', [0, 4]],
  ['info', 'note', 'low', [0, 4]],
])(
  '%s is level %s and falls into the band that code scanning calls %s',
  async (severity, level, _, [above, below]) => {
    const run = await sarif(report([finding(check('a-check', 'tampering', severity), deployment())]));
    expect(run.results[0].level).toBe(level);
    const score = Number(run.tool.driver.rules[0].properties['security-severity']);
    expect(score).toBeGreaterThan(above);
    expect(score).toBeLessThan(below);
  },
);

test.each([
  ['deploy/app.yaml', 'deploy/app.yaml', '%SRCROOT%'],
  ['./deploy//app.yaml', 'deploy/app.yaml', '%SRCROOT%'],
  ['a b/#1 100%.yaml', 'a%20b/%231%20100%25.yaml', '%SRCROOT%'],
  ['c:odd.yaml', 'c%3Aodd.yaml', '%SRCROOT%'],
  ['路.yaml', '%E8%B7%AF.yaml', '%SRCROOT%'],
  ['../up.yaml', '../up.yaml', '%SRCROOT%'],
  ['/abs/x.yaml', 'file:///abs/x.yaml', undefined],
])('%s becomes the URI %s', async (file, uri, uriBaseId) => {
  const run = await sarif(report([finding(probes, deployment({ file }))]));
  const { artifactLocation } = run.results[0].locations[0].physicalLocation;
  expect(artifactLocation).toEqual({ uri, ...(uriBaseId === undefined ? {} : { uriBaseId }) });
  if (uriBaseId !== undefined) expect(run.originalUriBaseIds).toHaveProperty([uriBaseId]);
});

test('results carry the whole region and a fingerprint under the name that code scanning reads', async () => {
  const run = await sarif(report([finding(probes, deployment({ line: 4 }))]));
  expect(run.results[0].locations[0].physicalLocation.region).toEqual({
    startLine: 4,
    startColumn: 3,
    endLine: 4,
    endColumn: 9,
  });
  expect(run.results[0].partialFingerprints.primaryLocationLineHash).toMatch(/^[0-9a-f]{32}:1$/);
});

test('no more tags than code scanning keeps, the threat among them', async () => {
  const cis = Array.from({ length: 30 }, (_, i) => `5.2.${i}`);
  const run = await sarif(
    report([finding(check('a-check', 'tampering', 'low', { frameworks: { cis } }), deployment())]),
  );
  const { tags } = run.tool.driver.rules[0].properties;
  expect(tags.length).toBeLessThanOrEqual(10);
  expect(tags).toEqual(expect.arrayContaining(['security', 'stride/tampering', 'cis/5.2.0']));
});

test('what was not assessed is a notification with its place', async () => {
  const notAssessed = [
    unread('invalid-yaml', 'b.yaml', { line: 3, detail: 'a tab' }),
    undecided(probes, deployment({ line: 9 })),
  ];
  const run = await sarif(report([], { notAssessed }));
  const [invocation] = run.invocations;
  expect(invocation.executionSuccessful).toBe(true);
  const [reading, question] = invocation.toolExecutionNotifications;
  expect(reading).toMatchObject({ level: 'error', descriptor: { id: 'invalid-yaml' } });
  expect(reading.message.text).toContain('a tab');
  expect(reading.locations[0].physicalLocation).toMatchObject({
    artifactLocation: { uri: 'b.yaml' },
    region: { startLine: 3 },
  });
  expect(question).toMatchObject({
    level: 'warning',
    descriptor: { id: 'hidden' },
    associatedRule: { id: 'no-probes' },
  });
});

test('a scan that found no object did not succeed', async () => {
  const { coverage } = report([]);
  const run = await sarif(report([], { coverage: { ...coverage, objects: 0 } }));
  expect(run.invocations[0].executionSuccessful).toBe(false);
});

describe('above the limits of code scanning', () => {
  const objects = Array.from({ length: 26_000 }, (_, i) => deployment({ name: `web-${i}`, document: i }));

  test('the worst are kept, and it is said how many were not', async () => {
    const findings = [...objects.map((object) => finding(probes, object)), finding(privileged, objects[0]!)];
    const run = await sarif(report(findings));
    expect(run.results).toHaveLength(25_000);
    expect(run.results[0].ruleId).toBe('privileged-container');
    const texts = run.invocations[0].toolExecutionNotifications.map(
      (n: { message: { text: string } }) => n.message.text,
    );
    expect(texts.join('\n')).toContain('1001 more');
    expect(texts.join('\n')).toContain('5000');
  });

  test('notifications are bounded too', async () => {
    const run = await sarif(report([], { notAssessed: objects.map((object) => undecided(probes, object)) }));
    const list = run.invocations[0].toolExecutionNotifications;
    expect(list.length).toBeLessThanOrEqual(1001);
    expect(list.at(-1).message.text).toContain('25000 more');
  });
});
