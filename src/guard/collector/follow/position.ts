import { isObject } from '../../../kubernetes/json.ts';
import type { Prints } from './fingerprint.ts';

/** Keys of generations of one path lie this far apart: no log file is larger. */
const GENERATION = 2 ** 36;
const MOST_GENERATIONS = 2 ** 16;

/** How far a file has been read, as the store keeps it with the records. */
export interface Position extends Prints {
  readonly path: string;
  readonly device: string;
  readonly inode: string;
  /** The size that was seen last. */
  readonly seen: number;
  /** How many files had the same path before it. */
  readonly generation: number;
  /** Read to its end, after nobody wrote to it any more. */
  readonly finished: boolean;
}

/**
 * Where a line lies among all lines of its path, whichever file it was in: a line that says nothing of its time is told by it from an equal
 * one of the file before.
 */
export function placeOfLine(generation: number, at: number): number {
  return (generation % MOST_GENERATIONS) * GENERATION + at;
}

export function encodePosition(position: Position): string {
  const { path, device, inode, seen, generation, finished, head, tail, at } = position;
  return JSON.stringify({ path, device, inode, seen, generation, finished, head, tail, at });
}

/** Undefined for what is none: then the file is read from its beginning, and what is stored already is not stored twice. */
export function decodePosition(text: string): Position | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(value)) return undefined;
  const { path, device, inode, seen, generation, finished, head, tail, at } = value;
  if (typeof path !== 'string' || typeof device !== 'string' || typeof inode !== 'string') return undefined;
  if (typeof head !== 'string' || typeof tail !== 'string') return undefined;
  if (typeof seen !== 'number' || typeof generation !== 'number' || typeof at !== 'number') return undefined;
  return { path, device, inode, seen, generation, finished: finished === true, head, tail, at };
}
