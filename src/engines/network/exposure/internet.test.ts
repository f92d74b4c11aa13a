import { expect, test } from 'vitest';
import { parseAddress } from '../addresses.ts';
import { includes } from '../intervals.ts';
import { INTERNET, PRIVATE } from './internet.ts';

// Column "Globally Reachable" of https://www.iana.org/assignments/iana-ipv4-special-registry and iana-ipv6-special-registry.
test.each([
  ['8.8.8.8', true],
  ['0.1.2.3', false],
  ['9.255.255.255', true],
  ['10.0.0.0', false],
  ['10.255.255.255', false],
  ['11.0.0.0', true],
  ['100.64.0.1', false],
  ['100.128.0.0', true],
  ['127.0.0.1', false],
  ['169.254.169.254', false],
  ['172.15.255.255', true],
  ['172.16.0.1', false],
  ['172.32.0.0', true],
  ['192.0.0.8', false],
  ['192.0.0.9', true],
  ['192.0.2.1', false],
  ['192.168.1.1', false],
  ['198.18.0.1', false],
  ['198.19.255.255', false],
  ['198.51.100.1', false],
  ['203.0.113.1', false],
  ['224.0.0.1', false],
  ['240.0.0.1', false],
  ['255.255.255.255', false],
  ['2606:4700:4700::1111', true],
  ['64:ff9b::808:808', true],
  ['64:ff9b:1::1', false],
  ['::1', false],
  ['fc00::1', false],
  ['fe80::1', false],
  ['ff02::1', false],
  ['2001:db8::1', false],
  ['3fff::1', false],
  ['2001:2::1', false],
  ['2001:1::1', true],
  ['2001:20::1', true],
  ['2001:100::1', false],
])('%s on the internet: %s', (address, isPublic) => {
  expect(includes(INTERNET, parseAddress(address)!)).toBe(isPublic);
});

test.each([
  ['10.1.2.3', true],
  ['172.31.0.1', true],
  ['192.168.0.1', true],
  ['100.100.0.1', true],
  ['fd00::1', true],
  ['8.8.8.8', false],
  ['169.254.169.254', false],
])('%s in a private network: %s', (address, isPrivate) => {
  expect(includes(PRIVATE, parseAddress(address)!)).toBe(isPrivate);
});
