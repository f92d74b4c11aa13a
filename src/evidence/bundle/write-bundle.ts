import { createHash, type KeyObject } from 'node:crypto';
import { isObject, type JsonObject } from '../../kubernetes/json.ts';
import { isSecret, withoutSecretValues } from '../../kubernetes/secret-values.ts';
import type { ResourceList, Snapshot, SnapshotEvent, SnapshotSource } from '../snapshot.ts';
import { archiveTime, checksums } from './checksums.ts';
import {
  BUNDLE_LIMITS,
  BUNDLE_SCHEMA,
  type BundleIndex,
  INDEX_NAME,
  type Part,
  SIGNATURE_NAME,
  SUMS_NAME,
} from './format.ts';
import { nestsAtMost } from './nesting.ts';
import { factsPartName, filePartName, objectsPartName } from './part-name.ts';
import { PackingQueue, PartWriter } from './part-writer.ts';
import { signatureStatement, signIndex } from './signature.ts';
import { type Extent, Spool } from './spool.ts';
import { paddingAfter, TRAILER_BYTES, tarHeader } from './tar.ts';

/** Where the bytes of the bundle go, in their order. */
export interface ByteSink {
  write(bytes: Uint8Array): void;
}

export interface WriteOptions {
  readonly tool: { readonly name: string; readonly version: string };
  /** Folder for a temporary file without a name, which takes as much room as the bundle. */
  readonly temporary: string;
  readonly signWith?: KeyObject;
  /** Called for each page. */
  readonly onProgress?: (progress: { readonly lists: number; readonly objects: number }) => void;
}

/**
 * Writes what the snapshots show into one bundle and returns its index. The same events give the same bytes with the same version of
 * Node. Memory is bounded however much there is: nothing reaches the sink before the last event.
 * @throws the system's error, and whatever a snapshot throws
 */
export async function writeBundle(
  snapshots: Iterable<Snapshot>,
  sink: ByteSink,
  options: WriteOptions,
): Promise<BundleIndex> {
  const spool = new Spool(options.temporary);
  try {
    const recorder = new Recorder(spool, options.onProgress);
    for (const snapshot of snapshots) for await (const event of snapshot) await recorder.record(event);
    const { parts, index } = await recorder.finish(options);
    writeArchive(index, parts, spool, sink, options.signWith);
    return index;
  } finally {
    spool.close();
  }
}

const MAX_DETAIL = 300;

interface Stored {
  readonly part: Part;
  readonly extents: readonly Extent[];
}

interface OpenList {
  readonly list: ResourceList;
  readonly source: number;
  writer: PartWriter;
  objects: number;
  resourceVersion?: string;
}

class Recorder {
  readonly #spool: Spool;
  readonly #queue = new PackingQueue();
  readonly #onProgress: WriteOptions['onProgress'];
  readonly #sources: SnapshotSource[] = [];
  readonly #gaps: BundleIndex['gaps'][number][] = [];
  readonly #lists = new Map<string, OpenList>();
  readonly #stored: Stored[] = [];
  #objects = 0;

  constructor(spool: Spool, onProgress: WriteOptions['onProgress']) {
    this.#spool = spool;
    this.#onProgress = onProgress;
  }

  async record(event: SnapshotEvent): Promise<void> {
    switch (event.type) {
      case 'source':
        this.#sources.push(event.source);
        return;
      case 'page':
        return this.#page(this.#list(event.list), event.items);
      case 'restart': {
        const open = this.#list(event.list);
        this.#objects -= open.objects;
        open.writer = new PartWriter(this.#spool, this.#queue);
        open.objects = 0;
        delete open.resourceVersion;
        return;
      }
      case 'listed':
        this.#list(event.list).resourceVersion = event.resourceVersion;
        return;
      case 'gap':
        this.#gaps.push({ source: this.#source, ...event.gap });
        return;
      case 'facts':
        return this.#facts(event.facts);
      case 'file':
        this.#file(event.node, event.path, event.content);
    }
  }

  async finish({ tool, signWith }: WriteOptions): Promise<{ index: BundleIndex; parts: readonly Stored[] }> {
    for (const { list, source, writer, objects, resourceVersion } of this.#lists.values()) {
      const { extents, ...written } = await writer.end();
      const part: Part = {
        kind: 'objects',
        name: objectsPartName(list),
        source,
        list,
        objects,
        ...written,
        ...(resourceVersion === undefined ? {} : { resourceVersion }),
      };
      this.#stored.push({ part, extents });
    }
    const parts = withDistinctNames(this.#stored);
    const index: BundleIndex = {
      schema: BUNDLE_SCHEMA,
      tool,
      sources: this.#sources,
      ...(signWith === undefined ? {} : { signature: signatureStatement(signWith) }),
      gaps: this.#gaps,
      parts: parts.map(({ part }) => part),
    };
    return { index, parts };
  }

  get #source(): number {
    return this.#sources.length - 1;
  }

  #list(list: ResourceList): OpenList {
    const key = `${this.#source} ${list.group}/${list.version}/${list.resource}`;
    let open = this.#lists.get(key);
    if (open === undefined) {
      open = { list, source: this.#source, writer: new PartWriter(this.#spool, this.#queue), objects: 0 };
      this.#lists.set(key, open);
    }
    return open;
  }

  async #page(open: OpenList, items: readonly JsonObject[]): Promise<void> {
    for (const item of items) {
      const text = objectText(isSecret(item) ? withoutSecretValues(item) : item);
      if (text === undefined) this.#tooLarge(open.list, item);
      else {
        await open.writer.write(`${text}\n`);
        open.objects++;
        this.#objects++;
      }
    }
    this.#onProgress?.({ lists: this.#lists.size, objects: this.#objects });
  }

