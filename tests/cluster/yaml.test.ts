import { isDeepStrictEqual } from 'node:util';
import { beforeAll, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/kubernetes/json.ts';
import { readYaml } from '../../src/kubernetes/yaml/index.ts';
import { mutate, randomStream, seeded } from '../differential/yaml-cases.ts';
import { caseCount, caseTimeout, inParallel } from './cases.ts';
import { cluster, describeWithCluster, eventually } from './cluster.ts';

const CASES = caseCount(2500);
const GROUP = 'yaml.kubestride.test';
const PATH = `/apis/${GROUP}/v1/anythings`;

/** A document whose `spec` is any YAML; indented, none of its lines can begin another document. */
function document(yaml: Uint8Array, name: string): Uint8Array {
  const lines = Buffer.from(yaml).toString('latin1').replaceAll(/^/gm, '  ');
  const head = `apiVersion: ${GROUP}/v1\nkind: Anything\nmetadata:\n  name: ${name}\nspec:\n`;
  return Buffer.from(`${head}${lines}\n`, 'latin1');
}

interface Reading {
  readonly refused?: string;
  readonly spec?: Json | undefined;
}

/** What the API server's strict decoding should make of a document. */
function ours(text: Uint8Array): Reading {
  const [first, ...others] = readYaml(text);
  if (first === undefined || others.length > 0) throw new Error('not one document');
  if (first.error !== undefined) return { refused: first.error.message };
  const [duplicate] = first.duplicateKeys;
  if (duplicate !== undefined) return { refused: `duplicate ${duplicate.path}` };
  const { apiVersion, kind, metadata, spec, ...unknownFields } = first.value as JsonObject;
  // A line separator of Unicode begins a line too, without the indentation.
  const [unknown] = Object.keys(unknownFields);
  return unknown === undefined ? { spec } : { refused: `unknown field ${unknown}` };
}

async function theirs(text: Uint8Array): Promise<Reading | undefined> {
  const { status, body } = await cluster().request(
    'POST',
    `${PATH}?dryRun=All&fieldValidation=Strict`,
    text,
    { contentType: 'application/yaml' },
  );
  if (status === 201) return { spec: body.spec };
  return status === 400 ? { refused: body.message } : undefined;
}

async function compare(seeds: readonly number[], make: (seed: number) => Uint8Array) {
  const tally = { compared: 0, refused: 0, differences: [] as string[] };
  await inParallel(seeds, async (seed) => {
    const text = make(seed);
    let mine: Reading;
    try {
      mine = ours(text);
    } catch {
      return;
    }
    const answer = await theirs(text);
    if (answer === undefined) return;
    tally.compared++;
    if (answer.refused !== undefined) tally.refused++;
    const same =
      (mine.refused === undefined) === (answer.refused === undefined) &&
      isDeepStrictEqual(mine.spec ?? null, answer.spec ?? null);
    if (!same) {
      const told = JSON.stringify({ mine, answer, text: Buffer.from(text).toString() });
      tally.differences.push(`seed ${seed}: ${told.slice(0, 1500)}`);
    }
  });
  return tally;
}

describeWithCluster('YAML', () => {
  beforeAll(async () => {
    await cluster().expect('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
      metadata: { name: `anythings.${GROUP}` },
      spec: {
        group: GROUP,
        scope: 'Cluster',
        names: { kind: 'Anything', plural: 'anythings' },
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            schema: {
              openAPIV3Schema: {
                type: 'object',
                properties: { spec: { 'x-kubernetes-preserve-unknown-fields': true } },
              },
            },
          },
        ],
      },
    });
    await eventually(async () => (await cluster().request('GET', PATH)).status === 200);
  });

  it.each([
    ['random documents', 3_000_001, 0],
    ['mutations of them', 4_000_001, 1],
  ])(
    'is read as the API server reads it: %s',
    async (name, first, mutations) => {
      const encoder = new TextEncoder();
      const seeds = Array.from({ length: Math.ceil(CASES / 2) }, (_, index) => first + index);
      const tally = await compare(seeds, (seed) => {
        const random = seeded(seed);
        const stream = encoder.encode(randomStream(random));
        return document(mutations > 0 ? mutate(random, stream) : stream, `s${seed}`);
      });
      process.stdout.write(
        `YAML, ${name}: ${tally.compared} compared with the API server, ${tally.refused} refused\n`,
      );
      expect(tally.differences.slice(0, 5)).toEqual([]);
      expect(tally.compared).toBeGreaterThan(seeds.length * 0.3);
      expect(tally.refused).toBeGreaterThan(tally.compared * 0.05);
      expect(tally.compared - tally.refused).toBeGreaterThan(tally.compared * 0.05);
    },
    caseTimeout(CASES),
  );
}, []);
