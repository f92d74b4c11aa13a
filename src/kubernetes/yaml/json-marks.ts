import type { Json, JsonObject } from '../json.ts';
import { setEntry } from './decode.ts';
import type { ReadLimits } from './limits.ts';
import type { CollectionMark, Marks } from './marks.ts';

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const notJson = new SyntaxError('not JSON');

/**
 * Reads JSON text and records where its collections stand. Undefined when the text does not start with a collection or
 * is not JSON: Kubernetes then reads it as YAML.
 */
export function markJson(text: Uint8Array, limits: ReadLimits, marks: Marks): Json | undefined {
  const reader = new JsonMarker(text, limits.maxDepth, marks);
  try {
    return reader.read();
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

class JsonMarker {
  private readonly text: Uint8Array;
  private readonly marks: Marks;
  private depth: number;
  private pos = 0;

  constructor(text: Uint8Array, maxDepth: number, marks: Marks) {
    this.text = text;
    this.marks = marks;
    this.depth = maxDepth;
  }

  read(): Json | undefined {
    const first = this.skipSpace();
    if (first !== 0x7b && first !== 0x5b) return undefined;
    const value = this.value();
    if (this.skipSpace() !== undefined) throw notJson;
    return value;
  }

  private skipSpace(): number | undefined {
    for (;;) {
      const b = this.text[this.pos];
      if (b !== 0x20 && b !== 0x0a && b !== 0x0d && b !== 0x09) return b;
      this.pos++;
    }
  }

  private value(): Json {
    const b = this.skipSpace();
    if (b === 0x7b) return this.object();
    if (b === 0x5b) return this.array();
    if (b === 0x22) return this.string();
    const from = this.pos;
    // Numbers and the words true, false and null.
    while (/[-+.\w]/.test(String.fromCharCode(this.text[this.pos] ?? 0))) this.pos++;
    return JSON.parse(decoder.decode(this.text.subarray(from, this.pos))) as Json;
  }

  private string(): string {
    const from = this.pos++;
    for (;;) {
      const b = this.text[this.pos++];
      if (b === undefined) throw notJson;
      if (b === 0x5c) this.pos++;
      else if (b === 0x22) break;
    }
    return JSON.parse(decoder.decode(this.text.subarray(from, this.pos))) as string;
  }

  private open(value: object): CollectionMark {
    if (this.depth-- === 0) throw notJson;
    const mark = { start: this.pos++, end: 0, entries: new Map() };
    this.marks.set(value, mark);
    return mark;
  }

  /** Takes a comma or the closing bracket; true for the latter. */
  private closes(mark: CollectionMark, bracket: number, first: boolean): boolean {
    const b = this.skipSpace();
    if (b === bracket) {
      mark.end = ++this.pos;
      this.depth++;
      return true;
    }
    if (first) return false;
    if (b !== 0x2c) throw notJson;
    this.pos++;
    return false;
  }

  private array(): Json[] {
    const array: Json[] = [];
    const mark = this.open(array);
    for (let first = true; !this.closes(mark, 0x5d, first); first = false) {
      this.skipSpace();
      const start = this.pos;
      const index = array.push(this.value()) - 1;
      mark.entries.set(index, { keyStart: start, keyEnd: start, valueStart: start, valueEnd: this.pos });
    }
    return array;
  }

  private object(): JsonObject {
    const object: JsonObject = {};
    const mark = this.open(object);
    for (let first = true; !this.closes(mark, 0x7d, first); first = false) {
      if (this.skipSpace() !== 0x22) throw notJson;
      const keyStart = this.pos;
      const key = this.string();
      const keyEnd = this.pos;
      if (this.skipSpace() !== 0x3a) throw notJson;
      this.pos++;
      this.skipSpace();
      const valueStart = this.pos;
      setEntry(object, key, this.value());
      mark.entries.set(key, { keyStart, keyEnd, valueStart, valueEnd: this.pos });
    }
    return object;
  }
}
