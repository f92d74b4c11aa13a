import type { Cluster } from './cluster.ts';
import { asString } from './json.ts';
import { parseQuantity } from './quantity.ts';
import { type ComputeResource, resourceSetting } from './resources.ts';
import type { Container, Volume, Workload } from './workload.ts';

export interface EmptyDirs {
  readonly all: readonly Volume[];
  /** Those whose `sizeLimit` is missing, zero or no quantity: the kubelet then sets them no limit. */
  readonly unlimited: readonly Volume[];
}

/** The emptyDir volumes of a workload on its node's disk or in its memory; those of huge pages are bounded by themselves. */
export function emptyDirs(workload: Workload, medium: 'disk' | 'memory'): EmptyDirs {
  const all = workload.volumes.filter((volume) => {
    if (volume.source !== 'emptyDir') return false;
    const stated = asString(volume.settings['medium']) ?? '';
    return medium === 'memory' ? stated === 'Memory' : stated === '';
  });
  return { all, unlimited: all.filter((volume) => !isLimited(volume)) };
}

function isLimited(volume: Volume): boolean {
  const limit = parseQuantity(volume.settings['sizeLimit']);
  return limit !== undefined && limit.sign() > 0;
}

/**
 * Whether the pod's cgroup has a memory limit, which also bounds the tmpfs volumes of the pod: every container, init containers
 * included, needs one (pkg/kubelet/cm, ResourceConfigForPod; pkg/volume/emptydir, calculateEmptyDirMemorySize).
 */
export function hasMemoryBound(workload: Workload, cluster: Cluster): boolean {
  const containers = workload.containers.filter(({ type }) => type !== 'ephemeral');
  return containers.length > 0 && containers.every((container) => isLimitedIn(container, cluster, 'memory'));
}

/**
 * Whether the kubelet evicts the pod for using too much disk, emptyDir volumes included: it does as soon as one container has a
 * limit, for more than the sum of those there are (pkg/kubelet/eviction, podEphemeralStorageLimitEviction).
 */
export function hasStorageBound(workload: Workload, cluster: Cluster): boolean {
  return workload.containers.some(
    (container) => container.type !== 'ephemeral' && isLimitedIn(container, cluster, 'ephemeral-storage'),
  );
}

function isLimitedIn(container: Container, cluster: Cluster, resource: ComputeResource): boolean {
  return resourceSetting(container, cluster, 'limits', resource).state === 'set';
}

/** The field path at which a volume is an emptyDir: the volume itself where it states no source. */
export function emptyDirPath(volume: Volume): string {
  return volume.raw['emptyDir'] === undefined ? volume.path : `${volume.path}.emptyDir`;
}
