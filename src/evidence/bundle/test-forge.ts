import { createHash } from 'node:crypto';
import { checksums } from './checksums.ts';
import { paddingAfter, TRAILER_BYTES, tarHeader } from './tar.ts';

const TIME = Date.parse('2026-11-23T11:00:00Z') / 1000;

/** An archive whose digests are right, whatever its index says. */
export function forge(
  index: Uint8Array,
  signature: Uint8Array | undefined,
  parts: readonly { readonly name: string; readonly content: Uint8Array }[],
): Buffer {
  const sums = parts.map(({ name, content }) => ({
    name,
    sha256: createHash('sha256').update(content).digest('hex'),
  }));
  const entry = (name: string, content: Uint8Array) => [
    tarHeader(name, content.length, TIME),
    content,
    Buffer.alloc(paddingAfter(content.length)),
  ];
  return Buffer.concat([
    ...entry('kse.json', index),
    ...(signature === undefined ? [] : entry('kse.json.sig', signature)),
    ...entry('SHA256SUMS', Buffer.from(checksums(index, signature, sums))),
    ...parts.flatMap(({ name, content }) => entry(name, content)),
    Buffer.alloc(TRAILER_BYTES),
  ]);
}
