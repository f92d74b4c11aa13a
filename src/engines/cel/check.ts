import { CompileError, type CompileProblem, type Expr, OPERATORS } from './ast.ts';
import type { FunctionDeclaration, Functions } from './declarations.ts';
import {
  BOOL,
  type CelType,
  DYN,
  ERROR,
  heldBy,
  INT,
  isDyn,
  isDynOrError,
  listOf,
  mapOf,
  optionalOf,
  STRING,
  sameType,
  typeOf,
  typeParam,
  typeText,
} from './types.ts';
import { assignable, mostGeneral, type Substitutions, substitute } from './unify.ts';
import { literalType } from './value.ts';

/** Field name → type, of a struct that an expression may select from. */
export type StructFields = ReadonlyMap<string, CelType>;

/** What an expression may name. */
export interface Environment {
  readonly variables: ReadonlyMap<string, CelType>;
  readonly functions: Functions;
  readonly structs: ReadonlyMap<string, StructFields>;
  /** Names that stand for types, such as `int` or `net.IP`. */
  readonly types: ReadonlyMap<string, CelType>;
}

/** What checking found out about the nodes, by id. */
export interface Checked {
  readonly expr: Expr;
  readonly types: ReadonlyMap<number, CelType>;
  /** Idents and selects that name a variable or a type as a whole. */
  readonly names: ReadonlyMap<number, { readonly name: string; readonly isType: boolean }>;
  readonly calls: ReadonlyMap<number, ResolvedCall>;
  readonly type: CelType;
}

export interface ResolvedCall {
  readonly declaration: FunctionDeclaration;
  readonly overloads: readonly string[];
  /** True where the target was only the first part of the function's name. */
  readonly withoutTarget: boolean;
}

/** Gives every node its type, as cel-go's checker does. Throws CompileError with all problems found. */
export function checkExpression(expr: Expr, environment: Environment): Checked {
  return new Checker(environment).run(expr);
}

class Checker {
  readonly #environment: Environment;
  readonly #types = new Map<number, CelType>();
  readonly #names = new Map<number, { name: string; isType: boolean }>();
  readonly #calls = new Map<number, ResolvedCall>();
  readonly #problems: CompileProblem[] = [];
  readonly #scopes: Map<string, CelType>[] = [];
  #known: Substitutions = new Map();
  #fresh = 0;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  run(expr: Expr): Checked {
    this.#check(expr);
    if (this.#problems.length > 0) throw new CompileError(this.#problems);
    for (const [id, type] of this.#types) this.#types.set(id, substitute(this.#known, type, true));
    const type = this.#types.get(expr.id)!;
    return { expr, types: this.#types, names: this.#names, calls: this.#calls, type };
  }

  #check(expr: Expr): CelType {
    const type = this.#typeOf(expr);
    this.#types.set(expr.id, type);
    return type;
  }

  #typeOf(expr: Expr): CelType {
    switch (expr.kind) {
      case 'literal':
        return literalType(expr.value);
      case 'ident':
        return this.#ident(expr, expr.name) ?? this.#undeclared(expr, expr.name);
      case 'select':
        return this.#select(expr);
      case 'call':
        return this.#call(expr);
      case 'list':
        return this.#list(expr);
      case 'map':
        return this.#map(expr);
      case 'struct':
        return this.#struct(expr);
      case 'comprehension':
        return this.#comprehension(expr);
    }
  }

