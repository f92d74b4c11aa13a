import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { defaultObject } from '../../src/kubernetes/default-object.ts';
import type { JsonObject } from '../../src/kubernetes/json.ts';
import type { SchemaTable } from '../../src/kubernetes/schema/table.ts';
import { differences } from '../../src/kubernetes/stored/differences.ts';
import { GROUP_DEFAULTS } from '../../src/kubernetes/stored/group-defaults.ts';
import { formatSteps } from '../../src/kubernetes/stored/steps.ts';
import { storedType } from '../../src/kubernetes/stored/types.ts';
import { hasGo } from './build-oracle.ts';
import { askOracle } from './oracle.ts';
import { Random } from './random.ts';
import { changed, randomObject } from './random-object.ts';

const SEED = 20261123;
const CASES_PER_KIND = 60;
const kubernetes = join(dirname(fileURLToPath(import.meta.url)), '../../src/kubernetes');
const table = read<SchemaTable>('schema/schema.generated.json');

function read<T>(path: string): T {
  return JSON.parse(readFileSync(join(kubernetes, path), 'utf8')) as T;
}

/** Versions that no supported API server serves, whose defaults are left out. */
const NOT_SERVED =
  /^(?:apps\/v1beta|extensions\/|(?:rbac|storage)[^/]*\/v1alpha1|flowcontrol\.apiserver\.k8s\.io\/v1beta|apiextensions\.k8s\.io\/v1beta1)/;
/** Kinds that Go decodes with types that the API server does not store. */
const NOT_STORED =
  /^(?:apiserver\.config|audit|kubelet\.config|pod-security|authentication|authorization|imagepolicy)/;
/** Lists are defaulted item by item; the others are no objects that the scheme of the API server knows. */
const NO_OBJECT = /List$|^EncryptionConfig$|^Status$|^DeploymentRollback$|^Scale$|^SerializedReference$/;

function kinds(): { apiVersion: string; kind: string }[] {
  return Object.entries(table.kinds).flatMap(([apiVersion, names]) =>
    NOT_SERVED.test(apiVersion) || NOT_STORED.test(apiVersion)
      ? []
      : Object.keys(names)
          .filter((kind) => !NO_OBJECT.test(kind))
          .filter(
            (kind) => apiVersion !== 'certificates.k8s.io/v1beta1' || kind !== 'CertificateSigningRequest',
          )
          .map((kind) => ({ apiVersion, kind })),
  );
}

function say(a: JsonObject, b: JsonObject): string[] {
  const found = differences(a, b, storedType(String(a['apiVersion']), String(a['kind'])));
  return found.map(
    ({ steps, before, after }) =>
      `${a['apiVersion']} ${a['kind']} ${formatSteps(steps)}: ${JSON.stringify(before)} -> ${JSON.stringify(after)}`,
  );
}

/** One of each kind of difference. */
function summary(different: readonly string[]): string[] {
  return [...new Map(different.map((line) => [line.replace(/\[[^\]]*\]|: .*/g, ''), line])).values()].slice(
    0,
    40,
  );
}

/** The one default that is the time of day. */
function withoutTime(object: JsonObject): JsonObject {
  return JSON.parse(
    JSON.stringify(object, (key, value: unknown) => (key === 'timeAdded' ? undefined : value)),
  ) as JsonObject;
}

describe.skipIf(!hasGo())('defaulting and storing agree with upstream', () => {
  it('has the table that the Go types give', async () => {
    const [fresh] = await askOracle<object, unknown>('storage', [{}]);
    expect(fresh).toEqual(read('stored/fields.generated.json'));
  });

  it('defaults every kind of the API server as its scheme does', async () => {
    const random = new Random(SEED);
    const objects = kinds().flatMap(({ apiVersion, kind }) =>
      Array.from({ length: CASES_PER_KIND }, () => randomObject(table, apiVersion, kind, random)),
    );
    const answers = await askOracle<object, { object?: JsonObject; error?: string }>(
      'defaults',
      objects.map((object) => ({ object })),
    );
    const different: string[] = [];
    let withDefaults = 0;
    answers.forEach((answer, i) => {
      const object = objects[i]!;
      if (answer.object === undefined) {
        different.push(`${object['apiVersion']} ${object['kind']}: ${answer.error}`);
        return;
      }
      const mine = defaultObject(object);
      if (mine !== object) withDefaults++;
      different.push(...say(withoutTime(mine), withoutTime(answer.object)));
    });
    process.stdout.write(
      `defaults: ${objects.length} objects of ${kinds().length} kinds, defaulted ${withDefaults}, different ${different.length}\n`,
    );
    expect(withDefaults).toBeGreaterThan(objects.length / 4);
    expect({ seed: SEED, different: summary(different) }).toEqual({ seed: SEED, different: [] });
  });

  it('finds two objects different exactly where Go finds their decoded forms different', async () => {
    const random = new Random(SEED + 1);
    const pairs = kinds().flatMap(({ apiVersion, kind }) =>
      Array.from({ length: CASES_PER_KIND }, () => {
        const a = randomObject(table, apiVersion, kind, random);
        return { a, b: changed(a, randomObject(table, apiVersion, kind, random), random) };
      }),
    );
    const answers = await askOracle<object, { same?: boolean; error?: string }>('same-object', pairs);
    const different: unknown[] = [];
    const counts = { same: 0, other: 0 };
    answers.forEach(({ same, error }, i) => {
      const { a, b } = pairs[i]!;
      const mine = say(a, b);
      if (error !== undefined) return;
      if (same === true) counts.same++;
      else counts.other++;
      if ((mine.length === 0) !== same) {
        different.push({ same, mine, kind: a['kind'], a: JSON.stringify(a), b: JSON.stringify(b) });
      }
    });
    process.stdout.write(
      `same-object: ${pairs.length} pairs, same ${counts.same}, other ${counts.other}, different ${different.length}\n`,
    );
    expect(Math.min(counts.same, counts.other)).toBeGreaterThan(500);
    expect({ seed: SEED, different: different.slice(0, 5) }).toEqual({ seed: SEED, different: [] });
  });
});

it('knows the groups whose types have defaults', () => {
  const groups = new Set(
    kinds().map(({ apiVersion }) => (apiVersion.includes('/') ? apiVersion.split('/')[0]! : '')),
  );
  expect(Object.keys(GROUP_DEFAULTS).filter((group) => !groups.has(group))).toEqual([]);
});
