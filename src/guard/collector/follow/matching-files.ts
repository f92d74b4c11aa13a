import type { BigIntStats } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import picomatch from 'picomatch';
import { familyOf } from './family.ts';

/** More files than any node has logs; what lies beyond is told of, not followed. */
const MOST_FILES = 20_000;
const DEEPEST_FOLDER = 16;
/** Container runtimes and kubelets link from one of these into another (/var/log/containers). */
const LINKED_FOLDERS = ['/var/log', '/var/lib/docker/containers'];

export interface FoundFile {
  readonly path: string;
  readonly family: string;
  readonly device: string;
  readonly inode: string;
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly changed: number;
  readonly packed: boolean;
}

export const inodeKey = ({ device, inode }: Pick<FoundFile, 'device' | 'inode'>): string =>
  `${device}:${inode}`;

export interface Found {
  readonly files: readonly FoundFile[];
  /** Paths and the system's codes. */
  readonly unreadable: ReadonlyMap<string, string>;
}

/** Finds files that match a pattern, and those that did before they were rotated. */
export class MatchingFiles {
  readonly #base: string;
  readonly #depth: number;
  readonly #isPattern: boolean;
  readonly #matches: (path: string) => boolean;

  /** @param pattern an absolute path, or one with `*`, `**`, `?`, `[…]`, `{…}` */
  constructor(pattern: string) {
    const { base, isGlob, glob } = picomatch.scan(pattern);
    this.#isPattern = isGlob;
    this.#base = isGlob ? base || '/' : dirname(pattern);
    this.#depth = glob.includes('**') ? DEEPEST_FOLDER : glob.split('/').length - 1;
    this.#matches = isGlob ? picomatch(pattern, { dot: true }) : (path) => path === pattern;
  }

  async find(): Promise<Found> {
    const paths: string[] = [];
    const unreadable = new Map<string, string>();
    await this.#walk(this.#base, 0, paths, unreadable);
    const files: FoundFile[] = [];
    for (const path of paths) {
      const family = familyOf(path);
      try {
        const stats = await stat(path, { bigint: true });
        // Opening a pipe would wait for its writer.
        if (stats.isFile()) files.push(foundFile(path, family, stats));
      } catch (error) {
        if (codeOf(error) !== 'ENOENT') unreadable.set(path, codeOf(error));
      }
    }
    return { files, unreadable };
  }

  /**
   * Whoever can write into a folder with logs, such as a Pod that mounts it, could link a file there that only we may read. A path that the
   * operator named is followed wherever it leads.
   */
  async #mayFollow(path: string, unreadable: Map<string, string>): Promise<boolean> {
    if (!this.#isPattern) return true;
    try {
      const target = await realpath(path);
      const base = await realpath(this.#base);
      return [base, ...LINKED_FOLDERS].some((folder) => isWithin(target, folder));
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') unreadable.set(path, codeOf(error));
      return false;
    }
  }

  async #walk(
    folder: string,
    depth: number,
    paths: string[],
    unreadable: Map<string, string>,
  ): Promise<void> {
    try {
      for (const entry of await readdir(folder, { withFileTypes: true })) {
        const path = join(folder, entry.name);
        if (entry.isDirectory()) {
          if (depth < this.#depth) await this.#walk(path, depth + 1, paths, unreadable);
        } else if (this.#matches(path) || this.#matches(familyOf(path))) {
          if (entry.isSymbolicLink() && !(await this.#mayFollow(path, unreadable))) continue;
          if (paths.length < MOST_FILES) paths.push(path);
          else unreadable.set(path, 'EMFILE');
        }
      }
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') unreadable.set(folder, codeOf(error));
    }
  }
}

function isWithin(path: string, folder: string): boolean {
  return path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

function foundFile(path: string, family: string, stats: BigIntStats): FoundFile {
  return {
    path,
    family,
    device: String(stats.dev),
    inode: String(stats.ino),
    size: Number(stats.size),
    changed: Number(stats.mtimeMs),
    packed: path.endsWith('.gz'),
  };
}

export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
