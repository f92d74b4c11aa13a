/**
 * Ignore rules as gitignore(5) and git's wildmatch.c define them. Written here because the usual package turns rules
 * into regular expressions, on which a hostile .gitignore can hang; this matcher takes time linear in pattern times name.
 */
export interface IgnoreRule {
  readonly negated: boolean;
  readonly foldersOnly: boolean;
  /** Matched against the name alone, at any depth, instead of the whole path from the .gitignore's folder. */
  readonly nameOnly: boolean;
  readonly segments: readonly Segment[];
}

type Segment = typeof ANY_DEPTH | readonly Token[];
type Token = typeof ANY_RUN | typeof ANY_ONE | string | CharacterSet;
interface CharacterSet {
  readonly negated: boolean;
  readonly ranges: readonly (readonly [number, number])[];
}

const ANY_DEPTH = Symbol('**');
const ANY_RUN = Symbol('*');
const ANY_ONE = Symbol('?');

/** The rules of one .gitignore file, in its order. */
export function parseIgnoreFile(text: string): IgnoreRule[] {
  const rules: IgnoreRule[] = [];
  for (const line of bytesOf(text.replace(/^\uFEFF/, '')).split('\n')) {
    const rule = parseRule(line.replace(/\r$/, ''));
    if (rule) rules.push(rule);
  }
  return rules;
}

/**
 * What the rules of one .gitignore say of a path below its folder: the last rule that matches decides, undefined if none.
 * @param path segments from the .gitignore's folder
 */
export function ignoredBy(
  rules: readonly IgnoreRule[],
  path: readonly string[],
  isFolder: boolean,
): boolean | undefined {
  for (let i = rules.length - 1; i >= 0; i--) {
    const rule = rules[i]!;
    if (rule.foldersOnly && !isFolder) continue;
    const matches = rule.nameOnly
      ? matchSegment(rule.segments[0] as readonly Token[], path[path.length - 1] ?? '')
      : matchPath(rule.segments, path);
    if (matches) return !rule.negated;
  }
  return undefined;
}

