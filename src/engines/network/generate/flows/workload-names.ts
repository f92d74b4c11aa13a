import type { WorkloadGroup } from '../../network.ts';
import type { Directory } from '../directory.ts';
import { lastingLabels } from '../units.ts';
import type { LoggedEnd } from './flow-log.ts';

type Labels = Readonly<Record<string, string>>;

/** The workload that a log names by its own name, by that of a pod, or by labels alone; undefined where several may be meant. */
export function workloadOf(
  directory: Directory,
  namespace: string,
  { workload, workloadKind, pod, labels = {} }: LoggedEnd,
): WorkloadGroup | undefined {
  const groups = directory.groupsIn(namespace);
  const named = workload === undefined ? undefined : ofName(groups, workload, workloadKind);
  if (named !== undefined) return named;
  const ofPod =
    pod === undefined ? undefined : (directory.podNamed(namespace, pod) ?? ofPodName(groups, pod, labels));
  return ofPod ?? ofLabels(groups, labels);
}

function ofName(
  groups: readonly WorkloadGroup[],
  name: string,
  kind: string | undefined,
): WorkloadGroup | undefined {
  const fits = groups.filter((group) => group.name === name);
  return fits.length <= 1 ? fits[0] : fits.find((group) => group.kind.toLowerCase() === kind?.toLowerCase());
}

/** Pods are called after their owner: `web-6d4b-x2x4z`, `db-0`; or all of them together, `web-*`. */
function ofPodName(groups: readonly WorkloadGroup[], pod: string, labels: Labels): WorkloadGroup | undefined {
  const stem = pod.replace(/-?\*$/, '');
  const isOf = ({ name }: WorkloadGroup) =>
    stem === name ||
    (stem.startsWith(`${name}-`) && /^(?:-[a-z0-9]{1,10}){1,2}$/.test(stem.slice(name.length)));
  const fits = groups.filter((group) => isOf(group) && !isOfOthers(group, labels));
  const [best, next] = fits.sort((a, b) => b.name.length - a.name.length);
  return best?.name === next?.name ? undefined : best;
}

/** Whether labels that a log states are not those of the workload: `web-api-0` may be of another one than `web`. */
function isOfOthers({ pods }: WorkloadGroup, labels: Labels): boolean {
  return pods.every((pod) =>
    Object.entries(lastingLabels(pod.labels)).some(
      ([key, value]) => labels[key] !== undefined && labels[key] !== value,
    ),
  );
}

function ofLabels(groups: readonly WorkloadGroup[], labels: Labels): WorkloadGroup | undefined {
  const fits = groups.filter(({ pods }) => {
    const own = Object.entries(lastingLabels(pods[0]!.labels));
    return own.length > 0 && own.every(([key, value]) => labels[key] === value);
  });
  return fits.length === 1 ? fits[0] : undefined;
}
