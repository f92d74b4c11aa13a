import type { JsonObject } from '../../../kubernetes/json.ts';
import type { LabelMatcher } from '../../../kubernetes/selectors.ts';
import type { Address } from '../addresses.ts';
import type { Boundaries } from '../intervals.ts';
import type { PortRange, Protocol } from '../ports.ts';

/**
 * Which policies are asked first: those of the administrators, then those of the namespaces, and where none of these isolates the
 * pod, the baseline (https://network-policy-api.sigs.k8s.io/api-overview/).
 */
export type Tier = 'admin' | 'namespace' | 'baseline';
export type Action = 'allow' | 'deny' | 'pass';
export type Direction = 'ingress' | 'egress';

/** Pods by their namespace and their labels. */
export interface PodSelector {
  /** A namespace by its name, or namespaces by their labels. */
  readonly namespaces: string | LabelMatcher;
  readonly pods: LabelMatcher;
  /** The labels that it demands of pods by their value: `app=web`. */
  readonly labels: readonly string[];
  /** Equal for selectors that say the same. */
  readonly key: string;
}

export type Peer =
  | { readonly kind: 'pods'; readonly selector: PodSelector; readonly path: string }
  | { readonly kind: 'addresses'; readonly addresses: Boundaries<Address>; readonly path: string }
  | { readonly kind: 'nodes'; readonly nodes: LabelMatcher; readonly path: string }
  /** Names of hosts, which only the CNI resolves: whom it matches is not known. */
  | { readonly kind: 'names'; readonly mayBePods: boolean; readonly path: string };

/** A port by its name in the containers of the pod that is reached; of any protocol where none is given. */
export interface NamedPort {
  readonly name: string;
  readonly protocol: Protocol | undefined;
}

/** The ports of a rule; `all` where it names none. */
export type RulePorts =
  | 'all'
  | { readonly ranges: readonly PortRange[]; readonly named: readonly NamedPort[] };

export interface Rule {
  readonly action: Action;
  /** The name that the rule has in its policy; undefined where it has none. */
  readonly name: string | undefined;
  readonly peers: 'all' | readonly Peer[];
  readonly ports: RulePorts;
  /** Field path in the policy. */
  readonly path: string;
}

export interface Policy {
  readonly object: JsonObject;
  readonly kind: string;
  /** Undefined for a policy of the whole cluster. */
  readonly namespace: string | undefined;
  readonly name: string;
  readonly tier: Tier;
  /** Among the policies of a tier the smallest comes first; policies of namespaces have none. */
  readonly priority: number;
  readonly subject: PodSelector;
  /** Undefined where the policy has no say in this direction. */
  readonly ingress: readonly Rule[] | undefined;
  readonly egress: readonly Rule[] | undefined;
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
  /** The pods that are meant; undefined where that is not known, or all. */
  readonly selects?: LabelMatcher;
}

/** Something in a policy for which the API server refuses it, or that cannot have the effect that it was written for. */
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
    | 'invalid-peer'
    | 'missing-subject'
    | 'missing-namespace'
    | 'same-priority';
  readonly path: string;
  /**
   * True where the API server refuses the policy for a field that is left out or says too much, and there is no doubt what was meant:
   * the policy counts as if it had been accepted.
   */
  readonly isReadAsMeant: boolean;
  /** The value that is meant, or upstream's words about it; not escaped. */
  readonly value: string;
}
