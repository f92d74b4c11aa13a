import { type CelType, DYN, isDyn, isDynOrError, NULL, sameType } from './types.ts';

/** What type parameters stand for so far; by name, since fresh ones get names of their own. */
export type Substitutions = ReadonlyMap<string, CelType>;

/** The substitutions under which `from` may be given where `to` is wanted; undefined where it may not. */
export function assignable(
  known: Substitutions,
  from: readonly CelType[],
  to: readonly CelType[],
): Substitutions | undefined {
  const found = new Map(known);
  return listAssignable(found, from, to) ? found : undefined;
}

type Found = Map<string, CelType>;

function listAssignable(found: Found, from: readonly CelType[], to: readonly CelType[]): boolean {
  return from.length === to.length && from.every((type, i) => oneAssignable(found, type, to[i]!));
}

function oneAssignable(found: Found, from: CelType, to: CelType): boolean {
  if (to.kind === 'param') {
    const [valid, known] = substitutes(found, from, to);
    if (valid) return true;
    if (known) return false;
  }
  if (from.kind === 'param') return substitutes(found, to, from)[0];
  if (isDynOrError(from) || isDynOrError(to)) return true;
  if (from.kind === 'null') return nullable(to);
  if (to.kind === 'null') return nullable(from);
  switch (from.kind) {
    case 'type':
      return to.kind === 'type';
    case 'opaque':
    case 'list':
    case 'map':
      return from.kind === to.kind && from.name === to.name && listAssignable(found, from.params, to.params);
    default:
      return sameType(from, to);
  }
}

function nullable(type: CelType): boolean {
  return ['opaque', 'struct', 'duration', 'timestamp'].includes(type.kind) || sameType(type, NULL);
}

/** Whether `param` can stand for `type`, and whether it stands for something already. */
function substitutes(found: Found, type: CelType, param: CelType): [valid: boolean, known: boolean] {
  if (type.kind === param.kind && sameType(type, param)) return [true, true];
  const known = found.get(param.name);
  if (known !== undefined) {
    if (type.kind === known.kind && sameType(type, known)) return [true, true];
    if (!oneAssignable(found, type, known)) return [false, true];
    const general = mostGeneral(type, known);
    if (!occursIn(found, param, general)) found.set(param.name, general);
    return [true, true];
  }
  if (occursIn(found, param, type)) return [false, false];
  found.set(param.name, type);
  return [true, false];
}

function occursIn(found: Substitutions, param: CelType, type: CelType): boolean {
  if (sameType(param, type)) return true;
  if (type.kind === 'param') {
    const known = found.get(type.name);
    return known !== undefined && occursIn(found, param, known);
  }
  return type.params.some((inner) => occursIn(found, param, inner));
}

/** The more general of two types that unify. */
export function mostGeneral(a: CelType, b: CelType): CelType {
  return lessSpecific(a, b) ? a : b;
}

function lessSpecific(a: CelType, b: CelType): boolean {
  if (isDyn(a) || a.kind === 'param') return true;
  if (isDyn(b) || b.kind === 'param') return false;
  if (a.kind !== b.kind) return false;
  switch (a.kind) {
    case 'opaque':
    case 'list':
    case 'map':
      return (
        a.name === b.name &&
        a.params.length === b.params.length &&
        a.params.every((param, i) => lessSpecific(param, b.params[i]!))
      );
    case 'type':
      return true;
    default:
      return sameType(a, b);
  }
}

/** The type with its parameters replaced by what they stand for, and by dyn where `free` parameters should be. */
export function substitute(found: Substitutions, type: CelType, free: boolean): CelType {
  if (type.kind === 'param') {
    const known = found.get(type.name);
    if (known !== undefined) return substitute(found, known, free);
    return free ? DYN : type;
  }
  if (type.params.length === 0) return type;
  return { ...type, params: type.params.map((param) => substitute(found, param, free)) };
}
