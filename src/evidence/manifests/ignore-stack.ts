import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type IgnoreRule, ignoredBy, parseIgnoreFile } from './gitignore.ts';

interface Level {
  readonly rules: readonly IgnoreRule[];
  /** How many segments of a path lead to the folder of this level's .gitignore. */
  readonly depth: number;
}

/** The .gitignore files that speak of a folder, outermost first. Paths are segments from the outermost folder. */
export class IgnoreStack {
  readonly #levels: readonly Level[];
  /** Segments from the outermost folder to this one. */
  readonly path: readonly string[];

  constructor(levels: readonly Level[], path: readonly string[]) {
    this.#levels = levels;
    this.path = path;
  }

  /**
   * For a folder that the user named, without its own .gitignore: those from the root of its git work tree down count,
   * unless they ignore the folder itself, which the user then asked for all the same.
   */
  static forRoot(folder: string): IgnoreStack {
    const above: string[] = [];
    const empty = new IgnoreStack([], []);
    for (let at = folder; ; at = dirname(at)) {
      if (existsSync(join(at, '.git'))) return IgnoreStack.#below(at, above) ?? empty;
      if (dirname(at) === at) return empty;
      above.unshift(at.slice(dirname(at).length).replace(/^[/\\]/, ''));
    }
  }

  static #below(root: string, segments: readonly string[]): IgnoreStack | undefined {
    let stack = new IgnoreStack([], []);
    let folder = root;
    for (const segment of segments) {
      stack = stack.withFile(folder);
      if (stack.ignores(segment, true)) return undefined;
      folder = join(folder, segment);
      stack = stack.enter(segment);
    }
    return stack;
  }

  /** The stack of a subfolder, without its own .gitignore. */
  enter(name: string): IgnoreStack {
    return new IgnoreStack(this.#levels, [...this.path, name]);
  }

  /** With this folder's own .gitignore; one that cannot be read ignores nothing, so that rather too much is read. */
  withFile(folder: string): IgnoreStack {
    try {
      const rules = parseIgnoreFile(readFileSync(join(folder, '.gitignore'), 'utf8'));
      return new IgnoreStack([...this.#levels, { rules, depth: this.path.length }], this.path);
    } catch {
      return this;
    }
  }

  /** Whether an entry of this folder is ignored; the innermost .gitignore that speaks of it decides. */
  ignores(name: string, isFolder: boolean): boolean {
    if (this.#levels.length === 0) return false;
    const path = [...this.path, name];
    for (let i = this.#levels.length - 1; i >= 0; i--) {
      const { rules, depth } = this.#levels[i]!;
      const verdict = ignoredBy(rules, path.slice(depth), isFolder);
      if (verdict !== undefined) return verdict;
    }
    return false;
  }
}
