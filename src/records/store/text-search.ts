import type { Sql } from './conditions.ts';
import { storable } from './stored-text.ts';
import { foldUnit, wordHashes } from './words.ts';

/*
 * What a text of a query finds. An original that begins with `{` is JSON and is searched as what it says, escapes resolved
 * (words.ts: plainText); others are searched as they are. Letters differ in nothing but case from those that they find (words.ts:
 * foldUnit). Where the text begins or ends with an ASCII letter or digit it finds whole words: `pay` finds neither `payment` nor
 * `prepay`. A `*` at its beginning or end lifts that: `pay*` finds `payment`, too. Runs of characters in JSON escapes that no
 * encoder writes (`\u0041`) may be found where they begin or end in the middle of a word.
 */

const WORD = /[0-9A-Za-z]/;
/** Before and after a whole word: no letter, no digit. A backslash begins an escape (see `RESOLVED`). */
const BEFORE = { json: '(?:^|[^0-9A-Za-z\\\\]|\\\\.|\\\\u[0-9A-Fa-f]{4})', plain: '(?:^|[^0-9A-Za-z])' };
const AFTER = { json: '(?:$|[^0-9A-Za-z])', plain: '(?:$|[^0-9A-Za-z])' };
/** Takes the place of two backslashes, so that every other one begins an escape. */
const RESOLVED = "replace(raw, '\\\\', chr(1))";

/** ASCII that JSON writes as it is, or by number. */
const PLAIN = /[ !#-.0-[\]-~]+/g;
/** Go writes `&`, `<` and `>` by number (encoding/json, HTMLEscape), others hardly anyone. */
const ODD_ESCAPE = { any: '\\\\u00', butHtml: '\\\\u00(?:[^23]|2[^6]|3[^ceCE])' };

export interface TextSearch {
  /** The condition on `raw`. */
  readonly sql: Sql;
  /** Words that a row has to have, as filters know them. */
  readonly words: readonly number[];
}

/** Letters that are the same but for their case. */
function cases(letter: string): string[] {
  const lower = letter.toLowerCase();
  const all = new Set([letter, lower, letter.toUpperCase(), lower.toUpperCase()]);
  const folded = foldUnit(letter.charCodeAt(0));
  return [...all].filter((one) => one.length === 1 && foldUnit(one.charCodeAt(0)) === folded);
}

const hex = (unit: number) => unit.toString(16).padStart(4, '0');

function escaped(character: string): string {
  return [...Array(character.length).keys()].map((at) => `\\\\u${hex(character.charCodeAt(at))}`).join('');
}

const SHORT: Readonly<Record<string, string>> = {
  '\b': '\\\\b',
  '\f': '\\\\f',
  '\n': '\\\\n',
  '\r': '\\\\r',
  '\t': '\\\\t',
  '"': '\\\\"',
  '/': '\\\\/',
};

function literal(character: string): string {
  return `\\x{${(character.codePointAt(0) as number).toString(16)}}`;
}

/** An expression of RE2 for one character, in JSON in any of its escapes. */
function characterPattern(character: string, json: boolean): string {
  const same = character.length === 1 ? cases(character) : [character];
  const stored = [...storable(character)].map(literal).join('');
  const plain = same.length === 1 ? stored : `[${same.map(literal).join('')}]`;
  if (!json) return plain;
  const unicode = `(?i:${same.map(escaped).join('|')})`;
  if (character === '\\') return `(?:\\x01|${unicode})`;
  const short = SHORT[character];
  return short === undefined ? `(?:${plain}|${unicode})` : `(?:${plain}|${short}|${unicode})`;
}

/** @returns undefined for a text that everything has */
function textSearch(given: string): TextSearch | undefined {
  const openBefore = given.startsWith('*');
  const openAfter = given.length > 1 && given.endsWith('*');
  const text = given.slice(openBefore ? 1 : 0, openAfter ? -1 : undefined);
  if (text === '') return undefined;
  const characters = [...text];
  const wordsOf = () => {
    // What is stored in the place of some characters has letters and digits that join those beside them.
    const pieces = characters
      .map((one) => (storable(one) === one ? one : '\0'))
      .join('')
      .split('\0');
    const hashes = pieces.flatMap((piece, at) =>
      wordHashes(piece, at === 0 && !openBefore, at === pieces.length - 1 && !openAfter),
    );
    return [...new Set(hashes)];
  };
  const wholeBefore = !openBefore && WORD.test(text.slice(0, 1));
  const wholeAfter = !openAfter && WORD.test(text.slice(-1));
  const pattern = (kind: 'json' | 'plain') => {
    const body = characters.map((one) => characterPattern(one, kind === 'json')).join('');
    // The first character must not be one that a backslash before it makes another of.
    const start = wholeBefore ? BEFORE[kind] : kind === 'json' ? '(?:^|[^\\\\])' : '';
    return `(?s)${start}${body}${wholeAfter ? AFTER[kind] : ''}`;
  };
  const literals = text.match(PLAIN)?.reduce((a, b) => (b.length > a.length ? b : a));
  const exact = `CASE WHEN raw[1] = '{' THEN regexp_matches(${RESOLVED}, ?) ELSE regexp_matches(raw, ?) END`;
  const parameters = [pattern('json'), pattern('plain')];
  if (literals === undefined) return { sql: { text: exact, parameters }, words: wordsOf() };
  // An expression without a choice is several times as fast, and most originals have no escapes by number but of `&`, `<` and `>`.
  const quick = `(?i)${literals.replace(/[^0-9A-Za-z]/g, (one) => literal(one))}`;
  const odd = /[&<>]/.test(literals) ? ODD_ESCAPE.any : ODD_ESCAPE.butHtml;
  const sql = {
    text: `CASE WHEN regexp_matches(raw, ?) THEN ${exact} WHEN NOT contains(raw, '\\u00') THEN false WHEN regexp_matches(raw, ?) THEN ${exact} ELSE false END`,
    parameters: [quick, ...parameters, odd, ...parameters],
  };
  return { sql, words: wordsOf() };
}

/** The texts of a query, but for those that everything has. */
export function textSearches(texts: readonly string[]): TextSearch[] {
  return texts.map(textSearch).filter((one) => one !== undefined);
}
