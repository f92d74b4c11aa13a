import { CompileError, type Expr, type MapEntry, OPERATORS } from './ast.ts';
import { type Token, tokenize } from './lexer.ts';
import { parseDoubleLiteral, parseIntLiteral, parseUintLiteral } from './literals.ts';
import { expandMacro } from './macros.ts';
import { Uint, type Value } from './value.ts';

/** Limits of cel-go's parser. */
const MAX_CODE_POINTS = 100_000;
const MAX_DEPTH = 250;

const RESERVED = new Set(
  'as break const continue else false for function if import in let loop package namespace null return true var void while'.split(
    ' ',
  ),
);
const KEYWORDS = new Set(['in', 'true', 'false', 'null']);

const RELATIONS: Readonly<Record<string, string>> = {
  '<': OPERATORS.less,
  '<=': OPERATORS.lessEquals,
  '>': OPERATORS.greater,
  '>=': OPERATORS.greaterEquals,
  '==': OPERATORS.equals,
  '!=': OPERATORS.notEquals,
  in: OPERATORS.in,
};
const SUMS: Readonly<Record<string, string>> = { '+': OPERATORS.add, '-': OPERATORS.subtract };
const PRODUCTS: Readonly<Record<string, string>> = {
  '*': OPERATORS.multiply,
  '/': OPERATORS.divide,
  '%': OPERATORS.modulo,
};

/** Makes nodes with fresh ids. */
export class NodeFactory {
  #next = 1;

  id(): number {
    return this.#next++;
  }

  call(at: number, name: string, args: readonly Expr[], target?: Expr): Expr {
    return { kind: 'call', id: this.id(), at, target, name, args };
  }

  literal(at: number, value: Value): Expr {
    return { kind: 'literal', id: this.id(), at, value };
  }

  ident(at: number, name: string): Expr {
    return { kind: 'ident', id: this.id(), at, name };
  }
}

