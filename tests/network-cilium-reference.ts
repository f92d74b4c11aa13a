/**
 * A naive reading of Cilium's policies, one packet after the other, from the comments of its API (pkg/policy/api/{rule,ingress,egress,
 * l4,cidr,entity}.go of github.com/cilium/cilium v1.18.4) and its documentation (Documentation/security/policy). What these leave to
 * options of Cilium, to names or to other objects is `maybe`.
 */
export type Maybe = boolean | 'maybe';

export interface Selector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}
export interface Port {
  port: string;
  endPort?: number;
  protocol?: string;
}
export interface PortRule {
  ports: Port[];
  rules?: object;
  listener?: object;
}
export interface CiliumRule {
  endpoints?: Selector[];
  cidr?: string[];
  cidrSet?: { cidr?: string; cidrGroupRef?: string; except?: string[] }[];
  entities?: string[];
  fqdns?: object[];
  services?: object[];
  groups?: object[];
  toPorts?: PortRule[];
  icmps?: object[];
  authentication?: { mode: string };
}
export interface CiliumSpec {
  /** Undefined for a policy of the whole cluster. */
  namespace: string | undefined;
  endpointSelector: Selector;
  ingress?: CiliumRule[];
  ingressDeny?: CiliumRule[];
  egress?: CiliumRule[];
  egressDeny?: CiliumRule[];
  enableDefaultDeny?: { ingress?: boolean; egress?: boolean };
}
export interface Pod {
  namespace: string;
  name: string;
  labels: Record<string, string>;
  account: string;
  node: string;
  hostNetwork: boolean;
  ports: { name: string; containerPort: number; protocol: string }[];
}
export interface World {
  namespaces: Record<string, Record<string, string>>;
  /** Their addresses. */
  nodes: Record<string, string>;
  policies: CiliumSpec[];
}
export type End = Pod | string;
export interface Packet {
  from: End;
  to: End;
  protocol: string;
  port: number;
}

const not = (a: Maybe): Maybe => (a === 'maybe' ? a : !a);
const and = (...all: Maybe[]): Maybe =>
  all.includes(false) ? false : all.includes('maybe') ? 'maybe' : true;
const or = (...all: Maybe[]): Maybe => not(and(...all.map(not)));
const isPod = (end: End): end is Pod => typeof end !== 'string';

/** What is seen of a label: whether it is there, and its value where that is known. */
interface Seen {
  there: Maybe;
  value?: string;
}
const ABSENT: Seen = { there: false };
const NAMESPACE = 'io.kubernetes.pod.namespace';
const NAMESPACE_LABELS = 'io.cilium.k8s.namespace.labels.';
/** Documentation/operations/performance/scalability/identity-relevant-labels.rst: labels that are left out, as far as worlds have them. */
const LEFT_OUT = ['pod-template-hash'];

export class Reference {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  passes({ from, to, protocol, port }: Packet): Maybe {
    const out = isPod(from) ? this.#at(from, 'egress', to, to, protocol, port) : true;
    const into = isPod(to) ? this.#at(to, 'ingress', from, to, protocol, port) : true;
    return and(out, into);
  }

  #at(pod: Pod, direction: 'ingress' | 'egress', peer: End, to: End, protocol: string, port: number): Maybe {
    // "[Host policies] apply only to the host namespace, including host-networking pods": others do not.
    if (pod.hostNetwork) return true;
    const allows: Maybe[] = [];
    const denies: Maybe[] = [];
    const isolates: Maybe[] = [];
    for (const spec of this.#world.policies) {
      const subject = this.#selects(own(spec), pod);
      const rules = spec[direction] ?? [];
      const deny = spec[`${direction}Deny`] ?? [];
      // "If omitted or empty, this rule does not apply at ingress."
      if (subject === false || rules.length + deny.length === 0) continue;
      // It is left open what a policy does that may select the pod.
      if (subject === 'maybe') return 'maybe';
      isolates.push(spec.enableDefaultDeny?.[direction] ?? true);
      for (const rule of rules) {
        const match = this.#matches(spec, rule, direction, pod, peer, to, protocol, port);
        const mode = rule.authentication?.mode ?? 'disabled';
        allows.push(mode === 'disabled' ? match : and(match, 'maybe'));
        // Whoever has to prove who it is for one rule has to for all (Test_MergeL3).
        if (mode !== 'disabled') denies.push(and(match, 'maybe'));
      }
      for (const rule of deny)
        denies.push(this.#matches(spec, rule, direction, pod, peer, to, protocol, port));
    }
    const asked = and(not(or(...denies)), or(...allows, not(or(...isolates))));
    if (isolates.length === 0) return true;
    return this.#ownNode(pod, direction, peer, asked, or(...denies) !== false);
  }

