import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { assess } from '../src/assessment/assess.ts';
import { readManifests } from '../src/evidence/manifests/index.ts';
import { SEVERITIES } from '../src/threats/define-check.ts';
import { checks } from '../src/threats/generated/registry.ts';

const MEDIUM = SEVERITIES.indexOf('medium');

async function scan(...paths: string[]) {
  const evidence = await readManifests(paths);
  return { evidence, report: assess(evidence, { checks }) };
}

/** Users of other scanners complain most of noise: what is done right must be quiet. */
describe('a workload that meets restricted, has limits, its own service account and network policies', () => {
  test('has no finding of medium or above', async () => {
    const { evidence, report } = await scan('examples/shop/orders.yaml');
    expect(evidence.objects.length).toBe(4);
    const loud = report.findings
      .filter((finding) => SEVERITIES.indexOf(finding.severity) <= MEDIUM)
      .map((finding) => `${finding.check.id} ${finding.object.kind}/${finding.object.name} ${finding.path}`);
    expect(loud).toEqual([]);
  });

  test('is judged, not skipped', async () => {
    const { report } = await scan('examples/shop/orders.yaml');
    for (const [threat, tally] of Object.entries(report.coverage.byThreat)) {
      if (threat === 'repudiation' || threat === 'spoofing') continue;
      expect(tally.evaluated, threat).toBeGreaterThan(0);
    }
  });
});

test('the example of the README shows findings for each threat', async () => {
  const { report } = await scan('examples/shop');
  expect(new Set(report.findings.map(({ check }) => check.threat)).size).toBe(6);
});

const SMALL = '../shared/corpora/small';

test('no check throws on real manifests', async () => {
  if (!existsSync(SMALL)) {
    process.stderr.write(`\nSKIPPED: ${SMALL} is absent; checks were not tried on real manifests.\n`);
    return;
  }
  const { evidence, report } = await scan('../shared/corpora');
  expect(evidence.objects.length).toBeGreaterThan(1900);
  expect(report.notAssessed.filter(({ reason }) => reason === 'check-error')).toEqual([]);
});
