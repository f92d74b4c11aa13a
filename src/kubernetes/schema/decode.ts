import { child, type FieldPath, item } from '../field-path.ts';
import { isObject, type Json, type JsonObject } from '../json.ts';
import type { SchemaField, SchemaTable } from './table.ts';
import { type Check, describeJson, type Refusal, type Scalar, scalar } from './types.ts';

/** A field of which the API server's decoder, or strict field validation (`kubectl --validate=strict`), complains. */
export interface FieldProblem {
  readonly path: FieldPath;
  readonly kind: 'wrong-type' | 'unknown-field' | 'invalid-value';
  /** In upstream's words. */
  readonly message: string;
  /** The decoder refuses the object; otherwise only strict field validation does. */
  readonly fatal: boolean;
  /** The decoder stops here and tells this problem, whatever it met before. See `refusal`. */
  readonly immediate: boolean;
}

export interface Decoding {
  /** False for kinds that have no Go type here (custom resources): nothing was checked. */
  readonly known: boolean;
  /** In the order of the object's fields. */
  readonly problems: readonly FieldProblem[];
}

const UNKNOWN_KIND: Decoding = Object.freeze({ known: false, problems: Object.freeze([]) });
const NO_PROBLEM: Decoding = Object.freeze({ known: true, problems: Object.freeze([]) });

/** The problem that the decoder reports; undefined where it takes the object. */
export function refusal(problems: readonly FieldProblem[]): FieldProblem | undefined {
  return problems.find(({ immediate }) => immediate) ?? problems.find(({ fatal }) => fatal);
}

/**
 * Checks objects as Kubernetes decodes them with strict field validation (sigs.k8s.io/json into the Go types: names
 * are case-sensitive, null is an absent value). The one integer past an int64's or uint64's limit that a double cannot
 * tell from the limit is taken for it. Types are compiled when they are first met.
 */
export class Schema {
  readonly #table: SchemaTable;
  readonly #types: (Type | undefined)[];
  /** Of all kinds, in lower case. */
  #names: ReadonlySet<string> | undefined;

  constructor(table: SchemaTable) {
    this.#table = table;
    this.#types = new Array<Type | undefined>(table.types.length);
  }

