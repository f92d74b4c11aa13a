export interface RenderOptions {
  readonly color: boolean;
  /** Width of the terminal; text is never wider than 100. */
  readonly columns: number;
}

const BOLD = ['\u001b[1m', '\u001b[22m'] as const;
const CYAN = ['\u001b[36m', '\u001b[39m'] as const;
const DIM = ['\u001b[2m', '\u001b[22m'] as const;

/** Shows the Markdown of a check's page on a terminal: headings, paragraphs, lists, code, inline code, bold, links. */
export function renderMarkdown(markdown: string, { color, columns }: RenderOptions): string {
  const width = Math.max(40, Math.min(columns, 100));
  const style = ([on, off]: readonly [string, string], text: string) => (color ? on + text + off : text);
  const lines: string[] = [];
  let paragraph: string[] = [];
  let indent = '';
  let bullet = '';
  let isCode = false;

  const inline = (text: string) =>
    text
      .replace(/`([^`]+)`/g, (_, code: string) => style(CYAN, color ? code : `\`${code}\``))
      .replace(/\*\*([^*]+)\*\*/g, (_, bold: string) => style(BOLD, bold))
      .replace(/\[([^\]]+)\]\(([^)]+)\)/g, '$1 ($2)');
  const flush = () => {
    if (paragraph.length === 0) return;
    const wrapped = wrap(joinLines(paragraph), width - indent.length);
    wrapped.forEach((line, index) => {
      lines.push((index === 0 ? bullet : indent) + inline(line));
    });
    paragraph = [];
    indent = bullet = '';
  };

  for (const line of markdown.split('\n')) {
    if (line.startsWith('```')) {
      flush();
      isCode = !isCode;
      continue;
    }
    if (isCode) {
      lines.push(style(DIM, `    ${line}`.trimEnd()));
      continue;
    }
    const heading = /^#+ (.*)$/.exec(line);
    const item = /^(\s*(?:[-*]|\d+\.) )(.*)$/.exec(line);
    if (heading !== null) {
      flush();
      lines.push(style(BOLD, heading[1]!));
    } else if (item !== null) {
      flush();
      bullet = item[1]!;
      indent = ' '.repeat(bullet.length);
      paragraph.push(item[2]!);
    } else if (line.trim() === '') {
      flush();
      lines.push('');
    } else {
      paragraph.push(line.trim());
    }
  }
  flush();
  return `${lines
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()}\n`;
}

const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]/;

/** Lines of one paragraph; between two Chinese characters a line break is no space. */
function joinLines(lines: readonly string[]): string {
  return lines.reduce((text, line) =>
    WIDE.test(text.at(-1) ?? '') && WIDE.test(line[0] ?? '') ? text + line : `${text} ${line}`,
  );
}

/** Breaks at spaces and around wide characters, never inside inline code. */
function wrap(text: string, width: number): string[] {
  const pieces =
    text.match(/`[^`]+`\S*|[\u2e80-\uffef](?:[，。；：、！？）」』])*|[^\s\u2e80-\uffef`]+|\s+/g) ?? [];
  const lines: string[] = [];
  let line = '';
  let used = 0;
  for (const piece of pieces) {
    const size = [...piece].reduce((sum, character) => sum + (WIDE.test(character) ? 2 : 1), 0);
    if (used + size > width && line.trim() !== '') {
      lines.push(line.trimEnd());
      line = '';
      used = 0;
    }
    if (line === '' && piece.trim() === '') continue;
    line += piece;
    used += size;
  }
  if (line.trim() !== '') lines.push(line.trimEnd());
  return lines;
}
