import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import type { SourceFile } from '../../kubernetes/object.ts';
import { PRUNED_FIELDS } from '../prune.ts';
import { compareBytewise } from './byte-order.ts';
import { type ByteSource, FileSource, rememberSource } from './byte-source.ts';
import {
  DEFAULT_LIMITS,
  type ManifestEvidence,
  oneLine,
  type Progress,
  type ReadLimits,
  type Unread,
} from './evidence.ts';
import { FileDocuments, type Gathered, type Located } from './file-documents.ts';
import { findInputs } from './inputs.ts';
import { type KustomizationReferences, readKustomization } from './kustomization.ts';
import { locateFields } from './locate-fields.ts';
import { readJsonDocuments, reportJsonBreak } from './read-json.ts';
import { readJsonLines } from './read-json-lines.ts';
import { readYamlDocuments } from './read-yaml.ts';
import { StoredStream } from './stored-stream.ts';
import { CHART_FILE, type FoundFile, KUSTOMIZATION_FILES, systemReason } from './walk.ts';

export interface ReadOptions {
  readonly cwd?: string;
  /** What `-` stands for; the process's standard input where it is not given. */
  readonly stdin?: Readable;
  /** Files whose contents are at hand, under the names by which reports call them. */
  readonly contents?: readonly { readonly shown: string; readonly content: Readable }[];
  readonly limits?: Partial<ReadLimits>;
  /** Absolute paths without links of files that are not read where a folder or a pattern leads to them. */
  readonly except?: ReadonlySet<string>;
  /** Called before each file and once at the end. */
  readonly onProgress?: (progress: Progress) => void;
}

/**
 * The Kubernetes objects of files, folders, patterns and `-` (standard input), and by name whatever could hold one
 * and was not read. The same input gives the same evidence in the same order, however it was named.
 * @throws KubeStrideError `path-not-found`, `pattern-matches-nothing`
 */
export async function readManifests(
  paths: readonly string[],
  options: ReadOptions = {},
): Promise<ManifestEvidence> {
  const { cwd = '.', onProgress } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const inputs = findInputs(paths, cwd, options.except);
  const gathered: Gathered = {
    objects: [],
    notKubernetes: [],
    unread: [...inputs.unread],
    located: [],
    documents: 0,
  };
  gathered.documents = inputs.unread.length;

  const opened: Opened[] = [];
  if (inputs.standardInput)
    opened.push({
      shown: '-',
      source: await StoredStream.from(options.stdin ?? createReadStream('', { fd: 0 })),
    });
  for (const { shown, content } of options.contents ?? []) {
    opened.push({ shown, source: await StoredStream.from(content) });
  }
  for (const pipe of inputs.pipes) opened.push(await openPipe(pipe));
  for (const file of inputs.files) opened.push(openFile(file));
  opened.sort((a, b) => compareBytewise(a.shown, b.shown));

  const partial = kustomizationParts(opened, gathered.unread);
  const totalBytes = opened.reduce((sum, { source }) => sum + (source?.size ?? 0), 0);
  let bytes = 0;
  let files = 0;
  for (const file of opened) {
    onProgress?.({ files, totalFiles: opened.length, bytes, totalBytes, file: file.shown });
    if (file.isKustomization) gathered.documents++;
    else {
      const before = bytes;
      const onBytes = (at: number) =>
        onProgress?.({ files, totalFiles: opened.length, bytes: before + at, totalBytes, file: file.shown });
      readFile(file, partial, gathered, limits, onBytes);
    }
    bytes += file.source?.size ?? 0;
    files++;
  }
  onProgress?.({ files, totalFiles: opened.length, bytes, totalBytes, file: '' });
  gathered.unread.push(...(await located(gathered.located)));
  gathered.unread.sort(inOrder);
  gathered.notKubernetes.sort((a, b) => compareBytewise(a.file, b.file) || (a.line ?? 0) - (b.line ?? 0));
  const { objects, notKubernetes, unread, documents } = gathered;
  return {
    objects,
    notKubernetes,
    unread,
    ignored: inputs.ignored,
    passedOver: limits.whole ? [] : PRUNED_FIELDS.map(({ path }) => path),
    documents,
    bytes,
    files,
  };
}

/** Says of each where its field stands. */
async function located(entries: readonly Located[]): Promise<Unread[]> {
  const ranges = await locateFields(entries);
  return entries.map(({ origin, subject, path, reason, detail }, index) => ({
    file: origin.file.path,
    line: ranges[index]?.line ?? origin.line,
    ...(subject === undefined ? {} : { subject }),
    path,
    reason,
    ...(detail === undefined ? {} : { detail: oneLine(detail) }),
  }));
}

interface Opened {
  readonly shown: string;
  readonly real?: string;
  /** Undefined where the system refuses to open it. */
  readonly source?: ByteSource;
  readonly problem?: string;
  isKustomization?: boolean;
}

function openFile({ shown, real }: FoundFile): Opened {
  try {
    return { shown, real, source: new FileSource(real) };
  } catch (error) {
    return { shown, real, problem: systemReason(error) };
  }
}

