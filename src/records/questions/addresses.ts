import type { Test } from '../store/event-store.ts';
import { among } from './tests.ts';

const CIDR4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/;
const ADDRESS = /^[0-9a-fA-F:.]+(?:\*)?$/;

/**
 * What a record must be to come from an address: the client's or a proxy's. Takes one address, the beginning of one with `*` behind it,
 * or a range of IPv4 (`10.0.0.0/8`); undefined for anything else.
 */
export function addressTest(text: string): Test | undefined {
  const range = CIDR4.exec(text);
  if (range !== null) {
    const all = addressesIn(range.slice(1).map(Number));
    return all === undefined ? undefined : { any: all.map(oneAddress) };
  }
  return ADDRESS.test(text) ? oneAddress(text) : undefined;
}

function oneAddress(text: string): Test {
  if (!text.endsWith('*')) return among('source_ips', text);
  return {
    any: [
      { column: 'source_ips', like: text },
      { column: 'source_ips', like: `*\n${text}` },
    ],
  };
}

/** A range as whole octets: `10.4.0.0/15` is `10.4.*` and `10.5.*`. At most 128 of them; everything for `/0`. */
function addressesIn(numbers: readonly number[]): string[] | undefined {
  const length = numbers[4]!;
  const octets = numbers.slice(0, 4);
  if (length > 32 || octets.some((octet) => octet > 255)) return undefined;
  if (length === 0) return ['*'];
  const whole = Math.ceil(length / 8);
  const many = 2 ** (whole * 8 - length);
  const first = Math.floor(octets[whole - 1]! / many) * many;
  const before = octets.slice(0, whole - 1);
  return Array.from({ length: many }, (_, at) =>
    [...before, first + at].join('.').concat(whole === 4 ? '' : '.*'),
  );
}