  #problem(expr: Expr, message: string): CelType {
    this.#problems.push({ at: expr.at, message });
    return ERROR;
  }

  #undeclared(expr: Expr, name: string): CelType {
    return this.#problem(expr, `undeclared reference to '${name}' (in container '')`);
  }

  #ident(expr: Expr, written: string): CelType | undefined {
    const isGlobal = written.startsWith('.');
    const name = isGlobal ? written.slice(1) : written;
    const local = isGlobal ? undefined : this.#local(name);
    const variable = local ?? this.#environment.variables.get(name);
    if (variable !== undefined) {
      this.#names.set(expr.id, { name: isGlobal ? `.${name}` : name, isType: false });
      return variable;
    }
    const type = this.#environment.types.get(name);
    if (type === undefined) return undefined;
    this.#names.set(expr.id, { name, isType: true });
    return typeOf(type);
  }

  #local(name: string): CelType | undefined {
    for (let i = this.#scopes.length - 1; i >= 0; i--) {
      const found = this.#scopes[i]!.get(name);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #select(expr: Expr & { kind: 'select' }): CelType {
    const qualified = expr.testOnly ? undefined : qualifiedName(expr);
    const first = qualified?.split('.')[0] ?? '';
    if (qualified !== undefined && this.#local(first) === undefined) {
      const type = this.#ident(expr, qualified);
      if (type !== undefined) return type;
    }
    const type = this.#field(expr, expr.operand, expr.field, false);
    return expr.testOnly ? BOOL : substitute(this.#known, type, false);
  }

  #field(expr: Expr, operand: Expr, field: string, optional: boolean): CelType {
    const operandType = substitute(this.#known, this.#check(operand), false);
    const held = heldBy(operandType);
    const target = held ?? operandType;
    const result = this.#fieldType(expr, target, field);
    return held !== undefined || optional ? optionalOf(result) : result;
  }

  #fieldType(expr: Expr, target: CelType, field: string): CelType {
    switch (target.kind) {
      case 'map':
        return target.params[1]!;
      case 'struct':
        return (
          this.#environment.structs.get(target.name)?.get(field) ??
          this.#problem(expr, `undefined field '${field}'`)
        );
      case 'param':
        this.#assignable(DYN, target);
        return DYN;
      default:
        if (!isDynOrError(target))
          this.#problem(expr, `type '${typeText(target)}' does not support field selection`);
        return DYN;
    }
  }

  #call(expr: Expr & { kind: 'call' }): CelType {
    if (expr.name === OPERATORS.optionalSelect) {
      const [operand, field] = expr.args as [Expr, Expr];
      const name = field.kind === 'literal' && typeof field.value === 'string' ? field.value : '';
      this.#types.set(field.id, STRING);
      return substitute(this.#known, this.#field(expr, operand, name, true), false);
    }
    for (const arg of expr.args) this.#check(arg);
    if (expr.target === undefined) {
      const name = expr.name.startsWith('.') ? expr.name.slice(1) : expr.name;
      const declaration = this.#environment.functions.get(name);
      if (declaration === undefined) return this.#undeclared(expr, expr.name);
      return this.#resolve(expr, declaration, undefined);
    }
    const prefix = expr.target.kind === 'ident' ? expr.target.name : qualifiedName(expr.target);
    const qualified = prefix && this.#environment.functions.get(`${prefix.replace(/^\./, '')}.${expr.name}`);
    if (qualified) return this.#resolve(expr, qualified, undefined);
    this.#check(expr.target);
    const declaration = this.#environment.functions.get(expr.name);
    return declaration === undefined
      ? this.#undeclared(expr, expr.name)
      : this.#resolve(expr, declaration, expr.target);
  }

  #resolve(
    expr: Expr & { kind: 'call' },
    declaration: FunctionDeclaration,
    target: Expr | undefined,
  ): CelType {
    const operands = target === undefined ? expr.args : [target, ...expr.args];
    const types = operands.map((operand) => this.#types.get(operand.id)!);
    const overloads: string[] = [];
    let result: CelType | undefined;
    for (const overload of declaration.overloads) {
      if (overload.member !== (target !== undefined)) continue;
      const fresh = new Map(overload.typeParams.map((name) => [name, this.#newParam()]));
      const args = overload.args.map((type) => substitute(fresh, type, false));
      const known = assignable(this.#known, types, args);
      if (known === undefined) continue;
      this.#known = known;
      overloads.push(overload.id);
      const found = substitute(known, substitute(fresh, overload.result, false), false);
      if (result === undefined) result = found;
      else if (!isDyn(result) && !sameType(found, result)) result = DYN;
    }
    if (result === undefined) {
      const texts = types.map((type) => typeText(substitute(this.#known, type, true)));
      const applied =
        target === undefined ? `(${texts.join(', ')})` : `${texts[0]}.(${texts.slice(1).join(', ')})`;
      return this.#problem(
        expr,
        `found no matching overload for '${declaration.name}' applied to '${applied}'`,
      );
    }
    const withoutTarget = expr.target !== undefined && target === undefined;
    this.#calls.set(expr.id, { declaration, overloads, withoutTarget });
    return result;
  }

  #list(expr: Expr & { kind: 'list' }): CelType {
    let element: CelType | undefined;
    expr.elements.forEach((child, i) => {
      const type = this.#element(child, this.#check(child), expr.optional.has(i));
      element = this.#join(element, type);
    });
    return listOf(element ?? this.#newParam());
  }

  /** The type that an element, or the value of an entry, adds; with `?` that of what its optional holds. */
  #element(expr: Expr, type: CelType, optional: boolean): CelType {
    if (!optional) return type;
    const held = heldBy(type);
    if (held === undefined && !isDyn(type)) this.#mismatch(expr, optionalOf(type), type);
    return held ?? type;
  }

  #map(expr: Expr & { kind: 'map' }): CelType {
    let key: CelType | undefined;
    let value: CelType | undefined;
    for (const entry of expr.entries) {
      key = this.#join(key, this.#check(entry.key));
      value = this.#join(value, this.#element(entry.value, this.#check(entry.value), entry.optional));
    }
    return mapOf(key ?? this.#newParam(), value ?? this.#newParam());
  }

  #struct(expr: Expr & { kind: 'struct' }): CelType {
    for (const field of expr.fields) this.#check(field.value);
    const name = expr.typeName.replace(/^\./, '');
    if (!this.#environment.structs.has(name)) return this.#undeclared(expr, expr.typeName);
    return this.#problem(expr, `construction of '${name}' is not supported`);
  }

  #comprehension(expr: Expr & { kind: 'comprehension' }): CelType {
    const written = this.#check(expr.range);
    const accumulator = this.#check(expr.initial);
    const range = substitute(this.#known, written, false);
    this.#scopes.push(new Map([[expr.accumulator, accumulator]]));
    const [first, second] = this.#iteration(expr, range);
    const variables = new Map([[expr.variable, first]]);
    if (expr.variable2 !== undefined) variables.set(expr.variable2, second);
    this.#scopes.push(variables);
    this.#expect(expr.condition, this.#check(expr.condition), BOOL);
    this.#expect(expr.step, this.#check(expr.step), accumulator);
    this.#scopes.pop();
    const result = this.#check(expr.result);
    this.#scopes.pop();
    return substitute(this.#known, result, false);
  }

  #iteration(expr: Expr & { kind: 'comprehension' }, range: CelType): [CelType, CelType] {
    const two = expr.variable2 !== undefined;
    switch (range.kind) {
      case 'list':
        return two ? [INT, range.params[0]!] : [range.params[0]!, ERROR];
      case 'map':
        return [range.params[0]!, range.params[1]!];
      case 'dyn':
      case 'error':
      case 'param':
        this.#assignable(DYN, range);
        return [DYN, DYN];
      default:
        this.#problem(
          expr.range,
          `expression of type '${typeText(range)}' cannot be range of a comprehension (must be list, map, or dynamic)`,
        );
        return [ERROR, ERROR];
    }
  }

  #expect(expr: Expr, actual: CelType, wanted: CelType): void {
    if (!this.#assignable(wanted, actual)) this.#mismatch(expr, wanted, actual);
  }

  /** What stands for both types; that they are the same is asked later, of the lists and maps where it matters. */
  #join(previous: CelType | undefined, current: CelType): CelType {
    if (previous === undefined) return current;
    return this.#assignable(previous, current) ? mostGeneral(previous, current) : DYN;
  }

  #mismatch(expr: Expr, wanted: CelType, actual: CelType): void {
    this.#problem(expr, `expected type '${typeText(wanted)}' but found '${typeText(actual)}'`);
  }

  #assignable(from: CelType, to: CelType): boolean {
    const known = assignable(this.#known, [from], [to]);
    if (known === undefined) return false;
    this.#known = known;
    return true;
  }

  #newParam(): CelType {
    return typeParam(`_var${this.#fresh++}`);
  }
}

/** `a.b.c` of idents and selects; undefined for anything else. */
function qualifiedName(expr: Expr): string | undefined {
  if (expr.kind === 'ident') return expr.name;
  if (expr.kind !== 'select' || expr.testOnly) return undefined;
  const prefix = qualifiedName(expr.operand);
  return prefix === undefined ? undefined : `${prefix}.${expr.field}`;
}
