import { type Dirent, readdirSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { Unread } from './evidence.ts';
import { IgnoreStack } from './ignore-stack.ts';

/** A file to be read, under the name that the user sees. */
export interface FoundFile {
  readonly shown: string;
  /** The path without links, one for each file. */
  readonly real: string;
  /** Named on the command line, so that it wins over the same file found in a folder. */
  readonly named: boolean;
  /** Reached by a link inside a folder. */
  readonly linked: boolean;
}

export interface WalkResult {
  readonly files: FoundFile[];
  readonly unread: Unread[];
  /** Real paths of the folders, and of the files with the name of a manifest, that .gitignore left out. */
  readonly ignored: Set<string>;
}

/** Chooses among the files of a folder; `path` is relative to it, with `/`. */
export type Choose = (path: string, name: string) => boolean;

export const CHART_FILE = 'Chart.yaml';
/** The names that kustomize recognises (konfig.RecognizedKustomizationFileNames). */
export const KUSTOMIZATION_FILES: ReadonlySet<string> = new Set([
  'kustomization.yaml',
  'kustomization.yml',
  'Kustomization',
]);

const MANIFEST_NAME = /\.(?:ya?ml|json|jsonl|ndjson)$/i;
/** What kubeadm and others call a kubeconfig. */
const KUBECONFIG_NAME = /(?:^|\.)kubeconfig$|^(?:super-)?admin\.conf$/i;
/** A manifest's name with a further extension, of a template or of something packed. */
const TEMPLATE_NAME =
  /\.(?:ya?ml|json)\.(?:ejs|envsubst|erb|gotmpl|hbs|in|j2|jinja2?|liquid|mustache|template|tmpl|tpl)$/i;
const PACKED_NAME = /\.(?:ya?ml|json|jsonl|ndjson)\.(?:age|asc|bz2|enc|gpg|gz|lz4|xz|zip|zst)$/i;
const NEVER_ENTERED = new Set(['.git', 'node_modules']);

export function isManifestName(name: string): boolean {
  return MANIFEST_NAME.test(name) || KUBECONFIG_NAME.test(name) || KUSTOMIZATION_FILES.has(name);
}

/** Why a file in a folder is not read although its name says that it stands for manifests. */
export function disguiseOf(name: string): 'template-not-rendered' | 'packed-file' | undefined {
  if (TEMPLATE_NAME.test(name)) return 'template-not-rendered';
  return PACKED_NAME.test(name) ? 'packed-file' : undefined;
}

/**
 * Files below a folder. Links are followed to files inside the folder only: what a link to a folder inside of it shows is
 * found under its own name, and one that leads out is stated as unread. Templates and dependencies of a Helm chart
 * are left to Helm, but for the `crds` folders, which Helm installs as they are.
 */
export function walkFolder(
  folder: { readonly shown: string; readonly absolute: string },
  choose: Choose,
  result: WalkResult,
): void {
  const root = realpathSync(folder.absolute);
  new Walk(root, choose, result).visit(root, folder.shown, '', IgnoreStack.forRoot(root), 'all');
}

/** `crds-only` below the dependencies of a chart. */
type Part = 'all' | 'crds-only';

class Walk {
  readonly #root: string;
  readonly #choose: Choose;
  readonly #result: WalkResult;

  constructor(root: string, choose: Choose, result: WalkResult) {
    this.#root = root;
    this.#choose = choose;
    this.#result = result;
  }

  visit(real: string, shown: string, relative: string, ignored: IgnoreStack, part: Part): void {
    let entries: Dirent[];
    try {
      entries = readdirSync(real, { withFileTypes: true });
    } catch (error) {
      this.#unread(shown === '' ? '.' : shown, 'unreadable-folder', error);
      return;
    }
    const rules = entries.some(({ name }) => name === '.gitignore') ? ignored.withFile(real) : ignored;
    const isChart = entries.some(({ name }) => name === CHART_FILE);
    for (const entry of entries) {
      const { name } = entry;
      const isFolder = entry.isDirectory();
      if (isFolder ? NEVER_ENTERED.has(name) : part === 'crds-only') continue;
      const path = join(real, name);
      if (rules.ignores(name, isFolder)) {
        if (isFolder || isManifestName(name)) this.#result.ignored.add(path);
        continue;
      }
      const shownPath = shown === '' ? name : shown.endsWith('/') ? `${shown}${name}` : `${shown}/${name}`;
      const relativePath = relative === '' ? name : `${relative}/${name}`;
      if (isFolder) {
        const inner = partOf(name, isChart, part);
        if (inner) this.visit(path, shownPath, relativePath, rules.enter(name), inner);
      } else if (entry.isSymbolicLink()) this.#link(path, shownPath, relativePath, name);
      else if (!this.#choose(relativePath, name)) continue;
      else if (entry.isFile()) this.#file(path, shownPath, false);
      else this.#unread(shownPath, 'unreadable-file', 'not a regular file');
    }
  }

  #link(path: string, shown: string, relative: string, name: string): void {
    const chosen = this.#choose(relative, name);
    try {
      const target = realpathSync(path);
      const inside = target === this.#root || target.startsWith(this.#root.replace(/[/\\]$/, '') + sep);
      const stats = statSync(target);
      if (stats.isDirectory()) {
        if (!inside && !NEVER_ENTERED.has(name)) this.#unread(shown, 'link-not-followed', readlinkSync(path));
      } else if (!chosen) return;
      else if (!inside) this.#unread(shown, 'link-not-followed', readlinkSync(path));
      else if (stats.isFile()) this.#file(target, shown, true);
      else this.#unread(shown, 'unreadable-file', 'not a regular file');
    } catch (error) {
      if (chosen) this.#unread(shown, 'unreadable-file', error);
    }
  }

  #file(real: string, shown: string, linked: boolean): void {
    const reason = disguiseOf(shown);
    if (reason !== undefined) {
      this.#result.unread.push({ file: shown, reason });
      return;
    }
    this.#result.files.push({ shown, real, named: false, linked });
  }

  #unread(file: string, reason: Unread['reason'], cause: unknown): void {
    this.#result.unread.push({ file, reason, detail: systemReason(cause) });
  }
}

function partOf(name: string, parentIsChart: boolean, part: Part): Part | undefined {
  if (parentIsChart && name === 'crds') return 'all';
  if (parentIsChart && name === 'templates') return undefined;
  if (parentIsChart && name === 'charts') return 'crds-only';
  return part;
}

/** The system's error code, or the words given. */
export function systemReason(cause: unknown): string {
  if (typeof cause === 'string') return cause;
  if (cause instanceof Error) return 'code' in cause ? String(cause.code) : cause.message;
  return String(cause);
}
