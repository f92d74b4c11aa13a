import { expect, it } from 'vitest';
import { isObject, type Json, type JsonObject } from '../../src/kubernetes/json.ts';
import { BUILT_IN_SCHEMA, refusal } from '../../src/kubernetes/schema/index.ts';
import { readYaml } from '../../src/kubernetes/yaml/index.ts';
import { generate, mutate, table } from '../differential/odd-objects.ts';
import { Random } from '../differential/random.ts';
import { caseCount, caseTimeout, inParallel } from './cases.ts';
import { cluster, describeWithCluster, freshNamespace } from './cluster.ts';

const SEED = 20260803;
const CASES = caseCount(3000);

interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly type: number;
  readonly path: string;
}

interface Resource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly group?: string;
}

/** Every kind of the table that this API server creates. */
async function servedKinds(namespace: string): Promise<Kind[]> {
  const found = await Promise.all(
    Object.entries(table.kinds).map(async ([apiVersion, kinds]) => {
      const root = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
      const { status, body } = await cluster().request('GET', root);
      if (status !== 200) return [];
      const resources = (body.resources as readonly Resource[]).filter(
        ({ name, kind, verbs, group }) =>
          verbs.includes('create') && !name.includes('/') && group === undefined && kinds[kind] !== undefined,
      );
      return resources.map(({ name, kind, namespaced }) => ({
        apiVersion,
        kind,
        type: kinds[kind] as number,
        path: namespaced ? `${root}/namespaces/${namespace}/${name}` : `${root}/${name}`,
      }));
    }),
  );
  return found.flat();
}

/** As the API server's conversion from YAML leaves it: of several problems, the order decides which is told. */
function withSortedKeys(value: Json): Json {
  if (Array.isArray(value)) return value.map(withSortedKeys);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, entry]) => [key, withSortedKeys(entry as Json)]));
}

/** What strict decoding complains of, in upstream's words; the first alone where it refuses the object anyway. */
function complaints(text: string): readonly string[] {
  const [document] = readYaml(Buffer.from(text));
  const { problems } = BUILT_IN_SCHEMA.checkObject(withSortedKeys(document?.value as Json) as JsonObject);
  const fatal = refusal(problems)?.message;
  return fatal === undefined ? [...new Set(problems.map(({ message }) => message))] : [fatal];
}

/** A 400 says this where decoding refused the object; others come later, from admission for one. */
const REFUSED = /cannot be handled as an? /;

describeWithCluster('strict decoding', () => {
  it(
    `refuses what the API server refuses, in its words (seed ${SEED})`,
    async () => {
      const kinds = await servedKinds(await freshNamespace());
      const random = new Random(SEED);
      const cases = Array.from({ length: CASES }, (_, index) => {
        const { apiVersion, kind, type, path } = kinds[index % kinds.length] as Kind;
        const generated = generate(type, random, 0);
        const whole = { ...(isObject(generated) ? generated : {}), apiVersion, kind };
        const odd = random.below(3) === 0 ? mutate(whole, random) : whole;
        const object = { ...odd, apiVersion, kind, metadata: { name: `d${index}` } };
        return { path, text: JSON.stringify(object, null, 1) };
      });
      let refused = 0;
      await inParallel(cases, async ({ path, text }, index) => {
        const { status, body } = await cluster().request(
          'POST',
          `${path}?dryRun=All&fieldValidation=Strict`,
          text,
          { contentType: 'application/yaml' },
        );
        const said = status === 400 && REFUSED.test(body.message) ? (body.message as string) : undefined;
        const expected = complaints(text);
        const where = `seed ${SEED}, case ${index}: ${status} ${body.message}\n${text}`;
        expect(expected.length > 0, where).toBe(said !== undefined);
        for (const message of expected) expect(said, where).toContain(message);
        if (said !== undefined) refused++;
      });
      process.stdout.write(
        `decoding: ${CASES} objects of ${kinds.length} kinds compared with the API server, ${refused} refused\n`,
      );
      expect(kinds.length).toBeGreaterThan(60);
      expect(Math.min(refused, CASES - refused)).toBeGreaterThan(CASES * 0.1);
    },
    caseTimeout(CASES),
  );
}, []);
