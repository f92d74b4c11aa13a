import { asObject, asString, isObject, type Json, type JsonObject } from './json.ts';

/** apiVersion of the documents that KubeStride itself writes about what it saw of a cluster or a node. */
export const EVIDENCE_API_VERSION = 'kubestride.evidence/v1';

/** The file or stream that documents were read from. `path` is what the user sees, relative as given on the command line. */
export interface SourceFile {
  readonly path: string;
}

/**
 * Where an object was read. Byte offsets delimit the document (or the item of a List) in its file, so that
 * field positions can be computed later, only for the fields that a finding speaks of.
 */
export interface Origin {
  readonly file: SourceFile;
  /** Counts the objects of the file from 0 in their order, items of a List flattened, empty documents not counted. */
  readonly document: number;
  readonly start: number;
  readonly end: number;
  /** 1-based line of the byte at `start`. */
  readonly line: number;
  /** 1-based column of the byte at `start`; 1 except for items that begin inside a line. */
  readonly column: number;
  readonly format: 'yaml' | 'json';
  /** Set for an object as an API server stores it: `file.path` is its path in the API, and there are no lines. */
  readonly isApi?: true;
  /** Field path of the object inside its document: `items[3]` for an item of a YAML List, empty otherwise. */
  readonly within: string;
}

/** A key that a YAML mapping states twice; the last one counts, and strict field validation refuses the object. */
export interface DuplicateField {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly endColumn: number;
}

/** One Kubernetes object as it was seen, before any interpretation. */
export class KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** As written in the object; undefined where it names none (kubectl then uses the context's namespace). */
  readonly namespace: string | undefined;
  readonly raw: JsonObject;
  readonly origin: Origin;
  readonly duplicateFields: readonly DuplicateField[];

  constructor(raw: JsonObject, origin: Origin, duplicateFields: readonly DuplicateField[] = NO_DUPLICATES) {
    const metadata = asObject(raw['metadata']);
    this.apiVersion = asString(raw['apiVersion']) ?? '';
    this.kind = asString(raw['kind']) ?? '';
    this.name = asString(metadata?.['name']) ?? asString(metadata?.['generateName']) ?? '';
    const namespace = asString(metadata?.['namespace']);
    this.namespace = namespace === '' ? undefined : namespace;
    this.raw = raw;
    this.origin = origin;
    this.duplicateFields = duplicateFields;
  }

  /** API group, empty for the core group. */
  get group(): string {
    const slash = this.apiVersion.indexOf('/');
    return slash < 0 ? '' : this.apiVersion.slice(0, slash);
  }

  get metadata(): JsonObject {
    return asObject(this.raw['metadata']) ?? EMPTY;
  }

  get spec(): JsonObject {
    return asObject(this.raw['spec']) ?? EMPTY;
  }

  get labels(): Readonly<Record<string, string>> {
    return stringMap(this.metadata['labels']);
  }

  get annotations(): Readonly<Record<string, string>> {
    return stringMap(this.metadata['annotations']);
  }
}

const EMPTY: JsonObject = Object.freeze({});
const NO_DUPLICATES: readonly DuplicateField[] = Object.freeze([]);
const NO_STRINGS: Readonly<Record<string, string>> = Object.freeze({});

/** A map of strings such as labels; values of another type are left out (the API server refuses them). */
export function stringMap(value: Json | undefined): Readonly<Record<string, string>> {
  if (!isObject(value)) return NO_STRINGS;
  for (const key in value) {
    if (typeof value[key] !== 'string') {
      return Object.fromEntries(Object.entries(value).filter(([, v]) => typeof v === 'string')) as Record<
        string,
        string
      >;
    }
  }
  return value as Record<string, string>;
}
