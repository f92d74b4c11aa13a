import type { Finding } from '../assessment/report.ts';
import { escapeText } from './escape.ts';
import type { ReportInput, SourceRange } from './input.ts';
import { maskLine } from './masking.ts';
import { cut, displayWidth } from './width.ts';

export interface FrameLine {
  readonly number: number;
  readonly text: string;
  /** Column (from 0) and width of what is marked; absent on the lines around. */
  readonly marked?: { readonly from: number; readonly width: number };
}

export interface FrameOptions {
  /** Lines shown before and after. */
  readonly context: number;
  readonly columns: number;
}

/** How much of a line is looked at on each side of the place; a manifest may be one line of many megabytes. */
const REACH = 400;
/** How much of what stands before the place is kept where the line has to be cut. */
const LEAD = 24;

/** The lines of the file around a place, safe to print; empty where the file can no longer be read. */
export async function codeFrame(
  input: ReportInput,
  finding: Finding,
  range: SourceRange,
  { context, columns }: FrameOptions,
): Promise<FrameLine[]> {
  const first = Math.max(1, range.line - context);
  const lines = await input.readLines(finding.object.origin, first, range.line + context);
  const mask = { mask: `‹${input.words.ui.masked}›`, all: quotesSecrets(finding) };
  return lines.flatMap(({ line: number, text: line }): FrameLine[] => {
    // A reader hands out the beginning of a very long line only; what cannot be seen is not pointed at.
    if (number === range.line && range.column > line.length) return [];
    if (number === range.line) return [{ number, ...markedLine(line, range, mask, columns) }];
    const text = visible(maskLine(line.slice(0, REACH), mask));
    return text.trim() === '' ? [] : [{ number, text: cut(text, columns) }];
  });
}

/** Whether lines that this finding points at are likely to hold a secret. */
function quotesSecrets(finding: Finding): boolean {
  return finding.check.sensitive === true || finding.object.kind === 'Secret';
}

function markedLine(
  line: string,
  range: SourceRange,
  mask: { mask: string; all: boolean },
  columns: number,
): Omit<FrameLine, 'number'> {
  const from = range.column - 1;
  const to = range.endLine === range.line ? Math.max(range.endColumn - 1, from + 1) : line.length;
  const left = Math.max(0, from - REACH);
  const seen = line.slice(left, Math.min(line.length, from + REACH));
  const masked = maskLine(seen, mask);
  // Behind the first masked character columns no longer agree with the file, so marks stop where the line does.
  const start = Math.min(from - left, Math.max(0, masked.trimEnd().length - 1));
  const end = masked === seen ? Math.min(to - left, masked.length) : masked.length;
  let before = visible(masked.slice(0, start));
  const spot = visible(masked.slice(start, Math.max(end, start + 1)).trimEnd());
  const after = visible(masked.slice(Math.max(end, start + 1)));
  if (displayWidth(before) + Math.min(displayWidth(spot), columns / 2) > columns) {
    before = `…${Array.from(before).slice(-LEAD).join('')}`;
  }
  const text = cut(before + spot + after, columns);
  const offset = displayWidth(before);
  return {
    text,
    marked: { from: offset, width: Math.max(1, Math.min(displayWidth(spot), columns - offset)) },
  };
}

function visible(text: string): string {
  return escapeText(text.replaceAll('\t', '  '));
}
