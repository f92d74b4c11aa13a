import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { KubeStrideError } from '../../kubernetes/errors.ts';

/** Takes a file in pieces, unpacked. */
export interface ChunkReader {
  push(chunk: Uint8Array): void;
  /** The last piece was pushed. */
  end(): void;
  /** A compressed file ended before its end; `end` was called already. */
  cutOff(): void;
}

export interface LogFilesOptions {
  readonly cwd: string;
  readonly stdin: Readable;
  readonly reader: (file: string) => ChunkReader;
  /** Also reads the folders inside of folders; links are not followed. */
  readonly isDeep?: boolean;
  /** After each chunk, with how much was read in all; the next one waits for it. */
  readonly afterChunk?: (bytes: number) => Promise<void> | void;
}

const CHUNK = 1 << 18;

/**
 * Reads logs, compressed (RFC 1952) or not, in the order of their paths.
 * @param paths files, folders (their files, by name), or `-` for standard input
 * @throws KubeStrideError path-not-found, audit-log-unreadable
 */
export async function readLogFiles(
  paths: readonly string[],
  { cwd, stdin, reader, isDeep = false, afterChunk }: LogFilesOptions,
): Promise<{ readonly files: readonly string[]; readonly bytes: number }> {
  const files: string[] = [];
  let bytes = 0;
  for (const path of paths) files.push(...(await filesOf(path, cwd, isDeep)));
  for (const file of files) {
    const stream = file === '-' ? stdin : createReadStream(resolve(cwd, file), { highWaterMark: CHUNK });
    await readStream(
      file,
      stream,
      reader(file),
      (count) => {
        bytes += count;
      },
      async () => {
        const waiting = afterChunk?.(bytes);
        if (waiting !== undefined) await waiting;
      },
    );
  }
  return { files, bytes };
}

async function filesOf(path: string, cwd: string, isDeep: boolean): Promise<string[]> {
  if (path === '-') return [path];
  const absolute = resolve(cwd, path);
  const found = await stat(absolute).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') {
      throw new KubeStrideError('path-not-found', { path, candidates: [] });
    }
    throw unreadable(path, error);
  });
  if (!found.isDirectory()) return [path];
  const entries = await readdir(absolute, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(path, error);
  });
  const shown = entries.filter(({ name }) => !name.startsWith('.'));
  const files = shown.filter((entry) => entry.isFile()).map(({ name }) => join(path, name));
  if (!isDeep) return files.sort();
  const folders = shown.filter((entry) => entry.isDirectory()).map(({ name }) => join(path, name));
  for (const folder of folders) files.push(...(await filesOf(folder, cwd, true)));
  return files.sort();
}

function unreadable(path: string, { code, message }: NodeJS.ErrnoException): KubeStrideError {
  return new KubeStrideError('audit-log-unreadable', { path, reason: code ?? message });
}

async function readStream(
  file: string,
  stream: Readable,
  reader: ChunkReader,
  count: (bytes: number) => void,
  afterChunk: () => Promise<void>,
): Promise<void> {
  const take = async (chunks: AsyncIterable<Uint8Array>): Promise<void> => {
    for await (const chunk of chunks) {
      reader.push(chunk);
      await afterChunk();
    }
  };
  try {
    const [isGzip, chunks] = await sniff(stream, count);
    await (isGzip ? pipeline(chunks, createGunzip({ chunkSize: CHUNK }), take) : take(chunks));
  } catch (error) {
    const failure = error as NodeJS.ErrnoException;
    if (failure instanceof KubeStrideError) throw failure;
    if (failure.code?.startsWith('Z_') !== true) throw unreadable(file, failure);
    reader.end();
    reader.cutOff();
    await afterChunk();
    return;
  }
  reader.end();
  await afterChunk();
}

/** Looks at the first bytes of a stream, and hands on all of it. @returns whether it is compressed, and its chunks */
async function sniff(
  stream: Readable,
  count: (bytes: number) => void,
): Promise<[isGzip: boolean, chunks: AsyncIterable<Uint8Array>]> {
  const pieces = stream[Symbol.asyncIterator]() as AsyncIterator<Uint8Array | string>;
  const next = async (): Promise<Uint8Array | undefined> => {
    const { done, value } = await pieces.next();
    if (done) return undefined;
    const chunk = typeof value === 'string' ? Buffer.from(value) : value;
    count(chunk.length);
    return chunk;
  };
  const first = await next();
  const all = async function* (): AsyncGenerator<Uint8Array> {
    try {
      for (let chunk = first; chunk !== undefined; chunk = await next()) yield chunk;
    } finally {
      await pieces.return?.();
    }
  };
  return [first?.[0] === 0x1f && first[1] === 0x8b, all()];
}
