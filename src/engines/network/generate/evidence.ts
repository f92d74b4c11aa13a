import type { JsonObject } from '../../../kubernetes/json.ts';
import type { WorkloadGroup } from '../network.ts';
import type { Protocol } from '../ports.ts';

/** A block of addresses as a NetworkPolicy states it. */
export interface Block {
  readonly cidr: string;
  readonly except: readonly string[];
}

/** One end of what has to pass. */
export type Party =
  | { readonly kind: 'workload'; readonly group: WorkloadGroup }
  /** Pods that are not among the sources, by their namespace and what is known of their labels. */
  | {
      readonly kind: 'pods';
      readonly namespace: string;
      readonly labels: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'blocks'; readonly blocks: readonly Block[] }
  /** Every pod and every address: whoever it is, no selector can tell. */
  | { readonly kind: 'anywhere' };

/** A port of the pod that is reached; by name where the pods of a workload give one name to different numbers. */
export interface PolicyPort {
  readonly protocol: Protocol;
  readonly port: number | string;
}

/** What stands behind a rule. */
export type Reason =
  /** A setting names the other end. */
  | 'reference'
  | 'load-balancer'
  | 'node-port'
  | 'external-ip'
  | 'host-port'
  | 'ingress'
  | 'gateway-route'
  | 'openshift-route'
  | 'metrics'
  | 'webhook'
  | 'api-server'
  | 'dns'
  | 'flows';

/** What has to be said of a rule beside its reason. */
export type Remark =
  /** No pods of an ingress controller or gateway are among the sources. */
  | 'proxy-unknown'
  /** The proxy is on the network of its node, and is no pod to most network plugins. */
  | 'proxy-on-node'
  /** The address of the client may be rewritten to a node's, so that its own cannot be asked for. */
  | 'rewritten'
  /** From where the API server calls is not known. */
  | 'api-server-unknown'
  /** More addresses than a policy should list were seen. */
  | 'many-addresses'
  /** The other end is on the network of its node. */
  | 'peer-on-node';

/** A field of an object. */
export interface Source {
  readonly raw: JsonObject;
  readonly path: string;
}

/** What flow logs show of one pair. */
export interface Seen {
  readonly count: number;
  /** Milliseconds since 1970; undefined where no line states a time. */
  readonly first: number | undefined;
  readonly last: number | undefined;
  readonly files: readonly string[];
}

export interface Ground {
  readonly reason: Reason;
  readonly source?: Source;
  /** What the source says, in a few words; not escaped. */
  readonly text: string;
  readonly remark?: Remark;
  readonly seen?: Seen;
}

export interface Flow {
  readonly from: Party;
  readonly to: Party;
  readonly ports: readonly PolicyPort[];
  readonly because: Ground;
}

/** Why something that may be needed did not become a rule. */
export type LeftOutReason =
  /** A name outside of the cluster, which no NetworkPolicy can state. */
  | 'external-name'
  /** A Service that is not among the sources. */
  | 'unknown-service'
  /** A reference into another namespace, for which no ReferenceGrant is among the sources. */
  | 'no-grant'
  /** The Service has no such port. */
  | 'no-such-port'
  /** No pod among the sources is behind the Service. */
  | 'no-pods'
  /** The pods behind the Service have no port of the name that it leads to. */
  | 'no-target'
  /** A word that may be the name of a Service, or may be another word. */
  | 'ambiguous'
  /** The address stands in a Secret, whose values are not read. */
  | 'in-secret'
  /** Who scrapes metrics is not among the sources. */
  | 'no-prometheus'
  /** Addresses of the API server are not known. */
  | 'api-server'
  /** Pods on the network of their node are not in the reach of policies. */
  | 'host-network'
  /** Flow logs name an end that nothing is known of. */
  | 'unknown-end'
  /** Which end of a logged connection is the server cannot be told. */
  | 'unknown-direction';

export interface LeftOut {
  readonly reason: LeftOutReason;
  /** Whose policy would have stated it. */
  readonly group: WorkloadGroup | undefined;
  /** Where it would have been stated, if in no one's policy in particular. */
  readonly namespace?: string;
  readonly source?: Source;
  readonly text: string;
  /** The name that was left out. */
  readonly host?: string;
  readonly seen?: Seen;
}

/** Everything that has to pass, as far as there are signs of it. */
export class Evidence {
  readonly flows: Flow[] = [];
  #leftOut: LeftOut[] = [];
  /** Workloads that talk to the API server, with the first sign of it. */
  readonly apiServerClients = new Map<WorkloadGroup, Ground>();
  readonly #known = new Set<string>();

  add(flow: Flow): void {
    if (flow.ports.length > 0) this.flows.push(flow);
  }

  callsApiServer(group: WorkloadGroup, because: Ground): void {
    if (!this.apiServerClients.has(group)) this.apiServerClients.set(group, because);
  }

  /** The same is said once. */
  leaveOut(item: LeftOut): void {
    const { group, reason, text } = item;
    const key = JSON.stringify([reason, group?.namespace, group?.kind, group?.name, text]);
    if (this.#known.has(key)) return;
    this.#known.add(key);
    this.#leftOut.push(item);
  }

  get leftOut(): readonly LeftOut[] {
    return this.#leftOut;
  }

  /** Names outside of the cluster whose addresses were found are left out no more. */
  knowNames(group: WorkloadGroup, names: readonly string[]): void {
    const known = new Set(names.map((name) => name.toLowerCase().replace(/\.$/, '')));
    if (known.size === 0) return;
    this.#leftOut = this.#leftOut.filter(
      (item) => item.reason !== 'external-name' || item.group !== group || !known.has(item.host ?? ''),
    );
  }
}
