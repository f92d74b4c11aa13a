import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Random } from '../../../tests/differential/random.ts';
import { rawEvent } from '../../evidence/audit-log/test-events.ts';
import type { JsonObject } from '../../kubernetes/json.ts';
import { ArrayReader } from '../questions/test-reader.ts';
import type { EventReader } from '../store/event-store.ts';
import { openReader } from '../store/open-reader.ts';
import { StoreWriter } from '../store/store-writer.ts';
import { changesByHand } from './changes-by-hand.ts';
import { edgesInPractice } from './edges-in-practice.ts';
import { seen } from './seen.ts';
import { recordOf } from './test-usage.ts';

const folder = mkdtempSync(join(tmpdir(), 'kubestride-usage-'));
const random = new Random(20_261_124);

/** Quotes in names, and times over several hours. */
const EVENTS = Array.from({ length: 400 }, (_, id): JsonObject => {
  const time = new Date(Date.UTC(2026, 10, 20, 10, random.below(400))).toISOString();
  const verb = random.pick(['get', 'list', 'watch', 'create', 'patch', 'delete']);
  const name = verb === 'list' ? '' : random.pick(['a', "it's", 'c']);
  return rawEvent({
    auditID: `r-${id}`,
    stage: random.pick(['RequestReceived', 'ResponseStarted', 'ResponseComplete']),
    verb,
    requestURI: verb === 'create' ? '/api/v1/namespaces/shop/pods' : '/healthz',
    requestReceivedTimestamp: time,
    stageTimestamp: time,
    user: {
      username: random.pick(['jane', "o'hara", 'system:serviceaccount:shop:web']),
      groups: random.pick([['dev'], ['dev', 'ops'], []]),
    },
    sourceIPs: [random.pick(['10.0.0.1', '10.0.0.2'])],
    objectRef: random.chance(0.8)
      ? {
          resource: random.pick(['pods', 'secrets']),
          namespace: 'shop',
          apiVersion: 'v1',
          ...(name && { name }),
        }
      : undefined,
    responseStatus: { code: random.pick([200, 403, 404]) },
    annotations: random.pick<JsonObject>([
      {},
      { 'authorization.k8s.io/decision': random.pick(['allow', 'forbid']) },
    ]),
    ...(random.chance(0.1) ? { impersonatedUser: { username: 'bob', groups: ['x'] } } : {}),
  });
}).map((event) => JSON.parse(JSON.stringify(event)) as JsonObject);
const RECORDS = EVENTS.map((event, index) => recordOf(event, index % 3 === 0 ? "c'2" : 'c1'));
const ARRAY = new ArrayReader(RECORDS);
let store: EventReader;

beforeAll(async () => {
  const writer = await StoreWriter.open(folder);
  await writer.append(RECORDS);
  await writer.close();
  store = await openReader(folder);
});

afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

const inOrder = <T>(things: readonly T[]): string[] => things.map((thing) => JSON.stringify(thing)).sort();

test('edges, newcomers and changes by hand', async () => {
  const period = { from: Date.UTC(2026, 10, 20, 10) * 1000, to: Date.UTC(2026, 10, 20, 17) * 1000 };
  const edges = (['jane', "o'hara"] as const).flatMap((name) =>
    (['*', "it's"] as const).map((object) => ({
      subject: { kind: 'User', name } as const,
      verb: 'get',
      resource: '*',
      name: object,
    })),
  );
  const group = { subject: { kind: 'Group', name: 'ops' } as const, verb: '*', resource: 'secrets' };
  const practice = async (reader: EventReader) => edgesInPractice(reader, [...edges, group], period);
  const practised = await practice(ARRAY);
  expect(practised.edges.some(({ allowed }) => allowed > 0)).toBe(true);
  expect(await practice(store)).toEqual(practised);
  expect(inOrder((await seen(store, 'objects', period)).things)).toEqual(
    inOrder((await seen(ARRAY, 'objects', period)).things),
  );
  const changed = await changesByHand(ARRAY, undefined);
  expect(changed.changes.length).toBeGreaterThan(5);
  expect(inOrder((await changesByHand(store, undefined)).changes)).toEqual(inOrder(changed.changes));
});
