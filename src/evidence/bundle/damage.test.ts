import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { KubeStrideError } from '../../kubernetes/errors.ts';
import type { Snapshot, SnapshotEvent } from '../snapshot.ts';
import { BUNDLE_SCHEMA, type BundleIndex } from './format.ts';
import { readBundle } from './read-bundle.ts';
import { bundleOf, collected, PODS, pod, SOURCE, someEvents, temporaryFolder } from './test-events.ts';
import { forge } from './test-forge.ts';

const NAMED = new Set(['bundle-damaged', 'bundle-version']);

async function errorOf(snapshot: Snapshot): Promise<KubeStrideError> {
  try {
    await collected(snapshot);
  } catch (error) {
    if (error instanceof KubeStrideError) return error;
    throw error;
  }
  throw new Error('the bundle was read without an error');
}

/** As `mulberry32`: the same numbers for the same seed. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

describe('a bundle that is not as it was written', () => {
  test('is refused whichever byte is changed', async () => {
    const [source, page] = someEvents() as [SnapshotEvent, SnapshotEvent];
    const { bytes } = await bundleOf([source, page]);
    const path = join(temporaryFolder(), 'x.kse');
    const random = numbers(4);
    for (let at = 0; at < bytes.length; at++) {
      // Zeros that fill up blocks are alike; a file is written and read for each byte.
      if (bytes[at] === 0 && at % 11 !== 0) continue;
      const flipped = Buffer.from(bytes);
      flipped[at]! ^= 1 + random(255);
      writeFileSync(path, flipped);
      const { code } = await errorOf(readBundle(path)).catch((error: unknown) => {
        throw new Error(`byte ${at}, ${bytes[at]} to ${flipped[at]}: ${error}`);
      });
      expect(NAMED, `byte ${at}`).toContain(code);
    }
  });

  test('is refused wherever it ends early, and with anything behind its end', async () => {
    const { bytes } = await bundleOf(someEvents());
    const path = join(temporaryFolder(), 'x.kse');
    for (let length = 0; length < bytes.length; length += length < 1024 ? 7 : 97) {
      writeFileSync(path, bytes.subarray(0, length));
      expect((await errorOf(readBundle(path))).code, `${length} bytes`).toBe('bundle-damaged');
    }
    for (const more of [Buffer.alloc(512), Buffer.from('x')]) {
      writeFileSync(path, Buffer.concat([bytes, more]));
      expect((await errorOf(readBundle(path))).code).toBe('bundle-damaged');
    }
  });

  test('names the part whose bytes changed, and shows nothing of it', async () => {
    const { bytes } = await bundleOf(someEvents());
    const path = join(temporaryFolder(), 'x.kse');
    const start = bytes.indexOf('objects/core_v1_pods.jsonl.gz\0') + 512;
    bytes[start + 30]! ^= 1;
    writeFileSync(path, bytes);
    await expect(readBundle(path)[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: 'bundle-damaged',
      params: { path, part: 'objects/core_v1_pods.jsonl.gz', problem: 'digest' },
    });
  });

  test('is refused where its parts are swapped with their digests', async () => {
    const one = await bundleOf([SOURCE, { type: 'page', list: PODS, items: [pod('a')] }]);
    const other = await bundleOf([SOURCE, { type: 'page', list: PODS, items: [pod('b')] }]);
    const path = join(temporaryFolder(), 'x.kse');
    const at = (bytes: Buffer) => bytes.indexOf('objects/core_v1_pods.jsonl.gz\0');
    const mixed = Buffer.concat([
      one.bytes.subarray(0, at(one.bytes)),
      other.bytes.subarray(at(other.bytes)),
    ]);
    writeFileSync(path, mixed);
    expect((await errorOf(readBundle(path))).params).toMatchObject({ problem: 'digest' });
  });
});

type Parts = readonly (BundleIndex['parts'][number] & { readonly content: Buffer })[];

/** A bundle whose digests are right, whatever it holds: what somebody who knows the format can make. */
function forged(parts: Parts, change: (index: BundleIndex) => unknown = (index) => index): Buffer {
  const described = parts.map(({ content, ...part }) => ({
    ...part,
    bytes: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
  }));
  const index = {
    schema: BUNDLE_SCHEMA,
    tool: { name: 'kubestride', version: '0' },
    sources: [SOURCE.type === 'source' ? SOURCE.source : undefined],
    gaps: [],
    parts: described,
  } as unknown as BundleIndex;
  const text = Buffer.from(JSON.stringify(change(index)));
  return forge(text, undefined, parts);
}

