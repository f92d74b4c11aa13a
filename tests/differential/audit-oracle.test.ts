import { describe, expect, it } from 'vitest';
import { hasTruth, readTruth, truthCases } from '../truth.ts';
import { hasGo } from './build-oracle.ts';
import { askOracle } from './oracle.ts';

interface Answer {
  readonly level: string;
  readonly omitStages: readonly string[];
}

describe.skipIf(!hasGo() || !hasTruth('audit-policy'))('the audit-policy operation of the oracle', () => {
  it("gives the levels and stages of upstream's tests", async () => {
    const cases = truthCases('audit-policy');
    const answers = await askOracle<object, Answer[]>(
      'audit-policy',
      cases.map(({ policy = '', request = '' }) => ({
        policy: readTruth('audit-policy', policy).toString('utf8'),
        requests: [JSON.parse(request)],
      })),
    );
    expect(cases.length).toBeGreaterThan(300);
    const said = answers.map(([answer]) => [answer?.level, [...(answer?.omitStages ?? [])].sort()]);
    const stages = (text: string): string[] => (text === '' ? [] : text.split(';').sort());
    expect(said).toEqual(cases.map(({ level, omit_stages = '' }) => [level, stages(omit_stages)]));
  });

  it('refuses a policy that the API server refuses', async () => {
    const [answer] = await askOracle<object, { error: string }>('audit-policy', [
      { policy: 'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{level: Sometimes}]', requests: [] },
    ]);
    expect(answer?.error).toContain('Unsupported value: "Sometimes"');
  });
});
