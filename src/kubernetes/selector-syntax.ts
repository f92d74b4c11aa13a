import { labelKeyProblems } from './labels.ts';
import {
  compileRequirements,
  type Requirement,
  type RequirementOperator,
  type SelectorResult,
} from './selectors.ts';

interface Token {
  readonly kind: 'identifier' | 'end' | Sign;
  readonly text: string;
}

type Sign = ')' | ',' | '!' | '==' | '=' | '>' | 'in' | '<' | '!=' | 'notin' | '(';

const SIGNS = new Set<string>([')', ',', '!', '==', '=', '>', '<', '!=', '(']);
const OPERATORS = new Set<string>(['in', '=', '==', '>', '<', 'notin', '!=']);
const SPECIAL = '=!(),><';
const SPACE = ' \t\r\n';

class Refused {
  readonly reason: string;
  constructor(reason: string) {
    this.reason = reason;
  }
}

/**
 * Parses a selector in text, as `kubectl -l` takes it: `a=b,c in (d,e),!f,g notin (),h>3`; the empty text selects everything.
 * Source: apimachinery pkg/labels Parse.
 */
export function parseSelector(text: string): SelectorResult {
  try {
    return compileRequirements(new Parser(text).requirements());
  } catch (error) {
    if (error instanceof Refused) return { refused: error.reason };
    throw error;
  }
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    while (at < text.length && SPACE.includes(text[at]!)) at++;
    const from = at;
    // Upstream reads a NUL as the end of the text, or of the word or sign before it.
    if (at >= text.length || text[at] === '\0') {
      tokens.push({ kind: 'end', text: '' });
      return tokens;
    }
    if (SPECIAL.includes(text[at]!)) {
      // The longest run that is a sign; each special character is one by itself.
      let found = '';
      for (; at < text.length && SPECIAL.includes(text[at]!); at++) {
        const run = text.slice(from, at + 1);
        if (SIGNS.has(run)) found = run;
        else if (found !== '') break;
      }
      tokens.push({ kind: found as Sign, text: found });
      if (text[at] === '\0') at++;
      continue;
    }
    while (
      at < text.length &&
      text[at] !== '\0' &&
      !SPECIAL.includes(text[at]!) &&
      !SPACE.includes(text[at]!)
    )
      at++;
    const word = text.slice(from, at);
    if (text[at] === '\0') at++;
    tokens.push({ kind: word === 'in' || word === 'notin' ? word : 'identifier', text: word });
  }
}

class Parser {
  readonly #tokens: Token[];
  #at = 0;

  constructor(text: string) {
    this.#tokens = tokenize(text);
  }

  requirements(): Requirement[] {
    const requirements: Requirement[] = [];
    for (;;) {
      const next = this.#peek();
      if (next.kind === 'end') return requirements;
      if (next.kind !== 'identifier' && next.kind !== '!') {
        throw new Refused(`found '${next.text}', expected: !, identifier, or 'end of string'`);
      }
      requirements.push(this.#requirement());
      const after = this.#take();
      if (after.kind === 'end') return requirements;
      if (after.kind !== ',') throw new Refused(`found '${after.text}', expected: ',' or 'end of string'`);
      const following = this.#peek();
      if (following.kind !== 'identifier' && following.kind !== '!') {
        throw new Refused(`found '${following.text}', expected: identifier after ','`);
      }
    }
  }

  /** `in` and `notin` are words wherever an operator cannot stand. */
  #peek(operator = false): Token {
    const token = this.#tokens[Math.min(this.#at, this.#tokens.length - 1)]!;
    return !operator && (token.kind === 'in' || token.kind === 'notin')
      ? { ...token, kind: 'identifier' }
      : token;
  }

  #take(operator = false): Token {
    const token = this.#peek(operator);
    this.#at++;
    return token;
  }

  #requirement(): Requirement {
    try {
      return this.#checked(this.#parseRequirement());
    } catch (error) {
      if (error instanceof Refused) throw new Refused(`unable to parse requirement: ${error.reason}`);
      throw error;
    }
  }

  #checked(requirement: Requirement): Requirement {
    const compiled = compileRequirements([requirement]);
    if ('refused' in compiled) throw new Refused(compiled.refused);
    return requirement;
  }

  #parseRequirement(): Requirement {
    let token = this.#take();
    const negated = token.kind === '!';
    if (negated) token = this.#take();
    if (token.kind !== 'identifier') throw new Refused(`found '${token.text}', expected: identifier`);
    const key = token.text;
    const problems = labelKeyProblems(key);
    if (problems.length > 0) {
      throw new Refused(`<nil>: Invalid value: ${JSON.stringify(key)}: ${problems.join('; ')}`);
    }
    const next = this.#peek().kind;
    if (negated) return { key, operator: '!', values: [] };
    if (next === 'end' || next === ',') return { key, operator: 'exists', values: [] };
    const operator = this.#take(true);
    if (!OPERATORS.has(operator.kind)) {
      throw new Refused(`found '${operator.text}', expected: in, notin, =, ==, !=, gt, lt`);
    }
    const values = operator.kind === 'in' || operator.kind === 'notin' ? this.#values() : this.#exactValue();
    return { key, operator: operator.kind as RequirementOperator, values: [...values].sort() };
  }

  #exactValue(): Set<string> {
    const next = this.#peek();
    if (next.kind === 'end' || next.kind === ',') return new Set(['']);
    const token = this.#take();
    if (token.kind !== 'identifier') throw new Refused(`found '${token.text}', expected: identifier`);
    return new Set([token.text]);
  }

  #values(): Set<string> {
    const open = this.#take();
    if (open.kind !== '(') throw new Refused(`found '${open.text}' expected: '('`);
    const next = this.#peek();
    if (next.kind === ')') {
      this.#take();
      return new Set(['']);
    }
    if (next.kind !== 'identifier' && next.kind !== ',') {
      throw new Refused(`found '${next.text}', expected: ',', ')' or identifier`);
    }
    const values = this.#list();
    if (this.#take().kind !== ')') throw new Refused(`found '${next.text}', expected: ')'`);
    return values;
  }

  #list(): Set<string> {
    const values = new Set<string>();
    for (;;) {
      const token = this.#take();
      if (token.kind === 'identifier') {
        values.add(token.text);
        const next = this.#peek();
        if (next.kind === ')') return values;
        if (next.kind !== ',') throw new Refused(`found '${next.text}', expected: ',' or ')'`);
      } else if (token.kind === ',') {
        if (values.size === 0) values.add('');
        const next = this.#peek().kind;
        if (next === ')') {
          values.add('');
          return values;
        }
        if (next === ',') values.add('');
      } else {
        throw new Refused(`found '${token.text}', expected: ',', or identifier`);
      }
    }
  }
}
