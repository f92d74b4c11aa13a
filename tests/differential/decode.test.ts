import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { isObject, type JsonObject } from '../../src/kubernetes/json.ts';
import { BUILT_IN_SCHEMA, refusal } from '../../src/kubernetes/schema/index.ts';
import type { SchemaTable } from '../../src/kubernetes/schema/table.ts';
import { readYaml } from '../../src/kubernetes/yaml/index.ts';
import { hasGo } from './build-oracle.ts';
import { generate, mutate, table } from './odd-objects.ts';
import { askOracle } from './oracle.ts';
import { Random } from './random.ts';

const SEED = 20260502;
const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const corpora = join(root, '../shared/corpora');
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
