import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { isObject, type Json, type JsonObject } from '../../src/kubernetes/json.ts';
import { BUILT_IN_SCHEMA, refusal } from '../../src/kubernetes/schema/index.ts';
import type { SchemaTable } from '../../src/kubernetes/schema/table.ts';
import { readYaml } from '../../src/kubernetes/yaml/index.ts';
import { hasGo } from './build-oracle.ts';
import { askOracle } from './oracle.ts';
import { Random } from './random.ts';

const SEED = 20260502;
const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const corpora = join(root, '../shared/corpora');
const table = JSON.parse(
  readFileSync(join(root, 'src/kubernetes/schema/schema.generated.json'), 'utf8'),
) as SchemaTable;

interface Answer {
  known: boolean;
  fatal: string | null;
  strict: string[];
}

/** Upstream tells at most 100 strict errors, each once, and none where something is fatal. */
function ours(object: JsonObject): Answer {
  const { known, problems } = BUILT_IN_SCHEMA.checkObject(object);
  const fatal = refusal(problems)?.message ?? null;
  const strict = fatal === null ? [...new Set(problems.map(({ message }) => message))].slice(0, 100) : [];
  return { fatal, known, strict };
}

async function compare(name: string, objects: readonly JsonObject[]) {
  const questions = objects.map((object) => ({ object }));
  const answers = await askOracle<(typeof questions)[number], Answer>('decode', questions);
  expect(answers.length).toBe(objects.length);
  const count = { known: 0, fatal: 0, strict: 0 };
  const different: unknown[] = [];
  answers.forEach((theirs, i) => {
    const object = objects[i]!;
    const mine = ours(object);
    if (!isDeepStrictEqual(mine, theirs))
      different.push({ mine, theirs, object: JSON.stringify(object).slice(0, 2_000) });
    if (theirs.known) count.known++;
    if (theirs.fatal !== null) count.fatal++;
    if (theirs.strict.length > 0) count.strict++;
  });
  process.stdout.write(
    `decode ${name}: ${objects.length} compared, of known kinds ${count.known}, refused ${count.fatal}, refused by strict validation alone ${count.strict}, different ${different.length}\n`,
  );
  expect({ seed: SEED, different: different.slice(0, 5) }).toEqual({ seed: SEED, different: [] });
  return count;
}

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
function mutate(object: JsonObject, random: Random): JsonObject {
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
function generate(id: number, random: Random, depth: number): Json {
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

function* corpusObjects(): Generator<JsonObject> {
  for (const entry of readdirSync(corpora, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.(ya?ml|json)$/.test(entry.name)) continue;
    for (const { value } of readYaml(readFileSync(join(entry.parentPath, entry.name)))) {
      if (!isObject(value)) continue;
      const items = value['kind'] === 'List' && Array.isArray(value['items']) ? value['items'] : [value];
      for (const item of items) {
        if (isObject(item) && typeof item['apiVersion'] === 'string' && typeof item['kind'] === 'string')
          yield item;
      }
    }
  }
}

describe.skipIf(!hasGo())('decoding agrees with upstream', () => {
  it('has the table that the Go types give', async () => {
    const [fresh] = await askOracle<object, SchemaTable>('schema', [{}]);
    expect(
      JSON.stringify(fresh) === JSON.stringify(table),
      'schema.generated.json is stale: see schema/table.ts',
    ).toBe(true);
  });

  it('on objects of every known kind', async () => {
    const random = new Random(SEED);
    const objects = Object.entries(table.kinds).flatMap(([apiVersion, kinds]) =>
      Object.entries(kinds).flatMap(([kind, id]) =>
        Array.from({ length: 30 }, () => {
          const generated = generate(id, random, 0);
          return { ...(isObject(generated) ? generated : {}), apiVersion, kind } as JsonObject;
        }),
      ),
    );
    const { fatal, strict } = await compare('generated', objects);
    expect(fatal).toBeGreaterThan(2_000);
    expect(strict).toBeGreaterThan(300);
  });

  it.skipIf(!existsSync(corpora))('on real manifests and mutations of them', async () => {
    const random = new Random(SEED);
    const objects = [...corpusObjects()];
    await compare('real', objects);
    const bases = objects.filter(
      (object) => BUILT_IN_SCHEMA.checkObject(object).known && JSON.stringify(object).length < 50_000,
    );
    const mutations = Array.from({ length: 15_000 }, () => mutate(random.pick(bases), random));
    const { fatal, strict } = await compare('mutated', mutations);
    expect(fatal).toBeGreaterThan(4_000);
    expect(strict).toBeGreaterThan(1_000);
  });
});

if (!existsSync(corpora))
  process.stderr.write('\nSKIPPED: ../shared/corpora absent; no real manifest was decoded.\n\n');
