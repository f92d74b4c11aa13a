import { CompileError, type Expr, OPERATORS } from './ast.ts';
import type { NodeFactory } from './parser.ts';

/** The accumulator of comprehensions; no name that an expression could write. */
export const ACCUMULATOR = '@result';
const OLD_ACCUMULATOR = '__result__';
const UNUSED = '#unused';
const SORT_INPUT = '@__sortBy_input__';

type Expander = (maker: Maker, target: Expr, args: readonly Expr[]) => Expr;

/** Macros called on a value, by name and number of arguments (cel-go parser/macro.go, cel/library.go, ext). */
const RECEIVER_MACROS: Readonly<Record<string, Expander>> = {
  'all 2': (m, target, [name, predicate]) => quantifier(m, 'all', target, [m.variable(name!)], predicate!),
  'all 3': (m, target, [a, b, predicate]) => quantifier(m, 'all', target, m.variables(a!, b!), predicate!),
  'exists 2': (m, target, [name, predicate]) =>
    quantifier(m, 'exists', target, [m.variable(name!)], predicate!),
  'exists 3': (m, target, [a, b, predicate]) =>
    quantifier(m, 'exists', target, m.variables(a!, b!), predicate!),
  'exists_one 2': (m, target, [name, predicate]) =>
    quantifier(m, 'one', target, [m.variable(name!)], predicate!),
  'exists_one 3': (m, target, [a, b, predicate]) =>
    quantifier(m, 'one', target, m.variables(a!, b!), predicate!),
  'existsOne 3': (m, target, [a, b, predicate]) =>
    quantifier(m, 'one', target, m.variables(a!, b!), predicate!),
  'map 2': (m, target, [name, value]) => collect(m, target, [m.variable(name!)], undefined, value!),
  'map 3': (m, target, [name, filter, value]) => collect(m, target, [m.variable(name!)], filter!, value!),
  'filter 2': (m, target, [name, filter]) => collect(m, target, [m.variable(name!)], filter!, name!),
  'transformList 3': (m, target, [a, b, value]) => collect(m, target, m.variables(a!, b!), undefined, value!),
  'transformList 4': (m, target, [a, b, filter, value]) =>
    collect(m, target, m.variables(a!, b!), filter!, value!),
  'transformMap 3': (m, target, [a, b, value]) =>
    insert(m, target, m.variables(a!, b!), undefined, value!, true),
  'transformMap 4': (m, target, [a, b, filter, value]) =>
    insert(m, target, m.variables(a!, b!), filter!, value!, true),
  'transformMapEntry 3': (m, target, [a, b, value]) =>
    insert(m, target, m.variables(a!, b!), undefined, value!, false),
  'transformMapEntry 4': (m, target, [a, b, filter, value]) =>
    insert(m, target, m.variables(a!, b!), filter!, value!, false),
  'optMap 2': (m, target, [name, value]) => optional(m, target, name!, value!, true),
  'optFlatMap 2': (m, target, [name, value]) => optional(m, target, name!, value!, false),
  'sortBy 2': (m, target, args) => sortBy(m, target, args),
};

/** What a macro call stands for; undefined where it is no macro. Throws CompileError where it is malformed. */
export function expandMacro(
  nodes: NodeFactory,
  at: number,
  name: string,
  target: Expr | undefined,
  args: readonly Expr[],
): Expr | undefined {
  if (target === undefined) {
    if (name !== 'has' || args.length !== 1) return undefined;
    const [select] = args;
    if (select!.kind !== 'select') throw refused(select!, 'invalid argument to has() macro');
    return { ...select!, id: nodes.id(), testOnly: true };
  }
  const key = `${name} ${args.length}`;
  if (!Object.hasOwn(RECEIVER_MACROS, key)) return undefined;
  return RECEIVER_MACROS[key]!(new Maker(nodes, at), target, args);
}

function refused(expr: Expr, message: string): CompileError {
  return new CompileError([{ at: expr.at, message }]);
}

/** Makes the nodes of one expansion, all of them at the macro's place in the text. */
class Maker {
  readonly #nodes: NodeFactory;
  readonly at: number;

  constructor(nodes: NodeFactory, at: number) {
    this.#nodes = nodes;
    this.at = at;
  }

  variable(expr: Expr): string {
    if (expr.kind !== 'ident') throw refused(expr, 'argument must be a simple name');
    if (expr.name === ACCUMULATOR || expr.name === OLD_ACCUMULATOR)
      throw refused(expr, 'iteration variable overwrites accumulator variable');
    return expr.name;
  }

  variables(first: Expr, second: Expr): [string, string] {
    const names: [string, string] = [this.variable(first), this.variable(second)];
    if (names[0] === names[1]) throw refused(second, `duplicate variable name: ${names[0]}`);
    return names;
  }

  call(name: string, ...args: Expr[]): Expr {
    return this.#nodes.call(this.at, name, args);
  }

  member(name: string, target: Expr, ...args: Expr[]): Expr {
    return this.#nodes.call(this.at, name, args, target);
  }

  ident(name: string): Expr {
    return this.#nodes.ident(this.at, name);
  }

  accumulator(): Expr {
    return this.ident(ACCUMULATOR);
  }

  literal(value: boolean | bigint): Expr {
    return this.#nodes.literal(this.at, value);
  }

