import type { JsonObject } from '../../../kubernetes/json.ts';
import type { LabelMatcher } from '../../../kubernetes/selectors.ts';
import type { Address } from '../addresses.ts';
import type { Boundaries } from '../intervals.ts';
import type { PortRange, Protocol } from '../ports.ts';

/** Which network plugin enforces a policy: `kubernetes` is every plugin. */
export type Plugin = 'kubernetes' | 'cilium' | 'calico';
export type Action = 'allow' | 'deny' | 'pass';
export type Direction = 'ingress' | 'egress';

/** Policies that are asked together, before or after those of other stages. */
export interface Stage {
  readonly name: string;
  /** Smallest first; the numbers are those of Calico's tiers, into which Calico puts the kinds of Kubernetes too. */
  readonly order: number;
  /**
   * `ordered`: policies are asked by their priority, and their rules one after the other; the first that matches decides, `pass` hands on
   * to the next stage. `united`: what any rule allows passes, unless one denies it; the order says nothing.
   */
  readonly combination: 'ordered' | 'united';
  /** What becomes of what no rule speaks of, where a policy of the stage isolates the pod. */
  readonly unmatched: 'deny' | 'next';
}

/** AdminNetworkPolicy and its like (https://network-policy-api.sigs.k8s.io/api-overview/). */
export const ADMIN: Stage = { name: 'kube-admin', order: 1_000, combination: 'ordered', unmatched: 'next' };
/** NetworkPolicy, and the policies of Cilium. */
export const NAMESPACES: Stage = {
  name: 'default',
  order: 1_000_000,
  combination: 'united',
  unmatched: 'deny',
};
/** Asked about pods that no policy of a namespace isolates. */
export const BASELINE: Stage = {
  name: 'kube-baseline',
  order: 10_000_000,
  combination: 'ordered',
  unmatched: 'next',
};

/** Pods by their namespace and their labels. */
export interface PodSelector {
  /** A namespace by its name, or namespaces by their labels. */
  readonly namespaces: string | LabelMatcher;
  readonly pods: LabelMatcher;
  /** With which labels `pods` is asked besides the pod's own: those that a plugin derives from its namespace and its service account. */
  readonly derived?: DerivedLabels;
  /** The labels that it demands of pods by their value: `app=web`. */
  readonly labels: readonly string[];
  /** Equal for selectors that say the same. */
  readonly key: string;
}

export interface DerivedLabels {
  readonly plugin: 'cilium' | 'calico';
  /** Whether the selector may ask for a derived label, which whoever makes a pod cannot choose. */
  readonly asksNamespace: boolean;
  /** Whether it may ask for the service account or its labels. */
  readonly asksAccount: boolean;
}

export type Peer = { readonly path: string } & (
  | { readonly kind: 'pods'; readonly selector: PodSelector }
  | {
      readonly kind: 'addresses';
      readonly addresses: Boundaries<Address>;
      /**
       * Whether pods are meant by their addresses. `known`: where the address of a pod is known; workloads have none, and count as outside.
       * `possible`: the same, and what pods of unknown address may have is unknown. `never`: neither pods nor nodes.
       */
      readonly pods: 'known' | 'possible' | 'never';
    }
  /** Nodes by their labels, and pods on their network; `all`: every node; or that alone on which the pod runs, or the others. */
  | { readonly kind: 'nodes'; readonly nodes: LabelMatcher | 'all'; readonly whose?: 'own' | 'other' }
  /** Names of hosts, which only the CNI resolves: whom it matches is not known. */
  | { readonly kind: 'names'; readonly mayBePods: boolean }
  /** May be anybody. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'all-of' | 'any-of'; readonly peers: readonly Peer[] }
  | { readonly kind: 'not'; readonly peer: Peer }
);

/** A port by its name in the containers of the pod that is reached; of any protocol where none is given. */
export interface NamedPort {
  readonly name: string;
  readonly protocol: Protocol | undefined;
}

interface Ports {
  readonly ranges: readonly PortRange[];
  readonly named: readonly NamedPort[];
}

/** The ports of a rule; `all` where it names none. No port at all is no port of TCP, UDP or SCTP, as of a rule for ICMP. */
export type RulePorts = 'all' | (Ports & { readonly except?: Ports });

export interface Rule {
  readonly action: Action;
  /** The name that the rule has in its policy; undefined where it has none. */
  readonly name: string | undefined;
  /** Whom any of these names; `all` is everybody. */
  readonly peers: 'all' | readonly Peer[];
  readonly ports: RulePorts;
  /** What the pod at which the rule is asked has to be besides. */
  readonly own?: Peer;
  /** Whether there are further conditions that are not evaluated, such as HTTP paths: then it is unknown whether the rule matches. */
  readonly isConditional?: boolean;
  /** Field path in the policy. */
  readonly path: string;
}

export interface Policy {
  readonly object: JsonObject;
  readonly kind: string;
  readonly plugin: Plugin;
  /** Undefined for a policy of the whole cluster. */
  readonly namespace: string | undefined;
  readonly name: string;
  readonly stage: Stage;
  /** In an ordered stage the smallest comes first. */
  readonly priority: number;
  /** Decides between equal priorities, in the order of text; of equal ones it is not defined which comes first. */
  readonly rank?: string;
  readonly subject: PodSelector;
  /** Field path of the subject. */
  readonly subjectPath: string;
  /** Undefined where the policy has no say in this direction. */
  readonly ingress: readonly Rule[] | undefined;
  readonly egress: readonly Rule[] | undefined;
  /** Directions in which it has rules and leaves alone what they do not speak of. */
  readonly open?: readonly Direction[];
}

/** A policy in a language that is not evaluated: what it lets through, and at which pods, is not known. */
export interface OpaquePolicy {
  readonly object: JsonObject;
  readonly kind: string;
  /** Undefined for one that may hold anywhere. */
  readonly namespace: string | undefined;
  readonly name: string;
  /**
   * Those of a service mesh refuse what reaches the pods in it, and can let nothing through that others stop. They do not concern pods
   * that nothing puts into a mesh.
   */
  readonly isOfMesh: boolean;
  /** The pods that are meant, by their own labels; undefined where that is not known, or all. */
  readonly selects?: LabelMatcher;
  /** The same as a selector. */
  readonly subject?: PodSelector;
  /** Both where none are named. */
  readonly directions?: readonly Direction[];
  /** Whether it is for nodes alone, and so for the pods on their network, or for all others alone. */
  readonly isOfHosts?: boolean;
}

/** Something in a policy for which the API server refuses it. */
export interface PolicyProblem {
  readonly object: JsonObject;
  readonly kind:
    | 'invalid-block'
    | 'invalid-exception'
    | 'invalid-port'
    | 'invalid-protocol'
    | 'invalid-selector'
    | 'invalid-action'
    | 'invalid-priority'
    | 'invalid-tier'
    | 'invalid-policy-type'
    | 'invalid-name'
    | 'too-many'
    | 'wrong-type'
    | 'wrong-version'
    | 'invalid-peer'
    | 'missing-subject'
    | 'missing-rules';
  readonly path: string;
  /**
   * True where the API server refuses the policy for a field that is left out or says too much, and there is no doubt what was meant:
   * the policy counts as if it had been accepted.
   */
  readonly isReadAsMeant: boolean;
  /** The value that is meant, or upstream's words about it; not escaped. */
  readonly value: string;
}
