import type { Pod } from './pod.ts';
import type { Version } from './version.ts';

/** Why one control forbids a pod: upstream's `ForbiddenReason` and `ForbiddenDetail`, and where the cause lies. */
export interface Forbidden {
  reason: string;
  detail: string;
  /** Field paths relative to the pod: the offending field, or the deepest object that lacks the required one. */
  paths: string[];
}

/** Judges a pod by one control alone; undefined means allowed. */
export type Judge = (pod: Pod) => Forbidden | undefined;

export interface ControlVersion {
  /** The first policy version that this revision of the control applies to. */
  minimumVersion: Version;
  judge: Judge;
  /** Baseline controls that the restricted level leaves out where this revision applies. */
  overrides?: readonly string[];
}

/** One control of the Pod Security Standards; `policy.Check` upstream. */
export interface Control {
  /** The upstream check id. */
  id: string;
  level: 'baseline' | 'restricted';
  /** In strictly increasing order of `minimumVersion`. */
  versions: readonly ControlVersion[];
}
