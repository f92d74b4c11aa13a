import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { assess } from '../src/assessment/assess.ts';
import { isObject } from '../src/kubernetes/json.ts';
import { KubernetesObject } from '../src/kubernetes/object.ts';
import { locate, readYaml } from '../src/kubernetes/yaml/index.ts';
import { checks } from '../src/threats/generated/registry.ts';
import { truthCases } from './truth.ts';

/**
 * Each check's cases.yaml says on the line itself what is expected there:
 * `# fail: <check>` — a failure points at this line; every failure must be so announced;
 * `# unknown: <check>` — an undecided subject points at this line; likewise complete;
 * `# ok: <check>` — the object around this line has a subject that passes, and no failure points at this line;
 * `# not-applicable: <check>` — the object around this line has a subject to which the check does not apply.
 * The objects of a file are one cluster, of which manifests show a part. A line `# another cluster` between documents begins
 * the next one; `# another cluster, complete` one that is seen whole, as when it is scanned live.
 */
const EXPECTATION = /#\s*(fail|ok|unknown|not-applicable): ([a-z0-9-]+)((?:,\s*[a-z0-9-]+)*)\s*$/;

const ANOTHER_CLUSTER = /^# another cluster(, complete)?$/;

interface Expectation {
  verdict: string;
  line: number;
}

function read(file: string) {
  const bytes = readFileSync(file);
  const objects: KubernetesObject[] = [];
  for (const document of readYaml(bytes)) {
    expect(document.error, `${file}:${document.error?.line}`).toBeUndefined();
    if (!isObject(document.value)) continue;
    const origin = {
      file: { path: file },
      document: objects.length,
      start: document.start,
      end: document.end,
      line: document.line,
      column: 1,
      format: 'yaml' as const,
      within: '',
    };
    objects.push(new KubernetesObject(document.value, origin, document.duplicateKeys));
  }
  const lineOf = (object: KubernetesObject, path: string) =>
    locate(bytes, object.origin, [path])[0]?.line ?? -1;
  return { bytes, objects, lineOf };
}

function clusters(bytes: Buffer, objects: readonly KubernetesObject[]) {
  const found = [{ line: 0, isComplete: false, objects: [] as KubernetesObject[] }];
  bytes
    .toString('utf8')
    .split('\n')
    .forEach((text, index) => {
      const match = ANOTHER_CLUSTER.exec(text);
      if (match !== null) found.push({ line: index + 1, isComplete: match[1] !== undefined, objects: [] });
    });
  for (const object of objects)
    found.findLast(({ line }) => line <= object.origin.line)?.objects.push(object);
  return found;
}

describe.each(checks.map((check) => [check.id, check] as const))('%s', (id, check) => {
  const file = join('src/threats', check.threat, id, 'cases.yaml');
  const { bytes, objects, lineOf } = read(file);
  const expectations: Expectation[] = [];
  bytes
    .toString('utf8')
    .split('\n')
    .forEach((text, index) => {
      const match = EXPECTATION.exec(text);
      if (match?.[1] === undefined) return;
      for (const named of [match[2], ...(match[3] ?? '').split(',')].map((name) => name?.trim())) {
        if (named === '') continue;
        expect(named, `${file}:${index + 1} names another check`).toBe(id);
        expectations.push({ verdict: match[1], line: index + 1 });
      }
    });
  const linesOf = (verdict: string) =>
    expectations.filter((expected) => expected.verdict === verdict).map(({ line }) => line);
  const reports = clusters(bytes, objects).map((cluster) =>
    assess(
      {
        objects: cluster.objects,
        documents: cluster.objects.length,
        notKubernetes: [],
        unread: [],
        isComplete: cluster.isComplete,
      },
      { checks: [check], allVerdicts: true },
    ),
  );
  const findings = reports.flatMap((part) => part.findings);
  const notAssessed = reports.flatMap((part) => part.notAssessed);
  const verdicts = reports.flatMap((part) => part.verdicts);

  test('fails just where the cases say so', () => {
    const found = findings.map((finding) => lineOf(finding.object, finding.path)).sort((a, b) => a - b);
    expect(found).toEqual(linesOf('fail'));
  });

  test('is undecided just where the cases say so', () => {
    const found = notAssessed.flatMap((entry) => {
      // A program of the control plane that the facts of a cluster do not show stands in no file.
      if (entry.kind === 'reading') return entry.file === undefined ? [] : [-1];
      expect(entry.params['error']).toBeUndefined();
      return [lineOf(entry.object, entry.path)];
    });
    expect(found.sort((a, b) => a - b)).toEqual(linesOf('unknown'));
  });

  test('passes and stands aside where the cases say so', () => {
    const lines = bytes.toString('utf8').split('\n').length;
    const spans = objects.map((object, index) => ({
      first: object.origin.line,
      last: (objects[index + 1]?.origin.line ?? lines + 1) - 1,
      object,
    }));
    for (const [annotation, verdict] of [
      ['ok', 'pass'],
      ['not-applicable', 'not-applicable'],
    ] as const) {
      for (const line of linesOf(annotation)) {
        const around = spans.find(({ first, last }) => first <= line && line <= last)?.object;
        const has = verdicts.some((entry) => entry.object === around && entry.verdict === verdict);
        expect(has, `${file}:${line} expects ${verdict}`).toBe(true);
      }
    }
  });

  test('has cases that fail, cases that pass, or says why not', () => {
    expect(linesOf('fail').length + linesOf('unknown').length).toBeGreaterThan(0);
    expect(linesOf('ok').length).toBeGreaterThan(0);
  });

  test('emits only the messages and parameters that it declares', () => {
    for (const finding of findings) {
      expect(Object.keys(check.messages)).toContain(finding.message);
      expect(Object.keys(finding.params).sort()).toEqual([...(check.messages[finding.message] ?? [])].sort());
    }
  });
});

test('every threat has at least four checks, and there are at least 45', () => {
  const counts = new Map<string, number>();
  for (const check of checks) counts.set(check.threat, (counts.get(check.threat) ?? 0) + 1);
  expect(Math.min(...counts.values())).toBeGreaterThanOrEqual(4);
  expect(counts.size).toBe(6);
  expect(checks.length).toBeGreaterThanOrEqual(45);
});

test('equivalents name checks that other tools really have', () => {
  const list = '../shared/peers/peer-checks.csv';
  let known: Set<string>;
  try {
    known = new Set(
      readFileSync(list, 'utf8')
        .split('\n')
        .map((line) => line.split(',').slice(0, 2).join('/')),
    );
    for (const { source, name } of truthCases('rbac-risk-catalogues'))
      if (source === 'KubiScan') known.add(`kubiscan/${name}`);
  } catch {
    process.stderr.write(`\nSKIPPED: ${list} is absent; ids of other tools' checks were not looked up.\n`);
    return;
  }
  const unknown = checks.flatMap((check) =>
    Object.entries(check.equivalents).flatMap(([tool, ids]) =>
      ids.filter((id) => !known.has(`${tool}/${id}`)).map((id) => `${check.id}: ${tool}/${id}`),
    ),
  );
  expect(unknown).toEqual([]);
});

test('no folder is left out of the registry', () => {
  const folders = [
    'spoofing',
    'tampering',
    'repudiation',
    'information-disclosure',
    'denial-of-service',
    'elevation-of-privilege',
  ].flatMap((threat) => readdirSync(join('src/threats', threat)));
  expect(checks.map(({ id }) => id).sort()).toEqual(folders.sort());
});
