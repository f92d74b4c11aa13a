import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../kubernetes/json.ts';
import type { ResourceList, SnapshotEvent } from '../snapshot.ts';
import { isBundle } from './is-bundle.ts';
import { readBundle } from './read-bundle.ts';
import {
  bundleOf,
  collected,
  PODS,
  pod,
  SECRETS,
  SOURCE,
  snapshotOf,
  someEvents,
  temporaryFolder,
} from './test-events.ts';
import { writeBundle } from './write-bundle.ts';

const SEED = 20261123;

/** What the events say, whatever their order and the sizes of pages: pages that a restart takes back are not in it. */
function meaning(events: readonly SnapshotEvent[]): unknown {
  const lists = new Map<string, { list: ResourceList; items: JsonObject[]; resourceVersion?: string }>();
  const rest: unknown[] = [];
  for (const event of events) {
    if (event.type === 'page' || event.type === 'restart' || event.type === 'listed') {
      const { group, version, resource } = event.list;
      const key = `${group}/${version}/${resource}`;
      const known = lists.get(key);
      if (event.type === 'restart') lists.set(key, { list: event.list, items: [] });
      else {
        const entry = known ?? { list: event.list, items: [] };
        lists.set(key, entry);
        if (event.type === 'page') entry.items.push(...event.items);
        else entry.resourceVersion = event.resourceVersion;
      }
    } else if (event.type === 'file')
      rest.push({ ...event, content: Buffer.from(event.content).toString('hex') });
    else rest.push(event);
  }
  const sorted = rest.map((event) => JSON.stringify(event)).sort();
  // A list without objects that was not read to its end says nothing.
  const told = [...lists].filter(
    ([, { items, resourceVersion }]) => items.length > 0 || resourceVersion !== undefined,
  );
  return { lists: told.sort(([a], [b]) => (a < b ? -1 : 1)), rest: sorted };
}

const name = fc.string({ unit: 'grapheme', maxLength: 12 });
const object = fc
  .dictionary(name, fc.jsonValue({ maxDepth: 4 }), { maxKeys: 4 })
  .map(
    (fields) => ({ ...JSON.parse(JSON.stringify(fields)), apiVersion: 'v1', kind: 'Thing' }) as JsonObject,
  );
const list = fc.record({
  group: fc.constantFrom('', 'apps', '../..', 'a'.repeat(120), 'x/y'),
  version: fc.constantFrom('v1', 'v1beta1'),
  resource: fc.constantFrom('pods', 'things', '..', 'b'.repeat(150)),
  kind: fc.constant('Thing'),
  namespaced: fc.boolean(),
});
const event = fc.oneof(
  fc.record({ type: fc.constant('page' as const), list, items: fc.array(object, { maxLength: 5 }) }),
  fc.record({ type: fc.constant('restart' as const), list }),
  fc.record({ type: fc.constant('listed' as const), list, resourceVersion: name }),
  fc.record({
    type: fc.constant('gap' as const),
    gap: fc.record({
      group: name,
      resource: name,
      kind: name,
      reason: fc.constantFrom('forbidden' as const, 'incomplete' as const),
    }),
  }),
  fc.record({
    type: fc.constant('facts' as const),
    facts: object.map((facts) => ({ ...facts, metadata: { name: 'node-1' } }) as JsonObject),
  }),
  fc.record({
    type: fc.constant('file' as const),
    node: name,
    path: fc.oneof(name, fc.constantFrom('/etc/../../x', '/etc/kubernetes', `/${'d/'.repeat(200)}`)),
    content: fc.uint8Array({ maxLength: 2000 }),
  }),
) satisfies fc.Arbitrary<SnapshotEvent>;

