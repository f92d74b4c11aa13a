import type { Control, Judge } from './control.ts';
import { allowPrivilegeEscalation } from './controls/allowPrivilegeEscalation.ts';
import { appArmorProfile } from './controls/appArmorProfile.ts';
import { capabilities_baseline } from './controls/capabilities_baseline.ts';
import { capabilities_restricted } from './controls/capabilities_restricted.ts';
import { hostNamespaces } from './controls/hostNamespaces.ts';
import { hostPathVolumes } from './controls/hostPathVolumes.ts';
import { hostPorts } from './controls/hostPorts.ts';
import { hostProbesAndHostLifecycle } from './controls/hostProbesAndHostLifecycle.ts';
import { privileged } from './controls/privileged.ts';
import { procMount } from './controls/procMount.ts';
import { procMount_restricted } from './controls/procMount_restricted.ts';
import { restrictedVolumes } from './controls/restrictedVolumes.ts';
import { runAsNonRoot } from './controls/runAsNonRoot.ts';
import { runAsUser } from './controls/runAsUser.ts';
import { seccompProfile_baseline } from './controls/seccompProfile_baseline.ts';
import { seccompProfile_restricted } from './controls/seccompProfile_restricted.ts';
import { seLinuxOptions } from './controls/seLinuxOptions.ts';
import { sysctls } from './controls/sysctls.ts';
import { windowsHostProcess } from './controls/windowsHostProcess.ts';
import { minorOf, type Version } from './version.ts';
import { compareBytes } from './wording.ts';

/** Every control, baseline before restricted, each level sorted by id: the order of upstream's results. */
export const checks: readonly Control[] = [
  allowPrivilegeEscalation,
  appArmorProfile,
  capabilities_baseline,
  capabilities_restricted,
  hostNamespaces,
  hostPathVolumes,
  hostPorts,
  hostProbesAndHostLifecycle,
  privileged,
  procMount,
  procMount_restricted,
  restrictedVolumes,
  runAsNonRoot,
  runAsUser,
  seccompProfile_baseline,
  seccompProfile_restricted,
  seLinuxOptions,
  sysctls,
  windowsHostProcess,
].sort((a, b) => compareBytes(a.level, b.level) || compareBytes(a.id, b.id));

/** The newest version at which any control changed; a newer version is judged as this one. */
export const NEWEST_VERSION: Version = checks
  .flatMap(({ versions }) => versions.map(({ minimumVersion }) => minimumVersion))
  .reduce((newest, version) => (minorOf(version) > minorOf(newest) ? version : newest));

/** A control as it stands in one policy version. */
export interface ActiveControl {
  id: string;
  level: Control['level'];
  judge: Judge;
  /** True for a baseline control that a restricted one takes the place of at the restricted level. */
  overridden: boolean;
}

const newestMinor = minorOf(NEWEST_VERSION);
const policies = new Map<number, readonly ActiveControl[]>();

/** The controls in force at a version, selected as `populate` of policy/registry.go does. */
export function controlsAt(version: Version | 'latest'): readonly ActiveControl[] {
  const minor = Math.min(minorOf(version), newestMinor);
  let policy = policies.get(minor);
  if (policy === undefined) {
    policy = select(minor);
    policies.set(minor, policy);
  }
  return policy;
}

function select(minor: number): readonly ActiveControl[] {
  const active = checks.flatMap(({ id, level, versions }) => {
    const revision = versions.findLast(({ minimumVersion }) => minorOf(minimumVersion) <= minor);
    return revision ? [{ id, level, ...revision }] : [];
  });
  const overridden = new Set(active.flatMap(({ overrides }) => overrides ?? []));
  return active.map(({ id, level, judge }) => ({ id, level, judge, overridden: overridden.has(id) }));
}
