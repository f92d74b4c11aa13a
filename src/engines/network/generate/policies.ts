import type { Json, JsonObject } from '../../../kubernetes/json.ts';
import { PROTOCOLS } from '../ports.ts';
import type { Flow, Ground, LeftOut, Party, PolicyPort } from './evidence.ts';
import { ALLOW_DNS, DEFAULT_DENY, lastingLabels, type Unit } from './units.ts';

/** A peer of a rule, or nobody in particular, with what stands behind it. */
export interface ExplainedPeer {
  /** As the policy states it; undefined for everybody. */
  readonly peer: JsonObject | undefined;
  readonly because: readonly Ground[];
}

export interface GeneratedRule {
  readonly peers: readonly ExplainedPeer[];
  readonly ports: readonly JsonObject[];
}

export interface GeneratedPolicy {
  readonly kind: 'default-deny' | 'dns' | 'workload';
  readonly namespace: string;
  readonly name: string;
  /** Whose it is; undefined for those of the whole namespace. */
  readonly unit: Unit | undefined;
  readonly selector: JsonObject;
  /** Undefined where the policy has no say in this direction. */
  readonly ingress: readonly GeneratedRule[] | undefined;
  readonly egress: readonly GeneratedRule[] | undefined;
  /** What would have been rules, could they be stated. */
  readonly leftOut: readonly LeftOut[];
}

const NAMESPACE_LABEL = 'kubernetes.io/metadata.name';

interface Builder {
  readonly unitOf: (party: Party & { readonly kind: 'workload' }) => Unit;
}

/** The policy as an object of the API. */
export function policyObject({ namespace, name, selector, ingress, egress }: GeneratedPolicy): JsonObject {
  const rules = (field: 'from' | 'to', given: readonly GeneratedRule[]): Json[] =>
    given.map(({ peers, ports }): JsonObject => {
      const stated = peers.flatMap(({ peer }) => (peer === undefined ? [] : [peer]));
      return { ...(stated.length === 0 ? {} : { [field]: stated }), ports: [...ports] };
    });
  const types = [...(ingress === undefined ? [] : ['Ingress']), ...(egress === undefined ? [] : ['Egress'])];
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace },
    spec: {
      podSelector: selector,
      policyTypes: types,
      ...(ingress === undefined || ingress.length === 0 ? {} : { ingress: rules('from', ingress) }),
      ...(egress === undefined || egress.length === 0 ? {} : { egress: rules('to', egress) }),
    },
  };
}

export function defaultDeny(namespace: string): GeneratedPolicy {
  return {
    kind: 'default-deny',
    namespace,
    name: DEFAULT_DENY,
    unit: undefined,
    selector: {},
    ingress: [],
    egress: [],
    leftOut: [],
  };
}

/** @param unit for whose pods alone; undefined for all of the namespace */
export function dnsPolicy(namespace: string, flows: readonly Flow[], builder: Builder): GeneratedPolicy {
  return {
    kind: 'dns',
    namespace,
    name: ALLOW_DNS,
    unit: undefined,
    selector: {},
    ingress: undefined,
    egress: rulesOf(flows, 'to', namespace, builder),
    leftOut: [],
  };
}

/** The policy of one unit: what comes in and goes out by the flows that it is an end of. */
export function unitPolicy(
  unit: Unit,
  flows: { readonly into: readonly Flow[]; readonly outOf: readonly Flow[] },
  leftOut: readonly LeftOut[],
  builder: Builder,
): GeneratedPolicy {
  return {
    kind: 'workload',
    namespace: unit.namespace,
    name: unit.name,
    unit,
    selector: unit.selector,
    ingress: rulesOf(flows.into, 'from', unit.namespace, builder),
    egress: rulesOf(flows.outOf, 'to', unit.namespace, builder),
    leftOut,
  };
}

interface Gathered {
  readonly peer: JsonObject | undefined;
  readonly ports: Map<string, PolicyPort>;
  readonly because: Map<string, Ground>;
}

