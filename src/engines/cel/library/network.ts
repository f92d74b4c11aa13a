import { quoteGo } from '../../../kubernetes/go-text.ts';
import type { FunctionTable } from '../declarations.ts';
import { CelError, NO_SUCH_OVERLOAD, OpaqueValue, type Result, type Value } from '../value.ts';
import {
  type Address,
  addressText,
  isFourInSix,
  maskedBytes,
  overlap,
  type Prefix,
  parseAddress,
  parsePrefix,
} from './go-address.ts';

class Ip extends OpaqueValue {
  readonly typeName = 'net.IP';
  readonly address: Address;

  constructor(address: Address) {
    super();
    this.address = address;
  }

  override equals(other: OpaqueValue): Result {
    return other instanceof Ip ? addressText(this.address) === addressText(other.address) : NO_SUCH_OVERLOAD;
  }

  override size(): number {
    return this.address.bytes.length;
  }
}

class Cidr extends OpaqueValue {
  readonly typeName = 'net.CIDR';
  readonly prefix: Prefix;

  constructor(prefix: Prefix) {
    super();
    this.prefix = prefix;
  }

  override equals(other: OpaqueValue): Result {
    return other instanceof Cidr ? prefixText(this.prefix) === prefixText(other.prefix) : NO_SUCH_OVERLOAD;
  }

  override size(): number {
    return Math.ceil(this.prefix.bits / 8);
  }
}

function prefixText({ address, bits }: Prefix): string {
  return `${addressText(address)}/${bits}`;
}

function readAddress(text: string): Address | CelError {
  const address = parseAddress(text);
  if (typeof address === 'string')
    return new CelError(`IP Address ${quoteGo(text)} parse error during conversion from string: ${address}`);
  if (address.zone !== '') return new CelError(`IP address ${quoteGo(text)} with zone value is not allowed`);
  if (isFourInSix(address)) return new CelError(`IPv4-mapped IPv6 address ${quoteGo(text)} is not allowed`);
  return address;
}

function readCidr(text: string): Prefix | CelError {
  const prefix = parsePrefix(text);
  const context = 'network address parse error during conversion from string: ';
  if (typeof prefix === 'string') return new CelError(context + context + prefix);
  if (isFourInSix(prefix.address))
    return new CelError(`${context}IPv4-mapped IPv6 address ${quoteGo(text)} is not allowed`);
  return prefix;
}

function toIp(text: Value): Ip | CelError {
  const address = readAddress(text as string);
  return address instanceof CelError ? address : new Ip(address);
}

function toCidr(text: Value): Cidr | CelError {
  const prefix = readCidr(text as string);
  return prefix instanceof CelError ? prefix : new Cidr(prefix);
}

const unspecified = ({ bytes }: Address) => bytes.every((byte) => byte === 0);
const isFour = ({ bytes }: Address) => bytes.length === 4;
const loopback = (address: Address) =>
  isFour(address) ? address.bytes[0] === 127 : addressText(address) === '::1';
const multicast = (address: Address) =>
  isFour(address) ? (address.bytes[0]! & 0xf0) === 0xe0 : address.bytes[0] === 0xff;
const linkLocalMulticast = (address: Address) =>
  isFour(address)
    ? address.bytes[0] === 224 && address.bytes[1] === 0 && address.bytes[2] === 0
    : address.bytes[0] === 0xff && (address.bytes[1]! & 0x0f) === 2;
const linkLocalUnicast = (address: Address) =>
  isFour(address)
    ? address.bytes[0] === 169 && address.bytes[1] === 254
    : address.bytes[0] === 0xfe && (address.bytes[1]! & 0xc0) === 0x80;
const globalUnicast = (address: Address) =>
  !unspecified(address) &&
  addressText(address) !== '255.255.255.255' &&
  !loopback(address) &&
  !multicast(address) &&
  !linkLocalUnicast(address);

