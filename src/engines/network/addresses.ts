import { type Boundaries, intersection } from './intervals.ts';

/**
 * Addresses as points on one line: IPv6 first, IPv4 behind it, so that a block of one family never reaches into the other, as
 * `::/0` does not match IPv4.
 */
export type Address = bigint;

const IPV6_END = 1n << 128n;
const IPV4_START = IPV6_END;
const IPV4_END = IPV4_START + (1n << 32n);

export const ALL_IPV4: Boundaries<Address> = [IPV4_START, IPV4_END];
export const ALL_IPV6: Boundaries<Address> = [0n, IPV6_END];

export function isIpv4(address: Address): boolean {
  return address >= IPV4_START;
}

/** An IPv4 or IPv6 address as Go's net.ParseIP reads it; undefined for anything else. An IPv4-mapped address is the IPv4 address. */
export function parseAddress(text: string): Address | undefined {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text);
}

/** A block as Go's net.ParseCIDR reads it, host bits ignored; undefined where it is none. */
export function parseBlock(text: string): Boundaries<Address> | undefined {
  const slash = text.indexOf('/');
  if (slash < 0) return undefined;
  const address = parseAddress(text.slice(0, slash));
  const bits = text.slice(slash + 1);
  if (address === undefined || !/^(?:0|[1-9]\d{0,2})$/.test(bits)) return undefined;
  const isIpv6 = text.slice(0, slash).includes(':');
  const width = isIpv6 ? 128 : 32;
  const length = Number(bits);
  if (length > width) return undefined;
  if (isIpv6 && address >= IPV4_START) {
    // ::ffff:a.b.c.d/n: the block of IPv4 addresses where n lies in their part, else it is one of IPv6.
    if (length < 96) return block(address - IPV4_START + (0xffffn << 32n), 128 - length);
    return block(address, 128 - length);
  }
  return block(address, width - length);
}

function block(address: Address, hostBits: number): Boundaries<Address> {
  const size = 1n << BigInt(hostBits);
  const base = address >= IPV4_START ? IPV4_START : 0n;
  const first = base + ((address - base) / size) * size;
  return [first, first + size];
}

function parseIpv4(text: string): Address | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let value = 0n;
  for (const part of parts) {
    // Leading zeros could be meant as octal; Go refuses them.
    if (!/^(?:0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined;
    value = value * 256n + BigInt(part);
  }
  return IPV4_START + value;
}

function parseIpv6(text: string): Address | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = groupsOf(halves[0]!, halves.length === 1);
  const tail = halves[1] === undefined ? [] : groupsOf(halves[1], true);
  if (head === undefined || tail === undefined) return undefined;
  const given = head.length + tail.length;
  if (halves.length === 1 ? given !== 8 : given > 7) return undefined;
  const groups = [...head, ...Array.from({ length: 8 - given }, () => 0), ...tail];
  const value = groups.reduce((sum, group) => sum * 65_536n + BigInt(group), 0n);
  return value >> 32n === 0xffffn ? IPV4_START + (value & 0xffff_ffffn) : value;
}

/** 16-bit groups; the last ones of an address may be written as an IPv4 address. */
function groupsOf(text: string, isEnd: boolean): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(Number.parseInt(part, 16));
    else {
      const last = isEnd && index === parts.length - 1 ? parseIpv4(part) : undefined;
      if (last === undefined) return undefined;
      const value = Number(last - IPV4_START);
      groups.push(value >>> 16, value & 0xffff);
    }
  }
  return groups;
}

/** IPv4 in dotted form, IPv6 as RFC 5952 says. */
export function formatAddress(address: Address): string {
  if (address >= IPV4_START) {
    const value = Number(address - IPV4_START);
    return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255].join('.');
  }
  const groups = Array.from({ length: 8 }, (_, index) =>
    Number((address >> BigInt(112 - 16 * index)) & 0xffffn),
  );
  let longest = { start: 0, length: 0 };
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (groups[start + length] === 0) length++;
    if (length > longest.length) longest = { start, length };
  }
  const text = (part: readonly number[]) => part.map((group) => group.toString(16)).join(':');
  if (longest.length < 2) return text(groups);
  return `${text(groups.slice(0, longest.start))}::${text(groups.slice(longest.start + longest.length))}`;
}

/** `first-last` of each interval, as in `10.0.0.0-10.255.255.255`, IPv4 first. */
export function formatBlocks(set: Boundaries<Address>): string[] {
  const blocks: string[] = [];
  for (const family of [ALL_IPV4, ALL_IPV6]) {
    const own = intersection(set, family);
    for (let i = 0; i < own.length; i += 2) {
      blocks.push(`${formatAddress(own[i]!)}-${formatAddress(own[i + 1]! - 1n)}`);
    }
  }
  return blocks;
}
