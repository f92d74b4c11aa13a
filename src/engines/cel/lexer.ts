import { CompileError } from './ast.ts';
import { unescapeLiteral } from './literals.ts';

export type TokenKind =
  | 'ident'
  | 'quoted-ident'
  | 'int'
  | 'uint'
  | 'double'
  | 'string'
  | 'bytes'
  | 'op'
  | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** An operator or name as written; the content of an identifier in backquotes. */
  readonly text: string;
  readonly at: number;
  readonly value?: string | Uint8Array;
}

const WORD = /[A-Za-z_][A-Za-z0-9_]*/y;
const QUOTED_WORD = /`([A-Za-z0-9_./ -]+)`/y;
const NUMBER =
  /(?:[0-9]+\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+|\.[0-9]+(?:[eE][+-]?[0-9]+)?)|0x[0-9a-fA-F]+[uU]?|[0-9]+[uU]?/y;
const SPACE = /(?:[\t \r\n\f]+|\/\/[^\n]*)+/y;
const OPERATOR = /==|!=|<=|>=|&&|\|\||[<>[\]{}().,\-!?:+*/%]/y;
const ESCAPE = String.raw`\\[abfnrtv"'\\?\`]|\\[0-3][0-7][0-7]|\\[xX][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\U[0-9a-fA-F]{8}`;
const STRING = new RegExp(
  [
    '[rR]"""[^]*?"""',
    "[rR]'''[^]*?'''",
    String.raw`"""(?:${ESCAPE}|[^\\])*?"""`,
    String.raw`'''(?:${ESCAPE}|[^\\])*?'''`,
    String.raw`[rR]"[^"\n\r]*"`,
    String.raw`[rR]'[^'\n\r]*'`,
    String.raw`"(?:${ESCAPE}|[^\\"\n\r])*"`,
    String.raw`'(?:${ESCAPE}|[^\\'\n\r])*'`,
  ].join('|'),
  'y',
);

/** Splits an expression into tokens (cel-go parser/gen/CEL.g4). Throws CompileError at what is no token. */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp, from: number): string | undefined => {
    pattern.lastIndex = from;
    return pattern.exec(source)?.[0];
  };
  while (at < source.length) {
    const space = match(SPACE, at);
    if (space !== undefined) {
      at += space.length;
      continue;
    }
    const token = literalAt(source, at, match) ?? wordAt(at, match) ?? operatorAt(at, match);
    if (token === undefined)
      throw new CompileError([{ at, message: `Syntax error: token recognition error at: '${source[at]}'` }]);
    tokens.push(token[0]);
    at += token[1];
  }
  tokens.push({ kind: 'end', text: '', at: source.length });
  return tokens;
}

type Match = (pattern: RegExp, from: number) => string | undefined;
type Found = readonly [Token, length: number] | undefined;

function literalAt(source: string, at: number, match: Match): Found {
  const isBytes = source[at] === 'b' || source[at] === 'B';
  const text = match(STRING, isBytes ? at + 1 : at);
  if (text !== undefined) {
    const value = unescapeLiteral(text, isBytes, at);
    return [{ kind: isBytes ? 'bytes' : 'string', text, at, value }, text.length + (isBytes ? 1 : 0)];
  }
  const number = match(NUMBER, at);
  if (number === undefined) return undefined;
  const kind = /[uU]$/.test(number) ? 'uint' : /^0x/.test(number) || !/[.eE]/.test(number) ? 'int' : 'double';
  return [{ kind, text: number, at }, number.length];
}

function wordAt(at: number, match: Match): Found {
  const word = match(WORD, at);
  if (word !== undefined) return [{ kind: 'ident', text: word, at }, word.length];
  const quoted = match(QUOTED_WORD, at);
  return quoted === undefined
    ? undefined
    : [{ kind: 'quoted-ident', text: quoted.slice(1, -1), at }, quoted.length];
}

function operatorAt(at: number, match: Match): Found {
  const text = match(OPERATOR, at);
  return text === undefined ? undefined : [{ kind: 'op', text, at }, text.length];
}
