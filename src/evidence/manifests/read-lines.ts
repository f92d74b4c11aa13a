import type { Origin } from '../../kubernetes/object.ts';
import { type ByteSource, sourceOf } from './byte-source.ts';

export interface TextLine {
  readonly line: number;
  readonly text: string;
  /** The line is longer than what is shown of it. */
  readonly truncated: boolean;
}

export interface LineOptions {
  /** UTF-16 units shown of one line. */
  readonly maxLength?: number;
}

const BLOCK_BYTES = 16 * 1024;
/** How far the lines before an object are looked for. */
const MAX_BEFORE_BYTES = 256 * 1024;
const MAX_SPAN_BYTES = 16 * 1024 * 1024;

/**
 * The lines `first` to `last` (1-based, inclusive) of the file that an object came from, for code frames. They are looked for
 * from the object on, so that no large file is read from its start; lines far before or after it are left out.
 * Empty where the file has changed or is gone. Control characters are passed on as they are.
 */
export async function readLines(
  origin: Origin,
  first: number,
  last: number,
  { maxLength = 400 }: LineOptions = {},
): Promise<TextLine[]> {
  try {
    const source = sourceOf(origin.file);
    const from = startOfLine(source, origin, first);
    return collect(source, from.offset, from.line, first, last, maxLength);
  } catch {
    return [];
  }
}

/** Goes back from an object's first line to an earlier one, as far as it may. */
function startOfLine(source: ByteSource, origin: Origin, wanted: number): { offset: number; line: number } {
  const lowest = Math.max(0, origin.start - MAX_BEFORE_BYTES);
  const before = source.slice(lowest, origin.start);
  let line = origin.line;
  let end = before.length;
  for (;;) {
    const newline = before.lastIndexOf(0x0a, end - 1);
    if (end === 0 || newline < 0) {
      return lowest === 0 ? { offset: 0, line } : { offset: lowest + end, line };
    }
    if (line <= wanted) return { offset: lowest + newline + 1, line };
    line--;
    end = newline;
  }
}

function collect(
  source: ByteSource,
  offset: number,
  startLine: number,
  first: number,
  last: number,
  maxLength: number,
): TextLine[] {
  const lines: TextLine[] = [];
  const keep = maxLength * 4;
  let line = startLine;
  let text: Uint8Array[] = [];
  let kept = 0;
  let cut = false;
  const finish = () => {
    if (line >= first && line <= last) lines.push(textLine(line, text, cut, maxLength));
    line++;
    text = [];
    kept = 0;
    cut = false;
  };
  const limit = Math.min(source.size, offset + MAX_SPAN_BYTES);
  for (let at = offset; at < limit && line <= last; at += BLOCK_BYTES) {
    const block = source.slice(at, Math.min(limit, at + BLOCK_BYTES));
    for (let i = 0; i < block.length && line <= last; ) {
      const newline = block.indexOf(0x0a, i);
      const end = newline < 0 ? block.length : newline;
      const part = block.subarray(i, Math.min(end, i + keep - kept));
      text.push(part);
      kept += part.length;
      cut ||= part.length < end - i;
      i = end + 1;
      if (newline >= 0) finish();
    }
  }
  if (kept > 0 && line <= last) finish();
  return lines;
}

function textLine(line: number, pieces: Uint8Array[], cut: boolean, maxLength: number): TextLine {
  const text = Buffer.concat(pieces)
    .toString('utf8')
    .replace(/\r$/, '')
    .replace(/^\uFEFF/, '');
  if (text.length <= maxLength && !cut) return { line, text, truncated: false };
  return { line, text: text.slice(0, maxLength).replace(/[\uD800-\uDBFF]$/, ''), truncated: true };
}
