import { readdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { nearest } from '../kubernetes/spelling.ts';

/** Existing neighbours of a path that does not exist, spelt as the user spelt it. */
export function nearestEntry(path: string, cwd: string): string[] {
  const folder = dirname(path);
  try {
    return nearest(basename(path), readdirSync(resolve(cwd, folder))).map((name) => join(folder, name));
  } catch {
    return [];
  }
}

/** The nearest of paths that share a folder with a missing one; the folder is right and does not count as likeness. */
export function nearestPath(path: string, candidates: readonly string[]): string[] {
  const first = candidates[0] ?? '';
  let shared = 0;
  for (let i = 0; i < Math.min(path.length, first.length) && path[i] === first[i]; i++) {
    if (path[i] === '/') shared = i + 1;
  }
  const folder = path.slice(0, shared);
  const near = nearest(
    path.slice(shared),
    candidates.map((candidate) => candidate.slice(shared)),
  );
  return near.map((rest) => folder + rest);
}
