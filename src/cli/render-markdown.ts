import { coloured, plain } from '../reports/style.ts';
import { characterWidth, wrap } from '../reports/width.ts';

export interface RenderOptions {
  readonly color: boolean;
  /** Width of the terminal; text is never wider than 100. */
  readonly columns: number;
}

/** Shows the Markdown of a check's page on a terminal: headings, paragraphs, lists, code, inline code, bold, links. */
export function renderMarkdown(markdown: string, { color, columns }: RenderOptions): string {
  const width = Math.max(40, Math.min(columns, 100));
  const paint = color ? coloured : plain;
  const lines: string[] = [];
  let paragraph: string[] = [];
  let bullet = '';
  let isCode = false;

  const inline = (text: string) =>
    text
      .replace(/`([^`]+)`/g, (written, code: string) => (color ? paint('cyan', code) : written))
      .replace(/\*\*([^*]+)\*\*/g, (_, bold: string) => paint('bold', bold))
      .replace(/\[([^\]]+)\]\(([^)]+)\)/g, '$1 ($2)');
  const flush = () => {
    if (paragraph.length === 0) return;
    const indent = ' '.repeat(bullet.length);
    const text = joinLines(paragraph).replace(/`[^`]+`/g, (code) => code.replaceAll(' ', '\u00a0'));
    wrap(text, width - indent.length).forEach((line, index) => {
      lines.push((index === 0 ? bullet : indent) + inline(line).replaceAll('\u00a0', ' '));
    });
    paragraph = [];
    bullet = '';
  };

  for (const line of markdown.split('\n')) {
    const item = /^(\s*(?:[-*]|\d+\.) )(.*)$/.exec(line);
    if (line.startsWith('```')) {
      flush();
      isCode = !isCode;
    } else if (isCode) {
      lines.push(paint('dim', `    ${line}`.trimEnd()));
    } else if (line.startsWith('#')) {
      flush();
      lines.push(paint('bold', line.replace(/^#+ /, '')));
    } else if (item !== null) {
      flush();
      bullet = item[1]!;
      paragraph.push(item[2]!);
    } else if (line.trim() === '') {
      flush();
      if (lines.at(-1) !== '') lines.push('');
    } else {
      paragraph.push(line.trim());
    }
  }
  flush();
  return `${lines.join('\n').trim()}\n`;
}

/** Lines of one paragraph; between two Chinese characters a line break is no space. */
function joinLines(lines: readonly string[]): string {
  return lines.reduce((text, line) => {
    const isChinese = characterWidth(text.at(-1) ?? ' ') === 2 && characterWidth(line[0] ?? ' ') === 2;
    return isChinese ? text + line : `${text} ${line}`;
  });
}
