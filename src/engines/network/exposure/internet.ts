import { type Address, ALL_IPV4, parseBlock } from '../addresses.ts';
import { type Boundaries, difference, intersection, isSame, union } from '../intervals.ts';

/** Not globally reachable by the IANA IPv4 Special-Purpose Address Registry (RFC 6890), and multicast, which is no source. */
const SPECIAL_IPV4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
];
/** Anycast addresses inside of 192.0.0.0/24 that the same registry calls globally reachable (RFC 7723, RFC 8155). */
const GLOBAL_IPV4 = ['192.0.0.9/32', '192.0.0.10/32'];
/** What IANA gives out (IPv6 Global Unicast Address Space), and what translators send from (RFC 6052). */
const UNICAST_IPV6 = ['2000::/3', '64:ff9b::/96'];
/** Of that, not globally reachable by the IANA IPv6 Special-Purpose Address Registry. */
const SPECIAL_IPV6 = ['2001::/23', '2001:db8::/32', '3fff::/20'];
/** Inside of 2001::/23 globally reachable all the same; of Teredo (RFC 4380) the registry says neither. */
const GLOBAL_IPV6 = [
  '2001::/32',
  '2001:1::1/128',
  '2001:1::2/128',
  '2001:1::3/128',
  '2001:3::/32',
  '2001:4:112::/48',
  '2001:20::/28',
  '2001:30::/28',
];

function blocks(texts: readonly string[]): Boundaries<Address> {
  return texts.reduce<Boundaries<Address>>((set, text) => union(set, parseBlock(text)!), []);
}

/** Every address that a client on the internet can have: those that are globally reachable. */
export const INTERNET: Boundaries<Address> = union(
  union(difference(ALL_IPV4, blocks(SPECIAL_IPV4)), blocks(GLOBAL_IPV4)),
  union(difference(blocks(UNICAST_IPV6), blocks(SPECIAL_IPV6)), blocks(GLOBAL_IPV6)),
);

/** Addresses of private networks: RFC 1918, shared address space (RFC 6598), unique local addresses (RFC 4193). */
export const PRIVATE: Boundaries<Address> = blocks([
  '10.0.0.0/8',
  '100.64.0.0/10',
  '172.16.0.0/12',
  '192.168.0.0/16',
  'fc00::/7',
]);

export const ANYWHERE = union(INTERNET, PRIVATE);

/** A word for clients who are all that there are of one kind; undefined for other sets. */
export function clientsName(
  clients: Boundaries<Address>,
): 'internet' | 'private-networks' | 'cluster' | undefined {
  if (clients.length === 0) return 'cluster';
  if (isSame(clients, INTERNET)) return 'internet';
  return isSame(clients, PRIVATE) ? 'private-networks' : undefined;
}

export function reachesInternet(clients: Boundaries<Address>): boolean {
  return intersection(clients, INTERNET).length > 0;
}