/** Merges flows: each peer once, peers with the same ports in one rule, and nothing that everybody may do anyway. */
function rulesOf(
  flows: readonly Flow[],
  end: 'from' | 'to',
  namespace: string,
  { unitOf }: Builder,
): GeneratedRule[] {
  const keyOf = reasonKeys();
  const byPeer = new Map<string, Gathered>();
  for (const flow of flows) {
    for (const peer of peersOf(flow[end], namespace, unitOf)) {
      const key = peer === undefined ? '' : JSON.stringify(peer);
      let gathered = byPeer.get(key);
      if (gathered === undefined) {
        gathered = { peer, ports: new Map(), because: new Map() };
        byPeer.set(key, gathered);
      }
      for (const port of flow.ports) gathered.ports.set(portKey(port), port);
      gathered.because.set(keyOf(flow.because), flow.because);
    }
  }
  const everybody = byPeer.get('');
  const byPorts = new Map<string, { ports: PolicyPort[]; peers: ExplainedPeer[] }>();
  for (const [key, { peer, ports, because }] of [...byPeer].sort(([a], [b]) =>
    a < b ? -1 : a > b ? 1 : 0,
  )) {
    const own = [...ports].filter(([name]) => peer === undefined || everybody?.ports.has(name) !== true);
    if (own.length === 0) {
      for (const [name, each] of because) everybody!.because.set(name, each);
      continue;
    }
    const kept = own.map(([, port]) => port).sort(byPort);
    // Whoever may come from everywhere stands in a rule of its own, as one without peers.
    const group = `${key === '' ? 'everybody' : 'peers'} ${kept.map(portKey).join()}`;
    const explained = { peer, because: [...because.values()].sort(byBecause) };
    const same = byPorts.get(group);
    if (same === undefined) byPorts.set(group, { ports: kept, peers: [explained] });
    else same.peers.push(explained);
  }
  if (everybody !== undefined) {
    const rule = [...byPorts.values()].find(({ peers }) => peers[0]!.peer === undefined);
    rule!.peers[0] = { peer: undefined, because: [...everybody.because.values()].sort(byBecause) };
  }
  return [...byPorts.values()].map(({ ports, peers }) => ({ peers, ports: portsJson(ports) }));
}

function peersOf(
  party: Party,
  namespace: string,
  unitOf: Builder['unitOf'],
): readonly (JsonObject | undefined)[] {
  switch (party.kind) {
    case 'anywhere':
      return [undefined];
    case 'blocks':
      return party.blocks.map(({ cidr, except }) => ({
        ipBlock: { cidr, ...(except.length === 0 ? {} : { except: [...except] }) },
      }));
    case 'pods': {
      const labels = lastingLabels(party.labels);
      return [
        peer(namespace, party.namespace, Object.keys(labels).length === 0 ? {} : { matchLabels: labels }),
      ];
    }
    case 'workload': {
      const unit = unitOf(party);
      return [peer(namespace, unit.namespace, unit.selector)];
    }
  }
}

function peer(own: string, namespace: string, podSelector: JsonObject): JsonObject {
  if (namespace === own) return { podSelector };
  return { namespaceSelector: { matchLabels: { [NAMESPACE_LABEL]: namespace } }, podSelector };
}

/** Three and more numbers in a row are a range. */
function portsJson(ports: readonly PolicyPort[]): JsonObject[] {
  const result: JsonObject[] = [];
  for (let index = 0; index < ports.length; ) {
    const { protocol, port } = ports[index]!;
    let last = index;
    while (
      typeof port === 'number' &&
      ports[last + 1]?.protocol === protocol &&
      ports[last + 1]?.port === port + (last + 1 - index)
    ) {
      last++;
    }
    if (last - index >= 2) {
      result.push({ protocol, port, endPort: ports[last]!.port });
      index = last + 1;
    } else {
      result.push({ protocol, port });
      index++;
    }
  }
  return result;
}

function portKey({ protocol, port }: PolicyPort): string {
  return `${protocol} ${port}`;
}

function byPort(a: PolicyPort, b: PolicyPort): number {
  const byProtocol = PROTOCOLS.indexOf(a.protocol) - PROTOCOLS.indexOf(b.protocol);
  if (byProtocol !== 0) return byProtocol;
  if (typeof a.port === 'number' && typeof b.port === 'number') return a.port - b.port;
  return typeof a.port === typeof b.port ? (a.port < b.port ? -1 : 1) : typeof a.port === 'number' ? -1 : 1;
}

/** The same field that says the same is one reason. */
function reasonKeys(): (because: Ground) => string {
  const places = new Map<JsonObject, number>();
  return ({ reason, source, text, remark, seen }) => {
    if (source !== undefined && !places.has(source.raw)) places.set(source.raw, places.size);
    const place = source === undefined ? '' : `${places.get(source.raw)} ${source.path}`;
    return JSON.stringify([reason, place, text, remark, seen?.count, seen?.first]);
  };
}

function byBecause(a: Ground, b: Ground): number {
  const key = ({ reason, text, source }: Ground) => `${reason} ${text} ${source?.path ?? ''}`;
  return key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0;
}
