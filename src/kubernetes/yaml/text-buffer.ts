import { decodeText } from './intern.ts';

const smallest = 1 << 16;
const largestKept = 1 << 20;
const LF = 0x0a;

/** Collects the bytes of a scalar whose text is not one piece of the source. */
export class TextBuffer {
  bytes: Uint8Array = new Uint8Array(smallest);
  length = 0;

  /** Empties the buffer; one that has grown large is given back. */
  reset(): void {
    this.length = 0;
    if (this.bytes.length > largestKept) this.bytes = new Uint8Array(smallest);
  }

  push(b: number): void {
    if (this.length === this.bytes.length) this.grow(1);
    this.bytes[this.length++] = b;
  }

  pushBreaks(count: number): void {
    for (let i = 0; i < count; i++) this.push(LF);
  }

  append(source: Uint8Array, from: number, to: number): void {
    const { length } = this;
    const end = length + to - from;
    if (end > this.bytes.length) this.grow(to - from);
    const { bytes } = this;
    for (let i = from, k = length; i < to; i++, k++) bytes[k] = source[i] as number;
    this.length = end;
  }

  /** The text so far; the buffer is empty afterwards. */
  take(): string {
    const text = decodeText(this.bytes, 0, this.length);
    this.reset();
    return text;
  }

  private grow(more: number): void {
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.length + more));
    larger.set(this.bytes);
    this.bytes = larger;
  }
}