  list(...elements: Expr[]): Expr {
    return { kind: 'list', id: this.#nodes.id(), at: this.at, elements, optional: new Set() };
  }

  map(): Expr {
    return { kind: 'map', id: this.#nodes.id(), at: this.at, entries: [] };
  }

  comprehension(
    range: Expr,
    [variable, variable2]: readonly string[],
    parts: { accumulator?: string; initial: Expr; condition: Expr; step: Expr; result: Expr },
  ): Expr {
    return {
      kind: 'comprehension',
      id: this.#nodes.id(),
      at: this.at,
      range,
      variable: variable!,
      variable2,
      accumulator: ACCUMULATOR,
      ...parts,
    };
  }

  /** The same expression again with ids of its own. */
  copy(expr: Expr): Expr {
    const id = this.#nodes.id();
    switch (expr.kind) {
      case 'select':
        return { ...expr, id, operand: this.copy(expr.operand) };
      case 'call':
        return {
          ...expr,
          id,
          target: expr.target && this.copy(expr.target),
          args: expr.args.map((arg) => this.copy(arg)),
        };
      case 'list':
        return { ...expr, id, elements: expr.elements.map((element) => this.copy(element)) };
      case 'map':
        return {
          ...expr,
          id,
          entries: expr.entries.map((e) => ({ ...e, key: this.copy(e.key), value: this.copy(e.value) })),
        };
      case 'struct':
        return { ...expr, id, fields: expr.fields.map((f) => ({ ...f, value: this.copy(f.value) })) };
      case 'comprehension':
        return {
          ...expr,
          id,
          range: this.copy(expr.range),
          initial: this.copy(expr.initial),
          condition: this.copy(expr.condition),
          step: this.copy(expr.step),
          result: this.copy(expr.result),
        };
      default:
        return { ...expr, id };
    }
  }
}

type Quantifier = 'all' | 'exists' | 'one';

function quantifier(m: Maker, kind: Quantifier, range: Expr, variables: readonly string[], test: Expr): Expr {
  if (kind === 'one') {
    const initial = m.literal(0n);
    const condition = m.literal(true);
    const step = m.call(
      OPERATORS.conditional,
      test,
      m.call(OPERATORS.add, m.accumulator(), m.literal(1n)),
      m.accumulator(),
    );
    const result = m.call(OPERATORS.equals, m.accumulator(), m.literal(1n));
    return m.comprehension(range, variables, { initial, condition, step, result });
  }
  const all = kind === 'all';
  const initial = m.literal(all);
  const going = all ? m.accumulator() : m.call(OPERATORS.not, m.accumulator());
  const condition = m.call(OPERATORS.notStrictlyFalse, going);
  const step = m.call(all ? OPERATORS.and : OPERATORS.or, m.accumulator(), test);
  return m.comprehension(range, variables, { initial, condition, step, result: m.accumulator() });
}

function collect(
  m: Maker,
  range: Expr,
  variables: readonly string[],
  filter: Expr | undefined,
  value: Expr,
): Expr {
  const initial = m.list();
  const condition = m.literal(true);
  const add = m.call(OPERATORS.add, m.accumulator(), m.list(value));
  const step = filter === undefined ? add : m.call(OPERATORS.conditional, filter, add, m.accumulator());
  return m.comprehension(range, variables, { initial, condition, step, result: m.accumulator() });
}

function insert(
  m: Maker,
  range: Expr,
  variables: readonly string[],
  filter: Expr | undefined,
  value: Expr,
  underKey: boolean,
): Expr {
  const key = underKey ? [m.ident(variables[0]!)] : [];
  const add = m.call('cel.@mapInsert', m.accumulator(), ...key, value);
  const step = filter === undefined ? add : m.call(OPERATORS.conditional, filter, add, m.accumulator());
  const condition = m.literal(true);
  return m.comprehension(range, variables, { initial: m.map(), condition, step, result: m.accumulator() });
}

/** Binds a name to a value for one expression. */
function bind(m: Maker, name: string, value: Expr, inside: Expr): Expr {
  return m.comprehension(m.list(), [UNUSED], {
    accumulator: name,
    initial: value,
    condition: m.literal(false),
    step: m.ident(name),
    result: inside,
  });
}

function optional(m: Maker, target: Expr, name: Expr, inside: Expr, wrap: boolean): Expr {
  if (name.kind !== 'ident')
    throw refused(name, `${wrap ? 'optMap' : 'optFlatMap'}() variable name must be a simple identifier`);
  const has = m.member('hasValue', target);
  const bound = bind(m, name.name, m.member('value', m.copy(target)), inside);
  const present = wrap ? m.call('optional.of', bound) : bound;
  return m.call(OPERATORS.conditional, has, present, m.call('optional.none'));
}

function sortBy(m: Maker, target: Expr, [name, key]: readonly Expr[]): Expr {
  if (!['list', 'select', 'ident', 'comprehension', 'call'].includes(target.kind))
    throw refused(
      target,
      'sortBy can only be applied to a list, identifier, comprehension, call or select expression',
    );
  const keys = collect(m, m.ident(SORT_INPUT), [m.variable(name!)], undefined, key!);
  return bind(m, SORT_INPUT, target, m.member('@sortByAssociatedKeys', m.ident(SORT_INPUT), keys));
}
