import type { JsonObject } from '../../../kubernetes/json.ts';
import type { Address } from '../addresses.ts';
import type { Boundaries } from '../intervals.ts';
import type { PortRange } from '../ports.ts';

/** What makes a way into pods. */
export type WayKind =
  | 'load-balancer'
  | 'external-ip'
  | 'node-port'
  | 'cluster-ip'
  | 'headless'
  | 'external-name'
  | 'host-port'
  | 'host-network'
  | 'ingress'
  | 'gateway-route'
  | 'openshift-route';

/** Why it is not known what passes. */
export type Doubt =
  /** Whether the nodes have addresses that are globally reachable. */
  | 'node-addresses'
  /** The load balancer has no address. */
  | 'no-address'
  /** A firewall of the cloud chooses the clients. */
  | 'firewall'
  /** Settings that are not looked at, such as those of a class, say whether it is public. */
  | 'class'
  /** Policies stop the client, and it is not defined whether they see its address. */
  | 'rewritten'
  /** Policies let some pods through, and it is not known which of them is the proxy. */
  | 'proxy'
  /** The proxy is on the network of a node, which no policy stops where it is the pod's own. */
  | 'own-node'
  /** A policy that is not evaluated, or that may not hold for pods on the network of their node. */
  | 'policy'
  /** Whether a proxy follows an ExternalName is up to the proxy. */
  | 'alias'
  /** A reference into another namespace needs a ReferenceGrant, and none was seen. */
  | 'reference-grant';

/** Who may use a way. */
export interface Reach {
  /** Addresses outside of the cluster; empty where only the cluster or the node itself gets in. */
  readonly clients: Boundaries<Address>;
  readonly doubt: Doubt | undefined;
}

/** Whose address policies see at the pod. */
export type SourceAddress =
  /** The client's. */
  | 'client'
  /**
   * Perhaps the client's, perhaps that of a node: which one is not defined
   * (https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-ipblock-selectors).
   */
  | 'client-or-node'
  /** That of a pod or machine which speaks for the client. */
  | 'proxy';

export interface Way extends Reach {
  readonly kind: WayKind;
  readonly object: JsonObject;
  /** Field of the object that opens the way. */
  readonly path: string;
  /** The Service, or the chain of Services, through which an entry leads. */
  readonly through: readonly JsonObject[];
  readonly source: SourceAddress;
}

/** Ports of a pod to which a way leads. */
export interface WayPort {
  /** The port that clients use, where it is known and one. */
  readonly outside: number | undefined;
  readonly target: PortRange;
}
