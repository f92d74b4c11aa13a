import { expect, test } from 'vitest';
import {
  checks,
  evaluate,
  type Level,
  type PodInput,
  parseVersion,
  readPod,
} from '../src/engines/pod-security/index.ts';
import { readYaml } from '../src/kubernetes/yaml/index.ts';
import { hasTruth, readTruth, truthCases } from './truth.ts';

const FIXTURES = 'psa-fixtures';
const UNIT_CASES = 'psa-check-unit';

test.skipIf(!hasTruth(FIXTURES))('every fixture of upstream is allowed or denied as upstream says', () => {
  const cases = truthCases(FIXTURES);
  expect(cases.length).toBeGreaterThanOrEqual(860);
  const wrong: string[] = [];
  for (const row of cases) {
    const documents = [...readYaml(readTruth(FIXTURES, row['input'] ?? ''))];
    const pod = documents[0]?.value as unknown as PodInput;
    const version = parseVersion(row['version'] ?? '');
    if (version === undefined) throw new Error(`${row['case']}: version ${row['version']}`);
    const violations = evaluate(pod, row['level'] as Level, version);
    const message = violations.map(({ reason, detail }) => `${reason} (${detail})`).join(', ');
    const answer = violations.length === 0 ? 'allow' : 'deny';
    if (answer !== row['expected'] || !message.includes(row['error_substring'] ?? '')) {
      wrong.push(`${row['case']}: ${row['expected']} ${row['error_substring']}, got ${answer} ${message}`);
    }
  }
  expect(wrong).toEqual([]);
});

test.skipIf(!hasTruth(UNIT_CASES))(
  'each control alone answers every unit case of upstream to the letter',
  () => {
    const cases = truthCases(UNIT_CASES);
    expect(cases.length).toBeGreaterThanOrEqual(90);
    for (const row of cases) {
      const pod = JSON.parse(readTruth(UNIT_CASES, row['input'] ?? '').toString('utf8')) as PodInput;
      const expected =
        row['expected'] === 'allow' ? undefined : { reason: row['reason'], detail: row['detail'] };
      // A case of a function that several controls share names them all: "procMount;procMount_restricted".
      const ids = row['check_id']?.split(';') ?? [];
      const versions = row['since_version']?.split(';') ?? [];
      ids.forEach((id, index) => {
        const check = checks.find((candidate) => candidate.id === id);
        const revision = check?.versions.find(({ minimumVersion }) => minimumVersion === versions[index]);
        expect(revision, `${id} has no revision ${versions[index]}`).toBeDefined();
        const forbidden = revision?.judge(readPod(pod));
        const answer = forbidden && { reason: forbidden.reason, detail: forbidden.detail };
        expect(answer, row['case']).toEqual(expected);
      });
    }
  },
);
