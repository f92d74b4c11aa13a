import type { Json } from '../../../../kubernetes/json.ts';
import type { Protocol } from '../../ports.ts';
import { ownerLabels } from '../units.ts';
import { Conversations, EPHEMERAL, type Line, type ServerEnd } from './conversations.ts';

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
  /** By which port stays the same, where that is known. */
  server: ServerEnd | undefined;
  /** Connections to further ports, once there are too many to keep. */
  beyond: number;
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

/** What the place of a line among the pairs depends on. */
type Placed = Pick<LoggedFlow, 'from' | 'to' | 'protocol' | 'port' | 'sourcePort' | 'isReply'>;

/** What logs show, added up by pairs of ends and port, so that memory grows with these and not with the lines. */
export class FlowLog {
  readonly #pairs = new Map<string, Pair>();
  readonly #conversations = new Conversations();
  /** Lines of which something was stopped, one of each pair. */
  readonly #stopped = new Map<string, Placed>();
  /** Lines about connections that policies or plugins stopped. */
  dropped = 0;
  replies = 0;
  /** Replies that the log does not call such; known once it is read against the sources. */
  inferredReplies = 0;
  lines = 0;
  irrelevant = 0;
  /** Lines of further pairs, once there are too many to keep. */
  beyond = 0;
  seesNodeLocalDns = false;

  /** Those that were let through, at both ends as far as these were looked at. */
  *pairs(): Generator<Pair> {
    const pairs = new Map<string, Pair>();
    for (const pair of this.#pairs.values()) {
      const [port, sourcePort] = [[...pair.ports][0]!, [...pair.sourcePorts][0]];
      const placed = { ...pair, port, sourcePort };
      const line = lineOf(placed);
      const server = line === undefined ? undefined : this.#conversations.serverOf(line);
      const key = pairKey(placed, server ?? lowerEnd(placed));
      const known = pairs.get(key) ?? emptyPair(placed, server);
      pairs.set(key, known);
      join(known, pair);
    }
    const stopped = new Set([...this.#stopped.values()].map((placed) => this.#key(placed)));
    for (const [key, pair] of pairs) if (pair.hasArrived || !stopped.has(key)) yield pair;
  }

  /** @param includeDropped takes connections that were stopped for wanted ones */
  add(flow: LoggedFlow, file: string, includeDropped: boolean): void {
    const { port, sourcePort, time } = flow;
    if (flow.isDropped && !includeDropped) {
      this.dropped += flow.count;
      const { from, to, protocol, isReply } = flow;
      const key = this.#key(flow);
      if (this.#stopped.size < MOST_PAIRS && !this.#stopped.has(key)) {
        this.#stopped.set(key, { from, to, protocol, port, sourcePort, isReply });
      }
      return;
    }
    if (flow.isReply === true) {
      this.replies++;
      return;
    }
    if (flow.to.address === '169.254.20.10' && port === 53) this.seesNodeLocalDns = true;
    const key = this.#newKey(flow);
    const known = this.#pairs.get(key) ?? emptyPair(flow, undefined);
    if (!this.#pairs.has(key)) {
      if (this.#pairs.size >= MOST_PAIRS) {
        this.beyond++;
        return;
      }
      this.#pairs.set(key, known);
    }
    join(known, {
      ports: new Set([port]),
      sourcePorts: new Set(sourcePort === undefined ? [] : [sourcePort]),
      beyond: 0,
      count: flow.count,
      first: time,
      last: time,
      files: new Set([file]),
      hasArrived: flow.seenAt !== 'source',
    });
  }

  /** The pair of a line by all that is known. */
  #key(placed: Placed): string {
    const line = lineOf(placed);
    const server = line === undefined ? undefined : this.#conversations.serverOf(line);
    return pairKey(placed, server ?? lowerEnd(placed));
  }

  /** The pair of one more line, which is its own until it is known which port stays the same. */
  #newKey(flow: LoggedFlow): string {
    const line = lineOf(flow);
    // Which of an ephemeral port and another one is the client's needs no further lines.
    if (line === undefined || (line.sourcePort >= EPHEMERAL && line.port < EPHEMERAL)) return this.#key(flow);
    if (!this.#conversations.note(line)) return this.#key(flow);
    const server = this.#conversations.serverOf(line);
    return server === undefined ? JSON.stringify(line) : pairKey(flow, server);
  }
}

function emptyPair({ from, to, protocol, isReply }: Placed, server: ServerEnd | undefined): Pair {
  return {
    ...{ from, to, protocol, isReply, server },
    ports: new Set(),
    sourcePorts: new Set(),
    beyond: 0,
    count: 0,
    first: undefined,
    last: undefined,
    files: new Set(),
    hasArrived: false,
  };
}

type Counts = Omit<Pair, 'from' | 'to' | 'protocol' | 'isReply' | 'server'>;

function join(pair: Pair, more: Counts): void {
  for (const port of more.ports) {
    if (pair.ports.size < SOME || pair.ports.has(port)) pair.ports.add(port);
    else pair.beyond += more.count;
  }
  pair.beyond += more.beyond;
  for (const port of more.sourcePorts) if (pair.sourcePorts.size < FEW) pair.sourcePorts.add(port);
  for (const file of more.files) pair.files.add(file);
  pair.count += more.count;
  pair.hasArrived ||= more.hasArrived;
  const { first, last } = more;
  if (first !== undefined && (pair.first === undefined || first < pair.first)) pair.first = first;
  if (last !== undefined && (pair.last === undefined || last > pair.last)) pair.last = last;
}

/** What may be of either direction; undefined where the log states it, or states too little. */
function lineOf({ from, to, protocol, port, sourcePort, isReply }: Placed): Line | undefined {
  if (isReply !== undefined || sourcePort === undefined) return undefined;
  return {
    from: JSON.stringify(endKey(from)),
    to: JSON.stringify(endKey(to)),
    protocol,
    port,
    sourcePort,
  };
}

/** The port of the server is most often the lower one. */
function lowerEnd({ port, sourcePort, isReply }: Placed): ServerEnd {
  return isReply === undefined && sourcePort !== undefined && sourcePort < port ? 'source' : 'destination';
}

function pairKey({ from, to, protocol, port, sourcePort }: Placed, server: ServerEnd): string {
  const place = server === 'source' ? `from ${sourcePort}` : port;
  return JSON.stringify([endKey(from), endKey(to), protocol, place]);
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