  /**
   * "Kubernetes will automatically allow all communication from the local host of all local endpoints"; of what goes there nothing is
   * said, nor of whether a deny comes first, nor whether a pod on the network of a node is that node.
   */
  #ownNode(pod: Pod, direction: string, peer: End, asked: Maybe, isDenied: boolean): Maybe {
    const isNode = isPod(peer)
      ? peer.hostNetwork && peer.node === pod.node
      : peer === this.#world.nodes[pod.node];
    if (!isNode) return asked;
    if (!isPod(peer) && direction === 'ingress' && !isDenied) return true;
    return or(asked, 'maybe');
  }

  #matches(
    spec: CiliumSpec,
    rule: CiliumRule,
    direction: 'ingress' | 'egress',
    pod: Pod,
    peer: End,
    to: End,
    protocol: string,
    port: number,
  ): Maybe {
    const hasPorts = (rule.toPorts ?? []).length + (rule.icmps ?? []).length > 0;
    return and(
      this.#meansPeer(spec, rule, hasPorts, pod, peer),
      hasPorts
        ? or(...(rule.toPorts ?? []).map((each) => this.#meansPort(each, direction, to, protocol, port)))
        : true,
    );
  }

  #meansPort(rule: PortRule, direction: string, to: End, protocol: string, port: number): Maybe {
    const one = (each: Port): Maybe => {
      // "If omitted or empty, any protocol matches."
      if (each.protocol !== undefined && !['ANY', '', protocol].includes(each.protocol)) return false;
      if (/^\d+$/.test(each.port)) {
        const [first, last] = [Number(each.port), each.endPort ?? 0];
        if (first === 0 && (last === 0 || last === 65_535)) return true;
        return port >= first && port <= Math.max(first, last);
      }
      if (direction === 'egress') return 'maybe';
      const named = isPod(to) ? to.ports.filter(({ name }) => name === each.port) : [];
      return named.some((found) => found.containerPort === port && found.protocol === protocol);
    };
    const match = or(...rule.ports.map(one));
    return rule.listener === undefined ? match : and(match, 'maybe');
  }

  #meansPeer(spec: CiliumSpec, rule: CiliumRule, hasPorts: boolean, pod: Pod, peer: End): Maybe {
    const { endpoints, cidr, cidrSet, entities, fqdns = [], services = [], groups = [] } = rule;
    const lists = [endpoints, cidr, cidrSet, entities];
    if (lists.some((list) => list?.length === 0)) return false;
    const isOutside = this.#isOutside(peer);
    const means: Maybe[] = [
      ...(endpoints ?? []).map((selector) => this.#selects(scoped(spec, selector), peer)),
      ...(cidr ?? []).map((block) => and(isOutside, !isPod(peer) && isIn(peer, block))),
      ...(cidrSet ?? []).map((set) => {
        const excepted = (set.except ?? []).map((block) => !isPod(peer) && isIn(peer, block));
        const isMeant = set.cidr === undefined ? 'maybe' : !isPod(peer) && isIn(peer, set.cidr);
        return and(isOutside, isMeant, not(or(...excepted)));
      }),
      ...(entities ?? []).map((entity) => this.#isEntity(entity, pod, peer)),
      ['host', 'remote-node'].every((entity) => entities?.includes(entity)) && this.#isNode(peer),
      ...fqdns.map((): Maybe => and(!isPod(peer), 'maybe')),
      ...services.map((): Maybe => 'maybe'),
      ...groups.map((): Maybe => and(isOutside, 'maybe')),
    ];
    const isNamed = [...lists, fqdns, services, groups].some((list) => list !== undefined && list.length > 0);
    return isNamed ? or(...means) : hasPorts;
  }

  #isOutside(end: End): boolean {
    return !isPod(end) && !this.#isNode(end);
  }

  #isNode(end: End): boolean {
    return isPod(end) ? end.hostNetwork : Object.values(this.#world.nodes).includes(end);
  }

  /** Pods on the network of the node may be seen as it, or not. */
  #isOwnNode(pod: Pod, peer: End): Maybe {
    if (!isPod(peer)) return peer === this.#world.nodes[pod.node];
    return peer.hostNetwork && peer.node === pod.node ? 'maybe' : false;
  }

  #isEntity(entity: string, pod: Pod, peer: End): Maybe {
    switch (entity) {
      case 'all':
        return true;
      case 'world':
        return this.#isOutside(peer);
      case 'cluster':
        return !this.#isOutside(peer);
      case 'host':
        return and(this.#isNode(peer), this.#isOwnNode(pod, peer));
      case 'remote-node':
        return and(this.#isNode(peer), not(this.#isOwnNode(pod, peer)));
      case 'kube-apiserver':
        return and(or(this.#isOutside(peer), this.#isNode(peer)), 'maybe');
      default:
        return false;
    }
  }

  #selects(selector: Selector, end: End): Maybe {
    const labels = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => {
      return { key, operator: 'In', values: [value] };
    });
    return and(
      ...[...labels, ...(selector.matchExpressions ?? [])].map(({ key, operator, values = [] }): Maybe => {
        const { there, value } = this.#label(key, end);
        const isThere = and(there, value === undefined ? 'maybe' : values.includes(value));
        if (operator === 'In') return isThere;
        if (operator === 'NotIn') return not(isThere);
        return operator === 'Exists' ? there : not(there);
      }),
    );
  }

  /** "k8s:" labels of Kubernetes, "any:" or no source any label, "reserved:" those of special identities. */
  #label(text: string, end: End): Seen {
    const [, source = 'any', key = ''] = /^(?:(k8s|any|reserved):)?(.*)$/.exec(text)!;
    if (source === 'reserved') {
      const special = this.#isOutside(end)
        ? ['world', 'kube-apiserver']
        : ['host', 'remote-node', 'kube-apiserver'];
      const isSpecial = !isPod(end) || end.hostNetwork;
      return isSpecial && special.includes(key) ? { there: 'maybe', value: '' } : ABSENT;
    }
    if (key === NAMESPACE)
      return isPod(end) && !end.hostNetwork ? { there: true, value: end.namespace } : ABSENT;
    if (!isPod(end) || end.hostNetwork) {
      const isAbsent = key.startsWith(NAMESPACE_LABELS) || (source === 'k8s' && this.#isOutside(end));
      return isAbsent ? ABSENT : { there: 'maybe' };
    }
    if (key === 'io.cilium.k8s.policy.cluster') return { there: true };
    if (key === 'io.cilium.k8s.policy.serviceaccount') return { there: true, value: end.account };
    const value = key.startsWith(NAMESPACE_LABELS)
      ? this.#world.namespaces[end.namespace]![key.slice(NAMESPACE_LABELS.length)]
      : end.labels[key];
    if (value === undefined) return ABSENT;
    return { there: LEFT_OUT.includes(key) ? 'maybe' : true, value };
  }
}

