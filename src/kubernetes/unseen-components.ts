import type { Cluster } from './cluster.ts';
import { COMPONENT_NAMES, type ComponentName } from './component.ts';

/** A program of a live cluster whose flags no check could judge. */
export interface UnseenComponent {
  readonly component: ComponentName;
  /**
   * `hidden-by-provider`: the provider runs it, and answers for it; the checks on it do not apply.
   * `runs-as-process`: the distribution runs it outside of pods, so that no object tells of its flags.
   * `not-looked-at`: it may run in a pod, and the pods were not shown.
   * `not-seen`: nothing shows it.
   */
  readonly reason: 'hidden-by-provider' | 'runs-as-process' | 'not-looked-at' | 'not-seen';
  /** Name of the distribution, the same in all languages; undefined where it was not recognised. */
  readonly distribution: string | undefined;
}

const CONTROL_PLANE: ReadonlySet<ComponentName> = new Set([
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'etcd',
]);

/**
 * The programs that checks with subject `component` should have met in a live cluster, and have not. Empty for manifests, which
 * nobody expects to hold them.
 *
 * @param arePodsShown false where the source does not show all pods
 */
export function unseenComponents(cluster: Cluster, arePodsShown: boolean): UnseenComponent[] {
  const facts = cluster.subjects('api-server')[0];
  if (facts === undefined) return [];
  const seen = new Set(cluster.subjects('component').map(({ name }) => name));
  const { id, name, controlPlane } = facts.distribution;
  const distribution = id === 'unknown' ? undefined : name;
  return COMPONENT_NAMES.filter((component) => !seen.has(component)).map((component) => {
    if (CONTROL_PLANE.has(component) && controlPlane === 'hidden') {
      return { component, reason: 'hidden-by-provider', distribution };
    }
    if (component === 'kubelet' || controlPlane === 'processes') {
      return { component, reason: 'runs-as-process', distribution };
    }
    return { component, reason: arePodsShown ? 'not-seen' : 'not-looked-at', distribution };
  });
}
