import type { NetworkPod } from './endpoints.ts';
import { NO_TRAITS } from './mesh/mesh-pod.ts';

/** A pod without labels, as anybody may make one in a namespace: what holds for it is the default there. */
export function newcomer(namespace: string): NetworkPod {
  return {
    namespace,
    name: '',
    labels: {},
    serviceAccount: 'default',
    ports: [],
    isOnHostNetwork: false,
    mesh: NO_TRAITS,
    addresses: [],
    node: undefined,
  };
}
