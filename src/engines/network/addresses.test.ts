import { BlockList, isIPv4, isIPv6 } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ALL_IPV4, ALL_IPV6, formatAddress, formatBlocks, parseAddress, parseBlock } from './addresses.ts';
import { includes, union } from './intervals.ts';

const SEED = 20261123;

test.each([
  ['0.0.0.0', '0.0.0.0'],
  ['10.1.2.255', '10.1.2.255'],
  ['::', '::'],
  ['::1', '::1'],
  ['2001:DB8:0:0:8:800:200C:417A', '2001:db8::8:800:200c:417a'],
  // RFC 5952, 4.2.2 and 4.2.3: one group of zeros is not shortened; of two equal runs the first is.
  ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['::ffff:10.0.0.1', '10.0.0.1'],
  ['64:ff9b::10.0.0.1', '64:ff9b::a00:1'],
])('%s is %s', (text, expected) => {
  expect(formatAddress(parseAddress(text)!)).toBe(expected);
});

test.each([
  '',
  '10.0.0',
  '10.0.0.256',
  '010.0.0.1',
  '1.2.3.4.5',
  '::1::',
  ':::',
  '1:2:3:4:5:6:7',
  '1.2.3.4::',
  'x',
])('%j is no address', (text) => {
  expect(parseAddress(text)).toBeUndefined();
});

test.each([
  ['10.1.2.3/8', ['10.0.0.0-10.255.255.255']],
  ['0.0.0.0/0', ['0.0.0.0-255.255.255.255']],
  ['10.0.0.1/32', ['10.0.0.1-10.0.0.1']],
  ['::/0', ['::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff']],
  ['fd00::/8', ['fd00::-fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff']],
])('%s is a block', (text, blocks) => {
  expect(formatBlocks(parseBlock(text)!)).toEqual(blocks);
});

test.each(['10.0.0.0', '10.0.0.0/33', '10.0.0.0/08', '10.0.0.0/-1', '::/129', 'a/8', '10.0.0.0/8/8'])(
  '%j is no block',
  (text) => {
    expect(parseBlock(text)).toBeUndefined();
  },
);

test('blocks of both families are told apart', () => {
  expect(formatBlocks(union(ALL_IPV6, ALL_IPV4))).toEqual([
    '0.0.0.0-255.255.255.255',
    '::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
  ]);
});

test(`addresses and blocks are those of node:net (seed ${SEED})`, () => {
  const text = fc.oneof(fc.ipV4(), fc.ipV6());
  fc.assert(
    fc.property(text, text, fc.nat(128), (one, other, length): void => {
      const address = parseAddress(one)!;
      expect(parseAddress(formatAddress(address))).toBe(address);
      const shown = formatAddress(address);
      expect(isIPv4(shown) || isIPv6(shown)).toBe(true);
      // What is IPv4 in IPv6 is IPv4 to Go; node:net keeps the two apart.
      if (one.includes(':') && isIPv4(shown)) return;
      const block = parseBlock(`${other}/${length}`);
      if (!other.includes(':') && length > 32) {
        expect(block).toBeUndefined();
        return;
      }
      if (other.includes(':') && isIPv4(formatAddress(parseAddress(other)!))) return;
      const family = (ip: string) => (ip.includes(':') ? 'ipv6' : 'ipv4');
      const list = new BlockList();
      list.addSubnet(other, length, family(other));
      const isIn = family(one) === family(other) && list.check(one, family(one));
      expect(includes(block!, address)).toBe(isIn);
    }),
    { seed: SEED, numRuns: 2000 },
  );
});
