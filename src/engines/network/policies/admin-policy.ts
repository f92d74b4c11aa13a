import {
  asArray,
  asObject,
  asObjects,
  asString,
  type Json,
  type JsonObject,
} from '../../../kubernetes/json.ts';
import type { Address } from '../addresses.ts';
import { type Boundaries, union } from '../intervals.ts';
import { type PortRange, PROTOCOLS, type Protocol } from '../ports.ts';
import { checkSchema } from './admin-schema.ts';
import {
  type Action,
  ADMIN,
  BASELINE,
  type Direction,
  type NamedPort,
  type Peer,
  type PodSelector,
  type Policy,
  type Rule,
  type RulePorts,
  type Stage,
} from './policy.ts';
import type { PolicyReader } from './reader.ts';

const ACTIONS = new Map<string, Action>([
  ['Allow', 'allow'],
  ['Accept', 'allow'],
  ['Deny', 'deny'],
  ['Pass', 'pass'],
]);
/** Names of pods and of headless Services; the domain of most clusters is cluster.local (NPEP-133, Expected Behavior). */
const IN_CLUSTER = /(?:^|\.)(?:svc|pod)\.|\.local\.?$/;
const HIGHEST_PRIORITY = 1000;

/**
 * `policy.networking.k8s.io` AdminNetworkPolicy and BaselineAdminNetworkPolicy (v1alpha1), and ClusterNetworkPolicy (v1alpha2),
 * which has followed them (https://network-policy-api.sigs.k8s.io/reference/spec/).
 */
export function readAdminPolicy(reader: PolicyReader): Policy {
  const { object } = reader;
  const kind = asString(object['kind']) ?? '';
  const spec = asObject(object['spec']) ?? {};
  checkSchema(reader);
  const rules = (direction: Direction) =>
    spec[direction] === undefined
      ? undefined
      : asObjects(spec[direction]).map((rule, index) =>
          readRule(reader, rule, direction, `spec.${direction}[${index}]`),
        );
  return {
    object,
    kind,
    namespace: undefined,
    name: asString(asObject(object['metadata'])?.['name']) ?? '',
    plugin: 'kubernetes',
    stage: stageOf(reader, kind, spec),
    priority: kind === 'BaselineAdminNetworkPolicy' ? 0 : priorityOf(reader, spec['priority']),
    subject: readSubject(reader, asObject(spec['subject'])),
    subjectPath: 'spec.subject',
    ingress: rules('ingress'),
    egress: rules('egress'),
  };
}

function stageOf(reader: PolicyReader, kind: string, spec: JsonObject): Stage {
  if (kind === 'AdminNetworkPolicy') return ADMIN;
  if (kind === 'BaselineAdminNetworkPolicy') return BASELINE;
  const tier = spec['tier'];
  if (tier !== 'Admin' && tier !== 'Baseline') reader.refuse('invalid-tier', 'spec.tier', String(tier ?? ''));
  return tier === 'Baseline' ? BASELINE : ADMIN;
}

function priorityOf(reader: PolicyReader, value: Json | undefined): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= HIGHEST_PRIORITY) {
    return value;
  }
  reader.refuse('invalid-priority', 'spec.priority', JSON.stringify(value) ?? '');
  return HIGHEST_PRIORITY;
}

function readSubject(reader: PolicyReader, subject: JsonObject | undefined): PodSelector {
  const selector = subject === undefined ? undefined : readPods(reader, subject, 'spec.subject');
  if (selector !== undefined) return selector;
  reader.refuse('missing-subject', 'spec.subject', '');
  return { namespaces: () => false, pods: () => false, labels: [], key: 'nothing' };
}

/** `namespaces` or `pods`, which subjects and peers share. */
function readPods(reader: PolicyReader, value: JsonObject, path: string): PodSelector | undefined {
  const namespaces = asObject(value['namespaces']);
  if (namespaces !== undefined) {
    // The first version knew `namespaces.namespaceSelector`.
    const selector = asObject(namespaces['namespaceSelector']) ?? namespaces;
    return reader.pods({ selector, path: `${path}.namespaces` }, {}, path);
  }
  const pods = asObject(value['pods']);
  if (pods === undefined) return undefined;
  return reader.pods(
    { selector: pods['namespaceSelector'], path: `${path}.pods.namespaceSelector` },
    pods['podSelector'],
    `${path}.pods.podSelector`,
  );
}

