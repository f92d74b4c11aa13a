import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import type { Report } from '../../src/assessment/report.ts';
import type { ReportInput } from '../../src/reports/input.ts';
import { writeJson } from '../../src/reports/json.ts';
import {
  CONTAINER,
  check,
  deployment,
  finding,
  input,
  Memory,
  report,
  undecided,
  unread,
  words,
  written,
} from './fixture.ts';

type Loose = Record<string, unknown>;

/**
 * The published schema is open, so that consumers survive added fields. Here it is closed, so that no field leaves the
 * house undocumented.
 */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const copy = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  if ('properties' in copy && !('additionalProperties' in copy)) copy['additionalProperties'] = false;
  return copy;
}

const schema = JSON.parse(
  readFileSync(new URL('../../src/reports/report.schema.json', import.meta.url), 'utf8'),
);
const validate = new Ajv2020({ strict: true, strictRequired: false, allErrors: true }).compile(
  closed(schema) as Loose,
);

async function json(of: ReportInput, allVerdicts = false) {
  const text = await written((sink) => writeJson(of, sink, { allVerdicts }));
  const value = JSON.parse(text);
  expect(validate(value), JSON.stringify(validate.errors, null, 1)).toBe(true);
  return { text, value };
}

const privileged = check('privileged-container', 'elevation-of-privilege', 'critical');
const token = check('token-automounted', 'spoofing', 'low');

function everything(): Report {
  const web = deployment({ namespace: 'shop', line: 12 });
  return report(
    [finding(privileged, web), finding(token, deployment({ name: 'api', document: 1 }), { path: '' })],
    {
      notAssessed: [
        unread('invalid-yaml', 'broken.yaml', { line: 3, detail: 'a tab' }),
        unread('from-the-future', 'x.yaml'),
        undecided(token, web),
        undecided(token, web, 'check-error', { error: 'boom' }),
      ],
      verdicts: [{ check: token, verdict: 'pass', object: web, path: CONTAINER }],
    },
  );
}

test('has the shape of the contract', async () => {
  const { value } = await json(input(everything()));
  expect(Object.keys(value)).toEqual([
    'schema',
    'tool',
    'language',
    'source',
    'coverage',
    'findings',
    'notAssessed',
    'suppressed',
  ]);
  expect(value.findings[0]).toEqual({
    check: 'privileged-container',
    threat: 'elevation-of-privilege',
    severity: 'critical',
    confidence: 'high',
    verdict: 'fail',
    object: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' },
    path: CONTAINER,
    source: { file: 'app.yaml', line: 12, column: 3, endLine: 12, endColumn: 9 },
    message: 'Container does it',
    why: 'It gives `root` on the node.',
    remedy: 'Set `it: false`.',
    frameworks: { cis: ['5.2.2'], mitre: ['T1611'] },
    equivalents: { kubescape: ['C-0057'] },
    fix: { state: 'none' },
    fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/),
  });
  expect('namespace' in value.findings[1].object).toBe(false);
  expect(value.suppressed).toEqual([]);
});

test('says what was not assessed for a person and, by code, for a program', async () => {
  const { value } = await json(input(everything()));
  const [broken, future, hidden, error] = value.notAssessed;
  expect(broken).toMatchObject({ file: 'broken.yaml', line: 3, code: 'invalid-yaml' });
  expect(broken.reason).toContain('a tab');
  expect(future).toMatchObject({ file: 'x.yaml', code: 'from-the-future' });
  expect(future.reason).toContain('from-the-future');
  expect([hidden.code, error.code].sort()).toEqual(['check-error', 'hidden']);
  expect([hidden.reason, error.reason].join()).toContain('boom');
  expect(hidden).toMatchObject({
    subject: 'shop/Deployment/web',
    check: 'token-automounted',
    file: 'app.yaml',
  });
  const chinese = await json(input(everything(), { words: words('zh-CN') }));
  expect(chinese.value.notAssessed[0]).toMatchObject({ code: 'invalid-yaml' });
  expect(chinese.value.notAssessed[0].reason).toMatch(/YAML.*a tab/);
  expect(chinese.value.notAssessed[0].reason).not.toBe(broken.reason);
});

test('verdicts appear only when asked for', async () => {
  expect((await json(input(everything()))).value.verdicts).toBeUndefined();
  expect((await json(input(everything()), true)).value.verdicts).toEqual([
    expect.objectContaining({
      check: 'token-automounted',
      verdict: 'pass',
      source: { file: 'app.yaml', line: 1 * 12 },
    }),
  ]);
});

test('a field that cannot be placed points at the start of its object', async () => {
  const { value } = await json(input(everything(), { locate: () => undefined }));
  expect(value.findings[0].source).toMatchObject({ line: 12, column: 1, endLine: 12, endColumn: 1 });
});

test('holds hostile text as data, and printed on a terminal it does nothing', async () => {
  const name = 'a"\\\u001b[31m\u009b0m\u202eevil\u2028\u200b\ud800<script>';
  const { text, value } = await json(
    input(
      report([finding(token, deployment({ name }), { params: { what: name } })], {
        notAssessed: [unread('refused', name)],
      }),
    ),
  );
  expect(value.findings[0].object.name).toBe(name);
  expect(value.notAssessed[0].file).toBe(name);
  expect(text).toMatch(/^[\n\x20-\x7e…]*$/);
});

describe('size', () => {
  const many = 20_000;
  const findings = Array.from({ length: many }, (_, i) =>
    finding(token, deployment({ name: `web-${i % 5000}`, file: `${i % 50}.yaml`, document: i % 5000 }), {
      path: `spec.template.spec.containers[${i % 3}]`,
      params: { what: `w${i}` },
    }),
  );

  test('is written in pieces, and documents are asked for one after the other', async () => {
    const asked: string[] = [];
    const sizes: number[] = [];
    const plain = input(report(findings));
    const spied: ReportInput = {
      ...plain,
      locate: (requests) => {
        sizes.push(requests.length);
        asked.push(...requests.map(({ origin }) => `${origin.file.path}#${origin.document}`));
        return plain.locate(requests);
      },
    };
    const sink = new Memory();
    await writeJson(spied, sink, { allVerdicts: false });
    expect(Math.max(...sink.pieces.map((piece) => piece.length))).toBeLessThan(2 << 20);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(2000);
    const runs = asked.filter((document, i) => document !== asked[i - 1]);
    expect(new Set(runs).size).toBe(runs.length);
    expect(asked).toHaveLength(many);
    const { findings: out } = JSON.parse(sink.text);
    expect(new Set(out.map((each: { fingerprint: string }) => each.fingerprint)).size).toBe(many);
  });

  test('the order of the findings that come in does not matter', async () => {
    const forward = await written((sink) => writeJson(input(report(findings)), sink, { allVerdicts: false }));
    const shuffled = findings
      .map((each, i) => ({ each, key: (i * 7919) % many }))
      .sort((a, b) => a.key - b.key);
    const other = await written((sink) =>
      writeJson(input(report(shuffled.map(({ each }) => each))), sink, { allVerdicts: false }),
    );
    expect(other === forward).toBe(true);
  });
});
