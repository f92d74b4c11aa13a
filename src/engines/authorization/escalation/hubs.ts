import type { Network } from './edges.ts';
import { groupBy } from './group-by.ts';
import type { Certainty } from './power.ts';
import type { Running } from './running.ts';
import type { Surroundings } from './surroundings.ts';
import type { Vertex } from './vertex.ts';

/** All that one power leads to, in one namespace or in all. */
export type HubName =
  | 'accounts'
  | 'any-accounts'
  | 'bootstrap-groups'
  | 'certificates'
  | 'code'
  | 'debugged-code'
  | 'everybody'
  | 'groups'
  | 'kubelets'
  | 'missing-accounts'
  | 'nodes'
  | 'pods'
  | 'secrets'
  | 'users'
  | 'workloads';

/**
 * Stands between the holders of a power and what it leads to, so that a thousand holders and a thousand service accounts make two
 * thousand edges and not a million. A hub is filled when somebody first reaches it; all subjects have to be known by then.
 */
export class Hubs {
  readonly #network: Network;
  readonly #around: Surroundings;
  readonly #running: ReadonlyMap<string, readonly Running[]>;
  readonly #accounts = new Map<string, number[]>();
  readonly #known = new Map<HubName, Map<string | undefined, number>>();

  constructor(network: Network, around: Surroundings) {
    this.#network = network;
    this.#around = around;
    this.#running = groupBy(around.running, ({ namespace }) => namespace);
    network.vertices.forEach((vertex, at) => {
      if (vertex.kind !== 'ServiceAccount') return;
      const list = this.#accounts.get(vertex.namespace);
      if (list === undefined) this.#accounts.set(vertex.namespace, [at]);
      else list.push(at);
    });
  }

  /** @param namespace undefined: all of them */
  at(name: HubName, namespace?: string): number {
    let hubs = this.#known.get(name);
    if (hubs === undefined) {
      hubs = new Map();
      this.#known.set(name, hubs);
    }
    const known = hubs.get(namespace);
    if (known !== undefined) return known;
    const { at } = this.#network.add({ kind: 'Hub', namespace, name });
    hubs.set(namespace, at);
    if (namespace !== undefined) this.#fillOne(at, name, namespace);
    else if (PER_NAMESPACE.has(name)) {
      for (const each of this.#around.namespaces) this.#network.lead(at, this.at(name, each));
    } else this.#fillAll(at, name);
    return at;
  }

  /** Service accounts that are known in a namespace, whether or not they exist. */
  #accountsIn(namespace: string): readonly number[] {
    return this.#accounts.get(namespace) ?? [];
  }

