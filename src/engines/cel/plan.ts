import { type CallExpr, CompileError, type ComprehensionExpr, type Expr, OPERATORS } from './ast.ts';
import { AttributeStep, Conditional, OfStep, Qualifier, Variable } from './attributes.ts';
import { CallStep, EqualityStep, implementationOf, LogicStep, MembershipStep, OrStep } from './call-steps.ts';
import type { Checked } from './check.ts';
import { ConstantValue, ListStep, MapStep } from './construct-steps.ts';
import { CostTracker } from './cost.ts';
import { FoldStep } from './fold-step.ts';
import { compilePattern } from './regex.ts';
import { type Frame, isConstant, type Step } from './steps.ts';
import { CelError, failed, ListValue, type Result, TypeValue, Uint, type Value } from './value.ts';

/** Makes a checked expression runnable, with constants folded as cel-go does. Throws CompileError. */
export function plan(checked: Checked): Step {
  return new Planner(checked).plan(checked.expr);
}

const CONVERSIONS = new Set('bool bytes double duration dyn int string timestamp type uint'.split(' '));
const PATTERN_FUNCTIONS = new Set(['matches', 'find', 'findAll']);

/** Where constants are folded there are no variables, and nothing is counted. */
const CONSTANT_FRAME: Frame = { costs: new CostTracker(Number.POSITIVE_INFINITY), resolve: () => undefined };

class Planner {
  readonly #checked: Checked;

  constructor(checked: Checked) {
    this.#checked = checked;
  }

  plan(expr: Expr): Step {
    switch (expr.kind) {
      case 'literal':
        return new ConstantValue(expr.id, expr.value);
      case 'ident':
        return this.#named(expr)!;
      case 'select':
        return this.#named(expr) ?? this.#select(expr);
      case 'call':
        return this.#call(expr);
      case 'list':
        return folded(
          new ListStep(
            expr.id,
            expr.elements.map((element) => this.plan(element)),
            expr.optional,
          ),
        );
      case 'map':
        return folded(
          new MapStep(
            expr.id,
            expr.entries.map((e) => ({
              key: this.plan(e.key),
              value: this.plan(e.value),
              optional: e.optional,
            })),
          ),
        );
      case 'comprehension':
        return this.#comprehension(expr);
      case 'struct':
        throw new CompileError([{ at: expr.at, message: `unknown type: ${expr.typeName}` }]);
    }
  }

