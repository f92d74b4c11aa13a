import type { JsonObject } from '../../../../kubernetes/json.ts';
import { asObject, asString } from '../../../../kubernetes/json.ts';
import { IRRELEVANT, type LoggedEnd, type ReadLine, UNKNOWN } from './flow-log.ts';
import { countOf, first, portOf, protocolOf, timeOf } from './values.ts';

/** Version 2, the default of AWS (https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html). */
const DEFAULT_FIELDS = [
  'version',
  'account-id',
  'interface-id',
  'srcaddr',
  'dstaddr',
  'srcport',
  'dstport',
  'protocol',
  'packets',
  'bytes',
  'start',
  'end',
  'action',
  'log-status',
];

/** What others call the same. The addresses of packets come before those of interfaces, which may be the node's. */
const NAMES = {
  from: [
    'pkt-srcaddr',
    'srcaddr',
    'src-addr',
    'src-ip',
    'source-ip',
    'source-address',
    'source',
    'src',
    'client-ip',
  ],
  to: [
    'pkt-dstaddr',
    'dstaddr',
    'dst-addr',
    'dst-ip',
    'dest-ip',
    'destination-ip',
    'destination-address',
    'destination',
    'dest',
    'dst',
    'server-ip',
  ],
  fromPort: ['srcport', 'src-port', 'source-port', 'sport', 'client-port'],
  port: ['dstport', 'dst-port', 'dest-port', 'destination-port', 'dport', 'port', 'server-port'],
  protocol: ['protocol', 'proto', 'ip-protocol'],
  action: ['action', 'verdict', 'decision', 'disposition'],
  start: ['start', 'start-time', 'time', 'timestamp'],
  end: ['end', 'end-time'],
  flags: ['tcp-flags'],
  status: ['log-status'],
  count: ['count', 'flows', 'num-flows', 'connections'],
} as const;

const SYN = 2;
const ACK = 16;
const PASSED = /^(?:accept(?:ed)?|allow(?:ed)?|pass(?:ed)?|permit(?:ted)?|forwarded|ok)$/i;

/** Lines of fields: the default fields of AWS, or those that a header names; between commas or spaces. */
export class VpcReader {
  #fields: readonly string[] = DEFAULT_FIELDS;

  /** @param isFirst a header may only be the first line of a file */
  read(line: string, isFirst: boolean): ReadLine {
    const cells = splitLine(line);
    if (isFirst) {
      this.#fields = DEFAULT_FIELDS;
      const header = cells.map((cell) =>
        cell
          .toLowerCase()
          .replace(/^\$\{|\}$/g, '')
          .replace(/[_ ]/g, '-'),
      );
      if (
        header.some((name) => isOneOf(NAMES.from, name)) &&
        header.some((name) => isOneOf(NAMES.to, name))
      ) {
        this.#fields = header;
        return IRRELEVANT;
      }
    }
    if (cells.length !== this.#fields.length) return UNKNOWN;
    const get = (names: readonly string[]): string | undefined => {
      for (const name of names) {
        const cell = cells[this.#fields.indexOf(name)];
        if (cell !== undefined && cell !== '' && cell !== '-') return cell;
      }
      return undefined;
    };
    const status = get(NAMES.status);
    if (status === 'NODATA' || status === 'SKIPDATA') return IRRELEVANT;
    const [from, to, port] = [get(NAMES.from), get(NAMES.to), portOf(get(NAMES.port))];
    const stated = get(NAMES.protocol);
    const protocol = stated === undefined ? 'TCP' : protocolOf(stated);
    if (from === undefined || to === undefined) return UNKNOWN;
    if (protocol === undefined) return /^(?:\d+|[a-z0-9-]+)$/i.test(stated!) ? IRRELEVANT : UNKNOWN;
    if (port === undefined) return UNKNOWN;
    const action = get(NAMES.action);
    return {
      from: { address: from },
      to: { address: to },
      protocol,
      port,
      sourcePort: portOf(get(NAMES.fromPort)),
      isDropped: action !== undefined && !PASSED.test(action),
      isReply: replyByFlags(get(NAMES.flags)),
      count: countOf(get(NAMES.count)),
      time: timeOf(get(NAMES.end) ?? get(NAMES.start)),
    };
  }
}

function isOneOf(names: readonly string[], name: string): boolean {
  return names.includes(name);
}

/** Flags of all packets of a record together: who answers sends SYN with ACK. */
function replyByFlags(text: string | undefined): boolean | undefined {
  const flags = Number(text ?? 0);
  return Number.isInteger(flags) && (flags & SYN) !== 0 ? (flags & ACK) !== 0 : undefined;
}

/** RFC 4180 where there are commas, else fields between spaces. */
function splitLine(line: string): string[] {
  if (!line.includes(',')) return line.trim().split(/\s+/);
  const cells: string[] = [];
  for (const [, quoted, plain] of line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)) {
    cells.push((quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"')).trim());
  }
  return cells;
}

/** Whether a line is of Google's VPC Flow Logs (https://cloud.google.com/vpc/docs/about-flow-logs-records). */
export function isGoogle(line: JsonObject): boolean {
  return asObject(payload(line)['connection'])?.['dest_ip'] !== undefined;
}

function payload(line: JsonObject): JsonObject {
  return asObject(line['jsonPayload']) ?? line;
}

export function readGoogle(line: JsonObject): ReadLine {
  const record = payload(line);
  const connection = asObject(record['connection']) ?? {};
  const protocol = protocolOf(connection['protocol']);
  if (protocol === undefined) return IRRELEVANT;
  const port = portOf(connection['dest_port']);
  if (port === undefined) return UNKNOWN;
  const end = (prefix: string): LoggedEnd => {
    const details = asObject(record[`${prefix}_gke_details`]);
    const pod = asObject(details?.['pod']);
    const workload = asObject(pod?.['pod_workload'] ?? pod?.['workload']);
    return {
      namespace: asString(pod?.['pod_namespace']),
      pod: asString(pod?.['pod_name']),
      workload: asString(workload?.['workload_name']),
      workloadKind: asString(workload?.['workload_type']),
      address: asString(connection[`${prefix}_ip`]),
    };
  };
  return {
    from: end('src'),
    to: end('dest'),
    protocol,
    port,
    sourcePort: portOf(connection['src_port']),
    isDropped: record['disposition'] === 'DROPPED',
    isReply: undefined,
    seenAt: record['reporter'] === 'SRC' ? 'source' : 'destination',
    count: 1,
    time: timeOf(first(record, 'end_time', 'start_time')),
  };
}