  #runningIn(namespace: string): readonly Running[] {
    return this.#running.get(namespace) ?? [];
  }

  /** Leads from a hub or a holder's own edge into the identities of a pod. */
  intoPod(running: Running): { to: number; certainty: Certainty }[] {
    const found: { to: number; certainty: Certainty }[] = [];
    const add = (to: number, certainty: Certainty) =>
      found.push({ to, certainty: isThere(running) ? certainty : 'possible' });
    if (running.account !== undefined) {
      const { name, certainty } = running.account;
      add(this.#network.add({ kind: 'ServiceAccount', namespace: running.namespace, name }).at, certainty);
    }
    if (running.escape !== undefined) add(this.nodeOf(running), running.escape);
    return found;
  }

  /** The node of a pod, or the hub of all nodes where it is not known. */
  nodeOf({ node }: Running): number {
    const known = node === undefined ? undefined : this.#network.find({ kind: 'Node', name: node });
    return known ?? this.at('nodes');
  }

  #fillOne(at: number, name: HubName, namespace: string): void {
    const network = this.#network;
    const around = this.#around;
    switch (name) {
      case 'accounts':
        for (const account of this.#accountsIn(namespace)) {
          const exists = around.accounts.has(`${namespace}/${network.vertices[account]!.name}`);
          if (exists) network.lead(at, account);
          else if (!around.areAccountsSeen) network.lead(at, account, 'possible');
        }
        return;
      case 'any-accounts':
        for (const account of this.#accountsIn(namespace)) network.lead(at, account);
        return;
      case 'missing-accounts':
        for (const account of this.#accountsIn(namespace)) {
          const exists = around.accounts.has(`${namespace}/${network.vertices[account]!.name}`);
          if (!exists) network.lead(at, account);
        }
        return;
      case 'pods':
        network.lead(at, this.at('accounts', namespace));
        if (!around.admission.isEnforced(namespace)) {
          network.lead(at, this.at('nodes'), around.admission.certainty(namespace));
        }
        return;
      case 'workloads': {
        const exists = this.#runningIn(namespace).length > 0;
        if (exists || !around.isComplete)
          network.lead(at, this.at('pods', namespace), exists ? 'proven' : 'possible');
        return;
      }
      case 'code':
        this.#intoPods(at, this.#runningIn(namespace));
        // Any account may be that of a pod which was not seen.
        if (!around.arePodsSeen) network.lead(at, this.at('accounts', namespace), 'possible');
        return;
      case 'debugged-code': {
        network.lead(at, this.at('code', namespace));
        if (around.admission.isEnforced(namespace)) return;
        const running = [...this.#runningIn(namespace)].sort(
          (a, b) => Number(isThere(a)) - Number(isThere(b)),
        );
        const nodes = new Map(running.map((each) => [this.nodeOf(each), each]));
        const certainty = around.admission.certainty(namespace);
        for (const [to, pod] of nodes) {
          network.lead(at, to, isThere(pod) ? certainty : 'possible', pod.object, pod.reference);
        }
        return;
      }
      case 'secrets': {
        for (const secret of around.tokenSecrets) {
          if (secret.namespace !== namespace) continue;
          const account: Vertex = { kind: 'ServiceAccount', namespace, name: secret.account };
          network.lead(at, network.add(account).at, 'proven', undefined, secret.name);
        }
        // Where not all Secrets were seen, nobody knows whether tokens are among the others.
        if (!around.areSecretsSeen) {
          for (const account of this.#accountsIn(namespace)) network.lead(at, account, 'possible');
        }
        return;
      }
      default:
        throw new Error(`hub ${name} is not one of namespaces`);
    }
  }

  /** One edge to each identity: which of its pods it is by makes no difference. */
  #intoPods(at: number, pods: readonly Running[]): void {
    const known = new Map<number, Certainty>();
    for (const running of pods) {
      for (const { to, certainty } of this.intoPod(running)) {
        if (known.get(to) === 'proven' || known.get(to) === certainty) continue;
        known.set(to, certainty);
        this.#network.lead(at, to, certainty, running.object, running.reference);
      }
    }
  }

  #fillAll(at: number, name: HubName): void {
    const network = this.#network;
    const every = (test: (vertex: Vertex) => boolean) => {
      for (let each = 0; each < network.vertices.length; each++) {
        if (test(network.vertices[each]!)) network.lead(at, each);
      }
    };
    switch (name) {
      case 'users':
        every(({ kind }) => kind === 'User');
        return;
      case 'groups':
        every(({ kind }) => kind === 'Group');
        return;
      case 'bootstrap-groups':
        every(({ kind, name }) => kind === 'Group' && /^system:bootstrappers(?::|$)/.test(name));
        return;
      case 'kubelets':
        every(({ kind }) => kind === 'Kubelet');
        return;
      case 'nodes':
        every(({ kind }) => kind === 'Node');
        return;
      case 'certificates':
        // A certificate may name a service account as well; CertificateSubjectRestriction keeps system:masters out.
        every(
          ({ kind, name }) =>
            kind === 'User' ||
            kind === 'ServiceAccount' ||
            kind === 'Kubelet' ||
            (kind === 'Group' && name !== 'system:masters'),
        );
        return;
      case 'everybody':
        every(({ kind }) => SOMEBODY.has(kind));
        return;
      default:
        throw new Error(`hub ${name} is one of namespaces`);
    }
  }
}

/** Pods of Jobs come and go. */
function isThere({ kind }: Running): boolean {
  return kind !== 'job' && kind !== 'cronjob';
}

/** Who can be become; others stand for rights, or for several. */
export const SOMEBODY: ReadonlySet<Vertex['kind']> = new Set<Vertex['kind']>([
  'User',
  'Group',
  'ServiceAccount',
  'Node',
  'Kubelet',
  'Namespace',
]);
const PER_NAMESPACE = new Set<HubName>([
  'accounts',
  'any-accounts',
  'code',
  'debugged-code',
  'missing-accounts',
  'pods',
  'secrets',
  'workloads',
]);
