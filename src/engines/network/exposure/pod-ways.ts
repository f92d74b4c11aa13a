import { asNumber, asString } from '../../../kubernetes/json.ts';
import type { Workload } from '../../../kubernetes/workload.ts';
import { parseAddress } from '../addresses.ts';
import type { NetworkPod } from '../endpoints.ts';
import { PROTOCOLS } from '../ports.ts';
import type { NodeReach } from './node-reach.ts';
import { addressReach } from './reach.ts';
import type { Reach, Way, WayKind, WayPort } from './way.ts';

const EVERY_PORT: readonly WayPort[] = PROTOCOLS.map((protocol) => ({
  outside: undefined,
  target: { protocol, from: 1, to: 65_535 },
}));

/** The ways that a pod opens by itself at the address of its node. */
export function podWays(
  pod: NetworkPod,
  workload: Workload,
  nodes: NodeReach,
): { readonly way: Way; readonly ports: readonly WayPort[] }[] {
  const make = (kind: WayKind, path: string, reach: Reach): Way => ({
    kind,
    object: workload.object.raw,
    path,
    through: [],
    // Only the destination is rewritten.
    source: 'client',
    ...reach,
  });
  if (pod.isOnHostNetwork) {
    const way = make('host-network', workload.at('hostNetwork'), nodes.of(pod));
    return [{ way, ports: EVERY_PORT }];
  }
  return workload.containers
    .filter(({ isLongRunning }) => isLongRunning)
    .flatMap(({ ports }) => ports)
    .flatMap(({ raw, path }) => {
      const [outside, port] = [asNumber(raw['hostPort']), asNumber(raw['containerPort'])];
      const protocol = PROTOCOLS.find((each) => each === (raw['protocol'] ?? 'TCP'));
      if (!outside || port === undefined || protocol === undefined) return [];
      const reach = hostReach(asString(raw['hostIP']) ?? '', nodes.of(pod));
      if (reach === undefined) return [];
      const target = { protocol, from: port, to: port };
      return [{ way: make('host-port', `${path}.hostPort`, reach), ports: [{ outside, target }] }];
    });
}

/**
 * A hostPort without an address, or with that of every interface, is open at all addresses of the node; undefined for one that only the
 * node itself can use.
 */
function hostReach(hostIP: string, ofNode: Reach): Reach | undefined {
  if (hostIP === '' || hostIP === '0.0.0.0' || hostIP === '::') return ofNode;
  if (hostIP.startsWith('127.') || hostIP === '::1') return undefined;
  const address = parseAddress(hostIP);
  return address === undefined ? ofNode : addressReach([address]);
}
