import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  opendirSync,
  openSync,
  readlinkSync,
  readSync,
  type Stats,
} from 'node:fs';
import { join, posix } from 'node:path';

/** As many as Linux follows (path_resolution(7)). */
const MAX_LINKS = 40;

/** Why a file has no content for us; `code` is the system's. */
export type Refusal =
  | { readonly reason: 'absent' }
  | { readonly reason: 'not-a-file' }
  | { readonly reason: 'too-large' }
  | { readonly reason: 'refused'; readonly code: string };

/** A folder that holds a node's file system, or the node's own root. Links are followed as they lead on the node: never out of it. */
export class Root {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** What stands at a path of the node, a link in its last place not followed; undefined where nothing does. */
  stat(path: string): Stats | Refusal {
    try {
      const folder = this.#resolve(posix.dirname(path), 0);
      return lstatSync(this.#outside(posix.join(folder, posix.basename(path))));
    } catch (error) {
      return refusalOf(error);
    }
  }

  /** As `stat`, a link followed. */
  statTarget(path: string): Stats | Refusal {
    try {
      return lstatSync(this.#outside(this.#resolve(path, 0)));
    } catch (error) {
      return refusalOf(error);
    }
  }

  link(path: string): string | undefined {
    try {
      const folder = this.#resolve(posix.dirname(path), 0);
      return readlinkSync(this.#outside(posix.join(folder, posix.basename(path))));
    } catch {
      return undefined;
    }
  }

  /** The content of a regular file. Pipes and devices are not opened for reading, whoever put them there. */
  read(path: string, maxBytes: number): Buffer | Refusal {
    let descriptor: number | undefined;
    try {
      const real = this.#outside(this.#resolve(path, 0));
      descriptor = openSync(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
      if (!fstatSync(descriptor).isFile()) return { reason: 'not-a-file' };
      // Sizes of files in /proc are 0.
      return readUpTo(descriptor, maxBytes) ?? { reason: 'too-large' };
    } catch (error) {
      return refusalOf(error);
    } finally {
      if (descriptor !== undefined) closeSync(descriptor);
    }
  }

  /** Names in a folder, sorted; at most so many. */
  list(path: string, most: number): readonly string[] | Refusal {
    try {
      const folder = opendirSync(this.#outside(this.#resolve(path, 0)));
      try {
        const names: string[] = [];
        for (let entry = folder.readSync(); entry !== null && names.length < most; entry = folder.readSync())
          names.push(entry.name);
        return names.sort();
      } finally {
        folder.closeSync();
      }
    } catch (error) {
      return refusalOf(error);
    }
  }

  #outside(path: string): string {
    return join(this.#folder, path);
  }

  /** The path without links, still as the node sees it. @throws the system's error */
  #resolve(path: string, links: number): string {
    let resolved = '/';
    const segments = posix
      .join('/', path)
      .split('/')
      .filter((segment) => segment !== '');
    for (const [index, segment] of segments.entries()) {
      const next = posix.join(resolved, segment);
      if (!lstatSync(this.#outside(next)).isSymbolicLink()) {
        resolved = next;
        continue;
      }
      if (links >= MAX_LINKS) throw Object.assign(new Error('too many links'), { code: 'ELOOP' });
      const target = posix.resolve(resolved, readlinkSync(this.#outside(next)));
      return this.#resolve(posix.join(target, ...segments.slice(index + 1)), links + 1);
    }
    return resolved;
  }
}

export function isRefusal(value: object): value is Refusal {
  return 'reason' in value;
}

function readUpTo(descriptor: number, maxBytes: number): Buffer | undefined {
  const pieces: Buffer[] = [];
  let size = 0;
  for (;;) {
    const piece = Buffer.allocUnsafe(64 << 10);
    const read = readSync(descriptor, piece);
    if (read === 0) return Buffer.concat(pieces);
    size += read;
    if (size > maxBytes) return undefined;
    pieces.push(piece.subarray(0, read));
  }
}

function refusalOf(error: unknown): Refusal {
  const { code = 'EIO' } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') return { reason: 'absent' };
  return { reason: 'refused', code };
}
