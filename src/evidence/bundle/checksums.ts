import { createHash } from 'node:crypto';
import type { SnapshotSource } from '../snapshot.ts';
import { INDEX_NAME, type Part, SIGNATURE_NAME } from './format.ts';

/** The text of `SHA256SUMS`, which is fully determined by the rest. */
export function checksums(
  index: Uint8Array,
  signature: Uint8Array | undefined,
  parts: readonly Pick<Part, 'name' | 'sha256'>[],
): string {
  const own = (name: string, bytes: Uint8Array) => ({
    name,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  });
  return [
    own(INDEX_NAME, index),
    ...(signature === undefined ? [] : [own(SIGNATURE_NAME, signature)]),
    ...parts,
  ]
    .map(({ name, sha256 }) => `${sha256}  ${name}\n`)
    .join('');
}

/** The time of every entry, in seconds: when the first source was read. */
export function archiveTime({ sources }: { readonly sources: readonly SnapshotSource[] }): number {
  const time = Date.parse(sources[0]?.collectedAt ?? '');
  return time >= 0 ? Math.floor(time / 1000) : 0;
}
