import { escapeText } from '../../../reports/escape.ts';

const WIDEST = 60;
const PORTS_WIDTH = 26;
const PORTS_LINES = 3;

/** One line that holds nothing invisible and is not too long to be read; all of it stands in the tooltip. */
export function clip(text: string): string {
  const characters = [...escapeText(text)];
  return characters.length <= WIDEST ? characters.join('') : `${characters.slice(0, WIDEST - 1).join('')}…`;
}

/** Ports in short lines, cut between ports; of very many, how many more there are. */
export function wrapPorts(text: string, more: (p: { count: number }) => string): string[] {
  const pieces = escapeText(text).match(/[^,; ]+[,;]? ?/g) ?? [];
  const lines: string[] = [];
  let line = '';
  for (const [index, piece] of pieces.entries()) {
    if (line !== '' && line.length + piece.trimEnd().length > PORTS_WIDTH) {
      if (lines.length === PORTS_LINES - 1) {
        const left = pieces.slice(index).filter((each) => /\d/.test(each)).length;
        return [...lines, `${line.trimEnd()} ${more({ count: left })}`];
      }
      lines.push(line.trimEnd());
      line = '';
    }
    line += piece;
  }
  return [...lines, line.trimEnd()];
}
