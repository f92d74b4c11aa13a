import { expect, test } from 'vitest';
import {
  isListOutdated,
  knownVulnerabilities,
  VULNERABILITIES_UNTIL,
  vulnerabilitySummary,
} from './known-vulnerabilities.ts';
import { parseKubernetesVersion } from './kubernetes-version.ts';

function ids(component: string, version: string, os?: string): string[] {
  return knownVulnerabilities(component, parseKubernetesVersion(version)!, os).map(({ id }) => id);
}

// Affected and fixed versions as in the announcements: kubernetes/kubernetes issues 133471, 132151, 128885, 129654, 130016.
test.each([
  ['kube-apiserver', 'v1.33.3', undefined, ['CVE-2025-5187']],
  ['kube-apiserver', 'v1.33.4', undefined, []],
  ['kube-apiserver', 'v1.32.5', undefined, ['CVE-2025-4563', 'CVE-2025-5187']],
  ['kube-apiserver', 'v1.32.6', undefined, ['CVE-2025-5187']],
  ['kube-apiserver', 'v1.31.12', undefined, []],
  ['kube-apiserver', 'v1.37.2', undefined, []],
  ['kubelet', 'v1.30.2', 'linux', ['CVE-2024-10220', 'CVE-2025-0426']],
  ['kubelet', 'v1.30.3', 'linux', ['CVE-2025-0426']],
  ['kubelet', 'v1.30.2', 'windows', ['CVE-2024-5321', 'CVE-2024-9042', 'CVE-2024-10220', 'CVE-2025-0426']],
  ['kubelet', 'v1.32.1', 'linux', ['CVE-2025-0426']],
  ['kubelet', 'v1.32.2', 'linux', []],
  ['kube-controller-manager', 'v1.34.1', undefined, ['CVE-2025-13281']],
  ['kube-controller-manager', 'v1.34.2', undefined, []],
  ['kube-scheduler', 'v1.20.0', undefined, []],
] as const)('%s %s on %s', (component, version, os, expected) => {
  expect(ids(component, version, os)).toEqual(expected);
});

test('the fixing version is that of the same minor release', () => {
  const [first] = knownVulnerabilities('kube-apiserver', parseKubernetesVersion('v1.32.7')!);
  expect(first).toMatchObject({ id: 'CVE-2025-5187', rating: 'medium', fixed: { minor: 32, patch: 8 } });
});

test('the list is outdated after 90 days', () => {
  const day = (days: number) => new Date(Date.parse(VULNERABILITIES_UNTIL) + days * 86_400_000);
  expect(isListOutdated(day(90))).toBe(false);
  expect(isListOutdated(day(91))).toBe(true);
});

test('a summary names the worst first and the version that fixes all', () => {
  expect(vulnerabilitySummary('kubelet', parseKubernetesVersion('v1.30.2')!, 'linux')).toEqual({
    ids: 'CVE-2024-10220, CVE-2025-0426',
    rating: 'high',
    fixed: '1.30.10',
  });
  expect(vulnerabilitySummary('kubelet', parseKubernetesVersion('v1.37.2')!, 'linux')).toBeUndefined();
});