  checkObject(object: JsonObject): Decoding {
    const { apiVersion, kind } = object;
    if (typeof apiVersion !== 'string' || typeof kind !== 'string') return UNKNOWN_KIND;
    const kinds = Object.hasOwn(this.#table.kinds, apiVersion) ? this.#table.kinds[apiVersion]! : {};
    if (!Object.hasOwn(kinds, kind)) return UNKNOWN_KIND;
    const type = this.#type(kinds[kind]!);
    if (type.check(object)) return NO_PROBLEM;
    const problems: FieldProblem[] = [];
    type.explain(object, { path: '', upstream: '', goPath: '', struct: '' }, problems);
    return { known: true, problems };
  }

  /**
   * Whether an object's kind is one of another API version, or of other case, so that every API server answers "no matches
   * for kind". Stable versions only: others lose kinds from release to release.
   */
  isMisplaced({ apiVersion, kind }: JsonObject): boolean {
    if (typeof apiVersion !== 'string' || typeof kind !== 'string') return false;
    if (!/(?:^|\/)v\d+$/.test(apiVersion) || !Object.hasOwn(this.#table.kinds, apiVersion)) return false;
    if (Object.hasOwn(this.#table.kinds[apiVersion]!, kind)) return false;
    this.#names ??= new Set(
      Object.values(this.#table.kinds).flatMap((kinds) =>
        Object.keys(kinds).map((name) => name.toLowerCase()),
      ),
    );
    return this.#names.has(kind.toLowerCase());
  }

  #type(id: number): Type {
    let type = this.#types[id];
    if (type === undefined) {
      type = this.#compile(id);
      this.#types[id] = type;
    }
    return type;
  }

  #compile(id: number): Type {
    const described = this.#table.types[id]!;
    if (typeof described !== 'string') {
      const [name, fields] = described;
      return structType(name, fields, (type) => this.#type(type));
    }
    const space = described.indexOf(' ');
    const code = space < 0 ? described : described.slice(0, space);
    const goType = space < 0 ? '' : described.slice(space + 1);
    const element = Number(code.slice(1));
    if (code[0] === '[') return listType(goType, () => this.#type(element));
    if (code[0] === '{') return mapType(goType, () => this.#type(element));
    return scalarType(scalar(code, goType)!);
  }
}

/** Where a value stands: as we write it, as strict validation writes it, and as the decoder's errors do. */
interface Place {
  readonly path: FieldPath;
  readonly upstream: string;
  readonly goPath: string;
  readonly struct: string;
}

interface Type {
  readonly check: Check;
  /** Reports what `check` found wrong. */
  readonly explain: (value: Json, place: Place, problems: FieldProblem[]) => void;
}

function refuse({ kind, reason, immediate }: Refusal, place: Place, problems: FieldProblem[]): void {
  const message =
    typeof reason === 'string'
      ? reason
      : `json: cannot unmarshal ${reason[0]} into Go struct field ${place.struct}.${place.goPath} of type ${reason[1]}`;
  problems.push({ path: place.path, kind, message, fatal: true, immediate });
}

function refuseType(value: Json, goType: string, place: Place, problems: FieldProblem[]): void {
  refuse({ kind: 'wrong-type', reason: [describeJson(value), goType], immediate: false }, place, problems);
}

function scalarType({ check, refuse: why }: Scalar): Type {
  return {
    check,
    explain: (value, place, problems) => {
      if (!check(value)) refuse(why(value), place, problems);
    },
  };
}

function listType(goType: string, element: () => Type): Type {
  let check: Check | undefined;
  return {
    check: (value) => {
      if (!Array.isArray(value)) return value === null || value === undefined;
      check ??= element().check;
      for (let i = 0; i < value.length; i++) if (!check(value[i])) return false;
      return true;
    },
    explain: (value, place, problems) => {
      if (value === null) return;
      if (!Array.isArray(value)) return refuseType(value, goType, place, problems);
      const { explain } = element();
      value.forEach((entry, i) => {
        explain(
          entry,
          { ...place, path: item(place.path, i), upstream: `${place.upstream}[${i}]` },
          problems,
        );
      });
    },
  };
}

function mapType(goType: string, element: () => Type): Type {
  let check: Check | undefined;
  return {
    check: (value) => {
      if (!isObject(value)) return value === null || value === undefined;
      check ??= element().check;
      for (const key in value) if (!check(value[key])) return false;
      return true;
    },
    explain: (value, place, problems) => {
      if (value === null) return;
      if (!isObject(value)) return refuseType(value, goType, place, problems);
      const { explain } = element();
      for (const [key, entry] of Object.entries(value)) {
        if (entry === undefined) continue;
        const upstream = place.upstream === '' ? key : `${place.upstream}.${key}`;
        explain(entry, { ...place, path: child(place.path, key), upstream }, problems);
      }
    },
  };
}

function structType(
  goType: string,
  fields: { readonly [jsonName: string]: SchemaField },
  typeOf: (id: number) => Type,
): Type {
  const checks = new Map<string, Check>();
  for (const [name, field] of Object.entries(fields)) {
    const id = typeof field === 'number' ? field : field[0];
    // A type may hold itself, so fields are compiled when one is first met.
    checks.set(name, (value) => {
      const { check } = typeOf(id);
      checks.set(name, check);
      return check(value);
    });
  }
  const struct = goType.slice(goType.lastIndexOf('.') + 1);
  return {
    check: (value) => {
      if (!isObject(value)) return value === null || value === undefined;
      for (const key in value) {
        const check = checks.get(key);
        if (check === undefined || !check(value[key])) return false;
      }
      return true;
    },
    explain: (value, place, problems) => {
      if (value === null) return;
      if (!isObject(value)) return refuseType(value, goType, place, problems);
      for (const [key, entry] of Object.entries(value)) {
        if (entry === undefined) continue;
        const path = child(place.path, key);
        const upstream = place.upstream === '' ? key : `${place.upstream}.${key}`;
        const field = Object.hasOwn(fields, key) ? fields[key]! : undefined;
        if (field === undefined) {
          const message = `unknown field ${JSON.stringify(upstream)}`;
          problems.push({ path, kind: 'unknown-field', message, fatal: false, immediate: false });
          continue;
        }
        const [id, embedded] = typeof field === 'number' ? [field, ''] : field;
        const goPath = [place.goPath, embedded, key].filter((part) => part !== '').join('.');
        typeOf(id).explain(entry, { path, upstream, goPath, struct }, problems);
      }
    },
  };
}
