/**
 * The Pod Security Standards, judged exactly as k8s.io/pod-security-admission v0.37.2 does: the same controls at every
 * version, with the same reasons and details.
 */
import type { JsonObject } from '../../kubernetes/json.ts';
import type { Forbidden } from './control.ts';
import { withDefaults } from './defaulted.ts';
import { readPod } from './pod.ts';
import { type ActiveControl, controlsAt } from './registry.ts';
import type { Version } from './version.ts';

export type { Control, ControlVersion, Forbidden, Judge } from './control.ts';
export { type Container, type Pod, readPod } from './pod.ts';
export { checks, NEWEST_VERSION } from './registry.ts';
export { parseVersion, type Version } from './version.ts';

export type Level = 'privileged' | 'baseline' | 'restricted';

/** A pod or a pod template as decoded from JSON or YAML; the engine applies the API server's defaults itself. */
export interface PodInput {
  metadata?: JsonObject;
  spec: JsonObject;
}

/** One control that forbids the pod. */
export interface Violation extends Forbidden {
  /** The level that the control belongs to. */
  level: 'baseline' | 'restricted';
  /** The upstream check id. */
  control: string;
}

/**
 * What forbids the pod at a level, in upstream's order; empty means allowed. The restricted level includes the
 * baseline controls, less those that a restricted control overrides. A version newer than NEWEST_VERSION is judged as
 * that one. Throws RangeError on a version that is neither "latest" nor "v1.x" (see parseVersion).
 */
export function evaluate(pod: PodInput, level: Level, version: Version | 'latest'): Violation[] {
  if (level === 'privileged') return [];
  const controls = controlsAt(version).filter((control) =>
    level === 'baseline' ? control.level === 'baseline' : !control.overridden,
  );
  return judge(pod, controls).map(({ violation }) => violation);
}

/**
 * The strictest level whose evaluation allows the pod, and every control of either level that it violates, overridden
 * baseline controls included, so that the violations explain each level that is not met.
 */
export function strictestLevel(
  pod: PodInput,
  version: Version | 'latest',
): { level: Level; violations: Violation[] } {
  const found = judge(pod, controlsAt(version));
  let level: Level = 'privileged';
  if (found.every(({ control }) => control.overridden)) level = 'restricted';
  else if (found.every(({ control }) => control.level === 'restricted')) level = 'baseline';
  return { level, violations: found.map(({ violation }) => violation) };
}

interface Finding {
  control: ActiveControl;
  violation: Violation;
}

function judge(input: PodInput, controls: readonly ActiveControl[]): Finding[] {
  const pod = readPod(withDefaults(input));
  const found: Finding[] = [];
  for (const control of controls) {
    const forbidden = control.judge(pod);
    if (forbidden === undefined) continue;
    const { reason, detail, paths } = forbidden;
    found.push({ control, violation: { level: control.level, control: control.id, reason, detail, paths } });
  }
  return found;
}
