import type { Address } from './addresses.ts';
import type { MeshTraits } from './mesh/mesh-pod.ts';
import type { PortRange, Protocol } from './ports.ts';

/** A port that a container declares. */
export interface ContainerPort {
  readonly name: string | undefined;
  readonly protocol: Protocol;
  readonly port: number;
}

/** A pod as the network knows it. */
export interface NetworkPod {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ports: readonly ContainerPort[];
  /** Such a pod shares the addresses of its node, and policies for pods do not see it. */
  readonly isOnHostNetwork: boolean;
  /** What a service mesh looks at. */
  readonly mesh: MeshTraits;
  /** Empty where they are not known, as in manifests. */
  readonly addresses: readonly Address[];
  /** Name of its node, where that is known. */
  readonly node: string | undefined;
  readonly serviceAccount: string;
}

export interface NetworkNode {
  readonly name: string;
  /** False where only its pods were seen: it has the labels stated here, and may have others. */
  readonly isSeen: boolean;
  readonly labels: Readonly<Record<string, string>>;
  readonly addresses: readonly Address[];
}

export interface NetworkNamespace {
  readonly name: string;
  /** Without `kubernetes.io/metadata.name`, which every namespace has. */
  readonly labels: Readonly<Record<string, string>>;
}

/** A ServiceAccount. */
export interface NetworkAccount {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Where a packet comes from or goes to. */
export type Endpoint = NetworkPod | Address;

export function isPod(endpoint: Endpoint): endpoint is NetworkPod {
  return typeof endpoint !== 'bigint';
}

/** The ports that a name stands for in a pod, of the protocol where one is asked for. */
export function portsNamed(
  pod: NetworkPod,
  name: string,
  protocol: Protocol | undefined,
): readonly PortRange[] {
  return pod.ports
    .filter((port) => port.name === name && (protocol === undefined || port.protocol === protocol))
    .map((port) => ({ protocol: port.protocol, from: port.port, to: port.port }));
}
