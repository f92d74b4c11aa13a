import { CompileError } from '../cel/ast.ts';
import { goTypeName } from '../cel/attributes.ts';
import { COST_LIMIT } from '../cel/cost.ts';
import { environment } from '../cel/environment.ts';
import { compile, type Evaluation, type Program } from '../cel/program.ts';
import { type CelType, DYN, listOf, mapOf, sameType, typeText } from '../cel/types.ts';
import { CelError, MapValue, type Result, type Value } from '../cel/value.ts';
import {
  DECLARED_STRUCTS,
  declaredVariables,
  VARIABLES_TYPE,
  type VariableOptions,
} from './declared-types.ts';

/** An expression of a policy; `problem` says why the API server would not take it. */
export interface CompiledExpression {
  readonly source: string;
  readonly program: Program | undefined;
  readonly problem: string | undefined;
}

/** What the expressions of one evaluation see; variables of the policy come on top. */
export type Activation = ReadonlyMap<string, Result>;

/** Compiles the expressions of one policy, which share its variables (apiserver plugin/cel/composition.go). */
export class PolicyExpressions {
  readonly #variables = new Map<string, CompiledExpression>();
  readonly #fields = new Map<string, CelType>();

  /** Adds a variable of the policy; those added before are in sight of its expression. */
  addVariable(name: string, source: string, options: VariableOptions): CompiledExpression {
    const compiled = this.compile(source, options, []);
    this.#variables.set(name, compiled);
    this.#fields.set(name, compiled.program === undefined ? DYN : declared(compiled.program.type));
    return compiled;
  }

  /** An empty list of wanted types takes any. */
  compile(source: string, options: VariableOptions, wanted: readonly CelType[]): CompiledExpression {
    const structs = new Map(DECLARED_STRUCTS).set(VARIABLES_TYPE, new Map(this.#fields));
    try {
      const program = compile(source, environment(declaredVariables(options), structs));
      const fits = wanted.length === 0 || wanted.some((type) => sameType(type, program.type));
      if (fits) return { source, program, problem: undefined };
      const types = wanted.length === 1 ? typeText(wanted[0]!) : `one of [${wanted.map(typeText).join(' ')}]`;
      return {
        source,
        program: undefined,
        problem: `must evaluate to ${types} but got ${typeText(program.type)}`,
      };
    } catch (error) {
      if (!(error instanceof CompileError)) throw error;
      return { source, program: undefined, problem: `compilation failed: ${error.message}` };
    }
  }

  /** Evaluates expressions one after the other over the same values; variables are computed once at most. */
  evaluator(activation: Activation): Evaluator {
    return new Evaluator(activation, this.#variables);
  }
}

/** The types that a variable keeps when other expressions name it (convertCelTypeToDeclType). */
function declared(type: CelType): CelType {
  switch (type.kind) {
    case 'list':
      return listOf(declared(type.params[0]!));
    case 'map':
      return mapOf(declared(type.params[0]!), declared(type.params[1]!));
    case 'opaque':
    case 'struct':
    case 'type':
    case 'param':
      return DYN;
    default:
      return type;
  }
}

export class Evaluator {
  readonly #activation: Activation;
  readonly #lazy: LazyVariables;

  constructor(activation: Activation, variables: ReadonlyMap<string, CompiledExpression>) {
    this.#activation = activation;
    this.#lazy = new LazyVariables(variables, (program) => this.#run(program));
  }

  /** The result, and the cost of the expression and of the variables that it was the first to need. */
  evaluate(program: Program): Evaluation {
    const before = this.#lazy.cost;
    const { result, cost } = this.#run(program);
    return { result, cost: cost + this.#lazy.cost - before };
  }

  #run(program: Program): Evaluation {
    const resolve = (name: string) => (name === 'variables' ? this.#lazy : this.#activation.get(name));
    return program.evaluate(resolve, COST_LIMIT);
  }
}

/** `variables`: each is computed when it is first asked for. */
class LazyVariables extends MapValue {
  readonly flavor = 'plain';
  cost = 0;
  readonly #expressions: ReadonlyMap<string, CompiledExpression>;
  readonly #run: (program: Program) => Evaluation;
  readonly #known = new Map<string, Result>();

  constructor(expressions: ReadonlyMap<string, CompiledExpression>, run: (program: Program) => Evaluation) {
    super();
    this.#expressions = expressions;
    this.#run = run;
  }

  override get size(): number {
    return this.#expressions.size;
  }

  override keys(): Iterable<Value> {
    return this.#expressions.keys();
  }

  override find(key: Value): Result | undefined {
    if (typeof key !== 'string') return new CelError(`no such overload: ${goTypeName(key)}`);
    const expression = this.#expressions.get(key);
    if (expression === undefined) return undefined;
    let result = this.#known.get(key);
    if (result === undefined) {
      result = this.#compute(key, expression);
      this.#known.set(key, result);
    }
    return result;
  }

  #compute(name: string, { program, problem }: CompiledExpression): Result {
    if (program === undefined)
      return new CelError(`composited variable "${name}" fails to compile: ${problem}`);
    const { result, cost } = this.#run(program);
    this.cost += cost;
    if (result instanceof CelError)
      return new CelError(`composited variable "${name}" fails to evaluate: ${result.message}`);
    return result;
  }
}
