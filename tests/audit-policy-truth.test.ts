import { expect, test } from 'vitest';
import {
  decideAudit,
  readAuditedRequest,
  readAuditPolicy,
  STAGES,
} from '../src/engines/audit-policy/index.ts';
import type { Json, JsonObject } from '../src/kubernetes/json.ts';
import { readYaml } from '../src/kubernetes/yaml/index.ts';
import { Tally } from './oracles/tally.ts';
import { hasTruth, readTruth, truthCases } from './truth.ts';

const COLLECTION = 'audit-policy';

test.skipIf(!hasTruth(COLLECTION))('every level and every stage that upstream decides', async () => {
  const tally = new Tally(COLLECTION, 'levels and stages');
  const rows = truthCases(COLLECTION);
  for (const row of rows) {
    await tally.compare(row['case']!, () => {
      const wrong: string[] = [];
      const [document] = readYaml(readTruth(COLLECTION, row['policy']!));
      const { policy, errors } = readAuditPolicy(document!.value as JsonObject);
      wrong.push(...errors.map((error) => JSON.stringify(error)));
      const { level, omitStages } = decideAudit(
        policy!,
        readAuditedRequest(JSON.parse(row['request']!) as Json),
      );
      const named = row['omit_stages']!.split(';').filter(Boolean);
      const expected = `${row['level']} ${STAGES.filter((stage) => named.includes(stage)).join()}`;
      if (`${level} ${omitStages.join()}` !== expected) wrong.push(`${level} ${omitStages.join()}`);
      return wrong;
    });
  }
  expect(tally.finish()).toEqual([]);
  expect(rows.length).toBeGreaterThan(300);
});