describe('a bundle', () => {
  test('gives back the events that it was written from', async () => {
    const path = join(temporaryFolder(), 'random.kse');
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 12 }), async (events) => {
        // One list has one description, wherever it appears.
        const described = new Map<string, ResourceList>();
        const all = [SOURCE, ...events].map((each) => {
          if (!('list' in each)) return each;
          const key = `${each.list.group}/${each.list.version}/${each.list.resource}`;
          described.set(key, described.get(key) ?? each.list);
          return { ...each, list: described.get(key)! };
        });
        const { bytes } = await bundleOf(all);
        writeFileSync(path, bytes);
        expect(meaning(await collected(readBundle(path)))).toEqual(meaning(all));
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  test('says the same of an empty list as its source, and of one that was not read to its end', async () => {
    const path = join(temporaryFolder(), 'empty.kse');
    const services = { ...PODS, resource: 'services', kind: 'Service' };
    writeFileSync(
      path,
      (
        await bundleOf([
          SOURCE,
          { type: 'listed', list: PODS, resourceVersion: '1' },
          { type: 'page', list: services, items: [pod('a')] },
        ])
      ).bytes,
    );
    expect(await collected(readBundle(path))).toEqual([
      SOURCE,
      { type: 'listed', list: PODS, resourceVersion: '1' },
      { type: 'page', list: services, items: [pod('a')] },
    ]);
  });

  test('keeps objects in order across pieces and pages', async () => {
    const path = join(temporaryFolder(), 'large.kse');
    const items = Array.from({ length: 3000 }, (_, i) => pod(`p${i}`, { spec: { pad: `${i}`.repeat(300) } }));
    writeFileSync(path, (await bundleOf([SOURCE, { type: 'page', list: PODS, items }])).bytes);
    const pages = (await collected(readBundle(path))).flatMap((each) =>
      each.type === 'page' ? [each.items] : [],
    );
    expect(pages.length).toBeGreaterThan(3);
    expect(pages.flat()).toEqual(items);
  });

  test('is the same bytes for the same events, whatever the pages', async () => {
    const items = Array.from({ length: 4000 }, (_, i) => pod(`p${i}`, { spec: { pad: `${i}`.repeat(200) } }));
    const halves = [items.slice(0, 1777), items.slice(1777)];
    const one = await bundleOf([SOURCE, { type: 'page', list: PODS, items }]);
    const two = await bundleOf([
      SOURCE,
      ...halves.map((half) => ({ type: 'page' as const, list: PODS, items: half })),
    ]);
    expect(one.bytes.equals(two.bytes)).toBe(true);
  });

  test('takes a cluster and a node together', async () => {
    const node: SnapshotEvent = {
      type: 'source',
      source: { kind: 'node', collectedAt: '2026-11-23T11:01:00Z' },
    };
    const path = join(temporaryFolder(), 'both.kse');
    const file = someEvents().at(-1)!;
    const pieces: Buffer[] = [];
    await writeBundle(
      [snapshotOf(someEvents().slice(0, 4)), snapshotOf([node, file])],
      { write: (bytes) => void pieces.push(Buffer.from(bytes)) },
      { tool: { name: 'kubestride', version: '0.0.0' }, temporary: temporaryFolder() },
    );
    writeFileSync(path, Buffer.concat(pieces));
    const types = (await collected(readBundle(path))).map((each) => each.type);
    expect(types).toEqual(['source', 'page', 'listed', 'source', 'file']);
  });

  test('opens with tar, and its digests are checked by sha256sum', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'x.kse');
    writeFileSync(path, (await bundleOf(someEvents())).bytes);
    const out = join(folder, 'out');
    mkdirSync(out);
    execFileSync('tar', ['xf', path, '-C', out]);
    execFileSync('sha256sum', ['--check', '--strict', '--quiet', 'SHA256SUMS'], { cwd: out });
    const pods = gunzipSync(readFileSync(join(out, 'objects/core_v1_pods.jsonl.gz'))).toString();
    expect(pods.split('\n')).toHaveLength(4);
    expect(existsSync(join(out, 'files/node-1/etc/kubernetes/manifests/kube-apiserver.yaml'))).toBe(true);
  });

  test('is told by its name or by how it begins', async () => {
    const folder = temporaryFolder();
    const { bytes } = await bundleOf(someEvents());
    for (const [file, content] of Object.entries({
      'a.kse': 'x',
      b: bytes,
      'c.yaml': 'a: b\n',
      'd.tar': bytes.subarray(3),
    }))
      writeFileSync(join(folder, file), content);
    mkdirSync(join(folder, 'folder.kse'));
    const found = ['a.kse', 'b', 'c.yaml', 'd.tar', 'folder.kse', 'absent.kse'].filter((file) =>
      isBundle(join(folder, file)),
    );
    expect(found).toEqual(['a.kse', 'b', 'absent.kse']);
  });

  test('holds no value of a Secret, packed or not', async () => {
    const value = 'cGxhbnRlZC12YWx1ZQ==';
    const planted = [value, 'planted-plain', 'planted-applied', 'planted-annotation'];
    const secret: JsonObject = {
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'Opaque',
      metadata: {
        name: 's',
        namespace: 'shop',
        labels: { app: 'shop' },
        annotations: {
          'kubectl.kubernetes.io/last-applied-configuration': '{"data":"planted-applied"}',
          'openshift.io/token-secret.value': 'planted-annotation',
          'kubernetes.io/service-account.name': 'robot',
        },
      },
      data: { password: value, __proto__x: value },
      stringData: { plain: 'planted-plain' },
    };
    const { bytes, index } = await bundleOf([
      SOURCE,
      { type: 'page', list: SECRETS, items: [secret] },
      // A list of something else that hands out a Secret all the same.
      { type: 'page', list: PODS, items: [secret] },
    ]);
    const path = join(temporaryFolder(), 's.kse');
    writeFileSync(path, bytes);
    const text = JSON.stringify(await collected(readBundle(path)));
    for (const secretText of planted) {
      expect(bytes.includes(secretText)).toBe(false);
      expect(text).not.toContain(secretText);
    }
    expect(text).toContain('"password":""');
    expect(text).toContain('robot');
    expect(index.parts).toHaveLength(2);
  });

  test('leaves out an object that no reader would take, and says so', async () => {
    const path = join(temporaryFolder(), 'deep.kse');
    const deep = JSON.parse(`${'['.repeat(1200)}${']'.repeat(1200)}`);
    const items = [pod('a'), pod('deep', { spec: { deep } }), pod('b')];
    writeFileSync(path, (await bundleOf([SOURCE, { type: 'page', list: PODS, items }])).bytes);
    const [, page, gap] = await collected(readBundle(path));
    expect(page).toEqual({ type: 'page', list: PODS, items: [pod('a'), pod('b')] });
    expect(gap).toMatchObject({
      gap: { resource: 'pods', reason: 'incomplete', detail: expect.stringContaining('shop/deep') },
    });
  });
});
