import type { Json } from '../../../../kubernetes/json.ts';
import type { Protocol } from '../../ports.ts';
import { ownerLabels } from '../units.ts';

/** One end of a connection as a log names it. */
export interface LoggedEnd {
  readonly namespace?: string | undefined;
  /** Name of a pod, or the beginning that the pods of a workload have in common. */
  readonly pod?: string | undefined;
  readonly workload?: string | undefined;
  /** Kind of the workload, where the log states it. */
  readonly workloadKind?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly address?: string | undefined;
  /** A node, or pods on its network. */
  readonly isNode?: boolean | undefined;
  readonly isApiServer?: boolean | undefined;
  /** Names in DNS by which it was asked for. */
  readonly names?: readonly string[] | undefined;
}

/** One line of a log. */
export interface LoggedFlow {
  readonly from: LoggedEnd;
  readonly to: LoggedEnd;
  readonly protocol: Protocol;
  readonly port: number;
  readonly sourcePort: number | undefined;
  readonly isDropped: boolean;
  /** Undefined where the log does not say it. */
  readonly isReply: boolean | undefined;
  /** At which end it was seen: what leaves the one may be stopped at the other. */
  readonly seenAt?: 'source' | 'destination' | undefined;
  readonly count: number;
  /** Milliseconds since 1970. */
  readonly time: number | undefined;
}

/** A line that says nothing about a connection of ports, such as ICMP or a record without data. */
export const IRRELEVANT = 'irrelevant';
/** A line that is not understood. */
export const UNKNOWN = 'unknown';
export type ReadLine = LoggedFlow | typeof IRRELEVANT | typeof UNKNOWN;

/** All lines between the same ends. */
export interface Pair {
  readonly from: LoggedEnd;
  readonly to: LoggedEnd;
  readonly protocol: Protocol;
  /** One, unless it is the source that has always the same. */
  readonly ports: Set<number>;
  readonly isReply: boolean | undefined;
  /** Ports at the source, as far as they were few: one that repeats is no ephemeral port. */
  readonly sourcePorts: Set<number>;
  count: number;
  first: number | undefined;
  last: number | undefined;
  readonly files: Set<string>;
  /** Whether it is known to have arrived, or at which end it was seen is not known. */
  hasArrived: boolean;
}

const MOST_PAIRS = 200_000;
const FEW = 4;
const SOME = 64;

/** What logs show, added up by pairs of ends and port, so that memory grows with these and not with the lines. */
export class FlowLog {
  readonly #pairs = new Map<string, Pair>();
  /** Pairs of which something was stopped. */
  readonly #stopped = new Set<string>();
  /** Lines about connections that policies or plugins stopped. */
  dropped = 0;
  replies = 0;
  lines = 0;
  irrelevant = 0;
  /** Lines of further pairs, once there are too many to keep. */
  beyond = 0;
  seesNodeLocalDns = false;

  /** Those that were let through, at both ends as far as these were looked at. */
  *pairs(): Generator<Pair> {
    for (const [key, pair] of this.#pairs) if (pair.hasArrived || !this.#stopped.has(key)) yield pair;
  }

  /** @param includeDropped takes connections that were stopped for wanted ones */
  add(flow: LoggedFlow, file: string, includeDropped: boolean): void {
    if (flow.isDropped && !includeDropped) {
      this.dropped += flow.count;
      if (this.#stopped.size < MOST_PAIRS) this.#stopped.add(pairKey(flow));
      return;
    }
    if (flow.isReply === true) {
      this.replies++;
      return;
    }
    if (flow.to.address === '169.254.20.10' && flow.port === 53) this.seesNodeLocalDns = true;
    const known = this.#pair(flow);
    if (known === undefined) return;
    known.count += flow.count;
    known.hasArrived ||= flow.seenAt !== 'source';
    if (flow.time !== undefined) {
      if (known.first === undefined || flow.time < known.first) known.first = flow.time;
      if (known.last === undefined || flow.time > known.last) known.last = flow.time;
    }
    if (flow.sourcePort !== undefined && known.sourcePorts.size < FEW) known.sourcePorts.add(flow.sourcePort);
    if (known.ports.size < SOME) known.ports.add(flow.port);
    known.files.add(file);
  }

  #pair(flow: LoggedFlow): Pair | undefined {
    const key = pairKey(flow);
    const known = this.#pairs.get(key);
    if (known !== undefined) return known;
    if (this.#pairs.size >= MOST_PAIRS) {
      this.beyond++;
      return undefined;
    }
    const { from, to, protocol, isReply } = flow;
    const pair: Pair = {
      from,
      to,
      protocol,
      ports: new Set(),
      isReply,
      sourcePorts: new Set(),
      count: 0,
      first: undefined,
      last: undefined,
      files: new Set(),
      hasArrived: false,
    };
    this.#pairs.set(key, pair);
    return pair;
  }
}

function pairKey({ from, to, protocol, port, sourcePort, isReply }: LoggedFlow): string {
  // Which end is the server may only be told by both ports: of a reply the one at the source is the server's.
  const isServerUnsure = isReply === undefined && sourcePort !== undefined && sourcePort < port;
  return JSON.stringify([endKey(from), endKey(to), protocol, isServerUnsure ? `from ${sourcePort}` : port]);
}

/** What tells ends apart: pods of one workload, or with the same labels, are one end. */
function endKey({ namespace, pod, workload, workloadKind, labels, address, isNode }: LoggedEnd): Json {
  if (isNode) return 'node';
  if (workload !== undefined) return [namespace ?? '', { workload, kind: workloadKind ?? '' }];
  const shared = Object.entries(ownerLabels(labels ?? {}));
  if (namespace !== undefined && shared.length > 0) return [namespace, '', JSON.stringify(shared)];
  if (pod !== undefined) return [namespace ?? '', pod, ''];
  return [namespace ?? '', address ?? ''];
}