const PLAIN = new RegExp(`^(?:k8s:|any:)?${NAMESPACE.replaceAll('.', '\\.')}$`);
const keysOf = ({ matchLabels = {}, matchExpressions = [] }: Selector) => [
  ...Object.keys(matchLabels),
  ...matchExpressions.map(({ key }) => key),
];

/** "The endpointSelector always applies to pods in the namespace associated with the CiliumNetworkPolicy resource itself." */
function own({ namespace, endpointSelector }: CiliumSpec): Selector {
  if (namespace === undefined) return endpointSelector;
  const matchLabels = { ...endpointSelector.matchLabels, [`k8s:${NAMESPACE}`]: namespace };
  return { ...endpointSelector, matchLabels };
}

/** "If the namespace label of policy rules is omitted it defaults to the same namespace where the policy itself is applied in." */
function scoped({ namespace }: CiliumSpec, selector: Selector): Selector {
  const keys = keysOf(selector);
  if (keys.some((key) => key.startsWith('reserved:') || PLAIN.test(key))) return selector;
  if (namespace === undefined) {
    const managed = { key: `k8s:${NAMESPACE}`, operator: 'Exists' };
    return { ...selector, matchExpressions: [...(selector.matchExpressions ?? []), managed] };
  }
  if (keys.some((key) => key.includes(NAMESPACE_LABELS))) return selector;
  return { ...selector, matchLabels: { ...selector.matchLabels, [`k8s:${NAMESPACE}`]: namespace } };
}

/** Blocks of whole bytes, and of all addresses of a family. */
function isIn(address: string, block: string): boolean {
  const [base = '', bits = ''] = block.split('/');
  if (base.includes(':') !== address.includes(':')) return false;
  if (bits === '0') return true;
  if (base.includes(':')) return base === address;
  const bytes = Number(bits) / 8;
  return base.split('.').slice(0, bytes).join('.') === address.split('.').slice(0, bytes).join('.');
}
