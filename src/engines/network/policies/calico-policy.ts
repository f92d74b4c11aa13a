import {
  asArray,
  asNumber,
  asObject,
  asObjects,
  asString,
  type JsonObject,
} from '../../../kubernetes/json.ts';
import { type EntityReader, familyOf, readEntity } from './calico-entity.ts';
import type { CalicoObjects } from './calico-objects.ts';
import { limitsSourcePorts, readCalicoPorts } from './calico-ports.ts';
import { Selection } from './calico-selection.ts';
import type { Action, Direction, Peer, Policy, Rule } from './policy.ts';
import type { PolicyReader } from './reader.ts';

const ACTIONS = new Map<string, Action | 'log'>([
  ['Allow', 'allow'],
  ['Deny', 'deny'],
  ['Pass', 'pass'],
  ['Log', 'log'],
]);

/**
 * Calico's NetworkPolicy and GlobalNetworkPolicy (api/pkg/apis/projectcalico/v3 of projectcalico/calico; what they mean:
 * https://docs.tigera.io/calico/latest/reference/resources/networkpolicy and felix/calc).
 */
export function readCalicoPolicies(reader: PolicyReader, objects: CalicoObjects): readonly Policy[] {
  const { object } = reader;
  const kind = asString(object['kind']) ?? '';
  const metadata = asObject(object['metadata']);
  const name = asString(metadata?.['name']) ?? '';
  const spec = asObject(object['spec']) ?? {};
  const namespace = kind === 'NetworkPolicy' ? asString(metadata?.['namespace']) || 'default' : undefined;
  const subject = readSubject(reader, spec, namespace);
  const from: EntityReader = { reader, objects, namespace };
  const directions = directionsOf(reader, spec);
  const rules = (direction: Direction) => {
    // Rules that have no effect are looked at all the same.
    const read = asObjects(spec[direction]).flatMap((rule, index) =>
      readRule(from, rule, direction, `spec.${direction}[${index}]`),
    );
    return directions.has(direction) ? read : undefined;
  };
  const [ingress, egress] = [rules('ingress'), rules('egress')];
  if (namespace === undefined && leavesPodsOpen(spec)) reader.leaveOpen({ namespace: undefined });
  // These are for host endpoints alone.
  if (spec['doNotTrack'] === true || spec['preDNAT'] === true) return [];
  const tierName = asString(spec['tier']) || 'default';
  const stage = objects.tier(tierName);
  if (stage === undefined) {
    reader.leaveOpen({ namespace, subject, directions: [...directions] });
    return [];
  }
  const order = spec['order'] ?? undefined;
  if (order !== undefined && asNumber(order) === undefined) {
    reader.refuse('invalid-priority', 'spec.order', JSON.stringify(order));
  }
  const plain = plainName(name, tierName);
  return [
    {
      object,
      kind,
      plugin: 'calico',
      namespace,
      name,
      stage,
      priority: asNumber(order) ?? Number.POSITIVE_INFINITY,
      rank: `${plain}/${namespace ?? ''}/${kind}`,
      subject,
      subjectPath: 'spec.selector',
      ingress,
      egress,
    },
  ];
}

/** Names may begin with that of the tier, and do so where Calico stores them. */
export function plainName(name: string, tier: string): string {
  return name.startsWith(`${tier}.`) ? name.slice(tier.length + 1) : name;
}

/** Where it is asked about what a host passes on, too, it may stop what pods send or receive; which hosts are meant is not known. */
function leavesPodsOpen(spec: JsonObject): boolean {
  return spec['applyOnForward'] === true && (asString(spec['namespaceSelector']) ?? '') === '';
}

function readSubject(reader: PolicyReader, spec: JsonObject, namespace: string | undefined) {
  const selection = new Selection(reader);
  selection.add('selector', spec['selector'], 'spec.selector');
  if (namespace === undefined) {
    selection.add('namespaceSelector', spec['namespaceSelector'], 'spec.namespaceSelector');
  } else selection.in(namespace);
  selection.add('serviceAccountSelector', spec['serviceAccountSelector'], 'spec.serviceAccountSelector');
  return selection.pods;
}

/**
 * What is left out is filled in by the API and by calicoctl. What was written to Calico's storage past these is for both directions
 * (ExtractPolicyMetadata of felix/calc/policy_sorter.go).
 */
function directionsOf(reader: PolicyReader, spec: JsonObject): ReadonlySet<Direction> {
  const types = asArray(spec['types']) ?? [];
  const directions = new Set<Direction>();
  types.forEach((type, index) => {
    if (type === 'Ingress') directions.add('ingress');
    else if (type === 'Egress') directions.add('egress');
    else reader.refuse('invalid-policy-type', `spec.types[${index}]`, String(type));
  });
  if (types.length > 0) return directions;
  if ((asString(reader.object['apiVersion']) ?? '').startsWith('crd.')) return new Set(['ingress', 'egress']);
  const has = (direction: Direction) => asObjects(spec[direction]).length > 0;
  if (has('egress')) directions.add('egress');
  if (has('ingress') || !has('egress')) directions.add('ingress');
  return directions;
}

function readRule(from: EntityReader, rule: JsonObject, direction: Direction, path: string): Rule[] {
  const { reader } = from;
  const written = asString(rule['action']) ?? '';
  const action = ACTIONS.get(written);
  if (action === undefined) reader.refuse('invalid-action', `${path}.action`, written);
  const [source, destination] = [asObject(rule['source']) ?? {}, asObject(rule['destination']) ?? {}];
  const ends = {
    source: readEntity(from, source, `${path}.source`),
    destination: readEntity(from, destination, `${path}.destination`),
  };
  const [peer, own] =
    direction === 'ingress' ? [ends.source, ends.destination] : [ends.destination, ends.source];
  const peers = [...peer, ...familyOf(rule['ipVersion'], `${path}.ipVersion`)];
  const ports = readCalicoPorts(reader, rule, destination, path);
  // A rule that only writes to the log decides nothing.
  if (action === undefined || action === 'log') return [];
  return [
    {
      action,
      name: undefined,
      peers: peers.length === 0 ? 'all' : [together(peers, path)],
      ports,
      ...(own.length === 0 ? {} : { own: together(own, path) }),
      isConditional: isConditional(rule, source),
      path,
    },
  ];
}

function together(peers: readonly Peer[], path: string): Peer {
  return peers.length === 1 ? peers[0]! : { kind: 'all-of', peers, path };
}

/** Whether a rule asks for more than addresses and ports: of HTTP, of the port that a packet comes from, of types of ICMP. */
function isConditional(rule: JsonObject, source: JsonObject): boolean {
  return (
    rule['http'] !== undefined ||
    limitsSourcePorts(source) ||
    (rule['notICMP'] !== undefined && rule['protocol'] === undefined)
  );
}
