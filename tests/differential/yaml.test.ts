import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/kubernetes/json.ts';
import { readYaml, type YamlDocument } from '../../src/kubernetes/yaml/index.ts';
import { hasGo } from './build-oracle.ts';
import { askOracle } from './oracle.ts';
import { mutate, randomStream, seeded } from './yaml-cases.ts';

const shared = fileURLToPath(new URL('../../../shared/', import.meta.url));

interface Question {
  data: string;
  strict: boolean;
}
interface Answer {
  documents: { json?: unknown; error?: string }[];
}
interface Case {
  name: string;
  bytes: Uint8Array;
}

function filesBelow(folder: string, names: RegExp): string[] {
  const root = join(shared, folder);
  if (!existsSync(root)) {
    process.stderr.write(`\nSKIPPED: ../shared/${folder} absent; its files were not compared.\n\n`);
    return [];
  }
  const entries = readdirSync(root, { recursive: true, encoding: 'utf8' }).sort();
  return entries.filter((name) => names.test(name)).map((name) => join(root, name));
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: Json) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/**
 * Go prints a refused map key or the type of an unsupported one in Go's own syntax, and reports the first of several
 * unsupported keys and values in the random order of its maps.
 */
function comparable(message: string): string {
  if (/^(json: |yaml: )?unsupported /.test(message)) return 'unsupported key or value';
  return message.replace(/(invalid map key): .*/s, '$1');
}

function difference(document: YamlDocument, expected: Answer['documents'][number]): string | undefined {
  if (expected.error !== undefined) {
    const upstream = comparable(expected.error);
    if (document.error === undefined) return `accepted, upstream says ${upstream}`;
    const ours = comparable(document.error.message);
    return ours === upstream ? undefined : `says ${ours}, upstream ${upstream}`;
  }
  if (document.error !== undefined) return `refused: ${document.error.message}`;
  const ours = canonical(document.value ?? null);
  const upstream = canonical(expected.json);
  return ours === upstream ? undefined : `reads ${ours}, upstream ${upstream}`;
}

/**
 * libyaml skips a character at the start of a line when its read buffer happens to begin with U+FEFF (is_bom looks at
 * the buffer, not at the position). That depends on where 512-byte pieces end; such documents are not compared.
 */
function hasInnerMark(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf('\ufeff', 1) > 0;
}

interface Tally {
  documents: number;
  refused: number;
  differences: string[];
}

async function compare(cases: readonly Case[]): Promise<Tally> {
  const questions = cases.map(({ bytes }) => ({
    data: Buffer.from(bytes).toString('base64'),
    strict: false,
  }));
  const answers = await askOracle<Question, Answer>('yaml', questions);
  const tally: Tally = { documents: 0, refused: 0, differences: [] };
  cases.forEach(({ name, bytes }, i) => {
    if (hasInnerMark(bytes)) return;
    const expected = (answers[i] as Answer).documents;
    const documents = [...readYaml(bytes)];
    if (documents.length !== expected.length) {
      tally.differences.push(`${name}: ${documents.length} documents, upstream ${expected.length}`);
    }
    documents.forEach((document, k) => {
      tally.documents++;
      if (document.error !== undefined) tally.refused++;
      const found = difference(document, expected[k] ?? { error: 'no document' });
      if (found !== undefined) tally.differences.push(`${name}, document ${k}: ${found.slice(0, 500)}`);
    });
  });
  return tally;
}

function report(what: string, { documents, refused, differences }: Tally): void {
  const equal = documents - differences.length;
  process.stdout.write(`${what}: ${documents} documents (${refused} refused), ${equal} equal to upstream\n`);
}

const random = (name: string, first: number, count: number, make: (seed: number) => Uint8Array): Case[] =>
  Array.from({ length: count }, (_, i) => ({ name: `${name} seed ${first + i}`, bytes: make(first + i) }));

const encoder = new TextEncoder();

describe.skipIf(!hasGo())('YAML as apimachinery and sigs.k8s.io/yaml read it', () => {
  it.each(['corpora', 'truth'])('agrees on every file of ../shared/%s', async (folder) => {
    const files = filesBelow(folder, /\.(ya?ml|json)$/);
    const tally = await compare(files.map((name) => ({ name, bytes: readFileSync(name) })));
    report(`../shared/${folder}`, tally);
    expect(tally.differences).toEqual([]);
  });

  it('agrees on random streams', async () => {
    const tally = await compare(
      random('stream', 1, 12_000, (seed) => encoder.encode(randomStream(seeded(seed)))),
    );
    report('random streams', tally);
    expect(tally.differences).toEqual([]);
    expect(tally.refused).toBeGreaterThan(1000);
    expect(tally.documents - tally.refused).toBeGreaterThan(5000);
  });

  it('agrees on mutated random streams', async () => {
    const make = (seed: number): Uint8Array => {
      const source = seeded(seed);
      return mutate(source, encoder.encode(randomStream(source)));
    };
    const tally = await compare(random('mutated stream', 1_000_001, 6_000, make));
    report('mutated random streams', tally);
    expect(tally.differences).toEqual([]);
  });

  it('finds duplicate keys where strict decoding refuses them', async () => {
    const sources = filesBelow('corpora', /\.ya?ml$/).map((name) => readFileSync(name));
    const small = sources.filter(({ length }) => length < 3000);
    const make = (seed: number): Uint8Array => {
      const source = seeded(seed);
      return small.length > 0 ? mutate(source, source.pick(small)) : encoder.encode(randomStream(source));
    };
    const cases = [
      ...random('stream', 3_000_001, 6_000, (seed) => encoder.encode(randomStream(seeded(seed)))),
      ...random('mutated manifest', 4_000_001, 6_000, make),
      ...filesBelow('truth', /\.(ya?ml|json)$/).map((name) => ({ name, bytes: readFileSync(name) })),
    ];
    const questions = cases.map(({ bytes }) => ({
      data: Buffer.from(bytes).toString('base64'),
      strict: true,
    }));
    const answers = await askOracle<Question, Answer>('yaml', questions);
    const differences: string[] = [];
    let duplicates = 0;
    cases.forEach(({ name, bytes }, i) => {
      if (hasInnerMark(bytes)) return;
      [...readYaml(bytes)].forEach(({ error, duplicateKeys }, k) => {
        if (error !== undefined) return;
        const upstream = (answers[i] as Answer).documents[k]?.error;
        if (upstream !== undefined) duplicates++;
        if ((upstream !== undefined) !== duplicateKeys.length > 0) {
          differences.push(`${name}, document ${k}: ${JSON.stringify(duplicateKeys)}, upstream ${upstream}`);
        }
      });
    });
    process.stdout.write(`strict decoding: ${duplicates} documents with duplicate keys\n`);
    expect(differences).toEqual([]);
    expect(duplicates).toBeGreaterThan(100);
  });

  it('agrees on mutated manifests', async () => {
    const files = filesBelow('corpora', /\.ya?ml$/).filter((name) => statSync(name).size < 6000);
    if (files.length === 0) return;
    const sources = files.map((name) => readFileSync(name));
    const make = (seed: number): Uint8Array => {
      const source = seeded(seed);
      return mutate(source, source.pick(sources));
    };
    const tally = await compare(random('mutated manifest', 2_000_001, 12_000, make));
    report('mutated manifests', tally);
    expect(tally.differences).toEqual([]);
  });
});