/** Parses an expression and expands its macros. Throws CompileError. */
export function parseExpression(source: string): Expr {
  const size = [...source].length;
  if (size > MAX_CODE_POINTS)
    throw new CompileError([
      { at: 0, message: `expression code point size exceeds limit: size: ${size}, limit ${MAX_CODE_POINTS}` },
    ]);
  return new Parser(tokenize(source)).parse();
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #nodes = new NodeFactory();
  #position = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  parse(): Expr {
    const expr = this.#expr();
    if (this.#token().kind !== 'end') throw this.#unexpected('<EOF>');
    return expr;
  }

  #token(ahead = 0): Token {
    return this.#tokens[Math.min(this.#position + ahead, this.#tokens.length - 1)]!;
  }

  #is(text: string): boolean {
    const token = this.#token();
    return token.text === text && (token.kind === 'op' || (token.kind === 'ident' && text === 'in'));
  }

  #take(text: string): Token | undefined {
    if (!this.#is(text)) return undefined;
    return this.#tokens[this.#position++];
  }

  #expect(text: string): Token {
    const token = this.#take(text);
    if (token === undefined) throw this.#unexpected(`'${text}'`);
    return token;
  }

  #unexpected(expected: string): CompileError {
    const token = this.#token();
    const found = token.kind === 'end' ? '<EOF>' : token.text;
    return problem(token.at, `Syntax error: mismatched input '${found}' expecting ${expected}`);
  }

  #deeper<T>(read: () => T): T {
    if (++this.#depth > MAX_DEPTH)
      throw problem(this.#token().at, `expression recursion limit exceeded: ${MAX_DEPTH}`);
    const result = read();
    this.#depth--;
    return result;
  }

  #expr(): Expr {
    return this.#deeper(() => {
      const condition = this.#or();
      const op = this.#take('?');
      if (op === undefined) return condition;
      const truthy = this.#or();
      this.#expect(':');
      return this.#nodes.call(op.at, OPERATORS.conditional, [condition, truthy, this.#expr()]);
    });
  }

  #or(): Expr {
    return this.#logic('||', OPERATORS.or, () => this.#logic('&&', OPERATORS.and, () => this.#relation()));
  }

  /** A chain of one logical operator becomes a balanced tree, as in cel-go, which keeps long chains shallow. */
  #logic(text: string, name: string, operand: () => Expr): Expr {
    const terms = [operand()];
    const ops: number[] = [];
    for (let op = this.#take(text); op !== undefined; op = this.#take(text)) {
      ops.push(op.at);
      terms.push(operand());
    }
    const balance = (low: number, high: number): Expr => {
      const middle = Math.floor((low + high + 1) / 2);
      const left = middle === low ? terms[middle]! : balance(low, middle - 1);
      const right = middle === high ? terms[middle + 1]! : balance(middle + 1, high);
      return this.#nodes.call(ops[middle]!, name, [left, right]);
    };
    return ops.length === 0 ? terms[0]! : balance(0, ops.length - 1);
  }

  #relation(): Expr {
    return this.#leftToRight(RELATIONS, () => this.#sum());
  }

  #sum(): Expr {
    return this.#leftToRight(SUMS, () => this.#leftToRight(PRODUCTS, () => this.#unary()));
  }

  #leftToRight(operators: Readonly<Record<string, string>>, operand: () => Expr): Expr {
    let left = operand();
    let chained = 0;
    for (;;) {
      const token = this.#token();
      const isOperator = token.kind === 'op' || token.kind === 'ident';
      if (!isOperator || !Object.hasOwn(operators, token.text)) break;
      if (++chained > MAX_DEPTH) throw problem(token.at, 'max recursion depth exceeded');
      this.#position++;
      left = this.#nodes.call(token.at, operators[token.text]!, [left, operand()]);
    }
    return left;
  }

  #unary(): Expr {
    const op = this.#token();
    if (!this.#is('!') && !this.#is('-')) return this.#member();
    // A minus before a number belongs to the literal, which is how the smallest int can be written.
    if (op.text === '-' && /^(?:int|double)$/.test(this.#token(1).kind)) return this.#member();
    let count = 0;
    while (this.#is(op.text)) {
      this.#position++;
      count++;
    }
    const operand = this.#member();
    const name = op.text === '!' ? OPERATORS.not : OPERATORS.negate;
    return count % 2 === 0 ? operand : this.#nodes.call(op.at, name, [operand]);
  }

  #member(): Expr {
    let operand = this.#primary();
    let chained = 0;
    for (;;) {
      if (++chained > MAX_DEPTH) throw problem(this.#token().at, 'max recursion depth exceeded');
      const dot = this.#take('.');
      if (dot !== undefined) {
        operand = this.#selectOrCall(operand, dot.at);
        continue;
      }
      const open = this.#take('[');
      if (open === undefined) return operand;
      const name = this.#take('?') === undefined ? OPERATORS.index : OPERATORS.optionalIndex;
      const index = this.#expr();
      this.#expect(']');
      operand = this.#nodes.call(open.at, name, [operand, index]);
    }
  }

  #selectOrCall(operand: Expr, at: number): Expr {
    const optional = this.#take('?') !== undefined;
    const name = this.#token();
    const isName = name.kind === 'quoted-ident' || (name.kind === 'ident' && !KEYWORDS.has(name.text));
    if (!isName) throw this.#unexpected('IDENTIFIER');
    this.#position++;
    if (optional) {
      const field = this.#nodes.literal(name.at, name.text);
      return this.#nodes.call(at, OPERATORS.optionalSelect, [operand, field]);
    }
    const open = name.kind === 'ident' ? this.#take('(') : undefined;
    if (open !== undefined) return this.#call(open.at, name.text, operand);
    return { kind: 'select', id: this.#nodes.id(), at, operand, field: name.text, testOnly: false };
  }

  #call(at: number, name: string, target: Expr | undefined): Expr {
    const args: Expr[] = [];
    if (!this.#is(')')) {
      do args.push(this.#expr());
      while (this.#take(','));
    }
    this.#expect(')');
    return expandMacro(this.#nodes, at, name, target, args) ?? this.#nodes.call(at, name, args, target);
  }

  #primary(): Expr {
    const token = this.#token();
    if (token.kind === 'op') {
      if (this.#take('(')) {
        const inner = this.#expr();
        this.#expect(')');
        return inner;
      }
      if (this.#take('[')) return this.#list(token.at);
      if (this.#take('{')) return this.#map(token.at);
      if (this.#take('.')) return this.#identifier('.');
      if (this.#take('-')) return this.#number(true);
      throw this.#unexpected('an expression');
    }
    if (token.kind === 'ident' && !KEYWORDS.has(token.text)) return this.#identifier('');
    return this.#constant(token);
  }

  #constant(token: Token): Expr {
    if (token.kind === 'string' || token.kind === 'bytes') {
      this.#position++;
      return this.#nodes.literal(token.at, token.value!);
    }
    if (token.kind === 'ident' && token.text !== 'in') {
      this.#position++;
      return this.#nodes.literal(token.at, token.text === 'null' ? null : token.text === 'true');
    }
    return this.#number(false);
  }

  #number(negative: boolean): Expr {
    const token = this.#token();
    this.#position++;
    if (token.kind === 'int')
      return this.#nodes.literal(token.at, parseIntLiteral(token.text, negative, token.at));
    if (token.kind === 'double')
      return this.#nodes.literal(token.at, parseDoubleLiteral(token.text, negative, token.at));
    if (token.kind === 'uint' && !negative)
      return this.#nodes.literal(token.at, new Uint(parseUintLiteral(token.text, token.at)));
    this.#position--;
    throw this.#unexpected('an expression');
  }

  #identifier(prefix: string): Expr {
    const token = this.#token();
    if (token.kind !== 'ident' || KEYWORDS.has(token.text)) throw this.#unexpected('IDENTIFIER');
    const struct = this.#structName();
    if (struct !== undefined) return this.#struct(prefix + struct, token.at);
    this.#position++;
    if (RESERVED.has(token.text)) throw problem(token.at, `reserved identifier: ${token.text}`);
    const open = this.#take('(');
    if (open !== undefined) return this.#call(open.at, prefix + token.text, undefined);
    return this.#nodes.ident(token.at, prefix + token.text);
  }

  /** `a.b.C` where it is followed by `{`; the position moves only then. */
  #structName(): string | undefined {
    let ahead = 1;
    while (this.#token(ahead).text === '.' && this.#token(ahead + 1).kind === 'ident') ahead += 2;
    const brace = this.#token(ahead);
    if (brace.kind !== 'op' || brace.text !== '{') return undefined;
    const names: string[] = [];
    for (let i = 0; i < ahead; i += 2) names.push(this.#token(i).text);
    this.#position += ahead;
    return names.join('.');
  }

  #struct(typeName: string, at: number): Expr {
    const id = this.#nodes.id();
    this.#expect('{');
    const fields: { name: string; value: Expr; optional: boolean }[] = [];
    while (!this.#is('}')) {
      const optional = this.#take('?') !== undefined;
      const name = this.#token();
      if (name.kind !== 'ident' && name.kind !== 'quoted-ident') throw this.#unexpected('IDENTIFIER');
      this.#position++;
      this.#expect(':');
      fields.push({ name: name.text, value: this.#expr(), optional });
      if (this.#take(',') === undefined) break;
    }
    this.#expect('}');
    return { kind: 'struct', id, at, typeName, fields };
  }

  #list(at: number): Expr {
    const id = this.#nodes.id();
    const elements: Expr[] = [];
    const optional = new Set<number>();
    while (!this.#is(']')) {
      if (this.#take('?') !== undefined) optional.add(elements.length);
      elements.push(this.#expr());
      if (this.#take(',') === undefined) break;
    }
    this.#expect(']');
    return { kind: 'list', id, at, elements, optional };
  }

  #map(at: number): Expr {
    const id = this.#nodes.id();
    const entries: MapEntry[] = [];
    while (!this.#is('}')) {
      const optional = this.#take('?') !== undefined;
      const key = this.#expr();
      this.#expect(':');
      entries.push({ key, value: this.#expr(), optional });
      if (this.#take(',') === undefined) break;
    }
    this.#expect('}');
    return { kind: 'map', id, at, entries };
  }
}

function problem(at: number, message: string): CompileError {
  return new CompileError([{ at, message }]);
}
