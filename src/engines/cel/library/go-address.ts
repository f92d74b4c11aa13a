import { quoteGo } from '../../../kubernetes/go-text.ts';

/** An IP address as `net/netip` has it: 4 or 16 bytes. */
export interface Address {
  readonly bytes: readonly number[];
  readonly zone: string;
}

function refused(input: string, message: string, at = ''): string {
  return `ParseAddr(${quoteGo(input)}): ${message}${at === '' ? '' : ` (at ${quoteGo(at)})`}`;
}

/** `netip.ParseAddr`; a text is the error. */
export function parseAddress(text: string): Address | string {
  const mark = /[.:%]/.exec(text)?.[0];
  if (mark === undefined) return refused(text, 'unable to parse IP');
  if (mark === '%') return refused(text, 'missing IPv6 address');
  if (mark === ':') return parseSix(text);
  const fields = parseFields(text, text);
  return typeof fields === 'string' ? fields : { bytes: fields, zone: '' };
}

function parseFields(input: string, text: string): number[] | string {
  const fields: number[] = [];
  let value = 0;
  let digits = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!;
    if (char >= '0' && char <= '9') {
      if (digits === 1 && value === 0) return refused(input, 'IPv4 field has octet with leading zero');
      value = value * 10 + Number(char);
      digits++;
      if (value > 255) return refused(input, 'IPv4 field has value >255');
    } else if (char === '.') {
      if (i === 0 || i === text.length - 1 || text[i - 1] === '.')
        return refused(input, 'IPv4 field must have at least one digit', text.slice(i));
      if (fields.length === 3) return refused(input, 'IPv4 address too long');
      fields.push(value);
      value = 0;
      digits = 0;
    } else return refused(input, 'unexpected character', text.slice(i));
  }
  if (fields.length < 3) return refused(input, 'IPv4 address too short');
  return [...fields, value];
}

function parseSix(input: string): Address | string {
  const percent = input.indexOf('%');
  const zone = percent === -1 ? '' : input.slice(percent + 1);
  if (percent !== -1 && zone === '') return refused(input, 'zone must be a non-empty string');
  let rest = percent === -1 ? input : input.slice(0, percent);
  const bytes: number[] = [];
  let gap = -1;
  if (rest.startsWith('::')) {
    gap = 0;
    rest = rest.slice(2);
    if (rest === '') return { bytes: new Array(16).fill(0), zone };
  }
  while (bytes.length < 16) {
    const group = /^[0-9a-fA-F]*/.exec(rest)![0];
    if (group.length > 4) return refused(input, 'each group must have 4 or less digits', rest);
    if (group === '') return refused(input, 'each colon-separated field must have at least one digit', rest);
    if (rest[group.length] === '.') {
      if (gap < 0 && bytes.length !== 12)
        return refused(input, 'embedded IPv4 address must replace the final 2 fields of the address', rest);
      if (bytes.length > 12)
        return refused(input, 'too many hex fields to fit an embedded IPv4 at the end of the address', rest);
      const fields = parseFields(input, rest);
      if (typeof fields === 'string') return fields;
      bytes.push(...fields);
      rest = '';
      break;
    }
    const value = Number.parseInt(group, 16);
    bytes.push(value >> 8, value & 255);
    rest = rest.slice(group.length);
    if (rest === '') break;
    if (rest[0] !== ':') return refused(input, 'unexpected character, want colon', rest);
    if (rest.length === 1) return refused(input, 'colon must be followed by more characters', rest);
    rest = rest.slice(1);
    if (rest[0] !== ':') continue;
    if (gap >= 0) return refused(input, 'multiple :: in address', rest);
    gap = bytes.length;
    rest = rest.slice(1);
    if (rest === '') break;
  }
  if (rest !== '') return refused(input, 'trailing garbage after address', rest);
  return widen(input, bytes, gap, zone);
}

function widen(input: string, bytes: number[], gap: number, zone: string): Address | string {
  if (bytes.length === 16)
    return gap >= 0 ? refused(input, 'the :: must expand to at least one field of zeros') : { bytes, zone };
  if (gap < 0) return refused(input, 'address string too short');
  const zeros: number[] = new Array(16 - bytes.length).fill(0);
  return { bytes: [...bytes.slice(0, gap), ...zeros, ...bytes.slice(gap)], zone };
}

export function isFourInSix({ bytes }: Address): boolean {
  return bytes.length === 16 && bytes.slice(0, 12).every((byte, i) => byte === (i < 10 ? 0 : 255));
}

/** The canonical form (RFC 5952). */
export function addressText({ bytes }: Address): string {
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, i) => bytes[2 * i]! * 256 + bytes[2 * i + 1]!);
  let [start, length] = [0, 1];
  for (let i = 0; i < 8; i++) {
    let end = i;
    while (end < 8 && groups[end] === 0) end++;
    if (end - i > length) [start, length] = [i, end - i];
  }
  const hex = (part: readonly number[]) => part.map((group) => group.toString(16)).join(':');
  if (length < 2) return hex(groups);
  return `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`;
}

export interface Prefix {
  readonly address: Address;
  readonly bits: number;
}

/** `netip.ParsePrefix`; a text is the error. */
export function parsePrefix(text: string): Prefix | string {
  const failed = (message: string) => `netip.ParsePrefix(${quoteGo(text)}): ${message}`;
  const slash = text.lastIndexOf('/');
  if (slash === -1) return failed("no '/'");
  const address = parseAddress(text.slice(0, slash));
  if (typeof address === 'string') return failed(address);
  if (address.zone !== '') return failed('IPv6 zones cannot be present in a prefix');
  const written = text.slice(slash + 1);
  if (!/^(?:[0-9]|[1-9][0-9]{1,8})$/.test(written)) {
    const isLarge = /^[1-9][0-9]{9,18}$/.test(written);
    return failed(isLarge ? 'prefix length out of range' : `bad bits after slash: ${quoteGo(written)}`);
  }
  const bits = Number(written);
  return bits > address.bytes.length * 8 ? failed('prefix length out of range') : { address, bits };
}

export function maskedBytes({ bytes }: Address, bits: number): number[] {
  return bytes.map((byte, i) => {
    const kept = Math.max(0, Math.min(8, bits - 8 * i));
    return byte & (0xff << (8 - kept)) & 0xff;
  });
}

/** Whether two networks of one family share addresses. */
export function overlap(a: Prefix, b: Prefix): boolean {
  if (a.address.bytes.length !== b.address.bytes.length) return false;
  const bits = Math.min(a.bits, b.bits);
  const left = maskedBytes(a.address, bits);
  return maskedBytes(b.address, bits).every((byte, i) => byte === left[i]);
}
