import { isObject, type Json, type JsonObject } from '../../kubernetes/json.ts';
import type { DuplicateField } from '../../kubernetes/object.ts';
import { readYaml } from '../../kubernetes/yaml/index.ts';
import { prune } from '../prune.ts';
import { guessSubject, hasTemplateDirectives, mayHoldObject } from './broken-text.ts';
import type { ByteSource } from './byte-source.ts';
import { looksLikeObject } from './classify.ts';
import type { ReadLimits } from './evidence.ts';
import type { FileDocuments, ListItem, Place } from './file-documents.ts';
import type { JsonCut, JsonPosition } from './json-capture.ts';
import { type JsonHandler, JsonItemScanner } from './json-items.ts';
import { findJsonSyntaxError, type JsonSyntaxError } from './json-syntax.ts';

/** Where a JSON source stopped being JSON. */
export interface JsonBreak {
  readonly message: string;
  readonly line: number;
  /** The top-level value that is broken; what came before it was read. */
  readonly value: JsonPosition;
  /** Top-level values that were read before. */
  readonly values: number;
  /** Items of the broken value that were read before the break. */
  readonly items: readonly ListItem[];
}

/** JSON values, one after the other, and the items of Lists, each read alone. */
export function readJsonDocuments(
  source: ByteSource,
  documents: FileDocuments,
  limits: ReadLimits,
): JsonBreak | undefined {
  const reader = new JsonReader(source, documents, limits);
  for (const chunk of source.chunks(0)) {
    reader.push(chunk);
    if (reader.stopped) break;
  }
  return reader.end();
}

/** Reads JSON values chunk by chunk into the documents of a file, up to the first that is broken. */
export class JsonReader implements JsonHandler {
  readonly #source: ByteSource;
  readonly #documents: FileDocuments;
  readonly #scanner: JsonItemScanner;
  #items: ListItem[] = [];
  readonly #whole: boolean;
  #values = 0;
  #break: JsonBreak | undefined;

  constructor(
    source: ByteSource,
    documents: FileDocuments,
    limits: ReadLimits,
    from?: { offset: number; line: number },
  ) {
    this.#source = source;
    this.#documents = documents;
    this.#whole = limits.whole ?? false;
    this.#scanner = new JsonItemScanner(this, limits, from);
  }

  get stopped(): boolean {
    return this.#break !== undefined;
  }

  push(chunk: Uint8Array): void {
    if (!this.#break) this.#scanner.push(chunk);
  }

  end(): JsonBreak | undefined {
    if (!this.#break) this.#scanner.end();
    return this.#break;
  }

  item(cut: JsonCut): void {
    if (this.#break) return;
    const place = placeOf(cut);
    if (!cut.bytes) {
      this.#items.push({ place, problem: cut.problem ?? 'too-large' });
      return;
    }
    const parsed = parse(cut.bytes);
    if ('message' in parsed) {
      const { message, line } = this.#explain(parsed, cut);
      this.#items.push({ place: { ...place, line }, problem: 'invalid-json', detail: message });
      return;
    }
    const { value } = parsed;
    const duplicates = this.#duplicates(value, cut);
    this.#items.push({
      place,
      within: '',
      value: isObject(value) && !this.#whole ? prune(value) : value,
      duplicates,
    });
  }

  value(cut: JsonCut, itemsCut: boolean): void {
    if (this.#break) return;
    const place = placeOf(cut);
    if (!cut.bytes) {
      this.#values++;
      if (itemsCut) this.#documents.list(undefined, this.#takeItems(), place);
      this.#documents.broken(place, cut.problem ?? 'too-large');
      return;
    }
    const parsed = parse(cut.bytes);
    if ('message' in parsed) {
      const { message, line } = this.#explain(parsed, cut);
      this.broken(message, line, cut);
      return;
    }
    this.#values++;
    const { value } = parsed;
    if (Array.isArray(value)) {
      const holdsObjects = this.#takeItems().some((item) => 'problem' in item || looksLikeObject(item.value));
      this.#documents.array(holdsObjects, place);
    } else if (itemsCut) this.#documents.list(value as JsonObject, this.#takeItems(), place);
    else this.#documents.document(value, place, this.#duplicates(value, cut));
  }

  broken(message: string, line: number, value: JsonPosition): void {
    this.#break ??= { message, line, value, values: this.#values, items: this.#takeItems() };
  }

  /** Words and line of a syntax error; parts that were left out before parsing are read again where they are not large. */
  #explain(error: JsonSyntaxError, cut: JsonCut): { message: string; line: number } {
    if (cut.complete || !cut.bytes)
      return { message: error.message, line: lineAt(cut.bytes, error.offset, cut) };
    if (cut.end - cut.start > MAX_EXPLAINED_BYTES) return { message: error.message, line: cut.line };
    const bytes = this.#source.slice(cut.start, cut.end);
    const found = findJsonSyntaxError(bytes) ?? error;
    return { message: found.message, line: lineAt(bytes, found.offset, cut) };
  }

  /**
   * Keys that an object states twice. JSON.parse keeps the last as Go does; that one was lost shows in the number of
   * pairs, so that only such a value is read a second time, with positions.
   */
  #duplicates(value: Json, cut: JsonCut): readonly DuplicateField[] {
    if (!cut.bytes || countPairs(value) === cut.pairs) return [];
    return findDuplicates(cut.complete ? cut.bytes : this.#source.slice(cut.start, cut.end), cut);
  }

  #takeItems(): ListItem[] {
    const items = this.#items;
    this.#items = [];
    return items;
  }
}

