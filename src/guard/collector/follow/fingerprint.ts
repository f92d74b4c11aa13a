import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
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

/** `unclear`: as far as it goes it may be; a copy that is still being made is shorter. */
export type Likeness = 'same' | 'other' | 'unclear';

/** Whether another file begins with all that prints were taken of. */
export async function likeness(handle: FileHandle, size: number, prints: Prints): Promise<Likeness> {
  if (size < printLength(prints.head)) return 'unclear';
  if (printOf(await bytesAt(handle, 0, printLength(prints.head))) !== prints.head) return 'other';
  if (size < prints.at) return 'unclear';
  return (await isSame(handle, prints)) ? 'same' : 'other';
}

/** The same for what a packed file holds. Closes it. */
export async function packedLikeness(handle: FileHandle, prints: Prints): Promise<Likeness> {
  const source = handle.createReadStream();
  const unpacked = source.pipe(createGunzip());
  source.on('error', (error) => unpacked.destroy(error));
  try {
    return (await isSameStream(unpacked, prints)) ? 'same' : 'other';
  } catch {
    return 'unclear';
  } finally {
    source.destroy();
    unpacked.destroy();
  }
}

async function isSameStream(unpacked: AsyncIterable<Buffer>, { head, tail, at }: Prints): Promise<boolean> {
  const headSize = printLength(head);
  const tailStart = at - printLength(tail);
  const headBytes: Buffer[] = [];
  const tailBytes: Buffer[] = [];
  let position = 0;
  for await (const piece of unpacked) {
    const end = position + piece.length;
    if (position < headSize) headBytes.push(piece.subarray(0, headSize - position));
    if (end > tailStart && position < at) {
      tailBytes.push(piece.subarray(Math.max(0, tailStart - position), at - position));
    }
    if (position < headSize && end >= headSize && printOf(Buffer.concat(headBytes)) !== head) return false;
    position = end;
    if (position >= at && position >= headSize) break;
  }
  return printOf(Buffer.concat(headBytes)) === head && printOf(Buffer.concat(tailBytes)) === tail;
}
