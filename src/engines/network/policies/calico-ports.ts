import { asArray, type Json, type JsonObject } from '../../../kubernetes/json.ts';
import { type PortRange, PROTOCOLS, type Protocol } from '../ports.ts';
import type { NamedPort, RulePorts } from './policy.ts';
import type { PolicyReader } from './reader.ts';

const NUMBERS: Readonly<Record<number, Protocol>> = { 6: 'TCP', 17: 'UDP', 132: 'SCTP' };
/** Names of protocols without ports (api/pkg/lib/numorstring/protocol.go of projectcalico/calico). */
const OTHERS = ['ICMP', 'ICMPV6', 'UDPLITE'];

/** The ports of the destination that a rule speaks of. */
export function readCalicoPorts(
  reader: PolicyReader,
  rule: JsonObject,
  destination: JsonObject,
  path: string,
): RulePorts {
  const one = readProtocol(reader, rule['protocol'], `${path}.protocol`);
  const not = readProtocol(reader, rule['notProtocol'], `${path}.notProtocol`);
  const protocols = PROTOCOLS.filter(
    (protocol) => (one === undefined || one === protocol) && not !== protocol,
  );
  // Without a protocol, Calico takes names alone, which bring theirs with them.
  const needs = one === undefined;
  const ports = listOf(reader, destination['ports'], protocols, needs, `${path}.destination.ports`);
  const except = listOf(reader, destination['notPorts'], protocols, needs, `${path}.destination.notPorts`);
  if (ports === undefined && except === undefined && protocols.length === PROTOCOLS.length) return 'all';
  const every = { ranges: protocols.map((protocol) => ({ protocol, from: 1, to: 65_535 })), named: [] };
  return { ...(ports ?? every), ...(except === undefined ? {} : { except }) };
}

/** Undefined where none is given; `other` for one without ports. */
function readProtocol(
  reader: PolicyReader,
  value: Json | undefined,
  path: string,
): Protocol | 'other' | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const text = String(value);
  if (/^\d+$/.test(text)) {
    const number = Number(text);
    if (number < 1 || number > 255) reader.refuse('invalid-protocol', path, text);
    return NUMBERS[number] ?? 'other';
  }
  const name = text.toUpperCase();
  const known = PROTOCOLS.find((protocol) => protocol === name);
  if (known === undefined && !OTHERS.includes(name)) reader.refuse('invalid-protocol', path, text);
  // The API refuses small letters, and the data plane knows no others.
  else if (known !== undefined && known !== text) reader.readAsMeant('invalid-protocol', path);
  return known ?? 'other';
}

function listOf(
  reader: PolicyReader,
  value: Json | undefined,
  protocols: readonly Protocol[],
  needsNames: boolean,
  path: string,
): { readonly ranges: readonly PortRange[]; readonly named: readonly NamedPort[] } | undefined {
  const list = asArray(value) ?? [];
  if (list.length === 0) return undefined;
  const ranges: PortRange[] = [];
  const named: NamedPort[] = [];
  list.forEach((item, index) => {
    const at = `${path}[${index}]`;
    const text = String(item);
    const range = rangeOf(text);
    if (range === undefined) {
      if (!/^[a-zA-Z0-9_.-]{1,128}$/.test(text)) reader.refuse('invalid-port', at, text);
      for (const protocol of protocols) named.push({ name: text, protocol });
      return;
    }
    const [from, to] = range;
    if (needsNames || from < 1 || to > 65_535 || from > to) reader.refuse('invalid-port', at, text);
    for (const protocol of protocols) ranges.push({ protocol, from, to });
  });
  return { ranges, named };
}

function rangeOf(text: string): readonly [number, number] | undefined {
  const match = /^(\d+)(?::(\d+))?$/.exec(text);
  return match === null ? undefined : [Number(match[1]), Number(match[2] ?? match[1])];
}

/** Whether a rule limits the ports that packets come from, which a client chooses by itself. */
export function limitsSourcePorts(source: JsonObject): boolean {
  const ports = asArray(source['ports']) ?? [];
  const isWhole = ports.some((port) => /^[01]:65535$/.test(String(port)));
  return (ports.length > 0 && !isWhole) || (asArray(source['notPorts']) ?? []).length > 0;
}
