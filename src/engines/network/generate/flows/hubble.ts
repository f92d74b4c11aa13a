import { asArray, asObject, asString, type Json, type JsonObject } from '../../../../kubernetes/json.ts';
import { PROTOCOLS } from '../../ports.ts';
import { IRRELEVANT, type LoggedEnd, type ReadLine, UNKNOWN } from './flow-log.ts';
import { portOf, timeOf } from './values.ts';

/** Whether a line is Hubble's: `hubble observe -o jsonpb` (api/v1/flow/flow.proto), or the flow alone as the exporter writes it. */
export function isHubble(line: JsonObject): boolean {
  const flow = flowOf(line);
  return flow['verdict'] !== undefined && (flow['source'] !== undefined || flow['IP'] !== undefined);
}

function flowOf(line: JsonObject): JsonObject {
  return asObject(line['flow']) ?? line;
}

export function readHubble(line: JsonObject): ReadLine {
  const flow = flowOf(line);
  const l4 = asObject(flow['l4']);
  const protocol = PROTOCOLS.find((each) => l4?.[each] !== undefined);
  if (protocol === undefined) return IRRELEVANT;
  const ports = asObject(l4?.[protocol]);
  const port = portOf(ports?.['destination_port']);
  if (port === undefined) return UNKNOWN;
  const ip = asObject(flow['IP']);
  const verdict = asString(flow['verdict']);
  // REDIRECTED goes to a proxy, and on from there; AUDIT passes and would not if policies held.
  if (verdict !== 'FORWARDED' && verdict !== 'DROPPED' && verdict !== 'REDIRECTED' && verdict !== 'AUDIT') {
    return verdict === undefined ? UNKNOWN : IRRELEVANT;
  }
  const flags = asObject(ports?.['flags']);
  return {
    from: endOf(asObject(flow['source']), ip?.['source'], flow['source_names']),
    to: endOf(asObject(flow['destination']), ip?.['destination'], flow['destination_names']),
    protocol,
    port,
    sourcePort: portOf(ports?.['source_port']),
    isDropped: verdict === 'DROPPED',
    isReply: isReply(flow, flags),
    seenAt: SEEN_AT.get(asString(flow['traffic_direction']) ?? ''),
    count: 1,
    time: timeOf(flow['time'] ?? line['time']),
  };
}

const SEEN_AT = new Map([
  ['EGRESS', 'source'],
  ['INGRESS', 'destination'],
] as const) as ReadonlyMap<string, 'source' | 'destination'>;

/** `is_reply` is null where it is not known; who opens a connection sends SYN without ACK. */
function isReply(flow: JsonObject, flags: JsonObject | undefined): boolean | undefined {
  const stated = flow['is_reply'];
  if (typeof stated === 'boolean') return stated;
  if (flags?.['SYN'] === true) return flags['ACK'] === true;
  // Before is_reply there was `reply`, which is left out where it is false.
  return flow['reply'] === true ? true : undefined;
}

function endOf(end: JsonObject | undefined, address: Json | undefined, names: Json | undefined): LoggedEnd {
  const labels: Record<string, string> = {};
  let isNode = false;
  let isApiServer = false;
  for (const label of asArray(end?.['labels']) ?? []) {
    if (typeof label !== 'string') continue;
    if (label === 'reserved:host' || label === 'reserved:remote-node') isNode = true;
    if (label === 'reserved:kube-apiserver') isApiServer = true;
    const [, key, value] = /^(?:k8s|any):([^=]+)=(.*)$/s.exec(label) ?? [];
    // Labels that Cilium makes itself are no labels of the pod.
    if (key !== undefined && !key.startsWith('io.cilium.') && !key.startsWith('io.kubernetes.')) {
      labels[key] = value!;
    }
  }
  const [workload] = asArray(end?.['workloads']) ?? [];
  return {
    namespace: asString(end?.['namespace']) || undefined,
    pod: asString(end?.['pod_name']) || undefined,
    workload: asString(asObject(workload)?.['name']) || undefined,
    workloadKind: asString(asObject(workload)?.['kind']) || undefined,
    labels,
    address: asString(address),
    isNode,
    isApiServer,
    names: (asArray(names) ?? []).filter((name) => typeof name === 'string'),
  };
}
