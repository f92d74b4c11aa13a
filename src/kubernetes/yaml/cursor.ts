import { YamlError } from './error.ts';

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;

/** The largest number of lookahead characters any production asks for beyond the current one. */
const padding = 16;

/**
 * Position in the text of one document, as libyaml keeps it: lines and columns count from 0, columns and the
 * index count characters. The buffer ends in NUL bytes, which cannot occur in the text itself.
 */
export class Cursor {
  protected readonly buffer: Uint8Array;
  protected pos = 0;
  protected line = 0;
  protected column = 0;
  /** Characters since the start, for the limit on the length of simple keys. */
  protected index = 0;
  /** Why the text ends before its end: the reader met bytes it refuses. */
  private readonly refusal: YamlError | undefined;
  private readonly length: number;

  /** `text` is valid UTF-8 without NUL; `refusal` is what lies behind it when that could not be read. */
  constructor(text: Uint8Array, refusal?: YamlError) {
    this.buffer = new Uint8Array(text.length + padding);
    this.buffer.set(text);
    this.length = text.length;
    this.refusal = refusal;
  }

  protected at(offset: number): number {
    return this.buffer[this.pos + offset] as number;
  }

  /** Refuses when the reader would have met the unreadable part by now. */
  protected ensure(lookahead: number): void {
    if (this.refusal !== undefined && this.pos + lookahead > this.length) throw this.refusal;
  }

  protected skip(): void {
    this.index++;
    this.column++;
    const b = this.at(0);
    this.pos += b < 0x80 ? 1 : b < 0xe0 ? 2 : b < 0xf0 ? 3 : 4;
  }

  /** The width in bytes of the line break at the offset, 0 when there is none. */
  protected breakAt(offset: number): number {
    const b = this.at(offset);
    if (b === LF) return 1;
    if (b === CR) return this.at(offset + 1) === LF ? 2 : 1;
    if (b === 0xc2) return this.at(offset + 1) === 0x85 ? 2 : 0;
    if (b === 0xe2 && this.at(offset + 1) === 0x80) {
      const last = this.at(offset + 2);
      return last === 0xa8 || last === 0xa9 ? 3 : 0;
    }
    return 0;
  }

  /** Steps over the line break here, if any; answers its normalised text. */
  protected skipBreak(): string {
    const width = this.breakAt(0);
    if (width === 0) return '';
    const text = width < 3 ? '\n' : this.at(2) === 0xa8 ? '\u2028' : '\u2029';
    this.index += width === 2 && this.at(0) === CR ? 2 : 1;
    this.pos += width;
    this.column = 0;
    this.line++;
    return text;
  }

  protected isBlank(offset: number): boolean {
    const b = this.at(offset);
    return b === 0x20 || b === TAB;
  }

  protected isBreakOrEnd(offset: number): boolean {
    return this.at(offset) === 0 || this.breakAt(offset) > 0;
  }

  protected isBlankOrEnd(offset: number): boolean {
    return this.isBlank(offset) || this.isBreakOrEnd(offset);
  }

  /** Whether a `---` or `...` that stands alone is here, at the start of a line. */
  protected isDocumentIndicator(): boolean {
    if (this.column !== 0) return false;
    const b = this.at(0);
    return (b === 0x2d || b === 0x2e) && this.at(1) === b && this.at(2) === b && this.isBlankOrEnd(3);
  }

  protected skipBlanks(): void {
    while (this.isBlank(0)) this.skip();
  }

  protected skipComment(): void {
    if (this.at(0) !== 0x23) return;
    while (!this.isBreakOrEnd(0)) this.skip();
    this.ensure(1);
  }

  /** Upstream counts the lines of scanner errors from 1, and names none on the first line of the text. */
  protected fail(problem: string, contextLine = 0): YamlError {
    const line = this.line !== 0 ? this.line + 1 : contextLine;
    return new YamlError(problem, this.pos, line);
  }
}
