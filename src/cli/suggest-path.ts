import { readdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { nearest } from './suggest.ts';

/** Existing neighbours of a path that does not exist, spelt as the user spelt it. */
export function nearestEntry(path: string, cwd: string): string[] {
  const folder = dirname(path);
  try {
    return nearest(basename(path), readdirSync(resolve(cwd, folder))).map((name) => join(folder, name));
  } catch {
    return [];
  }
}
