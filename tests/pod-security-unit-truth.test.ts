import { expect, test } from 'vitest';
import { checks, type PodInput, readPod } from '../src/engines/pod-security/index.ts';
import { hasTruth, readTruth, truthCases } from './truth.ts';

const COLLECTION = 'psa-check-unit';

test.skipIf(!hasTruth(COLLECTION))(
  'each control alone answers every unit case of upstream to the letter',
  () => {
    const cases = truthCases(COLLECTION);
    expect(cases.length).toBeGreaterThanOrEqual(90);
    for (const row of cases) {
      const pod = JSON.parse(readTruth(COLLECTION, row['input'] ?? '').toString('utf8')) as PodInput;
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
