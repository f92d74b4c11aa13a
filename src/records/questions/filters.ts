import type { Source } from '../record.ts';
import { SOURCES } from '../record.ts';
import type { Query, Test } from '../store/event-store.ts';
import { addressTest } from './addresses.ts';
import { among, READS } from './tests.ts';

/** What narrows a question. A list is met by any of its values. */
export interface Filters {
  readonly clusters?: readonly string[];
  readonly namespaces?: readonly string[];
  /** `write` stands for all but get, list and watch. */
  readonly verbs?: readonly string[];
  /** Plural names; with a subresource behind a slash (`pods/exec`), with a group behind a dot (`roles.rbac.authorization.k8s.io`). */
  readonly resources?: readonly string[];
  readonly names?: readonly string[];
  /** With `*` for any text. */
  readonly users?: readonly string[];
  readonly groups?: readonly string[];
  readonly addresses?: readonly string[];
  readonly agents?: readonly string[];
  /** `403`, or `4xx` for all of them. */
  readonly codes?: readonly string[];
  readonly decisions?: readonly string[];
  readonly sources?: readonly Source[];
  /** True: only what was done in another's name. */
  readonly impersonated?: boolean;
  /** Words that the original has to contain, all of them. */
  readonly text?: readonly string[];
}

/** A filter that means nothing. */
export interface FilterProblem {
  readonly filter: keyof Filters;
  readonly value: string;
}

/** Filters as a query, and those that mean nothing. */
export function queryOf(filters: Filters): { query: Query; problems: FilterProblem[] } {
  const problems: FilterProblem[] = [];
  const where: Test[] = [];
  const each = (filter: keyof Filters, make: (value: string) => Test | undefined) => {
    const values = (filters[filter] ?? []) as readonly string[];
    if (values.length === 0) return;
    const tests = values.flatMap((value) => {
      const test = make(value);
      if (test === undefined) problems.push({ filter, value });
      return test ?? [];
    });
    where.push({ any: tests });
  };
  each('clusters', (is) => ({ column: 'cluster', is }));
  each('namespaces', (is) => ({ column: 'namespace', is }));
  each('verbs', (verb) => (verb === 'write' ? { column: 'verb', not: READS } : { column: 'verb', is: verb }));
  each('resources', resourceTest);
  each('names', (name) => pattern('name', name));
  each('users', (user) => ({ any: [pattern('user', user), pattern('impersonated', user)] }));
  each('groups', (group) => among('groups', group));
  each('addresses', addressTest);
  each('agents', (agent) => pattern('user_agent', agent));
  each('codes', codeTest);
  each('decisions', (is) => (is === 'allow' || is === 'forbid' ? { column: 'decision', is } : undefined));
  each('sources', (is) => (SOURCES.includes(is as Source) ? { column: 'source', is } : undefined));
  if (filters.impersonated === true) where.push({ column: 'impersonated', not: '' });
  const text = filters.text ?? [];
  return { query: { where, ...(text.length === 0 ? {} : { text }) }, problems };
}

function pattern(column: 'name' | 'user' | 'impersonated' | 'user_agent', value: string): Test {
  return value.includes('*') ? { column, like: value } : { column, is: value };
}

function resourceTest(text: string): Test | undefined {
  const [type = '', subresource, ...more] = text.split('/');
  if (type === '' || subresource === '' || more.length > 0) return undefined;
  const dot = type.indexOf('.');
  const all: Test[] = [{ column: 'resource', is: dot < 0 ? type : type.slice(0, dot) }];
  if (dot >= 0) all.push({ column: 'api_group', is: type.slice(dot + 1) });
  if (subresource !== undefined) all.push({ column: 'subresource', is: subresource });
  return { all };
}

function codeTest(text: string): Test | undefined {
  if (/^[1-5]xx$/.test(text)) {
    const first = Number(text[0]) * 100;
    return { column: 'code', is: Array.from({ length: 100 }, (_, at) => first + at) };
  }
  return /^\d{1,3}$/.test(text) ? { column: 'code', is: Number(text) } : undefined;
}
