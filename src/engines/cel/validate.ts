import { type CallExpr, type CompileProblem, childrenOf, descendantsOf, type Expr } from './ast.ts';
import type { Checked } from './check.ts';
import { clauseProblem, parseFormat } from './library/format-string.ts';
import { compilePattern } from './regex.ts';
import { parseDuration, parseTimestamp } from './time.ts';
import { type CelType, heldBy, sameType, typeText } from './types.ts';
import { CelError } from './value.ts';

/** What Kubernetes refuses beyond the types (cel-go cel/validator.go, ext/formatting.go). */
export function validate(checked: Checked): CompileProblem[] {
  const problems: CompileProblem[] = [];
  for (const expr of descendantsOf(checked.expr)) {
    if (expr.kind !== 'call') continue;
    const problem = literalProblem(expr);
    if (problem !== undefined) problems.push({ at: expr.at, message: problem });
    problems.push(...formatProblems(expr, checked));
  }
  aggregateProblems(checked.expr, checked, problems);
  return problems;
}

/** Constants that no evaluation could read. */
function literalProblem({ name, args }: CallExpr): string | undefined {
  const [first] = args;
  if (first?.kind !== 'literal' || typeof first.value !== 'string') return undefined;
  const text = first.value;
  const isBad =
    (name === 'duration' && parseDuration(text) === undefined) ||
    (name === 'timestamp' && parseTimestamp(text) === undefined) ||
    (name === 'matches' && compilePattern(text) instanceof CelError);
  return isBad ? `invalid ${name} argument` : undefined;
}

/** All elements of a written list, and all keys and values of a written map, must be of one type. */
function aggregateProblems(expr: Expr, checked: Checked, problems: CompileProblem[]): void {
  // What `format` is given may be mixed, however deep it stands in its arguments.
  if (expr.kind === 'call' && expr.name === 'format') return;
  const typeOf = (part: Expr) => checked.types.get(part.id)!;
  const held = (type: CelType, optional: boolean) => (optional ? (heldBy(type) ?? type) : type);
  if (expr.kind === 'list')
    sameTypes(
      expr.elements.map((element, i) => [element, held(typeOf(element), expr.optional.has(i))]),
      problems,
    );
  if (expr.kind === 'map') {
    sameTypes(
      expr.entries.map(({ key }) => [key, typeOf(key)]),
      problems,
    );
    sameTypes(
      expr.entries.map(({ value, optional }) => [value, held(typeOf(value), optional)]),
      problems,
    );
  }
  for (const child of childrenOf(expr)) aggregateProblems(child, checked, problems);
}

function sameTypes(parts: readonly (readonly [Expr, CelType])[], problems: CompileProblem[]): void {
  const [, first] = parts[0] ?? [];
  const other = parts.find(([, type]) => !sameType(first!, type));
  if (other === undefined) return;
  const message = `expected type '${typeText(first!)}' but found '${typeText(other[1])}'`;
  problems.push({ at: other[0].at, message });
}

const CLAUSE_KINDS: Readonly<Record<string, readonly string[]>> = {
  d: ['int', 'uint'],
  f: ['double', 'string'],
  e: ['double', 'string'],
  b: ['int', 'uint', 'bool'],
  x: ['int', 'uint', 'string', 'bytes'],
  X: ['int', 'uint', 'string', 'bytes'],
  o: ['int', 'uint'],
};
const TEXT_KINDS = 'list map int uint double bool string timestamp bytes duration type null'.split(' ');

/** `'%d'.format(['x'])` is refused before it is ever evaluated. */
function formatProblems(expr: CallExpr, checked: Checked): CompileProblem[] {
  const [list] = expr.args;
  const { target } = expr;
  const isFormat = expr.name === 'format' && target?.kind === 'literal' && typeof target.value === 'string';
  if (!isFormat || list?.kind !== 'list' || expr.args.length !== 1) return [];
  const { parts, problem } = parseFormat(target.value as string, list.elements.length);
  let used = 0;
  for (const part of parts) {
    if (typeof part === 'string') continue;
    const arg = list.elements[used++]!;
    const bad = part.letter === 's' ? notText(arg, checked) : notOf(arg, checked, CLAUSE_KINDS[part.letter]!);
    if (bad !== undefined)
      return [{ at: arg.at, message: `error during formatting: ${clauseProblem(part.letter, bad.name)}` }];
  }
  if (problem !== undefined) return [{ at: expr.at, message: problem }];
  if (list.elements.length <= used) return [];
  const counts = `(expected ${used}, got ${list.elements.length})`;
  return [{ at: expr.at, message: `too many arguments supplied to string.format ${counts}` }];
}

function notOf(expr: Expr, checked: Checked, kinds: readonly string[]): CelType | undefined {
  const type = checked.types.get(expr.id)!;
  return type.kind === 'dyn' || kinds.includes(type.kind) ? undefined : type;
}

function notText(expr: Expr, checked: Checked): CelType | undefined {
  const own = notOf(expr, checked, TEXT_KINDS);
  if (own !== undefined) return own;
  const parts =
    expr.kind === 'list'
      ? expr.elements
      : expr.kind === 'map'
        ? expr.entries.flatMap(({ key, value }) => [key, value])
        : [];
  for (const part of parts) {
    const bad = notText(part, checked);
    if (bad !== undefined) return bad;
  }
  return undefined;
}
