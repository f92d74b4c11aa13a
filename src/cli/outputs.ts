import { realpathSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import type { Sink } from '../reports/input.ts';
import { AtomicFile, cannotWrite } from './atomic-file.ts';
import { oneOf } from './parsers.ts';
import { nearestEntry } from './suggest-path.ts';
import { UsageError } from './usage-error.ts';

export const FORMATS = ['terminal', 'json', 'sarif', 'markdown'] as const;
export type Format = (typeof FORMATS)[number];

/** One `-o FORMAT[=FILE]`. */
export interface OutputRequest {
  readonly format: Format;
  /** As given; undefined is standard output. */
  readonly file: string | undefined;
}

export function outputRequest(input: string): OutputRequest {
  const separator = input.indexOf('=');
  const format = oneOf('-o', FORMATS)(separator < 0 ? input : input.slice(0, separator));
  const file = separator < 0 ? undefined : input.slice(separator + 1);
  if (file === '') throw new UsageError((words) => words.usage.fileMissing({ flag: '-o', value: format }));
  return { format, file: file === '-' ? undefined : file };
}

/**
 * Refuses, before anything is read, outputs that could not be written or would destroy something: two to one place, an
 * input as output, a folder, a folder that does not exist.
 */
export function verifyOutputs(
  requests: readonly OutputRequest[],
  inputs: readonly string[],
  cwd: string,
): void {
  const toStdout = requests.filter(({ file }) => file === undefined);
  const [first, second] = toStdout;
  if (first !== undefined && second !== undefined) {
    throw new UsageError((words) => words.usage.twoToStdout({ first: first.format, second: second.format }));
  }
  const read = new Set(inputs.map((input) => realPath(resolve(cwd, input))));
  const written = new Set<string>();
  for (const { file } of requests) {
    if (file === undefined) continue;
    const { path, existing } = verifyOutput(file, cwd);
    if (read.has(path)) throw new UsageError((words) => words.usage.outputIsInput({ file }));
    if (written.has(path)) throw new UsageError((words) => words.usage.sameFile({ file }));
    if (existing === undefined || existing.isFile()) written.add(path);
  }
}

/** Refuses, before anything is read, a file that could not be written: a folder, or one in a folder that does not exist. */
export function verifyOutput(file: string, cwd: string): { path: string; existing: Stats | undefined } {
  const path = realPath(resolve(cwd, file));
  if (!kindOf(dirname(path), file)?.isDirectory()) {
    const near = nearestEntry(dirname(file), cwd);
    throw new UsageError((words) => words.usage.noOutputFolder({ file, folder: dirname(file), near }));
  }
  const existing = kindOf(path, file);
  if (existing?.isDirectory()) throw new UsageError((words) => words.usage.outputIsFolder({ file }));
  return { path, existing };
}

function kindOf(path: string, file: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw cannotWrite(file, error);
  }
}

export function openOutput(file: string, cwd: string): AtomicFile {
  return new AtomicFile(realPath(resolve(cwd, file)), file);
}

/** Where the outputs will stand: a report that an earlier run left in a scanned folder is no input of this one. */
export function outputPaths(requests: readonly OutputRequest[], cwd: string): Set<string> {
  return new Set(requests.flatMap(({ file }) => (file === undefined ? [] : [realPath(resolve(cwd, file))])));
}

/** Follows links as far as the path exists, so that a link is written through and not replaced. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const folder = dirname(path);
    return folder === path ? path : resolve(realPath(folder), basename(path));
  }
}

/** Hands text on in pieces of some size: a report consists of many small writes. */
export class BufferedSink implements Sink {
  readonly #sink: Sink;
  #pending: string[] = [];
  #length = 0;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  write(text: string): void | Promise<void> {
    this.#pending.push(text);
    this.#length += text.length;
    if (this.#length >= 1 << 16) return this.flush();
  }

  flush(): void | Promise<void> {
    const text = this.#pending.join('');
    this.#pending = [];
    this.#length = 0;
    return this.#sink.write(text);
  }
}
