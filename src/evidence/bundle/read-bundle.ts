import type { KeyObject } from 'node:crypto';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { KubeStrideError } from '../../kubernetes/errors.ts';
import { isObject, type JsonObject } from '../../kubernetes/json.ts';
import type { Snapshot, SnapshotEvent } from '../snapshot.ts';
import { Archive } from './archive.ts';
import { type Damage, damaged } from './damage.ts';
import { BUNDLE_LIMITS, type BundleIndex, type FactsPart, type ObjectsPart, type Part } from './format.ts';
import { nestsAtMost } from './nesting.ts';
import { isSignedBy, keyId } from './signature.ts';

export interface ReadBundleOptions {
  /** What messages call the bundle; its path where it is not given. */
  readonly shown?: string;
  /** The bundle has to be signed by this key. */
  readonly verifyWith?: KeyObject;
}

/** Objects and bytes of JSON after which a page ends. */
const PAGE_OBJECTS = 500;
const PAGE_UNITS = 4 << 20;

const LF = 0x0a;

/**
 * The events that a bundle records: for each source its lists, gaps, facts and files, parts in the order of their names. Nothing comes
 * out before every digest and, where a key is given, the signature have been verified.
 * @throws KubeStrideError `path-not-found`, `bundle-unreadable`, `bundle-damaged`, `bundle-version`, `bundle-unsigned`,
 *   `bundle-signature`
 */
export async function* readBundle(path: string, options: ReadBundleOptions = {}): Snapshot {
  const { shown = path, verifyWith } = options;
  const archive = new Archive(path, shown);
  try {
    if (verifyWith !== undefined) verifySignature(archive, shown, verifyWith);
    for (const [source, description] of archive.index.sources.entries()) {
      yield { type: 'source', source: description };
      yield* eventsOf(archive, shown, source);
    }
  } finally {
    archive.close();
  }
}

function verifySignature({ index, indexText, signature }: Archive, path: string, key: KeyObject): void {
  const { signature: statement } = index;
  if (statement === undefined || signature === undefined)
    throw new KubeStrideError('bundle-unsigned', { path });
  const expected = keyId(key);
  if (statement.keyId !== expected || !isSignedBy(indexText, signature, key)) {
    throw new KubeStrideError('bundle-signature', { path, keyId: statement.keyId, expected });
  }
}

async function* eventsOf(archive: Archive, path: string, source: number): AsyncIterable<SnapshotEvent> {
  const parts = archive.index.parts.filter((part) => part.source === source);
  for (const part of parts) if (part.kind === 'objects') yield* objectsOf(archive, path, part);
  yield* gapsOf(archive.index, source);
  for (const part of parts) {
    if (part.kind === 'facts') yield { type: 'facts', facts: await factsOf(archive, path, part) };
  }
  for (const part of parts) {
    if (part.kind !== 'file') continue;
    const content = new Uint8Array(Buffer.concat([...archive.read(part)].map((piece) => Buffer.from(piece))));
    yield { type: 'file', node: part.node, path: part.path, content };
  }
}

function* gapsOf({ gaps }: BundleIndex, source: number): Iterable<SnapshotEvent> {
  for (const { source: of, ...gap } of gaps) if (of === source) yield { type: 'gap', gap };
}

async function* objectsOf(archive: Archive, path: string, part: ObjectsPart): AsyncIterable<SnapshotEvent> {
  const { list, objects, resourceVersion } = part;
  const refuse = (problem: Damage) => damaged(path, part.name, problem);
  let items: JsonObject[] = [];
  let units = 0;
  let count = 0;
  for await (const line of linesOf(archive, path, part)) {
    const value = parseObject(line);
    if (typeof value?.['apiVersion'] !== 'string' || typeof value['kind'] !== 'string')
      throw refuse('content');
    items.push(value);
    count++;
    units += line.length;
    if (items.length < PAGE_OBJECTS && units < PAGE_UNITS) continue;
    yield { type: 'page', list, items };
    items = [];
    units = 0;
  }
  if (count !== objects) throw refuse('content');
  if (items.length > 0) yield { type: 'page', list, items };
  if (resourceVersion !== undefined) yield { type: 'listed', list, resourceVersion };
}

async function factsOf(archive: Archive, path: string, part: FactsPart): Promise<JsonObject> {
  for await (const line of linesOf(archive, path, part)) {
    const facts = parseObject(line);
    if (facts !== undefined) return facts;
  }
  throw damaged(path, part.name, 'content');
}

function parseObject(line: string): JsonObject | undefined {
  if (!nestsAtMost(line, BUNDLE_LIMITS.depth)) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The lines of a packed part, each ended by a line feed, none longer than what a reader takes. */
async function* linesOf(
  archive: Archive,
  path: string,
  part: ObjectsPart | FactsPart,
): AsyncIterable<string> {
  const longest = part.kind === 'facts' ? BUNDLE_LIMITS.factsBytes : BUNDLE_LIMITS.objectBytes;
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  for await (const chunk of unpacked(archive, path, part)) {
    let from = 0;
    for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, from)) {
      const last = chunk.subarray(from, end);
      yield pending.length === 0 ? last.toString('utf8') : Buffer.concat([...pending, last]).toString('utf8');
      pending = [];
      pendingBytes = 0;
      from = end + 1;
    }
    if (from === chunk.length) continue;
    pending.push(chunk.subarray(from));
    pendingBytes += chunk.length - from;
    if (pendingBytes > longest + 1) throw damaged(path, part.name, 'too-large');
  }
  if (pendingBytes > 0) throw damaged(path, part.name, 'content');
}

async function* unpacked(
  archive: Archive,
  path: string,
  part: ObjectsPart | FactsPart,
): AsyncIterable<Buffer> {
  // The pieces share a buffer, and the stream reads ahead.
  const pieces = Readable.from(copies(archive, part));
  const gunzip = createGunzip({ chunkSize: 256 << 10 });
  pieces.on('error', (error) => gunzip.destroy(error));
  let bytes = 0;
  try {
    for await (const chunk of pieces.pipe(gunzip)) {
      bytes += chunk.length;
      if (bytes > part.uncompressedBytes) throw damaged(path, part.name, 'content');
      yield chunk;
    }
  } catch (error) {
    if (error instanceof KubeStrideError) throw error;
    throw damaged(path, part.name, 'content', error);
  } finally {
    gunzip.destroy();
    pieces.destroy();
  }
  if (bytes !== part.uncompressedBytes) throw damaged(path, part.name, 'content');
}

function* copies(archive: Archive, part: Part): Iterable<Buffer> {
  for (const piece of archive.read(part)) yield Buffer.from(piece);
}
