/** More than the limit came. */
export class TooLarge extends Error {
  readonly limit: number;

  constructor(limit: number) {
    super('too large');
    this.name = 'TooLarge';
    this.limit = limit;
  }
}

/**
 * The whole body as UTF-8.
 * @throws TooLarge, and what the body throws
 */
export async function readText(body: AsyncIterable<Uint8Array>, limit: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > limit) throw new TooLarge(limit);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size).toString('utf8');
}

/** The first bytes of the body as UTF-8; the rest is not read. */
export async function readStart(body: AsyncIterable<Uint8Array>, limit: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= limit) break;
  }
  return Buffer.concat(chunks).toString('utf8', 0, limit);
}