function readRule(reader: PolicyReader, rule: JsonObject, direction: Direction, path: string): Rule {
  const field = direction === 'ingress' ? 'from' : 'to';
  const peers = asObjects(rule[field]).map((peer, index) =>
    readPeer(reader, peer, `${path}.${field}[${index}]`),
  );
  // Unlike NetworkPolicy, whose empty list is everybody, these demand a peer.
  if (peers.length === 0) reader.refuse('invalid-peer', `${path}.${field}`, '');
  return {
    action: ACTIONS.get(asString(rule['action']) ?? '') ?? 'pass',
    name: asString(rule['name']) || undefined,
    peers,
    ports: readPorts(reader, rule, path),
    path,
  };
}

function readPeer(reader: PolicyReader, peer: JsonObject, path: string): Peer {
  const selector = readPods(reader, peer, path);
  if (selector !== undefined) return { kind: 'pods', selector, path };
  if (peer['networks'] !== undefined) {
    const addresses = (asArray(peer['networks']) ?? []).reduce<Boundaries<Address>>(
      (all, network, index) => union(all, reader.block(network, `${path}.networks[${index}]`)),
      [],
    );
    return { kind: 'addresses', addresses, pods: 'known', path };
  }
  const nodes = asObject(peer['nodes']);
  if (nodes !== undefined) return { kind: 'nodes', nodes: reader.selector(nodes, `${path}.nodes`), path };
  if (peer['domainNames'] === undefined) reader.refuse('invalid-peer', path, Object.keys(peer).join(', '));
  const names = (asArray(peer['domainNames']) ?? []).map((name) => asString(name) ?? '');
  return { kind: 'names', mayBePods: names.some((name) => IN_CLUSTER.test(name)), path };
}

function readPorts(reader: PolicyReader, rule: JsonObject, path: string): RulePorts {
  const old = asObjects(rule['ports']);
  const current = asObjects(rule['protocols']);
  if (old.length === 0 && current.length === 0) return 'all';
  const ranges: PortRange[] = [];
  const named: NamedPort[] = [];
  const range = (
    protocol: Protocol | undefined,
    from: Json | undefined,
    to: Json | undefined,
    at: string,
  ) => {
    const first = reader.portNumber(from, at);
    const last = reader.portNumber(to, at);
    if (first === undefined || last === undefined || protocol === undefined) return;
    if (last < first) reader.refuse('invalid-port', at, `${first}-${last}`);
    ranges.push({ protocol, from: first, to: last });
  };
  old.forEach((entry, index) => {
    const at = `${path}.ports[${index}]`;
    const one = asObject(entry['portNumber']);
    const many = asObject(entry['portRange']);
    const name = asString(entry['namedPort']);
    if (one !== undefined) {
      const protocol = reader.protocol(one['protocol'], `${at}.portNumber.protocol`);
      range(protocol, one['port'], one['port'], `${at}.portNumber.port`);
    } else if (many !== undefined) {
      range(reader.protocol(many['protocol'], `${at}.portRange.protocol`), many['start'], many['end'], at);
    } else if (name !== undefined) named.push({ name, protocol: undefined });
    else reader.refuse('invalid-port', at, Object.keys(entry).join(', '));
  });
  current.forEach((entry, index) => {
    const at = `${path}.protocols[${index}]`;
    const name = asString(entry['destinationNamedPort']);
    if (name !== undefined) named.push({ name, protocol: undefined });
    let isEmpty = name === undefined;
    for (const protocol of PROTOCOLS) {
      const stated = asObject(entry[protocol.toLowerCase()]);
      if (stated === undefined) continue;
      isEmpty = false;
      const destination = asObject(stated['destinationPort']);
      const within = `${at}.${protocol.toLowerCase()}.destinationPort`;
      const several = asObject(destination?.['range']);
      if (several !== undefined) range(protocol, several['start'], several['end'], `${within}.range`);
      else range(protocol, destination?.['number'], destination?.['number'], `${within}.number`);
    }
    if (isEmpty) reader.refuse('invalid-protocol', at, Object.keys(entry).join(', '));
  });
  return { ranges, named };
}
