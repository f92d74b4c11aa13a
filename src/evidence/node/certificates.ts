const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g;

/** The certificates of a PEM file and nothing else of it; undefined where it has none. */
export function certificatesOf(bytes: Uint8Array): Uint8Array | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const blocks = [...text.matchAll(BLOCK)].filter(
    ([, label]) => label === 'CERTIFICATE' || label === 'TRUSTED CERTIFICATE',
  );
  if (blocks.length === 0) return undefined;
  return new TextEncoder().encode(blocks.map(([block]) => `${block}\n`).join(''));
}
