/** Objects of built-in kinds with values and fields that decoding refuses, from a seed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json, JsonObject } from '../../src/kubernetes/json.ts';
import type { SchemaTable } from '../../src/kubernetes/schema/table.ts';
import type { Random } from './random.ts';

export const table = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../src/kubernetes/schema/schema.generated.json'), 'utf8'),
) as SchemaTable;

const ODD_VALUES: readonly Json[] = [
  null,
  true,
  false,
  0,
  1,
  -1,
  1.5,
  255,
  256,
  2147483648,
  -2147483649,
  1e19,
  1e21,
  1e300,
  '',
  'text',
  '10',
  '100m',
  '1.5Gi',
  '1x',
  ' 5 ',
  '2020-02-29T10:20:30Z',
  '2021-02-29T10:20:30Z',
  '2020-01-01T1:00:00Z',
  '2020-13-01T00:00:00Z',
  '2020-01-01T00:00:00.123456Z',
  '2020-01-01T00:00:00,5+01:30',
  '2020-01-01T00:00:00+25:00',
  '2020-01-01T00:00:00Zx',
  '2020-01-01',
  '0000-00-00T00:00:00Z',
  '1h30m',
  '1.5s',
  '5',
  '-3x',
  '.5h.5m',
  'aGk=',
  'aGk',
  'a===',
  'aGk=x',
  'aG\nk=',
  'a G',
  'aGkx=',
  'aGk=\n',
  'YQ=\n=',
  [],
  [null],
  [1],
  ['a'],
  [[]],
  {},
  { a: 1 },
  { a: 'b' },
  { foo: {} },
  [{}],
];

/** Puts an odd value, an unknown field or a field of another spelling at a random place. */
export function mutate(object: JsonObject, random: Random): JsonObject {
  const copy = structuredClone(object);
  const places: (JsonObject | Json[])[] = [];
  const visit = (value: Json | undefined) => {
    if (value === null || typeof value !== 'object') return;
    places.push(value);
    for (const [key, entry] of Object.entries(value)) if (key !== 'openAPIV3Schema') visit(entry);
  };
  visit(copy);
  for (let times = 1 + random.below(3); times > 0; times--) {
    const place = random.pick(places);
    if (Array.isArray(place)) {
      place[random.below(place.length + 1)] = random.pick(ODD_VALUES);
      continue;
    }
    const keys = Object.keys(place).filter(
      (key) => key !== 'openAPIV3Schema' && !(place === copy && (key === 'apiVersion' || key === 'kind')),
    );
    const key = keys.length === 0 ? 'foo' : random.pick(keys);
    switch (random.below(4)) {
      case 0:
        place[random.pick(['foo', 'Spec', 'securitycontext', 'a.b/c', 'x"y'])] = random.pick(ODD_VALUES);
        break;
      case 1:
        place[key.toUpperCase()] = place[key];
        break;
      default:
        place[key] = random.pick(ODD_VALUES);
    }
  }
  return copy;
}

/** A random value for a type of the table, now and then a wrong one. */
export function generate(id: number, random: Random, depth: number): Json {
  if (random.below(30) === 0) return random.pick(ODD_VALUES);
  const type = table.types[id]!;
  if (typeof type !== 'string') {
    const names = Object.keys(type[1]);
    const object: JsonObject = random.below(40) === 0 ? { foo: random.pick(ODD_VALUES) } : {};
    for (let i = depth > 7 ? 0 : Math.min(names.length, 1 + random.below(5)); i > 0; i--) {
      const name = random.pick(names);
      const field = type[1][name]!;
      object[name] = generate(typeof field === 'number' ? field : field[0], random, depth + 1);
    }
    return object;
  }
  const element = Number.parseInt(type.slice(1), 10);
  if (type[0] === '[')
    return Array.from({ length: random.below(3) }, () => generate(element, random, depth + 1));
  if (type[0] === '{') return { 'a.b/c': generate(element, random, depth + 1) };
  const usual: Record<string, Json> = {
    s: 'a',
    b: true,
    i: 1,
    u: 1,
    f: 0.5,
    q: '1Gi',
    x: '50%',
    t: '2020-01-01T00:00:00Z',
    m: '2020-01-01T00:00:00.000000Z',
    d: '1m',
    D: '1m',
    y: 'aGk=',
    // What is opaque to the table may have a decoder that refuses anything but null.
    a: null,
  };
  return random.below(10) === 0 && type !== 'a' ? random.pick(ODD_VALUES) : usual[type[0]!]!;
}
