import { nearest } from './spelling.ts';

/** Fields that protect: one that is misspelt, or stands where Kubernetes does not look, leaves its object open. */
const PROTECTIVE_FIELDS = new Set([
  'activeDeadlineSeconds',
  'allowPrivilegeEscalation',
  'appArmorProfile',
  'automountServiceAccountToken',
  'capabilities',
  'drop',
  'egress',
  'externalTrafficPolicy',
  'failurePolicy',
  'hostIPC',
  'hostNetwork',
  'hostPID',
  'hostUsers',
  'immutable',
  'ingress',
  'limits',
  'loadBalancerSourceRanges',
  'namespaceSelector',
  'podSelector',
  'policyTypes',
  'privileged',
  'procMount',
  'readOnly',
  'readOnlyRootFilesystem',
  'resources',
  'runAsGroup',
  'runAsNonRoot',
  'runAsUser',
  'runtimeClassName',
  'seLinuxOptions',
  'seccompProfile',
  'securityContext',
  'serviceAccountName',
  'supplementalGroups',
  'sysctls',
  'tls',
  'validationActions',
]);

/** The protective field that a name is, or was probably meant to be; undefined where none is near. */
export function protectiveField(name: string): string | undefined {
  if (PROTECTIVE_FIELDS.has(name)) return name;
  // In short names one edit makes another word.
  return name.length < 6 || name.length > 40
    ? undefined
    : nearest(name, PROTECTIVE_FIELDS).find((field) => field.length >= 6);
}