function pods(text: string | Buffer, more: object = {}): Parts[number] {
  const raw = Buffer.from(text);
  return {
    kind: 'objects',
    name: 'objects/core_v1_pods.jsonl.gz',
    source: 0,
    list: PODS,
    objects: raw.toString('latin1').split('\n').length - 1,
    uncompressedBytes: raw.length,
    content: gzipSync(raw),
    bytes: 0,
    sha256: '',
    ...more,
  } as Parts[number];
}

const LINE = `${JSON.stringify(pod('a'))}\n`;

describe('a bundle that somebody made up', () => {
  test('is read where it is right', async () => {
    const path = join(temporaryFolder(), 'x.kse');
    writeFileSync(path, forged([pods(LINE)]));
    expect(await collected(readBundle(path))).toHaveLength(2);
  });

  test.each<[string, Buffer, string]>([
    ['a name that leads out', forged([pods(LINE, { name: 'objects/../../x' })]), 'content'],
    ['an absolute name', forged([pods(LINE, { name: '/etc/x' })]), 'content'],
    ['a part twice', forged([pods(LINE), pods(LINE)]), 'content'],
    [
      'parts out of order',
      forged([pods(LINE, { name: 'objects/b' }), pods(LINE, { name: 'objects/a' })]),
      'content',
    ],
    ['a source that is not there', forged([pods(LINE, { source: 3 })]), 'content'],
    ['a line that is no object', forged([pods('[1]\n')]), 'content'],
    ['a line that is no JSON', forged([pods('{\n')]), 'content'],
    ['an object without a kind', forged([pods('{"apiVersion":"v1"}\n')]), 'content'],
    ['a last line without an end', forged([pods(`${LINE}{}`)]), 'content'],
    ['other counts', forged([pods(LINE, { objects: 2 })]), 'content'],
    ['more text than it states', forged([pods(LINE, { uncompressedBytes: 5 })]), 'content'],
    ['less text than it states', forged([pods(LINE, { uncompressedBytes: 500 })]), 'content'],
    ['no gzip', forged([pods(LINE, { content: Buffer.from(LINE) })]), 'content'],
    [
      'deep nesting',
      forged([pods(`{"apiVersion":"v1","kind":"Pod","a":${'['.repeat(5000)}${']'.repeat(5000)}}\n`)]),
      'content',
    ],
    ['a deep index', forged([], () => JSON.parse(`${'['.repeat(500)}${']'.repeat(500)}`)), 'content'],
    ['an index without gaps', forged([], ({ gaps: _, ...rest }) => rest), 'content'],
    ['a bomb', forged([pods(LINE, { uncompressedBytes: 2 ** 40 })]), 'too-large'],
    ['a line without an end', forged([pods(Buffer.alloc(40 << 20, 0x20))]), 'too-large'],
  ])('is refused with %s', async (_, bytes, problem) => {
    const path = join(temporaryFolder(), 'x.kse');
    writeFileSync(path, bytes);
    const { code, params } = await errorOf(readBundle(path));
    expect([code, params['problem']]).toEqual(['bundle-damaged', problem]);
  });

  test('of a later format is called that', async () => {
    const path = join(temporaryFolder(), 'x.kse');
    writeFileSync(
      path,
      forged([], (index) => ({ ...index, schema: 'kubestride.evidence-bundle/v2' })),
    );
    expect(await errorOf(readBundle(path))).toMatchObject({
      code: 'bundle-version',
      params: { schema: 'kubestride.evidence-bundle/v2' },
    });
  });
});

test('what is no bundle is called that', async () => {
  const path = join(temporaryFolder(), 'x.kse');
  for (const [content, problem] of [
    [Buffer.alloc(4096, 'apiVersion: v1\n'), 'not-a-bundle'],
    [Buffer.from('short'), 'not-a-bundle'],
    [Buffer.from(`kse.json\0${'x'.repeat(600)}`), 'not-a-bundle'],
    [Buffer.from('kse.js'), 'truncated'],
    [Buffer.alloc(0), 'truncated'],
  ] as const) {
    writeFileSync(path, content);
    expect((await errorOf(readBundle(path))).params).toMatchObject({ problem });
  }
  await expect(collected(readBundle(join(temporaryFolder(), 'absent.kse')))).rejects.toMatchObject({
    code: 'path-not-found',
  });
});
