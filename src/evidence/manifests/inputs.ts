import { readdirSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, normalize, resolve, sep } from 'node:path';
import picomatch from 'picomatch';
import { KubeStrideError } from '../../kubernetes/errors.ts';
import { compareBytewise } from './byte-order.ts';
import type { Unread } from './evidence.ts';
import {
  type Choose,
  disguiseOf,
  type FoundFile,
  isManifestName,
  systemReason,
  type WalkResult,
  walkFolder,
} from './walk.ts';

/** What PATH… stand for: files once each in byte order of the names shown, and streams. */
export interface Inputs {
  readonly files: readonly FoundFile[];
  /** Pipes and devices that the user named; they can be read once. */
  readonly pipes: readonly FoundFile[];
  readonly standardInput: boolean;
  readonly unread: readonly Unread[];
  /** How many files with the name of a manifest, and folders, .gitignore left out. */
  readonly ignored: number;
}

const MAX_CANDIDATES = 1000;

/**
 * Finds what the user named.
 * @param except real paths of files that are left out where they are not named themselves
 * @throws KubeStrideError `path-not-found` or `pattern-matches-nothing`
 */
export function findInputs(
  paths: readonly string[],
  cwd: string,
  except: ReadonlySet<string> = new Set(),
): Inputs {
  const result: WalkResult = { files: [], unread: [], ignored: new Set() };
  const pipes: FoundFile[] = [];
  for (const path of paths) {
    if (path === '-') continue;
    const shown = showPath(path);
    const absolute = resolve(cwd, path);
    const kind = path === '' ? 'absent' : kindOf(absolute);
    if (kind === 'folder') walkFolder({ shown, absolute }, everyManifest, result);
    else if (kind === 'file')
      result.files.push({ shown, real: realpathSync(absolute), named: true, linked: false });
    else if (kind === 'pipe') pipes.push({ shown, real: absolute, named: true, linked: false });
    else if (kind !== 'absent')
      result.unread.push({ file: shown, reason: 'unreadable-file', detail: kind.reason });
    else if (picomatch.scan(path).isGlob) walkPattern(path, cwd, result);
    else throw notFound(path, cwd);
  }
  return {
    files: eachOnce(result.files.filter(({ named, real }) => named || !except.has(real))),
    pipes: eachOnce(pipes),
    standardInput: paths.includes('-'),
    unread: dropRepeated(result.unread),
    ignored: countIgnored(result),
  };
}

const everyManifest: Choose = (_, name) => isManifestName(name) || disguiseOf(name) !== undefined;

/** What is ignored in one folder may be named by another path. */
function countIgnored({ ignored, files }: WalkResult): number {
  for (const { real } of files) ignored.delete(real);
  return ignored.size;
}

function kindOf(path: string): 'folder' | 'file' | 'pipe' | 'absent' | { readonly reason: string } {
  try {
    const stats = statSync(path);
    if (stats.isDirectory()) return 'folder';
    return stats.isFile() ? 'file' : 'pipe';
  } catch (error) {
    const reason = systemReason(error);
    return ['ENOENT', 'ENOTDIR', 'ERR_INVALID_ARG_VALUE'].includes(reason) ? 'absent' : { reason };
  }
}

/** As given, with `/` and without `./`; the current folder itself is the empty string. */
function showPath(path: string): string {
  const shown = sep === '/' ? normalize(path) : normalize(path).replaceAll(sep, '/');
  const trimmed = shown.length > 1 ? shown.replace(/\/$/, '') : shown;
  return trimmed === '.' ? '' : trimmed;
}

/** A pattern means what a shell would make of it, but for ignored files and, after a bare `*`, files of other types. */
function walkPattern(pattern: string, cwd: string, result: WalkResult): void {
  const { base, glob } = picomatch.scan(pattern.replace(/^(?:\.\/+)+/, ''));
  const absolute = resolve(cwd, base);
  if (kindOf(absolute) !== 'folder') throw new KubeStrideError('pattern-matches-nothing', { pattern });
  const matches = picomatch(glob);
  const ofAnyType = !/(?:^|\/)\*+$/.test(glob);
  const before = result.files.length + result.unread.length;
  const chosen = (path: string, name: string) => {
    if (matches(path)) return ofAnyType || isManifestName(name);
    return isManifestName(name) && parents(path).some((folder) => matches(folder));
  };
  walkFolder({ shown: showPath(base === '' ? '.' : base), absolute }, chosen, result);
  if (result.files.length + result.unread.length === before) {
    throw new KubeStrideError('pattern-matches-nothing', { pattern });
  }
}

function parents(path: string): string[] {
  const found: string[] = [];
  for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1))
    found.push(path.slice(0, at));
  return found;
}

/** A file that several paths lead to keeps the name that the user gave, then its own, then the first in byte order. */
function eachOnce(files: readonly FoundFile[]): FoundFile[] {
  const byFile = new Map<string, FoundFile>();
  for (const file of files) {
    const other = byFile.get(file.real);
    if (!other || preferred(file, other) < 0) byFile.set(file.real, file);
  }
  return [...byFile.values()].sort((a, b) => compareBytewise(a.shown, b.shown));
}

function preferred(a: FoundFile, b: FoundFile): number {
  return (
    Number(b.named) - Number(a.named) ||
    Number(a.linked) - Number(b.linked) ||
    compareBytewise(a.shown, b.shown)
  );
}

function dropRepeated(unread: readonly Unread[]): Unread[] {
  return [...new Map(unread.map((entry) => [`${entry.reason}\0${entry.file}`, entry])).values()];
}

/** Names beside the first missing part of the path, as whole paths, for the one who words a suggestion. */
function notFound(path: string, cwd: string): KubeStrideError {
  let missing = path.replace(/\/+$/, '');
  let rest = '';
  for (;;) {
    const parent = dirname(missing);
    if (parent === missing || parent === '.' || kindOf(resolve(cwd, parent)) !== 'absent') break;
    rest = join(missing.slice(parent.length), rest);
    missing = parent;
  }
  let names: string[] = [];
  try {
    names = readdirSync(resolve(cwd, dirname(missing)))
      .sort(compareBytewise)
      .slice(0, MAX_CANDIDATES);
  } catch {
    // A folder that cannot be listed suggests nothing.
  }
  const folder = dirname(missing);
  const prefix = folder === '.' && !missing.startsWith('./') ? '' : folder === '/' ? '/' : `${folder}/`;
  const candidates = names
    .map((name) => join(`${prefix}${name}`, rest))
    .filter((candidate) => kindOf(resolve(cwd, candidate)) !== 'absent');
  return new KubeStrideError('path-not-found', { path, candidates });
}
