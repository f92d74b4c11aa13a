import {
  type Endpoint,
  formatAddress,
  isPod,
  type NetworkPod,
  PROTOCOLS,
  type Protocol,
  parseAddress,
  portsNamed,
} from '../../engines/network/index.ts';
import { nearest } from '../../kubernetes/spelling.ts';
import type { Context } from '../context.ts';
import { UsageError } from '../usage-error.ts';
import type { NetworkSource } from './source.ts';

/** Where a packet goes. */
export interface Packet {
  readonly protocol: Protocol;
  readonly port: number;
}

export function packetOf({ words }: Context, to: Endpoint, protocol: string, port: number | string): Packet {
  const known = PROTOCOLS.find((each) => each === protocol.toUpperCase());
  if (known === undefined) throw new UsageError(() => words.network.notAProtocol({ value: protocol }));
  if (typeof port === 'string' && !/^\d+$/.test(port)) {
    const [named] = isPod(to) ? portsNamed(to, port, known) : [];
    if (named !== undefined) return { protocol: known, port: named.from };
    const pod = isPod(to) ? podName(to) : formatAddress(to);
    throw new UsageError(() => words.network.noSuchPort({ name: port, pod }));
  }
  const number = Number(port);
  if (Number.isInteger(number) && number >= 1 && number <= 65_535) return { protocol: known, port: number };
  throw new UsageError(() => words.network.notAPort({ value: String(port) }));
}

export function endOf({ words }: Context, { network }: NetworkSource, text: string): Endpoint {
  const { pods, shared } = network;
  const address = parseAddress(text);
  if (address !== undefined) return address;
  const choices = shared.get(text);
  if (choices !== undefined) throw new UsageError(() => words.network.several({ name: text, choices }));
  const pod = pods.get(text);
  if (pod !== undefined) return pod;
  if (!text.includes('/')) throw new UsageError(() => words.network.notAnEnd({ value: text }));
  const near = nearest(text, pods.keys());
  throw new UsageError(() => words.network.nobody({ name: text, near }));
}

export function podName({ namespace, name }: NetworkPod): string {
  return `${namespace}/${name}`;
}
