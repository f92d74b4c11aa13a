import { child, item as itemPath } from '../../kubernetes/field-path.ts';
import { isObject, type Json } from '../../kubernetes/json.ts';
import { locate, readYaml, type YamlDocument } from '../../kubernetes/yaml/index.ts';
import { withoutSecrets } from './conceal-document.ts';

/** More values than any configuration file has. */
const LIMITS = { maxNodes: 200_000 };

/**
 * A YAML or JSON file without its secrets; undefined where it cannot be read, so that nothing is known about what it holds. A file without
 * any stays as it is. Of others the documents are written anew, each field on the line that it had, so that nothing passes but decoded
 * values: no comment, no value that a repeated key overrules, no anchor.
 */
export function concealYaml(bytes: Uint8Array): Uint8Array | undefined {
  const documents = [...readYaml(bytes, LIMITS)];
  if (documents.some(({ error }) => error !== undefined)) return undefined;
  const held = documents.filter(({ value }) => value !== undefined);
  // Nothing but fields with their names tells what a value is: a file of tokens is one long text to YAML.
  if (!held.every(({ value }) => isObject(value))) return undefined;
  const shown = held.map(({ value }) => withoutSecrets(value as Json));
  if (shown.every((value, index) => value === held[index]!.value) && held.every(isPlain)) return bytes;
  const writer = new LineWriter();
  held.forEach((document, index) => {
    writer.document(shown[index] as Json, bytes, document);
  });
  return new TextEncoder().encode(writer.text);
}

/** Whether its text can pass as it is: an object of Kubernetes in which no key is repeated. */
function isPlain({ value, duplicateKeys }: YamlDocument): boolean {
  return (
    isObject(value) &&
    typeof value['kind'] === 'string' &&
    value['kind'] !== 'Config' &&
    duplicateKeys.length === 0
  );
}

/** Writes JSON in which each field stands on a given line, unless the text is there already. */
class LineWriter {
  text = '';
  #line = 1;

  document(value: Json, bytes: Uint8Array, { start, end, line }: YamlDocument): void {
    const paths = pathsOf(value, '');
    const ranges = locate(bytes, { start, end, line }, paths);
    const lines = new Map(paths.map((path, index) => [path, ranges[index]?.line ?? 0]));
    this.#to(line);
    this.#value(value, '', lines);
    this.#write('\n');
  }

  #value(value: Json, path: string, lines: ReadonlyMap<string, number>): void {
    if (Array.isArray(value)) {
      this.#write('[');
      value.forEach((item, index) => {
        if (index > 0) this.#write(', ');
        this.#to(lines.get(itemPath(path, index)) ?? 0);
        this.#value(item, itemPath(path, index), lines);
      });
      this.#write(']');
    } else if (isObject(value)) {
      this.#write('{');
      Object.entries(value).forEach(([key, of = null], index) => {
        if (index > 0) this.#write(', ');
        this.#to(lines.get(child(path, key)) ?? 0);
        this.#write(`${JSON.stringify(key)}: `);
        this.#value(of, child(path, key), lines);
      });
      this.#write('}');
    } else this.#write(JSON.stringify(value));
  }

  #to(line: number): void {
    if (this.#line < line) this.#write('\n'.repeat(line - this.#line));
  }

  #write(text: string): void {
    this.text += text;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.#line++;
  }
}

/** The paths of all fields and items. */
function pathsOf(value: Json, path: string): string[] {
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => [itemPath(path, index), ...pathsOf(item, itemPath(path, index))]);
  }
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, of = null]) => [
    child(path, key),
    ...pathsOf(of, child(path, key)),
  ]);
}
