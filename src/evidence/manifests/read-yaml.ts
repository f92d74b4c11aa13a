import { readYaml } from '../../kubernetes/yaml/index.ts';
import { guessSubject, reasonOfYamlError } from './broken-text.ts';
import type { ByteSource } from './byte-source.ts';
import type { ReadLimits } from './evidence.ts';
import type { FileDocuments } from './file-documents.ts';

/** A larger source is read piece by piece, each ending behind a document separator. */
const WHOLE_BYTES = 2 * 1024 * 1024;

/**
 * Documents of a YAML source, from an offset to its end.
 * @param onFirstError called instead of stating that the first document is broken
 */
export function readYamlDocuments(
  source: ByteSource,
  documents: FileDocuments,
  limits: ReadLimits,
  from = { offset: 0, line: 1 },
  onFirstError?: () => void,
): void {
  let { offset, line } = from;
  let instead = onFirstError;
  for (const segment of segments(source, offset, limits.documentBytes)) {
    if (segment.bytes) readSegment(segment.bytes, { offset, line }, documents, limits, instead);
    else documents.broken({ line }, 'too-large');
    instead = undefined;
    offset += segment.length;
    line += segment.lines;
  }
}

function readSegment(
  bytes: Uint8Array,
  from: { readonly offset: number; readonly line: number },
  documents: FileDocuments,
  limits: ReadLimits,
  onFirstError?: () => void,
): void {
  let onError = onFirstError;
  const above = from.line - 1;
  for (const document of readYaml(bytes, {
    maxDocumentBytes: limits.documentBytes,
    maxDepth: limits.depth,
  })) {
    const { value, error, start, end } = document;
    if (error && onError) onError();
    else if (error) {
      const text = bytes.subarray(start, end);
      const reason = reasonOfYamlError(error.message, text);
      documents.broken({ line: error.line + above }, reason, error.message, guessSubject(text));
    } else if (value !== undefined && value !== null) {
      const contentLine = document.line + above + linesBeforeContent(bytes, start, end);
      const place = {
        start: start + from.offset,
        end: end + from.offset,
        line: document.line + above,
        column: 1,
        contentLine,
        format: 'yaml' as const,
      };
      const duplicates = document.duplicateKeys.map((key) => ({ ...key, line: key.line + above }));
      documents.document(value, place, duplicates);
    }
    onError = undefined;
  }
}

/** Blank lines, comments, directives and separators before a document's first line of content. */
function linesBeforeContent(bytes: Uint8Array, start: number, end: number): number {
  let lines = 0;
  for (let at = start; at < end; lines++) {
    let from = at;
    while (from < end && (bytes[from] === 0x20 || bytes[from] === 0x09 || bytes[from] === 0x0d)) from++;
    const first = bytes[from];
    const isSeparator = first === 0x2d && bytes[from + 1] === 0x2d && bytes[from + 2] === 0x2d;
    if (from < end && first !== 0x0a && first !== 0x23 && first !== 0x25 && !isSeparator) return lines;
    const next = bytes.indexOf(0x0a, from);
    if (next < 0) return lines;
    at = next + 1;
  }
  return lines;
}

interface Segment {
  /** Undefined where a single document passes the limit. */
  readonly bytes: Uint8Array | undefined;
  readonly length: number;
  readonly lines: number;
}

/** Cuts at document separators, as apimachinery's YAMLReader does before it parses (util/yaml/decoder.go). */
function* segments(source: ByteSource, from: number, documentBytes: number): Iterable<Segment> {
  if (source.size - from <= WHOLE_BYTES) {
    const bytes = source.slice(from, source.size);
    yield { bytes, length: bytes.length, lines: 0 };
    return;
  }
  let held: Uint8Array[] = [];
  let length = 0;
  let lines = 0;
  let tooLarge = false;
  for (const chunk of source.chunks(from)) {
    const cut = endOfLastSeparator(chunk);
    const rest = chunk.subarray(cut);
    if (cut > 0) {
      const head = chunk.subarray(0, cut);
      const bytes = tooLarge ? undefined : Buffer.concat([...held, head]);
      yield { bytes, length: length + cut, lines: lines + countLines(head) };
      held = [];
      length = 0;
      lines = 0;
      tooLarge = false;
    }
    length += rest.length;
    lines += countLines(rest);
    tooLarge ||= length > documentBytes;
    if (tooLarge) held = [];
    else held.push(new Uint8Array(rest));
  }
  if (length > 0) yield { bytes: tooLarge ? undefined : Buffer.concat(held), length, lines };
}

/** Index behind the last line of a chunk that is a document separator, 0 where there is none. */
function endOfLastSeparator(chunk: Uint8Array): number {
  const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
  for (let end = bytes.length; ; ) {
    const at = bytes.subarray(0, end).lastIndexOf('\n---');
    if (at < 0) return 0;
    const newline = isSpace(bytes[at + 4]) ? bytes.indexOf(0x0a, at + 4) : -1;
    if (newline >= 0) return newline + 1;
    end = at + 1;
  }
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x0a || byte === 0x0d || byte === 0x20 || byte === 0x09;
}

function countLines(bytes: Uint8Array): number {
  let lines = 0;
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) lines++;
  return lines;
}
