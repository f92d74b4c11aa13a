import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';

/** Bytes at the beginning, and before the place up to which a file has been read, by which it is known again. */
const HEAD = 1024;
const TAIL = 256;

/** `LENGTH:DIGEST` of some bytes of a file; empty for none. */
export type Print = string;

export function printOf(bytes: Uint8Array): Print {
  if (bytes.length === 0) return '';
  return `${bytes.length}:${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}`;
}

export const printLength = (print: Print): number => Number.parseInt(print, 10) || 0;

export const headLength = (at: number): number => Math.min(HEAD, at);
export const tailLength = (at: number): number => Math.min(TAIL, at);

/** Bytes of an open file; fewer where it ends. */
export async function bytesAt(handle: FileHandle, at: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(buffer, filled, length - filled, at + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

export interface Prints {
  readonly head: Print;
  readonly tail: Print;
  readonly at: number;
}

/** Whether an open file is the one that prints were taken of: it begins alike, and is alike before the place that was reached. */
export async function isSame(handle: FileHandle, { head, tail, at }: Prints): Promise<boolean> {
  const beginning = await bytesAt(handle, 0, printLength(head));
  if (printOf(beginning) !== head) return false;
  const length = printLength(tail);
  return printOf(await bytesAt(handle, at - length, length)) === tail;
}

/** The same for the file at a path, unpacked if it is packed. False where it cannot be read so far. */
export async function isSameAt(path: string, packed: boolean, prints: Prints): Promise<boolean> {
  if (packed) return isSamePacked(path, prints).catch(() => false);
  const handle = await open(path, 'r').catch(() => undefined);
  if (handle === undefined) return false;
  try {
    return await isSame(handle, prints);
  } finally {
    await handle.close();
  }
}

async function isSamePacked(path: string, { head, tail, at }: Prints): Promise<boolean> {
  const source = createReadStream(path);
  const unpacked = source.pipe(createGunzip());
  source.on('error', (error) => unpacked.destroy(error));
  const headSize = printLength(head);
  const tailStart = at - printLength(tail);
  const headBytes: Buffer[] = [];
  const tailBytes: Buffer[] = [];
  let position = 0;
  try {
    for await (const piece of unpacked as AsyncIterable<Buffer>) {
      const end = position + piece.length;
      if (position < headSize) headBytes.push(piece.subarray(0, headSize - position));
      if (end > tailStart && position < at) {
        tailBytes.push(piece.subarray(Math.max(0, tailStart - position), at - position));
      }
      if (position < headSize && end >= headSize && printOf(Buffer.concat(headBytes)) !== head) return false;
      position = end;
      if (position >= at && position >= headSize) break;
    }
  } finally {
    source.destroy();
  }
  return printOf(Buffer.concat(headBytes)) === head && printOf(Buffer.concat(tailBytes)) === tail;
}
