import table from '../schema/schema.generated.json' with { type: 'json' };
import type { SchemaTable } from '../schema/table.ts';
import fields from './fields.generated.json' with { type: 'json' };

/**
 * What the schema table leaves out of the Go types, by the same ids (testbed/oracle/storage.go): the fields that are
 * pointers, so that a zero value differs from an absent one, and how Kubernetes tells the items of lists apart
 * (`x-kubernetes-list-type`): `name`, `port,protocol` by keys, `=` a set. Made again where the schema table is made, by
 * `cd testbed && echo '{}' | go run ./oracle storage > ../src/kubernetes/stored/fields.generated.json`.
 */
type FieldTable = Readonly<
  Record<string, { readonly pointers?: readonly string[]; readonly lists?: Readonly<Record<string, string>> }>
>;

/** A Go type that built-in objects are stored as. */
export type StoredType =
  | StructType
  | { readonly kind: 'list' | 'map'; readonly name: string; readonly element: StoredType }
  /** `code` as in the schema table. */
  | { readonly kind: 'scalar'; readonly code: string };

export interface StructType {
  readonly kind: 'struct';
  /** Go name with its package's, such as `v1.PodSpec`. */
  readonly name: string;
  readonly fields: ReadonlyMap<string, StoredField>;
}

export interface StoredField {
  readonly type: StoredType;
  readonly isPointer: boolean;
  /** The keys of a list that is a map; `=` for a set. */
  readonly keys: readonly string[] | '=' | undefined;
}

const TABLE = table as unknown as SchemaTable;
const FIELDS = fields as FieldTable;
const known: (StoredType | undefined)[] = [];

/** The type of a built-in kind; undefined for custom resources and for kinds unknown to Kubernetes 1.37. */
export function storedType(apiVersion: string, kind: string): StructType | undefined {
  const kinds = Object.hasOwn(TABLE.kinds, apiVersion) ? TABLE.kinds[apiVersion]! : undefined;
  if (kinds === undefined || !Object.hasOwn(kinds, kind)) return undefined;
  const type = typeOf(kinds[kind]!);
  return type.kind === 'struct' ? type : undefined;
}

function typeOf(id: number): StoredType {
  let type = known[id];
  if (type === undefined) {
    type = compile(id);
    known[id] = type;
  }
  return type;
}

function compile(id: number): StoredType {
  const described = TABLE.types[id]!;
  if (typeof described !== 'string') return struct(id, described[0], described[1]);
  const [code = '', name = ''] = described.split(' ', 2);
  if (code[0] !== '[' && code[0] !== '{') return { kind: 'scalar', code };
  const element = Number(code.slice(1));
  // Types may hold themselves, so an element is looked at when it is first asked for.
  return {
    kind: code[0] === '[' ? 'list' : 'map',
    name,
    get element() {
      return typeOf(element);
    },
  };
}

type SchemaFields = Extract<SchemaTable['types'][number], readonly unknown[]>[1];

function struct(id: number, name: string, schema: SchemaFields): StructType {
  const { pointers = [], lists = {} } = FIELDS[id] ?? {};
  const pointerNames = new Set(pointers);
  const compiled = new Map<string, StoredField>();
  for (const [field, type] of Object.entries(schema)) {
    const fieldId = typeof type === 'number' ? type : type[0];
    const keys = lists[field];
    compiled.set(field, {
      get type() {
        return typeOf(fieldId);
      },
      isPointer: pointerNames.has(field),
      keys: keys === undefined || keys === '=' ? keys : keys.split(','),
    });
  }
  return { kind: 'struct', name, fields: compiled };
}
