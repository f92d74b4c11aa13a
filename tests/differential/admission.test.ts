import { describe, expect, it } from 'vitest';
import { type CelCase, randomCase } from './admission-cases.ts';
import { type CelAnswer, evaluateCase } from './admission-compare.ts';
import { hasGo } from './build-oracle.ts';
import { askOracle } from './oracle.ts';

const SEED = Number(process.env['ADMISSION_SEED'] ?? 1);
const CASES = Number(process.env['ADMISSION_CASES'] ?? 2000);
const EXPRESSIONS = 10;

const WALKS = /\.(?:map|filter|transformList)\(/;

/** Go walks maps in any order, so what was made by walking one may come in any order, also as joined text. */
function unordered(value: unknown): unknown {
  if (typeof value === 'string') return [...value].sort().join('');
  if (Array.isArray(value))
    return value
      .map(unordered)
      .map((each) => JSON.stringify(each))
      .sort();
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, unordered(each)]));
}

function disagreement(expression: string, theirs: CelAnswer, ours: CelAnswer): string | undefined {
  if ((theirs.refused === undefined) !== (ours.refused === undefined))
    return `refused: ${theirs.refused} / ${ours.refused}`;
  if (theirs.refused !== undefined) return undefined;
  if (theirs.error !== ours.error) return `error: ${theirs.error} / ${ours.error}`;
  if (theirs.cost !== ours.cost) return `cost: ${theirs.cost} / ${ours.cost}`;
  const comparable = WALKS.test(expression) ? unordered : (value: unknown) => value;
  const same = JSON.stringify(comparable(theirs.value)) === JSON.stringify(comparable(ours.value));
  return same ? undefined : `value: ${JSON.stringify(theirs.value)} / ${JSON.stringify(ours.value)}`;
}

describe.skipIf(!hasGo())('expressions of admission policies', () => {
  it(`give what Kubernetes' own libraries give: value, error and cost (${CASES} cases from seed ${SEED})`, async () => {
    const cases: CelCase[] = Array.from({ length: CASES }, (_, i) => randomCase(SEED + i, EXPRESSIONS));
    const answers = await askOracle<CelCase, CelAnswer[]>('cel', cases);
    const wrong: string[] = [];
    const tally = { expressions: 0, refused: 0, errors: 0, unknown: 0 };
    for (const [i, each] of cases.entries()) {
      const ours = evaluateCase(each);
      const inVariables = each.variables.map(({ expression }) => expression);
      for (const [j, theirs] of answers[i]!.entries()) {
        tally.expressions++;
        if (theirs.refused !== undefined) tally.refused++;
        if (theirs.error !== undefined) tally.errors++;
        if (ours[j]!.unknown !== undefined) {
          tally.unknown++;
          continue;
        }
        const problem = disagreement([each.expressions[j]!, ...inVariables].join(), theirs, ours[j]!);
        if (problem !== undefined) wrong.push(`seed ${each.seed}: ${each.expressions[j]}\n  ${problem}`);
      }
    }
    console.info(JSON.stringify(tally));
    expect(wrong).toEqual([]);
    expect(tally.expressions).toBe(CASES * EXPRESSIONS);
    expect(tally.unknown).toBeLessThan(tally.expressions / 1000);
  });
});
