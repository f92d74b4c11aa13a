import type { Stats } from 'node:fs';
import { posix } from 'node:path';
import type { NodeFile, NotRead } from '../../kubernetes/node-facts.ts';
import { certificatesOf } from './certificates.ts';
import { concealToml } from './conceal-toml.ts';
import { concealYaml } from './conceal-yaml.ts';
import type { Place, Treatment } from './places.ts';
import { filesOfConfiguration } from './referenced-files.ts';
import { isRefusal, type Refusal, type Root } from './root.ts';

/** Of one file; those of Kubernetes have kilobytes. */
const MAX_FILE_BYTES = 4 << 20;
const MAX_FILES = 5000;
const MAX_IN_FOLDER = 1000;
const MAX_DEPTH = 5;

export interface CollectedFile {
  readonly path: string;
  readonly content: Uint8Array;
}

/** Gathers files of a node, each once, and the files that they name. */
export class FileCollector {
  readonly #root: Root;
  readonly #users: ReadonlyMap<number, string>;
  readonly #groups: ReadonlyMap<number, string>;
  readonly #files = new Map<string, NodeFile>();
  readonly #contents = new Map<string, Uint8Array>();
  readonly #done = new Set<string>();
  readonly #notRead = new Map<string, NotRead>();

  constructor(root: Root, users: ReadonlyMap<number, string>, groups: ReadonlyMap<number, string>) {
    this.#root = root;
    this.#users = users;
    this.#groups = groups;
  }

  get files(): NodeFile[] {
    return [...this.#files.values()].sort(byPath);
  }

  get contents(): CollectedFile[] {
    return [...this.#contents].map(([path, content]) => ({ path, content })).sort(byPath);
  }

  get notRead(): NotRead[] {
    return [...this.#notRead.values()].sort(byPath);
  }

  /** @param isStated where a node says that the file is used, so that its absence says something */
  collect({ path, treatment }: Place, isStated: boolean): void {
    const folder = posix.dirname(path);
    const last = posix.basename(path);
    if (last === '**') this.#folder(folder, treatment, MAX_DEPTH);
    else if (last.includes('*')) this.#folder(folder, treatment, 0, pattern(last));
    else this.#file(posix.normalize(path), treatment, isStated);
  }

  #folder(folder: string, treatment: Treatment, depth: number, name?: RegExp): void {
    const names = this.#root.list(folder, MAX_IN_FOLDER + 1);
    if (isRefusal(names)) {
      if (names.reason !== 'absent') this.#refused(folder, names);
      return;
    }
    if (names.length > MAX_IN_FOLDER) this.#notRead.set(folder, { path: folder, reason: 'too-many' });
    for (const entry of names.slice(0, MAX_IN_FOLDER)) {
      const path = posix.join(folder, entry);
      const stats = this.#root.stat(path);
      if (isRefusal(stats)) this.#refused(path, stats);
      else if (stats.isDirectory()) {
        if (depth === 0) continue;
        this.#file(path, 'metadata', true);
        this.#folder(path, treatment, depth - 1);
      } else if (name === undefined || name.test(entry)) this.#file(path, treatment, true);
    }
  }

  #file(path: string, treatment: Treatment, isStated: boolean): void {
    const key = `${treatment} ${path}`;
    if (this.#done.has(key)) return;
    this.#done.add(key);
    if (!this.#files.has(path) && !this.#describe(path, isStated)) return;
    if (treatment === 'metadata' || this.#contents.has(path)) return;
    const target = this.#root.statTarget(path);
    if (isRefusal(target)) this.#refused(path, target);
    // A folder may be named where a file is usual, such as `--client-ca-file`; it is described and no more.
    else if (target.isFile()) this.#content(path, treatment);
  }

  /** Whether there is something to read. */
  #describe(path: string, isStated: boolean): boolean {
    if (this.#files.size >= MAX_FILES) {
      this.#notRead.set('/', { path: '/', reason: 'too-many' });
      return false;
    }
    const stats = this.#root.stat(path);
    if (isRefusal(stats)) {
      if (stats.reason !== 'absent') this.#refused(path, stats);
      else if (isStated) this.#files.set(path, { path, type: 'absent' });
      return false;
    }
    this.#files.set(path, this.#metadata(path, stats));
    return true;
  }

  #metadata(path: string, stats: Stats): NodeFile {
    const user = this.#users.get(stats.uid);
    const group = this.#groups.get(stats.gid);
    const target = stats.isSymbolicLink() ? this.#root.link(path) : undefined;
    return {
      path,
      type: typeOf(stats),
      mode: (stats.mode & 0o7777).toString(8).padStart(4, '0'),
      uid: stats.uid,
      gid: stats.gid,
      ...(user === undefined ? {} : { user }),
      ...(group === undefined ? {} : { group }),
      ...(stats.isFile() ? { size: stats.size } : {}),
      ...(target === undefined ? {} : { target }),
    };
  }

  #content(path: string, treatment: Exclude<Treatment, 'metadata'>): void {
    if (treatment === 'certificates' && /\.key$/.test(path)) return;
    const bytes = this.#root.read(path, MAX_FILE_BYTES);
    if (isRefusal(bytes)) {
      this.#refused(path, bytes);
      return;
    }
    const shown = treatment === 'certificates' ? certificatesOf(bytes) : withoutSecrets(path, bytes);
    if (shown !== undefined) this.#contents.set(path, shown);
    else if (treatment === 'configuration') this.#notRead.set(path, { path, reason: 'not-understood' });
    if (treatment !== 'configuration' || shown === undefined || isToml(path)) return;
    for (const place of filesOfConfiguration(shown)) this.collect(place, true);
  }

  #refused(path: string, refusal: Refusal): void {
    if (refusal.reason === 'refused')
      this.#notRead.set(path, { path, reason: 'refused', detail: refusal.code });
    // A link that leads nowhere.
    else if (refusal.reason === 'absent') this.#notRead.set(path, { path, reason: 'not-a-file' });
    else this.#notRead.set(path, { path, reason: refusal.reason });
  }
}

function withoutSecrets(path: string, bytes: Uint8Array): Uint8Array | undefined {
  return isToml(path) ? concealToml(bytes) : concealYaml(bytes);
}

function isToml(path: string): boolean {
  return /(?:\.toml|\/crio\.conf)$/.test(path);
}

function typeOf(stats: Stats): NodeFile['type'] {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'directory';
  return stats.isSymbolicLink() ? 'link' : 'other';
}

function pattern(glob: string): RegExp {
  const text = glob.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${text.join('.*')}$`, 's');
}

function byPath(a: { readonly path: string }, b: { readonly path: string }): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}