  #named(expr: Expr): Step | undefined {
    const named = this.#checked.names.get(expr.id);
    if (named === undefined) return undefined;
    const type = this.#checked.types.get(expr.id)!;
    // Upstream takes every name whose value is a type for the name of a type, even a variable's.
    if (!named.isType && type.kind === 'type')
      throw new CompileError([{ at: expr.at, message: `reference to undefined type: ${named.name}` }]);
    if (!named.isType) return new AttributeStep(new Variable(expr.id, named.name));
    return new ConstantValue(expr.id, new TypeValue(type.params[0]?.name ?? named.name));
  }

  #select(expr: Expr & { kind: 'select' }): Step {
    const attribute = attributeOf(this.plan(expr.operand));
    attribute.add(new Qualifier(expr.id, expr.field, false, expr.testOnly));
    return new AttributeStep(attribute, expr.testOnly ? expr.id : undefined);
  }

  #call(expr: CallExpr): Step {
    const resolved = this.#checked.calls.get(expr.id);
    const operands = [
      ...(expr.target === undefined || resolved?.withoutTarget ? [] : [expr.target]),
      ...expr.args,
    ];
    const args = operands.map((operand) => this.plan(operand));
    const [first, second, third] = args as [Step, Step, Step];
    switch (expr.name) {
      case OPERATORS.and:
      case OPERATORS.or:
        return new LogicStep(expr.id, expr.name === OPERATORS.or, args);
      case OPERATORS.conditional:
        return new AttributeStep(new Conditional(expr.id, first, attributeOf(second), attributeOf(third)));
      case OPERATORS.equals:
      case OPERATORS.notEquals:
        return new EqualityStep(expr.id, expr.name, first, second);
      case OPERATORS.index:
      case OPERATORS.optionalIndex:
      case OPERATORS.optionalSelect:
        return index(expr, first, second, expr.name !== OPERATORS.index);
    }
    return this.#function(expr, args);
  }

  #function(expr: CallExpr, args: readonly Step[]): Step {
    const { declaration, overloads } = this.#checked.calls.get(expr.id)!;
    const { name } = declaration;
    const overload = overloads.length === 1 ? overloads[0]! : '';
    if (name === 'or' || name === 'orValue')
      return new OrStep(expr.id, args[0]!, args[1]!, name === 'orValue');
    if (overload === 'in_list' && isConstant(args[1]!)) {
      const optimized = membership(expr.id, args[0]!, args[1].constant);
      if (optimized !== undefined) return optimized;
    }
    if (PATTERN_FUNCTIONS.has(name) && isConstant(args[1]!) && typeof args[1].constant === 'string')
      return this.#withPattern(expr, overload, args, args[1].constant);
    const step = new CallStep(
      expr.id,
      name,
      overload,
      args,
      implementationOf(declaration, overload, args.length),
    );
    const isConversion = CONVERSIONS.has(name) && args.length === 1 && isConstant(args[0]!);
    if (!isConversion) return step;
    const value = step.run(CONSTANT_FRAME);
    if (value instanceof CelError) throw new CompileError([{ at: expr.at, message: value.message }]);
    return new ConstantValue(expr.id, value);
  }

  /** A constant pattern is compiled once, and a bad one refuses the whole expression. */
  #withPattern(expr: CallExpr, overload: string, args: readonly Step[], pattern: string): Step {
    const compiled = compilePattern(pattern);
    if (compiled instanceof CelError) throw new CompileError([{ at: expr.at, message: compiled.message }]);
    const { declaration } = this.#checked.calls.get(expr.id)!;
    const run = implementationOf(declaration, overload, args.length).run;
    const loose = { run, trait: undefined, style: 'any', strict: true, wholeText: true } as const;
    return new CallStep(expr.id, expr.name, overload, args, loose);
  }

  #comprehension(expr: ComprehensionExpr): Step {
    const initial = this.plan(expr.initial);
    const range = this.plan(expr.range);
    return new FoldStep(expr, {
      initial,
      range,
      condition: this.plan(expr.condition),
      step: this.plan(expr.step),
      result: this.plan(expr.result),
    });
  }
}

function attributeOf(step: Step) {
  return step instanceof AttributeStep ? step.attribute : new OfStep(step.id, step);
}

function index(expr: CallExpr, operand: Step, position: Step, optional: boolean): Step {
  const attribute = attributeOf(operand);
  if (!isConstant(position)) {
    attribute.add(new Qualifier(expr.id, attributeOf(position), optional));
    return new AttributeStep(attribute);
  }
  const key = position.constant as Value;
  const valid = key instanceof Uint || ['string', 'bigint', 'number', 'boolean'].includes(typeof key);
  if (!valid) throw new CompileError([{ at: expr.at, message: 'invalid qualifier type' }]);
  attribute.add(new Qualifier(expr.id, key, optional));
  return new AttributeStep(attribute);
}

function folded(step: ListStep | MapStep): Step {
  if (!step.parts.every(isConstant)) return step;
  return new ConstantValue(step.id, step.run(CONSTANT_FRAME));
}

/** `in` a constant list of simple values becomes a look-up, which costs nothing. */
function membership(id: number, value: Step, constant: Result): Step | undefined {
  if (failed(constant) || !(constant instanceof ListValue)) return undefined;
  if (constant.size === 0) return new ConstantValue(id, false);
  const simple = [...constant].every(
    (item) => item instanceof Uint || ['string', 'bigint', 'number', 'boolean'].includes(typeof item),
  );
  return simple ? new MembershipStep(id, value, constant) : undefined;
}
