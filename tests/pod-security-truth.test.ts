import { isDeepStrictEqual } from 'node:util';
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
import { Tally } from './oracles/tally.ts';
import { hasTruth, readTruth, truthCases } from './truth.ts';

const FIXTURES = 'psa-fixtures';
const UNIT_CASES = 'psa-check-unit';

test.skipIf(!hasTruth(FIXTURES))(
  'every fixture of upstream is allowed or denied as upstream says',
  async () => {
    const cases = truthCases(FIXTURES);
    const tally = new Tally(FIXTURES, 'Pod Security Standards');
    for (const row of cases) {
      await tally.compare(row['case']!, () => {
        const wrong: string[] = [];
        const documents = [...readYaml(readTruth(FIXTURES, row['input'] ?? ''))];
        const pod = documents[0]?.value as unknown as PodInput;
        const version = parseVersion(row['version'] ?? '');
        if (version === undefined) throw new Error(`version ${row['version']}`);
        const violations = evaluate(pod, row['level'] as Level, version);
        const message = violations.map(({ reason, detail }) => `${reason} (${detail})`).join(', ');
        const answer = violations.length === 0 ? 'allow' : 'deny';
        if (answer !== row['expected'] || !message.includes(row['error_substring'] ?? '')) {
          wrong.push(`${row['expected']} ${row['error_substring']}, got ${answer} ${message}`);
        }
        return wrong;
      });
    }
    expect(tally.finish()).toEqual([]);
    expect(cases.length).toBeGreaterThanOrEqual(860);
  },
);

test.skipIf(!hasTruth(UNIT_CASES))(
  'each control alone answers every unit case of upstream to the letter',
  async () => {
    const cases = truthCases(UNIT_CASES);
    const tally = new Tally(UNIT_CASES, 'each control alone');
    for (const row of cases) {
      await tally.compare(row['case']!, () => {
        const wrong: string[] = [];
        const pod = JSON.parse(readTruth(UNIT_CASES, row['input'] ?? '').toString('utf8')) as PodInput;
        const expected =
          row['expected'] === 'allow' ? undefined : { reason: row['reason'], detail: row['detail'] };
        // A case of a function that several controls share names them all: "procMount;procMount_restricted".
        const ids = row['check_id']?.split(';') ?? [];
        const versions = row['since_version']?.split(';') ?? [];
        ids.forEach((id, index) => {
          const check = checks.find((candidate) => candidate.id === id);
          const revision = check?.versions.find(({ minimumVersion }) => minimumVersion === versions[index]);
          if (revision === undefined) throw new Error(`${id} has no revision ${versions[index]}`);
          const forbidden = revision.judge(readPod(pod));
          const answer = forbidden && { reason: forbidden.reason, detail: forbidden.detail };
          if (!isDeepStrictEqual(answer, expected)) wrong.push(`${id}: ${JSON.stringify(answer)}`);
        });
        return wrong;
      });
    }
    expect(tally.finish()).toEqual([]);
    expect(cases.length).toBeGreaterThanOrEqual(90);
  },
);
