/** How many columns of a terminal text takes, and breaking it at columns. Expects escaped text (`escapeText`). */

/** Blocks whose characters take two columns (East Asian Width W or F, UAX #11), as sorted pairs of first and last. */
const WIDE = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18cff],
  [0x1aff0, 0x1b2ff],
  [0x20000, 0x3fffd],
] as const;

const MARK = /\p{M}/u;
const EMOJI = /\p{Emoji_Presentation}/u;
/** Characters that may not begin a line in Chinese text. */
const CLOSING = /^[，。、；：！？）》」』】〉”’…—,.;:!?)\]}%]/u;

/** Characters that may not end one. */
const OPENING = /[（「『【《〈“‘([{]$/u;

/** Dashes, quotes, ellipsis, arrows, boxes and ticks: asked first because the classes below take long to compile. */
function isPlainSign(code: number): boolean {
  return (
    (code >= 0x2010 && code <= 0x2027) ||
    (code >= 0x2190 && code <= 0x21ff) ||
    (code >= 0x2500 && code <= 0x259f) ||
    (code >= 0x2713 && code <= 0x2718)
  );
}

export function characterWidth(character: string): 0 | 1 | 2 {
  const code = character.codePointAt(0)!;
  if (code < 0x300 || isPlainSign(code)) return 1;
  if (code >= 0x1100 && WIDE.some(([first, last]) => code >= first && code <= last)) return 2;
  if (MARK.test(character)) return 0;
  return EMOJI.test(character) ? 2 : 1;
}

export function displayWidth(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** The text, cut to `columns` with `…` at the end where it is longer. */
export function cut(text: string, columns: number): string {
  let width = 0;
  let taken = 0;
  let lengthAtRoom = 0;
  let characters = 0;
  for (const character of text) {
    width += characterWidth(character);
    characters++;
    // Combining marks take no column; without this bound a pile of them would be printed whole.
    if (width > columns || characters > columns * 3) return `${text.slice(0, lengthAtRoom)}…`;
    taken += character.length;
    if (width < columns) lengthAtRoom = taken;
  }
  return text;
}

export function padEnd(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - displayWidth(text)));
}

export function padStart(text: string, columns: number): string {
  return ' '.repeat(Math.max(0, columns - displayWidth(text))) + text;
}

/** Breaks text into lines of at most `columns`, at spaces and between wide characters, longer words anywhere. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  let width = 0;
  for (const piece of breakable(text)) {
    let rest = piece;
    if (width > 0 && !fits(rest.trimEnd(), columns - width)) {
      lines.push(line.trimEnd());
      line = '';
      width = 0;
    }
    while (!fits(rest.trimEnd(), columns)) {
      const head = takeColumns(rest, columns);
      lines.push(head);
      rest = rest.slice(head.length);
    }
    line += rest;
    width += displayWidth(rest);
  }
  if (line.trimEnd() !== '' || lines.length === 0) lines.push(line.trimEnd());
  return lines;
}

/** Whether text takes at most so many columns; looks no further than that, since a hostile word may be megabytes long. */
function fits(text: string, columns: number): boolean {
  let width = 0;
  for (const character of text) {
    width += characterWidth(character);
    if (width > columns) return false;
  }
  return true;
}

/** The longest beginning that fits, at least one character. */
function takeColumns(text: string, columns: number): string {
  let width = 0;
  let length = 0;
  for (const character of text) {
    width += characterWidth(character);
    if (width > columns && length > 0) break;
    length += character.length;
    if (length > columns * 3) break;
  }
  return text.slice(0, length);
}

/** Pieces between which a line may end; spaces stay at the end of a piece. */
function breakable(text: string): string[] {
  const pieces: string[] = [];
  let start = 0;
  let at = 0;
  // Cut by index: asking a text that grows by characters for its end costs as much as it is long.
  let before = '';
  let wideBefore = false;
  for (const character of text) {
    const wide = characterWidth(character) === 2;
    const breaks = character !== ' ' && (before === ' ' || wide || wideBefore);
    if (at > start && breaks && !CLOSING.test(character) && !OPENING.test(before)) {
      pieces.push(text.slice(start, at));
      start = at;
    }
    at += character.length;
    before = character;
    wideBefore = wide;
  }
  if (at > start) pieces.push(text.slice(start));
  return pieces;
}