  #tooLarge({ group, resource, kind }: ResourceList, item: JsonObject): void {
    const { namespace, name } = isObject(item['metadata']) ? item['metadata'] : {};
    const detail = `${namespace ?? ''}/${name ?? ''}: larger or deeper than a bundle holds`.slice(
      0,
      MAX_DETAIL,
    );
    this.#gaps.push({ source: this.#source, group, resource, kind, reason: 'incomplete', detail });
  }

  async #facts(facts: JsonObject): Promise<void> {
    const writer = new PartWriter(this.#spool, this.#queue);
    await writer.write(`${JSON.stringify(facts)}\n`);
    const { extents, ...written } = await writer.end();
    const metadata = isObject(facts['metadata']) ? facts['metadata'] : {};
    const name = factsPartName(String(facts['kind']), String(metadata['name']));
    this.#stored.push({ part: { kind: 'facts', name, source: this.#source, ...written }, extents });
  }

  #file(node: string, path: string, content: Uint8Array): void {
    const sha256 = createHash('sha256').update(content).digest('hex');
    const name = filePartName(node, path);
    const bytes = content.length;
    this.#stored.push({
      part: { kind: 'file', name, source: this.#source, node, path, bytes, sha256 },
      extents: [this.#spool.append(content)],
    });
  }
}

/** The object as JSON; undefined where no reader would take it. */
function objectText(object: JsonObject): string | undefined {
  try {
    const text = JSON.stringify(object);
    const fits =
      text.length <= BUNDLE_LIMITS.objectBytes / 3 || Buffer.byteLength(text) <= BUNDLE_LIMITS.objectBytes;
    return fits && nestsAtMost(text, BUNDLE_LIMITS.depth) ? text : undefined;
  } catch (error) {
    // JSON.stringify recurses: so deep that the stack ends.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** In the order of their names; a name that two sources give is numbered from its second use on. */
function withDistinctNames(stored: readonly Stored[]): Stored[] {
  const seen = new Map<string, number>();
  const named = stored.map((entry) => {
    const { name } = entry.part;
    const uses = (seen.get(name) ?? 0) + 1;
    seen.set(name, uses);
    return uses === 1 ? entry : { ...entry, part: { ...entry.part, name: numbered(name, uses) } };
  });
  return named.sort((a, b) => (a.part.name < b.part.name ? -1 : 1));
}

function numbered(name: string, use: number): string {
  const [, start = name, suffix = ''] = /^(.*?)((?:\.jsonl?\.gz)?)$/.exec(name) ?? [];
  return `${start}~${use}${suffix}`;
}

function writeArchive(
  index: BundleIndex,
  parts: readonly Stored[],
  spool: Spool,
  sink: ByteSink,
  signWith: KeyObject | undefined,
): void {
  const time = archiveTime(index);
  const entry = (name: string, bytes: number, content: Iterable<Uint8Array>) => {
    sink.write(tarHeader(name, bytes, time));
    for (const piece of content) sink.write(piece);
    sink.write(Buffer.alloc(paddingAfter(bytes)));
  };
  const small = (name: string, content: Uint8Array) => entry(name, content.length, [content]);
  const text = Buffer.from(`${JSON.stringify(index, undefined, 1)}\n`);
  const signature = signWith && signIndex(text, signWith);
  small(INDEX_NAME, text);
  if (signature !== undefined) small(SIGNATURE_NAME, signature);
  small(SUMS_NAME, Buffer.from(checksums(text, signature, index.parts)));
  for (const { part, extents } of parts) {
    entry(part.name, part.bytes, piecesOf(extents, spool));
  }
  sink.write(Buffer.alloc(TRAILER_BYTES));
}

function* piecesOf(extents: readonly Extent[], spool: Spool): Iterable<Uint8Array> {
  for (const extent of extents) yield* spool.read(extent);
}
