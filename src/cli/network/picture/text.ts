import { escapeText } from '../../../reports/escape.ts';

/** XML 1.0 has no place for some characters, even by number (production [2], Char). */
export function xml(text: string): string {
  return escapeText(text)
    .replace(/[\ufffe\uffff]/g, (unit) => `\\u{${unit.charCodeAt(0).toString(16)}}`)
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

export function xmlLines(text: string): string {
  return text.split('\n').map(xml).join('\n');
}

/** A coordinate. */
export function rounded(value: number): string {
  return `${Math.round(value * 10) / 10}`;
}

/** No font is at hand, so that a letter counts as wide as those of a wide font are on average; ideographs are as wide as high. */
export function widthOf(lines: readonly string[]): number {
  const isWide = (character: string) => /[\u1100-\u11ff\u2e80-\uffdc\u{1f000}-\u{3fffd}]/u.test(character);
  const width = (line: string) =>
    [...line].reduce((sum, character) => sum + (isWide(character) ? 12.5 : 7.1), 0);
  return Math.max(...lines.map(width));
}

/** Breaks at spaces, and between ideographs. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const piece of escapeText(text).match(/[^\s\u3000-\uffdc]+\s*|[\u3000-\uffdc]/g) ?? []) {
    if (line !== '' && widthOf([line + piece.trimEnd()]) > width) {
      lines.push(line.trimEnd());
      line = '';
    }
    line += piece;
  }
  return [...lines, line.trimEnd()];
}
