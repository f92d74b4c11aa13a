import { COLUMNS, type Column } from '../record.ts';
import { identifier, type Parameter } from './duckdb.ts';
import type { Query, Test } from './event-store.ts';
import { storable } from './stored-text.ts';
import { deedHashes, valueHash, WORD_COLUMNS, wordHashes } from './words.ts';

/** Part of a statement, and what its question marks stand for. */
export interface Sql {
  readonly text: string;
  readonly parameters: readonly Parameter[];
}

export const ALWAYS: Sql = { text: 'true', parameters: [] };
const NEVER: Sql = { text: 'false', parameters: [] };

export function joined(parts: readonly Sql[], by: ' AND ' | ' OR '): Sql {
  const [first, second] = parts;
  if (first === undefined) return by === ' AND ' ? ALWAYS : NEVER;
  if (second === undefined) return first;
  return {
    text: `(${parts.map(({ text }) => text).join(by)})`,
    parameters: parts.flatMap(({ parameters }) => parameters),
  };
}

/** Values as a column has them: texts stand for numbers where the column has numbers, and the other way about. */
function values(column: Column, value: string | number | readonly (string | number)[]): Parameter[] {
  const all = typeof value === 'object' ? value : [value];
  if (COLUMNS[column] === 'VARCHAR') return all.map((one) => storable(String(one)));
  return all
    .filter((one) => one !== '')
    .map(Number)
    .filter(Number.isSafeInteger);
}

function among(column: Column, given: string | number | readonly (string | number)[]): Sql {
  const parameters = values(column, given);
  const name = identifier(column);
  if (parameters.length === 0) return NEVER;
  if (parameters.length === 1) return { text: `${name} = ?`, parameters };
  return { text: `${name} IN (${parameters.map(() => '?').join(', ')})`, parameters };
}

/** A pattern whose only special character is `*`, as LIKE has it. */
function likePattern(pattern: string): string {
  return storable(pattern)
    .replace(/[\\%_]/g, '\\$&')
    .replaceAll('*', '%');
}

export function testSql(test: Test): Sql {
  if ('any' in test) return joined(test.any.map(testSql), ' OR ');
  if ('all' in test) return joined(test.all.map(testSql), ' AND ');
  if ('is' in test) return among(test.column, test.is);
  if ('not' in test) {
    const { text, parameters } = among(test.column, test.not);
    return { text: `NOT (${text})`, parameters };
  }
  const name = identifier(test.column);
  const value = COLUMNS[test.column] === 'VARCHAR' ? name : `CAST(${name} AS VARCHAR)`;
  return { text: `${value} LIKE ? ESCAPE '\\'`, parameters: [likePattern(test.like)] };
}

/** The columns that a test looks at. */
export function columnsOf(test: Test): Column[] {
  if ('any' in test) return test.any.flatMap(columnsOf);
  if ('all' in test) return test.all.flatMap(columnsOf);
  return [test.column];
}

export function timeSql({ from, to }: Pick<Query, 'from' | 'to'>): Sql {
  const parts: Sql[] = [];
  if (from !== undefined) parts.push({ text: 'time >= ?', parameters: [wholeTime(from, Math.ceil)] });
  if (to !== undefined) parts.push({ text: 'time <= ?', parameters: [wholeTime(to, Math.floor)] });
  return joined(parts, ' AND ');
}

/** Any time, also one of no end, as BIGINT has it. */
function wholeTime(time: number, round: (value: number) => number): number {
  return Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, round(time)));
}

/** Words of which a block has to have all, for one of the alternatives. */
export type Alternatives = readonly (readonly number[])[];

const VALUED: ReadonlySet<Column> = new Set<Column>(WORD_COLUMNS);
const FILTERED: ReadonlySet<Column> = new Set<Column>([...WORD_COLUMNS, 'audit_id']);
/** Asking filters for more alternatives than this costs more than it spares. */
const MAX_ALTERNATIVES = 32;

/** Words of a value that filters are asked for, each of which is a read; so many are as good as all. */
const MAX_WORDS = 8;

/**
 * The words that rows which pass a test must have, as filters know them.
 * @returns undefined where nothing can be told
 */
export function testWords(test: Test): Alternatives | undefined {
  if ('all' in test) return conjunctionWords(test.all);
  if ('any' in test) {
    const each = test.any.map(testWords);
    if (each.length === 0 || each.some((one) => one === undefined)) return undefined;
    const all = each.flatMap((one) => one ?? []);
    return all.length <= MAX_ALTERNATIVES ? all : undefined;
  }
  if ('not' in test || !FILTERED.has(test.column)) return undefined;
  if ('like' in test) {
    const pieces = storable(test.like).split('*');
    const words = pieces.flatMap((piece, at) => wordHashes(piece, at === 0, at === pieces.length - 1));
    return words.length > 0 ? [words] : undefined;
  }
  const given = values(test.column, test.is).map(String);
  // Filters are vague: a value with its words is taken for another one far more seldom than alone.
  const all = given.map((value) => [
    ...(VALUED.has(test.column) ? [valueHash(value)] : []),
    ...wordHashes(value).slice(0, MAX_WORDS),
  ]);
  if (all.length === 0 || all.length > MAX_ALTERNATIVES) return undefined;
  // An empty value is in no filter.
  return all.every((words, at) => words.length > 0 && given[at] !== '') ? all : undefined;
}

/** As testWords, for rows that pass all of some tests. */
export function conjunctionWords(tests: readonly Test[]): Alternatives | undefined {
  return allWords([...tests.map(testWords), deedWords(tests)]);
}

/** Where both verbs and resources are told. */
function deedWords(tests: readonly Test[]): Alternatives | undefined {
  const told = (column: Column) => {
    const test = tests.find((one) => 'is' in one && one.column === column);
    const all = test !== undefined && 'is' in test ? values(column, test.is).map(String) : [];
    return all.includes('') ? [] : all;
  };
  const resources = told('resource');
  const deeds = told('verb').flatMap((verb) => resources.map((resource) => deedHashes(verb, resource)));
  return deeds.length > 0 && deeds.length <= MAX_ALTERNATIVES ? deeds : undefined;
}

/** Alternatives of which one of each has to be. */
export function allWords(parts: readonly (Alternatives | undefined)[]): Alternatives | undefined {
  let all: Alternatives | undefined;
  for (const part of parts) {
    if (part === undefined) continue;
    if (all === undefined) all = part;
    else if (all.length * part.length <= MAX_ALTERNATIVES) {
      const before = all;
      all = part.flatMap((words) => before.map((others) => [...new Set([...others, ...words])]));
    }
  }
  return all;
}
