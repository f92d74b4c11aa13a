import { type CelType, parseType, splitTypes } from './types.ts';
import type { Result, Trait, Value } from './value.ts';

export type Implementation = (...args: Value[]) => Result;

/** One signature of a function. */
export interface Overload {
  readonly id: string;
  /** True where it is called on a value, `value.f()`. */
  readonly member: boolean;
  readonly args: readonly CelType[];
  readonly result: CelType;
  readonly typeParams: readonly string[];
  /** Absent where all overloads share the function's own implementation. */
  readonly run: Implementation | undefined;
}

export interface FunctionDeclaration {
  readonly name: string;
  readonly overloads: Overload[];
  /** One implementation for all overloads, which looks at the values itself. */
  shared: { readonly run: Implementation; readonly trait: Trait | undefined } | undefined;
  /** True where an implementation is called without a look at the types of its arguments. */
  unguarded: boolean;
}

export type Functions = ReadonlyMap<string, FunctionDeclaration>;

/** Collects the functions of an environment, library by library: the order of overloads is the order of calls. */
export class FunctionTable {
  readonly functions = new Map<string, FunctionDeclaration>();

  /**
   * Adds `signature`, such as `string.contains(string): bool` or `size(list(A)): int`, to the function that it names.
   * `id` is cel-go's name of the overload, by which costs are found.
   */
  add(id: string, signature: string, run?: Implementation): this {
    const parts = /^(?:(.+)\.)?([@\w]+|[^()]+)\((.*)\): (.+)$/.exec(signature);
    return this.#add(id, parts![1], parts![2]!, parts![3]!, parts![4]!, run);
  }

  /** As `add`, for names with dots, which cannot be told from a receiver: `ip.isCanonical`. */
  addQualified(id: string, name: string, args: string, result: string, run?: Implementation): this {
    return this.#add(id, undefined, name, args, result, run);
  }

  #add(
    id: string,
    receiver: string | undefined,
    name: string,
    args: string,
    result: string,
    run: Implementation | undefined,
  ) {
    const types = [...(receiver === undefined ? [] : [receiver]), ...splitTypes(args)].map(parseType);
    const declaration = this.#declaration(name);
    const resultType = parseType(result);
    const typeParams = new Set<string>();
    for (const type of [...types, resultType]) collectParams(type, typeParams);
    declaration.overloads.push({
      id,
      member: receiver !== undefined,
      args: types,
      result: resultType,
      typeParams: [...typeParams],
      run,
    });
    return this;
  }

  share(name: string, run: Implementation, trait?: Trait): this {
    this.#declaration(name).shared = { run, trait };
    return this;
  }

  unguarded(name: string): this {
    this.#declaration(name).unguarded = true;
    return this;
  }

  #declaration(name: string): FunctionDeclaration {
    let found = this.functions.get(name);
    if (found === undefined) {
      found = { name, overloads: [], shared: undefined, unguarded: false };
      this.functions.set(name, found);
    }
    return found;
  }
}

function collectParams(type: CelType, into: Set<string>): void {
  if (type.kind === 'param') into.add(type.name);
  for (const param of type.params) collectParams(param, into);
}
