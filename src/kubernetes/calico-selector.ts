import type { LabelMatcher, Labels } from './selectors.ts';

/** A selector of Calico that was understood, or why Calico refuses it. */
export type CalicoSelector =
  | {
      readonly matches: LabelMatcher;
      /** The labels that it asks for. */
      readonly keys: ReadonlySet<string>;
      /** What has to be equal for it to match: `app=web`. */
      readonly equalities: readonly string[];
    }
  | { readonly refused: string };

export interface CalicoSelectorOptions {
  /** Put before the name of each label: `pcns.` in a selector of namespaces. */
  readonly prefix?: string;
  /** The label whose presence `all()` means instead of everything, and whose absence `global()` means. */
  readonly all?: string;
}

type Kind =
  | '('
  | ')'
  | '{'
  | '}'
  | ','
  | '=='
  | '!='
  | '!'
  | '&&'
  | '||'
  | 'in'
  | 'not in'
  | 'contains'
  | 'starts with'
  | 'ends with'
  | 'has'
  | 'all'
  | 'global'
  | 'label'
  | 'string'
  | 'end';

interface Token {
  readonly kind: Kind;
  readonly value: string;
}

class Refused extends Error {}

const LONGEST_LABEL = 512;
/** A label is followed by an operator; `notin` and `startswith` are written in one word, too. */
const OPERATOR = /^(contains|starts[ \t]*with|ends[ \t]*with|not[ \t]*in|in)(?![a-zA-Z0-9_./-])/;
const OPERATORS: Readonly<Record<string, Kind>> = {
  contains: 'contains',
  startswith: 'starts with',
  endswith: 'ends with',
  notin: 'not in',
  in: 'in',
};
const CALL = /^(has|all|global)\(/;
const SIGN = /^(==|!=|&&|\|\||[(){},!])/;
const IDENTIFIER = /^[a-zA-Z0-9_./-]+/;

/** The tokens of libcalico-go/lib/selector/tokenizer of projectcalico/calico, and the words with which it refuses. */
function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let rest = text;
  const skip = () => {
    rest = rest.replace(/^[ \t]+/, '');
  };
  const take = (pattern: RegExp): string | undefined => {
    const found = pattern.exec(rest)?.[0];
    if (found !== undefined) rest = rest.slice(found.length);
    return found;
  };
  const identifier = (): string => {
    const found = take(IDENTIFIER);
    if (found === undefined) throw new Refused('expected identifier');
    if (found.length > LONGEST_LABEL) throw new Refused(`label too long: ${found}`);
    return found;
  };
  for (skip(); rest !== ''; skip()) {
    const quote = rest[0]!;
    if (quote === '"' || quote === "'") {
      const end = rest.indexOf(quote, 1);
      if (end < 0) throw new Refused('unterminated string');
      tokens.push({ kind: 'string', value: rest.slice(1, end) });
      rest = rest.slice(end + 1);
      continue;
    }
    const sign = take(SIGN);
    if (sign !== undefined) {
      tokens.push({ kind: sign as Kind, value: sign });
      continue;
    }
    if ('=&|'.includes(quote)) throw new Refused(`expected ${quote}${quote}`);
    const last = tokens.at(-1);
    if (last?.kind === 'label') {
      const operator = take(OPERATOR)?.replace(/[ \t]+/g, '');
      if (operator === undefined) throw new Refused(`expected operator after label "${last.value}"`);
      tokens.push({ kind: OPERATORS[operator]!, value: operator });
      continue;
    }
    const call = take(CALL)?.slice(0, -1);
    if (call === undefined) {
      tokens.push({ kind: 'label', value: identifier() });
      continue;
    }
    skip();
    const value = call === 'has' ? identifier() : '';
    skip();
    if (take(/^\)/) === undefined) throw new Refused(`no closing ')' after ${call}(`);
    tokens.push({ kind: call as Kind, value });
  }
  return [...tokens, { kind: 'end', value: '' }];
}