function placeOf({ start, end, line, column }: JsonPosition): Place {
  return { start, end, line, column, format: 'json' };
}

type Parsed = { readonly value: Json } | JsonSyntaxError;

/** Invalid UTF-8 becomes U+FFFD, as in Go's encoding/json. */
function parse(bytes: Buffer): Parsed {
  try {
    return {
      value: JSON.parse(bytes.toString('utf8')) as Json,
    };
  } catch {
    return findJsonSyntaxError(bytes) ?? { message: 'invalid JSON', offset: 0 };
  }
}

const MAX_EXPLAINED_BYTES = 16 * 1024 * 1024;

function lineAt(bytes: Uint8Array | undefined, offset: number, { line }: JsonPosition): number {
  let at = line;
  for (let i = 0; i < offset; i++) if (bytes?.[i] === 0x0a) at++;
  return at;
}

function findDuplicates(bytes: Uint8Array, { line, column }: JsonPosition): DuplicateField[] {
  // YAML allows tabs in fewer places than JSON does; inside of JSON strings they cannot stand.
  const text = bytes.map((byte) => (byte === 0x09 ? 0x20 : byte));
  for (const { duplicateKeys } of readYaml(text)) {
    return duplicateKeys.map((key) => {
      const shift = key.line === 1 ? column - 1 : 0;
      return {
        path: key.path,
        line: key.line + line - 1,
        column: key.column + shift,
        endColumn: key.endColumn + shift,
      };
    });
  }
  return [];
}

function countPairs(value: Json): number {
  let pairs = 0;
  const waiting: Json[] = [value];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (typeof next !== 'object' || next === null) continue;
    if (Array.isArray(next)) {
      for (const element of next) if (typeof element === 'object' && element !== null) waiting.push(element);
    } else {
      for (const key in next) {
        pairs++;
        const inner = next[key];
        if (typeof inner === 'object' && inner !== null) waiting.push(inner);
      }
    }
  }
  return pairs;
}

/** States a break, unless the text is plainly nobody's manifest, such as a tsconfig.json with comments. */
export function reportJsonBreak(found: JsonBreak, source: ByteSource, documents: FileDocuments): void {
  const { items, line, message, value, values } = found;
  if (items.length > 0) documents.list(undefined, items, placeOf(value));
  const bytes = source.slice(value.start, value.start + HEAD_BYTES);
  const whole = value.start + bytes.length >= source.size;
  if (values === 0 && items.length === 0 && whole && !mayHoldObject(bytes)) {
    documents.other({ line });
    return;
  }
  const reason = hasTemplateDirectives(bytes) ? 'template-not-rendered' : 'invalid-json';
  documents.broken({ line }, reason, message, items.length > 0 ? undefined : guessSubject(bytes));
}

const HEAD_BYTES = 1024 * 1024;
