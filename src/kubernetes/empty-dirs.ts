import type { Cluster } from './cluster.ts';
import { asString } from './json.ts';
import { parseQuantity } from './quantity.ts';
import { type ComputeResource, resourceSetting } from './resources.ts';
import type { Volume, Workload } from './workload.ts';

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

/** Whether every container that runs with the pod has a limit of a resource, so that the pod as a whole has one. */
export function hasPodLimit(workload: Workload, cluster: Cluster, resource: ComputeResource): boolean {
  const running = workload.containers.filter((container) => container.isLongRunning);
  return (
    running.length > 0 &&
    running.every((container) => resourceSetting(container, cluster, 'limits', resource).state === 'set')
  );
}

/** The field path at which a volume is an emptyDir: the volume itself where it states no source. */
export function emptyDirPath(volume: Volume): string {
  return volume.raw['emptyDir'] === undefined ? volume.path : `${volume.path}.emptyDir`;
}