/** One character for each byte of UTF-8: git compares bytes, so that `?` is one byte. */
function bytesOf(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

function parseRule(line: string): IgnoreRule | undefined {
  let text = trimTrailingSpaces(line);
  if (text === '' || text.startsWith('#')) return undefined;
  const negated = text.startsWith('!');
  if (negated) text = text.slice(1);
  const foldersOnly = text.endsWith('/');
  if (foldersOnly) text = text.slice(0, -1);
  if (text === '') return undefined;
  const nameOnly = !text.includes('/');
  if (text.startsWith('/')) text = text.slice(1);
  const segments: Segment[] = [];
  for (const part of text.split('/')) {
    const segment = part === '**' && !nameOnly ? ANY_DEPTH : parseSegment(part);
    if (segment === undefined) return undefined;
    segments.push(segment);
  }
  return { negated, foldersOnly, nameOnly, segments };
}

function trimTrailingSpaces(line: string): string {
  let end = line.length;
  while (end > 0 && line[end - 1] === ' ' && !escapedAt(line, end - 1)) end--;
  return line.slice(0, end);
}

function escapedAt(line: string, index: number): boolean {
  let backslashes = 0;
  while (line[index - 1 - backslashes] === '\\') backslashes++;
  return backslashes % 2 === 1;
}

/** Undefined where the pattern can never match, such as one that ends in an open bracket or a lone backslash. */
function parseSegment(text: string): Token[] | undefined {
  const tokens: Token[] = [];
  const characters = text.split('');
  for (let i = 0; i < characters.length; i++) {
    const character = characters[i]!;
    if (character === '*') {
      if (tokens[tokens.length - 1] !== ANY_RUN) tokens.push(ANY_RUN);
    } else if (character === '?') {
      tokens.push(ANY_ONE);
    } else if (character === '\\') {
      const escaped = characters[++i];
      if (escaped === undefined) return undefined;
      tokens.push(escaped);
    } else if (character === '[') {
      const set = parseSet(characters, i + 1);
      if (!set) return undefined;
      tokens.push(set.set);
      i = set.end;
    } else {
      tokens.push(character);
    }
  }
  return tokens;
}

function parseSet(
  characters: readonly string[],
  start: number,
): { set: CharacterSet; end: number } | undefined {
  let i = start;
  const negated = characters[i] === '!' || characters[i] === '^';
  if (negated) i++;
  const ranges: [number, number][] = [];
  for (let first = true; ; first = false) {
    const character = characters[i];
    if (character === undefined) return undefined;
    if (character === ']' && !first) return { set: { negated, ranges }, end: i };
    if (character === '[' && characters[i + 1] === ':') {
      const close = characters.indexOf(']', i + 2);
      if (close > 0 && characters[close - 1] === ':') {
        const named = POSIX_CLASSES[characters.slice(i + 2, close - 1).join('')];
        if (!named) return undefined;
        ranges.push(...named);
        i = close + 1;
        continue;
      }
    }
    const low = characters[i] === '\\' ? characters[++i] : characters[i];
    if (low === undefined) return undefined;
    i++;
    if (characters[i] === '-' && characters[i + 1] !== ']' && characters[i + 1] !== undefined) {
      const high = characters[++i] === '\\' ? characters[++i] : characters[i];
      if (high === undefined) return undefined;
      i++;
      ranges.push([low.codePointAt(0)!, high.codePointAt(0)!]);
    } else {
      ranges.push([low.codePointAt(0)!, low.codePointAt(0)!]);
    }
  }
}

const DIGIT: [number, number][] = [[48, 57]];
const UPPER: [number, number][] = [[65, 90]];
const LOWER: [number, number][] = [[97, 122]];
const PUNCTUATION: [number, number][] = [
  [33, 47],
  [58, 64],
  [91, 96],
  [123, 126],
];
const POSIX_CLASSES: Readonly<Record<string, [number, number][] | undefined>> = {
  alnum: [...DIGIT, ...UPPER, ...LOWER],
  alpha: [...UPPER, ...LOWER],
  blank: [
    [9, 9],
    [32, 32],
  ],
  cntrl: [
    [0, 31],
    [127, 127],
  ],
  digit: DIGIT,
  graph: [[33, 126]],
  lower: LOWER,
  print: [[32, 126]],
  punct: PUNCTUATION,
  space: [
    [9, 13],
    [32, 32],
  ],
  upper: UPPER,
  xdigit: [...DIGIT, [65, 70], [97, 102]],
};

/** Segments against path segments; `**` stands for any number of them, at the end for at least one. */
function matchPath(pattern: readonly Segment[], path: readonly string[]): boolean {
  return matchWithRuns(
    pattern.length,
    path.length,
    (i) => pattern[i] === ANY_DEPTH,
    (i, j) => matchSegment(pattern[i] as readonly Token[], path[j]!),
    pattern[pattern.length - 1] === ANY_DEPTH,
  );
}

function matchSegment(tokens: readonly Token[], name: string): boolean {
  const characters = bytesOf(name);
  return matchWithRuns(
    tokens.length,
    characters.length,
    (i) => tokens[i] === ANY_RUN,
    (i, j) => matchOne(tokens[i]!, characters[j]!),
    false,
  );
}

function matchOne(token: Token, character: string): boolean {
  if (typeof token === 'string') return token === character;
  if (typeof token === 'symbol') return token === ANY_ONE;
  const code = character.codePointAt(0)!;
  return token.ranges.some(([low, high]) => code >= low && code <= high) !== token.negated;
}

/** Wildcard matching that goes back to the last run only, which is enough and keeps the time to length times length. */
function matchWithRuns(
  patternLength: number,
  textLength: number,
  isRun: (i: number) => boolean,
  matches: (i: number, j: number) => boolean,
  lastRunTakesOne: boolean,
): boolean {
  let i = 0;
  let j = 0;
  let runAt = -1;
  let runTaken = 0;
  while (j < textLength) {
    if (i < patternLength && isRun(i)) {
      runAt = i++;
      runTaken = j;
      if (i === patternLength) return true;
    } else if (i < patternLength && matches(i, j)) {
      i++;
      j++;
    } else if (runAt >= 0) {
      i = runAt + 1;
      j = ++runTaken;
    } else {
      return false;
    }
  }
  while (i < patternLength && isRun(i)) {
    if (lastRunTakesOne && i === patternLength - 1) return false;
    i++;
  }
  return i === patternLength;
}
