import { inItems, inOrder } from '../../kubernetes/defaulting.ts';
import { defaultHostNetworkPort } from '../../kubernetes/defaults.ts';
import { isObject, type JsonObject } from '../../kubernetes/json.ts';
import { emptyDirByDefault } from '../../kubernetes/volume-defaults.ts';

const defaultVolumes = inItems('volumes', emptyDirByDefault);
const defaultHostPorts = inOrder(
  inItems('initContainers', inItems('ports', defaultHostNetworkPort)),
  inItems('containers', inItems('ports', defaultHostNetworkPort)),
);

/**
 * The pod with those of the API server's defaults that a control can see: the emptyDir of a volume without a source
 * and the hostPort under hostNetwork. The whole of `defaultPodSpec` would give the same violations for more work.
 */
export function withDefaults<P extends { spec: JsonObject }>(pod: P): P {
  const { spec } = pod;
  if (!isObject(spec)) return pod;
  const volumes = defaultVolumes(spec);
  const defaulted = spec['hostNetwork'] === true ? defaultHostPorts(volumes) : volumes;
  return defaulted === spec ? pod : { ...pod, spec: defaulted };
}
