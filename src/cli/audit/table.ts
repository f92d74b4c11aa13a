import { escapeText } from '../../reports/escape.ts';
import { cut, displayWidth, padEnd } from '../../reports/width.ts';

/** Columns that are aligned; the last is cut where the terminal ends. */
export function tableLines(rows: readonly (readonly string[])[], columns: number | undefined): string[] {
  const safe = rows.map((row) => row.map(escapeText));
  const widths: number[] = [];
  for (const row of safe) {
    for (const [index, cell] of row.entries())
      widths[index] = Math.max(widths[index] ?? 0, displayWidth(cell));
  }
  return safe.map((row) => {
    const line = row
      .map((cell, index) => (index === row.length - 1 ? cell : padEnd(cell, widths[index]!)))
      .join('  ');
    return (columns === undefined ? line : cut(line, columns)).trimEnd();
  });
}
