import { isObject, type Json, type JsonObject } from '../../src/kubernetes/json.ts';
import type { SchemaTable } from '../../src/kubernetes/schema/table.ts';
import type { Random } from './random.ts';

/** Values that defaults and comparisons depend on, and some that nothing depends on. */
const TEXTS = [
  ...[
    '',
    'a',
    'b',
    'latest',
    'nginx',
    'nginx:latest',
    'nginx:1.27',
    'x@sha256:1',
    'Container',
    'Pod',
    'User',
  ],
  ...['Group', 'ServiceAccount', 'RollingUpdate', 'OnDelete', 'Recreate', 'None', 'ClientIP', 'LoadBalancer'],
  ...[
    'NodePort',
    'ExternalName',
    'ClusterIP',
    'ExactCount',
    'All',
    'Fail',
    'TCP',
    'UDP',
    'Resource',
    'Limited',
  ],
];
const AMOUNTS = [
  '1',
  '1000m',
  '1.5',
  '0',
  '1Gi',
  '1073741824',
  '100u',
  '1.0001',
  '0.5m',
  '0.5Ki',
  '1e3',
  '12345n',
];
const TIMES = ['2020-01-01T00:00:00Z', '2020-01-01T01:00:00+01:00', null];
const BYTES = ['', 'aGk=', 'aGk=\n', 'aG\nk=', 'aGl='];

/** A random object of a kind that the decoder takes, with many zero values, empty lists and nulls. */
export function randomObject(
  table: SchemaTable,
  apiVersion: string,
  kind: string,
  random: Random,
): JsonObject {
  const object = value(table, table.kinds[apiVersion]![kind]!, random, 0);
  const metadata: JsonObject = { name: random.pick(['a', 'b']), labels: { app: 'a' } };
  if (random.below(3) === 0) delete metadata['labels'];
  return { ...(isObject(object) ? object : {}), metadata, apiVersion, kind };
}

function value(table: SchemaTable, id: number, random: Random, depth: number): Json {
  const type = table.types[id]!;
  if (typeof type !== 'string') return struct(table, type[1], random, depth);
  const element = Number.parseInt(type.slice(1), 10);
  if (type[0] === '[') {
    const length = random.pick([0, 1, 1, 2, 3]);
    return Array.from({ length }, () => value(table, element, random, depth + 1));
  }
  if (type[0] === '{') {
    const names = ['cpu', 'memory', 'app'].filter(() => random.below(2) === 0);
    return Object.fromEntries(names.map((name) => [name, value(table, element, random, depth + 1)]));
  }
  switch (type[0]) {
    case 's':
      return random.pick(TEXTS);
    case 'b':
      return random.pick([true, false]);
    case 'i':
      return random.pick([0, 1, 80, -1]);
    case 'u':
      return random.pick([0, 1]);
    case 'f':
      return random.pick([0, 0.5]);
    case 'q':
      return random.pick(AMOUNTS);
    case 'x':
      return random.pick([0, 80, '', '50%', 'http']);
    case 't':
      return random.pick(TIMES);
    case 'm':
      return random.pick(['2020-01-01T00:00:00.000000Z', null]);
    case 'd':
    case 'D':
      return '1m0s';
    case 'y':
      return random.pick(BYTES);
    default:
      // What is opaque to the table may have a decoder that refuses anything but null.
      return null;
  }
}

type Fields = Extract<SchemaTable['types'][number], readonly unknown[]>[1];

function struct(table: SchemaTable, fields: Fields, random: Random, depth: number): Json {
  if (depth > 0 && random.below(30) === 0) return random.pick([null, {}]);
  const object: JsonObject = {};
  const chance = depth < 2 ? 0.9 : depth < 7 ? 0.35 : 0.1;
  for (const [name, field] of Object.entries(fields)) {
    if (random.next() > chance || name === 'metadata') continue;
    object[name] =
      random.below(25) === 0
        ? null
        : value(table, typeof field === 'number' ? field : field[0], random, depth + 1);
  }
  return object;
}

/** A copy with one to three places changed to another value, an empty one, or none. */
export function changed(object: JsonObject, other: JsonObject, random: Random): JsonObject {
  const copy = structuredClone(object);
  for (let times = 1 + random.below(2); times > 0; times--) change(copy, other, random);
  return { ...copy, apiVersion: object['apiVersion']!, kind: object['kind']! };

  function change(target: JsonObject, source: JsonObject, from: Random): void {
    const names = [...new Set([...Object.keys(target), ...Object.keys(source)])];
    if (names.length === 0) return;
    const name = from.pick(names);
    const mine = target[name];
    const theirs = source[name];
    if (isObject(mine) && isObject(theirs) && from.below(6) > 0) {
      change(mine, theirs, from);
      return;
    }
    if (Array.isArray(mine) && Array.isArray(theirs) && from.below(4) > 0) {
      const at = from.below(Math.max(mine.length, 1));
      const [left, right] = [mine[at], theirs[at]];
      if (isObject(left) && isObject(right)) {
        change(left, right, from);
        return;
      }
    }
    const empty = Array.isArray(mine ?? theirs) ? [] : isObject(mine ?? theirs) ? {} : zero(mine ?? theirs);
    switch (from.below(4)) {
      case 0:
        delete target[name];
        return;
      case 1:
        target[name] = empty;
        return;
      case 2:
        target[name] = null;
        return;
      default:
        if (theirs === undefined) delete target[name];
        else target[name] = structuredClone(theirs);
    }
  }
}

function zero(value: Json | undefined): Json {
  return typeof value === 'string'
    ? ''
    : typeof value === 'number'
      ? 0
      : typeof value === 'boolean'
        ? false
        : null;
}
