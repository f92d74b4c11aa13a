import { asArray, asObject, asObjects, asString, type JsonObject } from '../../../kubernetes/json.ts';
import type { PortRange } from '../ports.ts';
import {
  type Direction,
  NAMESPACES,
  type NamedPort,
  type Peer,
  type Policy,
  type Rule,
  type RulePorts,
} from './policy.ts';
import type { PolicyReader } from './reader.ts';

const API_VERSION = 'networking.k8s.io/v1';
const TYPES = { Ingress: 'ingress', Egress: 'egress' } as const;

/**
 * `networking.k8s.io` NetworkPolicy (k8s.io/api/networking/v1/types.go; what is refused:
 * k8s.io/kubernetes/pkg/apis/networking/validation).
 */
export function readNetworkPolicy(reader: PolicyReader): Policy {
  const { object } = reader;
  const metadata = asObject(object['metadata']);
  const namespace = asString(metadata?.['namespace']) || 'default';
  const version = asString(object['apiVersion']) ?? '';
  // That of `extensions` is served no more since Kubernetes 1.16, and others never were.
  if (version !== API_VERSION) reader.refuse('wrong-version', 'apiVersion', version);
  const spec = asObject(object['spec']) ?? {};
  const directions = directionsOf(reader, spec);
  const rules = (direction: Direction) => {
    // Rules that have no effect are looked at all the same.
    const written = asObjects(spec[direction]).map((rule, index) =>
      readRule(reader, rule, direction, namespace, `spec.${direction}[${index}]`),
    );
    return directions.has(direction) ? written : undefined;
  };
  return {
    object,
    kind: 'NetworkPolicy',
    namespace,
    name: asString(metadata?.['name']) ?? '',
    plugin: 'kubernetes',
    stage: NAMESPACES,
    // Where policies of Calico select the same pod.
    priority: 1000,
    subject: reader.pods({ name: namespace }, spec['podSelector'], 'spec.podSelector'),
    subjectPath: 'spec.podSelector',
    ingress: rules('ingress'),
    egress: rules('egress'),
  };
}

/** Without `policyTypes`: ingress always, and egress where there is a rule for it. */
function directionsOf(reader: PolicyReader, spec: JsonObject): ReadonlySet<Direction> {
  const types = asArray(spec['policyTypes']) ?? [];
  if (types.length === 0) {
    return new Set(asObjects(spec['egress']).length > 0 ? ['ingress', 'egress'] : ['ingress']);
  }
  if (types.length > 2) reader.refuse('invalid-policy-type', 'spec.policyTypes', types.join(', '));
  const directions = new Set<Direction>();
  types.forEach((type, index) => {
    if (type === 'Ingress' || type === 'Egress') directions.add(TYPES[type]);
    else reader.refuse('invalid-policy-type', `spec.policyTypes[${index}]`, String(type));
  });
  return directions;
}

function readRule(
  reader: PolicyReader,
  rule: JsonObject,
  direction: Direction,
  namespace: string,
  path: string,
): Rule {
  const field = direction === 'ingress' ? 'from' : 'to';
  const peers = asObjects(rule[field]);
  return {
    action: 'allow',
    name: undefined,
    // An empty list is as good as none.
    peers:
      peers.length === 0
        ? 'all'
        : peers.map((peer, index) => readPeer(reader, peer, namespace, `${path}.${field}[${index}]`)),
    ports: readPorts(reader, asObjects(rule['ports']), `${path}.ports`),
    path,
  };
}

function readPeer(reader: PolicyReader, peer: JsonObject, namespace: string, path: string): Peer {
  const ipBlock = asObject(peer['ipBlock']);
  const namespaceSelector = asObject(peer['namespaceSelector']);
  const podSelector = asObject(peer['podSelector']);
  const hasPods = namespaceSelector !== undefined || podSelector !== undefined;
  if (ipBlock === undefined ? !hasPods : hasPods) {
    reader.refuse('invalid-peer', path, Object.keys(peer).join(', '));
  }
  if (ipBlock !== undefined) {
    return {
      kind: 'addresses',
      addresses: reader.blockWithExceptions(ipBlock, `${path}.ipBlock`),
      pods: 'known',
      path,
    };
  }
  const namespaces =
    namespaceSelector === undefined
      ? { name: namespace }
      : { selector: namespaceSelector, path: `${path}.namespaceSelector` };
  return { kind: 'pods', selector: reader.pods(namespaces, podSelector, `${path}.podSelector`), path };
}

function readPorts(reader: PolicyReader, ports: readonly JsonObject[], path: string): RulePorts {
  if (ports.length === 0) return 'all';
  const ranges: PortRange[] = [];
  const named: NamedPort[] = [];
  ports.forEach((entry, index) => {
    const at = `${path}[${index}]`;
    const protocol = reader.protocol(entry['protocol'], `${at}.protocol`);
    const { port, endPort } = entry;
    const hasEnd = endPort !== undefined && endPort !== null;
    if (port === undefined || port === null) {
      if (hasEnd) reader.refuse('invalid-port', `${at}.endPort`, String(endPort));
      if (protocol !== undefined) ranges.push({ protocol, from: 1, to: 65_535 });
      return;
    }
    if (typeof port === 'string') {
      if (hasEnd) reader.refuse('invalid-port', `${at}.endPort`, String(endPort));
      if (!/^(?=.*[a-z])[a-z0-9]+(?:-[a-z0-9]+)*$/.test(port) || port.length > 15) {
        reader.refuse('invalid-port', `${at}.port`, port);
      }
      named.push({ name: port, protocol });
      return;
    }
    const from = reader.portNumber(port, `${at}.port`);
    const to = hasEnd ? reader.portNumber(endPort, `${at}.endPort`) : from;
    if (from === undefined || to === undefined || protocol === undefined) return;
    if (to < from) reader.refuse('invalid-port', `${at}.endPort`, String(to));
    ranges.push({ protocol, from, to });
  });
  return { ranges, named };
}