async function openPipe({ shown, real }: FoundFile): Promise<Opened> {
  try {
    return { shown, source: await StoredStream.from(createReadStream(real)) };
  } catch (error) {
    return { shown, problem: systemReason(error) };
  }
}

/** States each kustomization as not rendered, and finds the files that hold only parts of objects because of one. */
function kustomizationParts(opened: readonly Opened[], unread: Unread[]): ReadonlySet<string> {
  const partial = new Set<string>();
  const whole = new Set<string>();
  for (const file of opened) {
    const { shown, real, source } = file;
    if (!source || real === undefined || !KUSTOMIZATION_FILES.has(basename(real))) continue;
    const references = referencesOf(source, real);
    if (!references) continue;
    file.isKustomization = true;
    const detail = references.problem === undefined ? {} : { detail: references.problem };
    unread.push({ file: shown, reason: 'kustomization-not-rendered', ...detail });
    for (const path of references.partial) partial.add(path);
    for (const path of references.whole) whole.add(path);
  }
  for (const path of whole) partial.delete(path);
  return partial;
}

function referencesOf(source: ByteSource, file: string): KustomizationReferences | undefined {
  try {
    return readKustomization(source.slice(0, MAX_KUSTOMIZATION_BYTES), file);
  } catch (error) {
    return { partial: [], whole: [], problem: systemReason(error) };
  }
}

const MAX_KUSTOMIZATION_BYTES = 4 * 1024 * 1024;

function readFile(
  file: Opened,
  partial: ReadonlySet<string>,
  gathered: Gathered,
  limits: ReadLimits,
  onBytes: (at: number) => void,
): void {
  const { shown, real, source, problem } = file;
  if (!source) {
    gathered.documents++;
    gathered.unread.push({ file: shown, reason: 'unreadable-file', ...(problem ? { detail: problem } : {}) });
    return;
  }
  if (real !== undefined && partial.has(real)) {
    gathered.documents++;
    gathered.unread.push({ file: shown, reason: 'kustomize-patch' });
    return;
  }
  const sourceFile: SourceFile = { path: shown };
  rememberSource(sourceFile, source);
  const documents = new FileDocuments(sourceFile, gathered, limits.whole);
  try {
    const read = () => readDocuments(shown, counted(source, onBytes), documents, limits);
    if (source instanceof FileSource) source.holding(read);
    else read();
  } catch (error) {
    documents.broken({}, 'unreadable-file', systemReason(error));
  }
  documents.finish();
  if (real !== undefined && basename(real) === CHART_FILE) stateChart(shown, gathered);
}

/** The file that describes a chart stands for the objects that it would render. */
function stateChart(file: string, gathered: Gathered): void {
  const described = gathered.notKubernetes.findIndex((entry) => entry.file === file);
  const [counted] = described < 0 ? [] : gathered.notKubernetes.splice(described, 1);
  gathered.documents += 1 - (counted?.documents ?? 0);
  gathered.unread.push({ file, reason: 'helm-chart-not-rendered' });
}

/** JSON where the text begins with a brace, as apimachinery's GuessJSONStream decides, and YAML otherwise. */
function readDocuments(name: string, source: ByteSource, documents: FileDocuments, limits: ReadLimits): void {
  const start = firstBytes(source);
  const isJsonName = /\.json$/i.test(name);
  if (/\.(?:jsonl|ndjson)$/i.test(name) && readJsonLines(source, documents, limits)) return;
  if (!start.startsWith('{') && !(start.startsWith('[') && isJsonName)) {
    readYamlDocuments(source, documents, limits);
    return;
  }
  const found = readJsonDocuments(source, documents, limits);
  if (!found) return;
  const report = () => reportJsonBreak(found, source, documents);
  // What is no JSON from some value on may be YAML; kubectl tries that too (YAMLOrJSONDecoder).
  const { start: offset, line } = found.value;
  if (found.values > 1 || source.size - offset > RETRY_BYTES) report();
  else readYamlDocuments(source, documents, limits, { offset, line }, report);
}

/** A break in more JSON than this is a truncated dump rather than YAML that begins like JSON. */
const RETRY_BYTES = 64 * 1024 * 1024;

/** Tells how far a large source has been read. */
function counted(source: ByteSource, onBytes: (at: number) => void): ByteSource {
  return {
    size: source.size,
    slice: (start, end) => source.slice(start, end),
    *chunks(from) {
      let at = from;
      for (const chunk of source.chunks(from)) {
        yield chunk;
        at += chunk.length;
        if (at < source.size) onBytes(at);
      }
    },
  };
}

function firstBytes(source: ByteSource): string {
  return Buffer.from(source.slice(0, 4096)).toString('latin1').trimStart();
}

function inOrder(a: Unread, b: Unread): number {
  return (
    compareBytewise(a.file, b.file) ||
    (a.line ?? 0) - (b.line ?? 0) ||
    compareBytewise(a.reason, b.reason) ||
    compareBytewise(a.path ?? '', b.path ?? '')
  );
}
