import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { Sha256 } from './sha256.ts';

const oracle = (text: string) => createHash('sha256').update(text, 'utf8').digest('hex');

test('agrees with OpenSSL at every length around the block borders, in one reused instance', () => {
  const sha = new Sha256();
  for (let length = 0; length < 300; length++) {
    const text = 'k8s'.repeat(100).slice(0, length);
    expect(sha.hex(text, 256), `length ${length}`).toBe(oracle(text));
  }
});

test('agrees on text of several bytes a character and longer than the first buffer', () => {
  const sha = new Sha256();
  for (const text of ['提升权限', '🚢'.repeat(700), '\ud800 lone', 'a'.repeat(100_000), 'after a long one']) {
    expect(sha.hex(text, 256)).toBe(oracle(text));
  }
});

test('shortens to whole words', () => {
  expect(new Sha256().hex('abc', 128)).toBe('ba7816bf8f01cfea414140de5dae2223');
});
