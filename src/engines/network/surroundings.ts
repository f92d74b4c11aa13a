import type { LabelMatcher } from '../../kubernetes/selectors.ts';
import type { Address } from './addresses.ts';
import { DerivedLabelsOf } from './derived-labels.ts';
import {
  type Endpoint,
  isPod,
  type NetworkAccount,
  type NetworkNamespace,
  type NetworkNode,
  type NetworkPod,
} from './endpoints.ts';
import type { Boundaries } from './intervals.ts';
import type { PodSelector } from './policies/policy.ts';

/** The label that the API server gives every namespace (KEP-2161). */
const NAME_LABEL = 'kubernetes.io/metadata.name';

/** Whether the other end is the node that a pod runs on. */
export type Nearness = 'own-node' | 'maybe-own-node' | 'elsewhere';

/** What selectors are asked about: namespaces with their labels, and nodes. */
export class Surroundings {
  readonly #namespaces = new Map<string, Readonly<Record<string, string>>>();
  readonly #nodes: readonly NetworkNode[];
  readonly #ofNodes: ReadonlySet<Address>;
  readonly #derived: DerivedLabelsOf;

  constructor(
    namespaces: readonly NetworkNamespace[],
    nodes: readonly NetworkNode[],
    accounts: readonly NetworkAccount[] = [],
  ) {
    for (const { name, labels } of namespaces) {
      this.#namespaces.set(name, { ...labels, [NAME_LABEL]: name });
    }
    this.#nodes = nodes;
    this.#ofNodes = new Set(nodes.flatMap(({ addresses }) => addresses));
    this.#derived = new DerivedLabelsOf(this, accounts);
  }

  /** A namespace that nothing is known of has its name alone. */
  labelsOf(namespace: string): Readonly<Record<string, string>> {
    return this.#namespaces.get(namespace) ?? { [NAME_LABEL]: namespace };
  }

  /** By labels alone; what selectors mean to pods on the network of their node differs. */
  selects(selector: PodSelector, pod: NetworkPod): boolean {
    const { namespaces } = selector;
    const isThere =
      typeof namespaces === 'string'
        ? namespaces === pod.namespace
        : namespaces(this.labelsOf(pod.namespace));
    if (!isThere) return false;
    const { derived } = selector;
    return selector.pods(derived === undefined ? pod.labels : this.#derived.of(pod, derived.plugin));
  }

  /** Whether an end is one of the nodes that are meant, or a pod on the network of one. */
  isOnNode(endpoint: Endpoint, matches: LabelMatcher | 'all'): 'yes' | 'no' | 'unknown' {
    if (matches === 'all' && isPod(endpoint)) return endpoint.isOnHostNetwork ? 'yes' : 'no';
    let answer: 'no' | 'unknown' = 'no';
    for (const { name, labels, addresses, isSeen } of this.#nodes) {
      const isThis = isPod(endpoint)
        ? endpoint.isOnHostNetwork && endpoint.node === name
        : addresses.includes(endpoint);
      if (!isThis) continue;
      if (matches === 'all' || matches(labels)) return 'yes';
      if (!isSeen) answer = 'unknown';
    }
    return answer;
  }

  /** An address that stands for a whole block: one that no node has, as policies may tell nodes from the addresses around them. */
  sampleOf([first, end]: Boundaries<Address>): Address {
    let sample = first!;
    while (this.#ofNodes.has(sample) && sample < end!) sample++;
    return sample === end ? first! : sample;
  }

  /**
   * Pods on the network of a node are never the node for certain: whether a network plugin can tell them from it is up to it
   * (https://kubernetes.io/docs/concepts/services-networking/network-policies/#networkpolicy-and-hostnetwork-pods).
   */
  nearness({ node, isOnHostNetwork }: NetworkPod, peer: Endpoint): Nearness {
    if (isPod(peer)) {
      if (!peer.isOnHostNetwork || isOnHostNetwork) return 'elsewhere';
      const mayBeSame = node === undefined || peer.node === undefined || node === peer.node;
      return mayBeSame ? 'maybe-own-node' : 'elsewhere';
    }
    const nodes = this.#nodes.filter(({ addresses }) => addresses.includes(peer));
    if (nodes.length === 0) return 'elsewhere';
    if (node === undefined) return 'maybe-own-node';
    return nodes.some(({ name }) => name === node) ? 'own-node' : 'elsewhere';
  }
}