/** The grammar of libcalico-go/lib/selector/parser: `||` of `&&` of operations that may be negated. */
class Parser {
  readonly keys = new Set<string>();
  readonly #options: CalicoSelectorOptions;
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[], options: CalicoSelectorOptions) {
    this.#tokens = tokens;
    this.#options = options;
  }

  whole(): Parsed {
    const parsed = this.#either();
    if (this.#next.kind !== 'end') throw new Refused('unexpected content at end of selector');
    return parsed;
  }

  get #next(): Token {
    return this.#tokens[this.#at]!;
  }

  #take(): Token {
    const token = this.#next;
    // The end stays, whoever looks.
    if (token.kind !== 'end') this.#at++;
    return token;
  }

  #accept(kind: Kind): boolean {
    if (this.#next.kind !== kind) return false;
    this.#at++;
    return true;
  }

  #either(): Parsed {
    const terms = [this.#both()];
    while (this.#accept('||')) terms.push(this.#both());
    if (terms.length === 1) return terms[0]!;
    return { matches: (labels) => terms.some(({ matches }) => matches(labels)), equalities: [] };
  }

  #both(): Parsed {
    const terms = [this.#operation()];
    while (this.#accept('&&')) terms.push(this.#operation());
    if (terms.length === 1) return terms[0]!;
    return {
      matches: (labels) => terms.every(({ matches }) => matches(labels)),
      equalities: terms.flatMap(({ equalities }) => equalities),
    };
  }

  #operation(): Parsed {
    let isNegated = false;
    while (this.#accept('!')) isNegated = !isNegated;
    const parsed = this.#plain();
    return isNegated ? { matches: (labels) => !parsed.matches(labels), equalities: [] } : parsed;
  }

  #plain(): Parsed {
    const { kind, value } = this.#take();
    switch (kind) {
      case 'has':
        return this.#asks(value, (own) => own !== undefined);
      case 'all':
      case 'global': {
        const { all } = this.#options;
        if (all === undefined) return { matches: () => true, equalities: [] };
        this.keys.add(all);
        return {
          matches: (labels) => (labelOf(labels, all) !== undefined) === (kind === 'all'),
          equalities: [],
        };
      }
      case '(': {
        const parsed = this.#either();
        if (!this.#accept(')')) throw new Refused('expected )');
        return parsed;
      }
      case 'label':
        return this.#comparison(value);
      default:
        throw new Refused(
          kind === 'end' ? 'unexpected end of string looking for op' : `unexpected token: ${value || kind}`,
        );
    }
  }

  #comparison(label: string): Parsed {
    const operator = this.#take().kind;
    if (operator === 'in' || operator === 'not in') {
      const values = this.#set();
      return this.#asks(label, (own) => (own !== undefined && values.has(own)) === (operator === 'in'));
    }
    const test = COMPARISONS[operator];
    if (test === undefined) throw new Refused(`expected operator after label "${label}"`);
    const { kind, value } = this.#take();
    if (kind !== 'string') throw new Refused('expected string');
    const { matches } = this.#asks(label, (own) => test(own, value));
    return { matches, equalities: operator === '==' ? [`${label}=${value}`] : [] };
  }

  #set(): ReadonlySet<string> {
    if (!this.#accept('{')) throw new Refused('expected set literal');
    const values = new Set<string>();
    while (this.#next.kind === 'string') {
      values.add(this.#take().value);
      if (!this.#accept(',')) break;
    }
    if (!this.#accept('}')) throw new Refused('expected }');
    return values;
  }

  #asks(label: string, test: (own: string | undefined) => boolean): Parsed {
    const key = `${this.#options.prefix ?? ''}${label}`;
    this.keys.add(key);
    return { matches: (labels) => test(labelOf(labels, key)), equalities: [] };
  }
}

interface Parsed {
  readonly matches: LabelMatcher;
  readonly equalities: readonly string[];
}

type Comparison = (own: string | undefined, value: string) => boolean;

const COMPARISONS: Partial<Record<Kind, Comparison>> = {
  '==': (own, value) => own === value,
  '!=': (own, value) => own !== value,
  contains: (own, value) => own?.includes(value) ?? false,
  'starts with': (own, value) => own?.startsWith(value) ?? false,
  'ends with': (own, value) => own?.endsWith(value) ?? false,
};

function labelOf(labels: Labels, key: string): string | undefined {
  const value = labels?.[key];
  return typeof value === 'string' ? value : value === null ? '' : undefined;
}

/** Compiles a selector of Calico (libcalico-go/lib/selector of projectcalico/calico); the empty one selects everything. */
export function compileCalicoSelector(text: string, options: CalicoSelectorOptions = {}): CalicoSelector {
  try {
    const tokens = tokensOf(text);
    if (tokens.length === 1) return { matches: () => true, keys: new Set(), equalities: [] };
    const parser = new Parser(tokens, options);
    const { matches, equalities } = parser.whole();
    return { matches, keys: parser.keys, equalities };
  } catch (error) {
    if (error instanceof Refused) return { refused: error.message };
    throw error;
  }
}
