import { timeText } from '../../records/time-text.ts';
import { escapeText, jsonText, markdownCode } from '../../reports/escape.ts';

/** Where a foreign value begins and ends in a line; code points for private use, which values are stripped of. */
const OPEN = '\ue000';
const CLOSE = '\ue001';
const MARKS = /[\ue000\ue001]/g;
const MARKED = /\ue000([^\ue000\ue001]*)\ue001/g;

export interface Line {
  /** How far below another line it stands. */
  readonly depth: number;
  readonly text: string;
}

/** An answer as a person reads it, before it is written for a terminal or as Markdown. */
export interface Section {
  readonly heading: string;
  readonly lines: readonly Line[];
}

export function line(text: string, depth = 0): Line {
  return { depth, text };
}

/** A value that others wrote, to be put into words: a name, an address, a message. */
export function foreign(value: string): string {
  return value === '' ? '' : `${OPEN}${value.replace(MARKS, '')}${CLOSE}`;
}

export function terminalDocument(sections: readonly Section[]): string {
  const parts = sections.map(({ heading, lines }) => {
    const texts = lines.map(
      ({ depth, text }) => `${'  '.repeat(depth + 1)}${escapeText(text.replace(MARKS, ''))}`,
    );
    return [escapeText(heading.replace(MARKS, '')), ...texts].map((text) => `${text}\n`).join('');
  });
  return parts.join('\n');
}

/** A heading a section, and lists below it; foreign values are code, in which Markdown has no meaning. */
export function markdownDocument(sections: readonly Section[]): string {
  const parts = sections.map(({ heading, lines }) => {
    const items = lines.map(({ depth, text }) => `${'  '.repeat(depth)}- ${markdownLine(text)}\n`);
    return `## ${markdownLine(heading)}\n\n${items.join('')}`;
  });
  return parts.join('\n');
}

const PUNCTUATION = /[\\`*_{}[\]<>#+!|~&]/g;

function markdownLine(text: string): string {
  let at = 0;
  let out = '';
  for (const match of text.matchAll(MARKED)) {
    out += plain(text.slice(at, match.index)) + markdownCode(match[1]!);
    at = match.index + match[0].length;
  }
  return out + plain(text.slice(at));
}

function plain(text: string): string {
  return escapeText(text.replace(MARKS, '')).replace(PUNCTUATION, '\\$&');
}

/** Fields that hold microseconds since the epoch. */
const TIMES: ReadonlySet<string> = new Set(['time', 'end', 'until', 'first', 'last', 'from', 'to', 'asOf']);

/** JSON in which times are RFC 3339, and which cannot act on a terminal. */
export function jsonDocument(schema: string, value: object): string {
  const replaced = JSON.stringify({ schema, ...value }, (key, held: unknown) =>
    TIMES.has(key) && typeof held === 'number' ? timeText(held) : held,
  );
  return `${jsonText(replaced)}\n`;
}
