/** Types as the checker sees them (cel-go common/types/types.go). */
export type CelType =
  | { readonly kind: Simple; readonly name: string; readonly params: readonly CelType[] }
  | {
      readonly kind: 'list' | 'map' | 'opaque' | 'type';
      readonly name: string;
      readonly params: readonly CelType[];
    }
  | { readonly kind: 'struct' | 'param'; readonly name: string; readonly params: readonly CelType[] };

type Simple =
  | 'bool'
  | 'int'
  | 'uint'
  | 'double'
  | 'string'
  | 'bytes'
  | 'null'
  | 'timestamp'
  | 'duration'
  | 'dyn'
  | 'error';

const simple = (kind: Simple, name: string = kind): CelType => ({ kind, name, params: [] });

export const BOOL = simple('bool');
export const INT = simple('int');
export const UINT = simple('uint');
export const DOUBLE = simple('double');
export const STRING = simple('string');
export const BYTES = simple('bytes');
export const NULL = simple('null', 'null_type');
export const TIMESTAMP = simple('timestamp', 'google.protobuf.Timestamp');
export const DURATION = simple('duration', 'google.protobuf.Duration');
export const DYN = simple('dyn');
export const ERROR = simple('error');

export const listOf = (element: CelType): CelType => ({ kind: 'list', name: 'list', params: [element] });
export const mapOf = (key: CelType, value: CelType): CelType => ({
  kind: 'map',
  name: 'map',
  params: [key, value],
});
export const typeOf = (of: CelType | undefined): CelType => ({
  kind: 'type',
  name: 'type',
  params: of === undefined ? [] : [of],
});
export const opaque = (name: string, ...params: CelType[]): CelType => ({ kind: 'opaque', name, params });
export const optionalOf = (of: CelType): CelType => opaque('optional_type', of);
export const structType = (name: string): CelType => ({ kind: 'struct', name, params: [] });
export const typeParam = (name: string): CelType => ({ kind: 'param', name, params: [] });

export const LIST = listOf(DYN);
export const MAP = mapOf(DYN, DYN);
export const OPTIONAL = optionalOf(DYN);
export const TYPE = typeOf(undefined);

export function sameType(a: CelType, b: CelType): boolean {
  if (a === b) return true;
  if (a.kind !== b.kind || a.name !== b.name || a.params.length !== b.params.length) return false;
  return a.params.every((param, i) => sameType(param, b.params[i]!));
}

export function isDyn(type: CelType): boolean {
  return type.kind === 'dyn';
}

export function isDynOrError(type: CelType): boolean {
  return type.kind === 'dyn' || type.kind === 'error';
}

/** What an optional holds; undefined where the type is no optional. */
export function heldBy(type: CelType): CelType | undefined {
  return type.kind === 'opaque' && type.name === 'optional_type' ? type.params[0] : undefined;
}

export function typeText(type: CelType): string {
  if (type.kind === 'param') return `<${type.name}>`;
  if (type.params.length === 0) return type.name;
  return `${type.name}(${type.params.map(typeText).join(', ')})`;
}

const NAMED: ReadonlyMap<string, CelType> = new Map([
  ...[BOOL, INT, UINT, DOUBLE, STRING, BYTES, DYN].map((type) => [type.name, type] as const),
  ['null', NULL],
  ['timestamp', TIMESTAMP],
  ['duration', DURATION],
]);

/** Reads `list(A)`, `map(K, V)`, `optional(V)`, `type(A)`, `net.IP` …: a capital alone is a parameter. */
export function parseType(text: string): CelType {
  const call = /^([\w.]+)\((.*)\)$/.exec(text.trim());
  if (call === null) {
    const name = text.trim();
    if (/^[A-Z]$/.test(name)) return typeParam(name);
    return NAMED.get(name) ?? (name.startsWith('net.') ? opaque(name) : structType(name));
  }
  const params = splitTypes(call[2]!).map(parseType);
  switch (call[1]) {
    case 'list':
      return listOf(params[0]!);
    case 'map':
      return mapOf(params[0]!, params[1]!);
    case 'type':
      return typeOf(params[0]);
    default:
      return optionalOf(params[0]!);
  }
}

/** Splits at the commas outside of brackets. */
export function splitTypes(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i <= text.length; i++) {
    if (text[i] === '(') depth++;
    else if (text[i] === ')') depth--;
    else if (i === text.length || (text[i] === ',' && depth === 0)) {
      if (text.slice(start, i).trim() !== '') parts.push(text.slice(start, i));
      start = i + 1;
    }
  }
  return parts;
}
