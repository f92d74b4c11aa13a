import {
  asArray,
  asObject,
  asObjects,
  asString,
  type Json,
  type JsonObject,
} from '../../../kubernetes/json.ts';
import type { PolicyReader } from './reader.ts';

/** How a kind differs from the others. */
interface Limits {
  readonly actions: readonly string[];
  readonly rules: number;
  /** Peers and ports of a rule. */
  readonly items: number;
  readonly ports: 'ports' | 'protocols';
  readonly needsNamespaceSelector: boolean;
}

const LIMITS: Readonly<Record<string, Limits>> = {
  AdminNetworkPolicy: {
    actions: ['Allow', 'Deny', 'Pass'],
    rules: 100,
    items: 100,
    ports: 'ports',
    needsNamespaceSelector: true,
  },
  BaselineAdminNetworkPolicy: {
    actions: ['Allow', 'Deny'],
    rules: 100,
    items: 100,
    ports: 'ports',
    needsNamespaceSelector: true,
  },
  ClusterNetworkPolicy: {
    actions: ['Accept', 'Deny', 'Pass'],
    rules: 25,
    items: 25,
    ports: 'protocols',
    needsNamespaceSelector: false,
  },
};
const LONGEST_NAME = 100;
const MOST_NETWORKS = 25;
const PEERS = {
  ingress: ['namespaces', 'pods'],
  egress: ['namespaces', 'pods', 'nodes', 'networks', 'domainNames'],
};
const PORTS = {
  ports: ['portNumber', 'portRange', 'namedPort'],
  protocols: ['tcp', 'udp', 'sctp', 'destinationNamedPort'],
};

/**
 * What the schemas refuse beyond what cannot be read: the validation markers of apis/v1alpha1 and apis/v1alpha2 of the Network
 * Policy API (https://github.com/kubernetes-sigs/network-policy-api). Fields that they do not know are dropped before they look.
 */
export function checkSchema(reader: PolicyReader): void {
  const { object } = reader;
  const kind = asString(object['kind']) ?? '';
  const name = asString(asObject(object['metadata'])?.['name']) ?? '';
  const limits = LIMITS[kind]!;
  if (kind === 'BaselineAdminNetworkPolicy' && name !== 'default') {
    reader.refuse('invalid-name', 'metadata.name', name);
  }
  const spec = asObject(object['spec']) ?? {};
  const subject = asObject(spec['subject']);
  if (subject !== undefined) checkPods(reader, limits, subject, PEERS.ingress, 'spec.subject');
  for (const direction of ['ingress', 'egress'] as const) {
    const rules = asObjects(spec[direction]);
    checkLength(reader, rules, limits.rules, `spec.${direction}`);
    rules.forEach((rule, index) => {
      checkRule(reader, limits, rule, direction, `spec.${direction}[${index}]`);
    });
  }
}

function checkRule(
  reader: PolicyReader,
  limits: Limits,
  rule: JsonObject,
  direction: 'ingress' | 'egress',
  path: string,
): void {
  const action = asString(rule['action']) ?? '';
  if (!limits.actions.includes(action)) reader.refuse('invalid-action', `${path}.action`, action);
  const name = asString(rule['name']) ?? '';
  // The schema counts characters, not the units of UTF-16.
  if ([...name].length > LONGEST_NAME) reader.refuse('invalid-name', `${path}.name`, name);
  const field = direction === 'ingress' ? 'from' : 'to';
  const peers = asObjects(rule[field]);
  checkLength(reader, peers, limits.items, `${path}.${field}`);
  peers.forEach((peer, index) => {
    const at = `${path}.${field}[${index}]`;
    checkPods(reader, limits, peer, PEERS[direction], at);
    for (const list of ['networks', 'domainNames']) {
      if (peer[list] !== undefined)
        checkItems(reader, 'invalid-peer', peer[list], MOST_NETWORKS, `${at}.${list}`);
    }
  });
  const written = rule[limits.ports];
  if (written === undefined) return;
  const ports = asObjects(written);
  checkItems(reader, 'invalid-port', written, limits.items, `${path}.${limits.ports}`);
  ports.forEach((port, index) => {
    const at = `${path}.${limits.ports}[${index}]`;
    if (known(port, PORTS[limits.ports]).length > 1) refuseFields(reader, 'invalid-port', port, at);
    for (const protocol of ['tcp', 'udp', 'sctp']) checkProtocol(reader, port[protocol], `${at}.${protocol}`);
  });
  const isNamed = ports.some((port) => known(port, ['namedPort', 'destinationNamedPort']).length > 0);
  const hasNames = (peer: JsonObject) => known(peer, ['namespaces', 'pods']).length > 0;
  if (isNamed && !peers.every(hasNames)) reader.readAsMeant('invalid-port', `${path}.${limits.ports}`);
}

/** One field alone, and the selectors of `pods`. Who reads it refuses it where there is none. */
function checkPods(
  reader: PolicyReader,
  limits: Limits,
  value: JsonObject,
  fields: readonly string[],
  path: string,
): void {
  const stated = known(value, PEERS.egress);
  if (stated.length > 1 || stated.some((field) => !fields.includes(field))) {
    refuseFields(reader, 'invalid-peer', value, path);
  }
  const pods = asObject(value['pods']);
  if (pods === undefined) return;
  const isMissing = (field: string) => asObject(pods[field]) === undefined;
  if (isMissing('podSelector')) reader.readAsMeant('invalid-peer', `${path}.pods.podSelector`);
  if (limits.needsNamespaceSelector && isMissing('namespaceSelector')) {
    reader.readAsMeant('invalid-peer', `${path}.pods.namespaceSelector`);
  }
}

function checkProtocol(reader: PolicyReader, value: Json | undefined, path: string): void {
  const port = asObject(asObject(value)?.['destinationPort']);
  if (port === undefined) return;
  if (known(port, ['number', 'range']).length > 1)
    refuseFields(reader, 'invalid-port', port, `${path}.destinationPort`);
  const range = asObject(port['range']);
  if (range !== undefined && range['start'] === range['end']) {
    reader.refuse('invalid-port', `${path}.destinationPort.range`, `${range['start']}-${range['end']}`);
  }
}

function checkItems(
  reader: PolicyReader,
  kind: 'invalid-peer' | 'invalid-port',
  value: Json | undefined,
  most: number,
  path: string,
): void {
  const items = asArray(value) ?? [];
  if (items.length === 0) reader.refuse(kind, path, '');
  checkLength(reader, items, most, path);
}

function checkLength(reader: PolicyReader, items: readonly unknown[], most: number, path: string): void {
  if (items.length > most) reader.refuse('too-many', path, `${items.length} > ${most}`);
}

const known = (value: JsonObject, fields: readonly string[]) =>
  fields.filter((field) => value[field] !== undefined);

function refuseFields(
  reader: PolicyReader,
  kind: 'invalid-peer' | 'invalid-port',
  value: JsonObject,
  path: string,
): void {
  reader.refuse(kind, path, Object.keys(value).join(', '));
}