/** apiserver pkg/cel/library/ip.go. */
export function addIp(table: FunctionTable): void {
  table.add('string_to_ip', 'ip(string): net.IP', (text) => toIp(text!));
  member(table, 'ip_family', 'family(): int', (address) => (isFour(address) ? 4n : 6n));
  table.addQualified('ip_is_canonical', 'ip.isCanonical', 'string', 'bool', (text) => {
    const address = readAddress(text as string);
    return address instanceof CelError ? address : addressText(address) === text;
  });
  member(table, 'ip_is_unspecified', 'isUnspecified(): bool', unspecified);
  member(table, 'ip_is_loopback', 'isLoopback(): bool', loopback);
  member(table, 'ip_is_link_local_multicast', 'isLinkLocalMulticast(): bool', linkLocalMulticast);
  member(table, 'ip_is_link_local_unicast', 'isLinkLocalUnicast(): bool', linkLocalUnicast);
  member(table, 'ip_is_global_unicast', 'isGlobalUnicast(): bool', globalUnicast);
  table.add('is_ip', 'isIP(string): bool', (text) => !(readAddress(text as string) instanceof CelError));
  table.add('ip_to_string', 'string(net.IP): string', (ip) => addressText((ip as Ip).address));
}

function member(table: FunctionTable, id: string, signature: string, run: (address: Address) => Value): void {
  table.add(id, `net.IP.${signature}`, (ip) => run((ip as Ip).address));
}

/** apiserver pkg/cel/library/cidr.go. */
export function addCidr(table: FunctionTable): void {
  table.add('string_to_cidr', 'cidr(string): net.CIDR', (text) => toCidr(text!));
  table.add('cidr_contains_ip_string', 'net.CIDR.containsIP(string): bool', (cidr, text) =>
    containsIp(cidr as Cidr, toIp(text!)),
  );
  table.add('cidr_contains_ip_ip', 'net.CIDR.containsIP(net.IP): bool', (cidr, ip) =>
    containsIp(cidr as Cidr, ip as Ip),
  );
  table.add('cidr_contains_cidr_string', 'net.CIDR.containsCIDR(string): bool', (cidr, text) =>
    containsCidr(cidr as Cidr, toCidr(text!)),
  );
  table.add('cidr_contains_cidr', 'net.CIDR.containsCIDR(net.CIDR): bool', (cidr, other) =>
    containsCidr(cidr as Cidr, other as Cidr),
  );
  table.add('cidr_ip', 'net.CIDR.ip(): net.IP', (cidr) => new Ip((cidr as Cidr).prefix.address));
  table.add('cidr_prefix_length', 'net.CIDR.prefixLength(): int', (cidr) =>
    BigInt((cidr as Cidr).prefix.bits),
  );
  table.add('cidr_masked', 'net.CIDR.masked(): net.CIDR', (cidr) => {
    const { address, bits } = (cidr as Cidr).prefix;
    return new Cidr({ address: { bytes: maskedBytes(address, bits), zone: '' }, bits });
  });
  table.add('is_cidr', 'isCIDR(string): bool', (text) => !(readCidr(text as string) instanceof CelError));
  table.add('cidr_to_string', 'string(net.CIDR): string', (cidr) => prefixText((cidr as Cidr).prefix));
}

/** Upstream does not pass on why the text is no address: it says that there is no such overload. */
function containsIp({ prefix }: Cidr, ip: Ip | CelError): Result {
  if (ip instanceof CelError) return NO_SUCH_OVERLOAD;
  return overlap(prefix, { address: ip.address, bits: ip.address.bytes.length * 8 }) && sameSize(prefix, ip);
}

function sameSize(prefix: Prefix, ip: Ip): boolean {
  return prefix.address.bytes.length === ip.address.bytes.length;
}

function containsCidr({ prefix }: Cidr, other: Cidr | CelError): Result {
  if (other instanceof CelError) return other;
  return overlap(prefix, other.prefix) && prefix.bits <= other.prefix.bits;
}
