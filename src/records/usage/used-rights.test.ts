import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Random } from '../../../tests/differential/random.ts';
import type { UsageLog } from '../../engines/authorization/index.ts';
import { readUsage } from '../../evidence/audit-log/index.ts';
import { rawEvent } from '../../evidence/audit-log/test-events.ts';
import type { JsonObject } from '../../kubernetes/json.ts';
import { decodeAuditBody } from '../audit/index.ts';
import type { EventReader } from '../store/event-store.ts';
import { openReader } from '../store/open-reader.ts';
import { StoreWriter } from '../store/store-writer.ts';
import { recordOf } from './test-usage.ts';
import { usageFromStore } from './used-rights.ts';

const SEED = Number(process.env['SEED'] ?? 20_261_123);

/** What a log adds up to, in an order that does not depend on the order of events. */
function told(usage: UsageLog): string[] {
  return usage
    .users()
    .flatMap(({ user, requests, refused, uses }) => [
      `${user.name} ${user.groups}: ${requests} requests, ${refused} refused`,
      ...uses.map(
        ({ action, allowed, occasions, count, names, first, last }) =>
          `${user.name} ${user.groups} ${JSON.stringify(action)} ${allowed} ${[...occasions].sort()} ${count} ${[...names].sort()} ${first} ${last}`,
      ),
    ])
    .sort();
}

async function fromLog(events: readonly JsonObject[]) {
  const lines = events.map((event) => `${JSON.stringify(event)}\n`);
  return readUsage(['-'], { cwd: '/', stdin: Readable.from([Buffer.from(lines.join(''))]) });
}

const minute = (n: number) => new Date(Date.UTC(2026, 10, 20, 10, n)).toISOString();

/** The events of one request, as the API server sends them. */
function request(random: Random, id: number): JsonObject[] {
  const verb = random.pick(['get', 'list', 'watch', 'create', 'update', 'patch', 'delete']);
  const [resource, apiGroup, subresource] = random.pick([
    ['pods', '', ''],
    ['pods', '', 'exec'],
    ['secrets', '', ''],
    ['deployments', 'apps', 'scale'],
    ['', '', ''],
  ] as const);
  const namespace = random.pick(['shop', 'bank']);
  const name = verb === 'list' || verb === 'watch' ? '' : random.pick(['a', 'b', 'c']);
  const code = random.pick([200, 200, 201, 403, 404, 401, 429, 500, 101]);
  const decision = random.pick(['allow', 'allow', 'forbid', '']);
  const isPath = resource === '';
  const group = apiGroup === '' ? 'api/v1' : `apis/${apiGroup}/v1`;
  const inPath = verb === 'create' && subresource === '' ? '' : name;
  const uri = isPath
    ? random.pick(['/healthz', '/metrics?x=1', '/apis', '/api/v1/namespaces/shop/configmaps/by-path'])
    : `/${group}/namespaces/${namespace}/${resource}${inPath && `/${inPath}`}${subresource && `/${subresource}`}?n=${random.below(3)}`;
  const isLong = verb === 'watch' || subresource === 'exec';
  const received = minute(random.below(300));
  const base = rawEvent({
    auditID: `id-${id}`,
    verb,
    requestURI: uri,
    requestReceivedTimestamp: received,
    stageTimestamp: received,
    user: random.pick<JsonObject>([
      { username: 'jane', groups: ['dev', 'system:authenticated'] },
      { username: 'jane', groups: ['system:authenticated'] },
      { username: 'system:serviceaccount:shop:web', groups: ['system:serviceaccounts'] },
      { username: 'bare' },
    ]),
    objectRef: isPath
      ? undefined
      : {
          resource,
          apiVersion: 'v1',
          namespace,
          ...(apiGroup && { apiGroup }),
          ...(subresource && { subresource }),
          ...(name && { name }),
        },
    responseStatus: {
      code,
      ...(code === 403 && random.chance(0.5) ? { message: 'users "x" cannot impersonate' } : {}),
    },
    annotations: decision === '' ? {} : { 'authorization.k8s.io/decision': decision },
    ...(random.chance(0.15)
      ? {
          impersonatedUser: {
            username: 'bob',
            groups: random.pick([['ops', 'system:authenticated'], ['system:authenticated']]),
          },
        }
      : {}),
  });
  const stages = [
    'RequestReceived',
    ...(isLong ? ['ResponseStarted'] : []),
    random.chance(0.05) ? 'Panic' : 'ResponseComplete',
  ];
  return stages.map((stage) => ({
    ...base,
    stage,
    ...(stage === 'RequestReceived' ? { responseStatus: undefined } : {}),
  }));
}

/** As GKE exports it: no groups, no address of the request. */
function cloudEntry(random: Random, id: number): JsonObject {
  const [resource, name] = random.pick([
    ['core/v1/namespaces/shop/pods', 'web-0'],
    ['apps/v1/namespaces/shop/deployments', 'web'],
  ] as const);
  const verb = random.pick(['get', 'list', 'create', 'delete']);
  const type = resource.startsWith('core') ? 'io.k8s.core.v1.pods' : 'io.k8s.apps.v1.deployments';
  return {
    insertId: `cloud-${id}`,
    timestamp: minute(random.below(300)),
    protoPayload: {
      '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
      methodName: `${type}.${verb}`,
      resourceName: verb === 'list' ? resource : `${resource}/${name}`,
      authenticationInfo: { principalEmail: 'jane@example.com' },
      status: { code: random.pick([0, 5, 7]) },
    },
    labels: { 'authorization.k8s.io/decision': random.pick(['allow', 'forbid']) },
  };
}

/** What readUsage makes of events, and a store with the records of each seed as a cluster of its own. */
const SEEDS = Array.from({ length: 16 }, (_, index) => SEED + index);
const EVENTS = new Map(
  SEEDS.map((seed) => {
    const random = new Random(seed);
    const events = Array.from({ length: 150 }, (_, id) =>
      random.chance(0.1) ? [cloudEntry(random, id)] : request(random, id),
    ).flat();
    return [seed, JSON.parse(JSON.stringify(events)) as JsonObject[]];
  }),
);
const at = (n: number, cluster: string, verb: string) =>
  recordOf(rawEvent({ auditID: `${n}`, verb, requestReceivedTimestamp: minute(n) }), cluster);
const CHOSEN = [at(0, 'k1', 'get'), at(61, 'k1', 'update'), at(62, "k'2", 'delete'), at(200, 'k1', 'patch')];
const folder = mkdtempSync(join(tmpdir(), 'kubestride-rights-'));
let store: EventReader;

beforeAll(async () => {
  const writer = await StoreWriter.open(folder);
  for (const [seed, events] of EVENTS) {
    const body = Buffer.from(events.map((event) => `${JSON.stringify(event)}\n`).join(''));
    const { records, refused } = decodeAuditBody(body, { inlet: 'test', cluster: `seed-${seed}` });
    expect(refused).toEqual([]);
    // The same requests were made in each of the clusters, and are not the same requests.
    await writer.append(records.map((each) => ({ ...each, key: `${seed} ${each.key}` })));
  }
  await writer.append(CHOSEN);
  await writer.append(
    Array.from({ length: 1100 }, (_, index) =>
      recordOf(
        rawEvent({
          auditID: `name-${index}`,
          objectRef: { resource: 'pods', namespace: 'shop', name: `web-${index}`, apiVersion: 'v1' },
          ...(index % 100 === 0 ? { impersonatedUser: { username: 'bob', groups: [] } } : {}),
        }),
        'many',
      ),
    ),
  );
  await writer.close();
  store = await openReader(folder);
});

afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

test.each(SEEDS)('usage out of a store is the usage out of the log, seed %i', async (seed) => {
  const log = await fromLog(EVENTS.get(seed)!);
  const stored = await usageFromStore(store, { clusters: [`seed-${seed}`] });
  expect(told(stored.usage)).toEqual(told(log.usage));
  expect([stored.period, stored.hours, stored.uncounted]).toEqual([log.period, log.hours, log.uncounted]);
  expect(stored.reading.events).toBe(log.reading.events);
});

test('of one cluster and one time only', async () => {
  const from = Date.parse(minute(1)) * 1000;
  const verbs = async (options: Parameters<typeof usageFromStore>[1]) => {
    const { usage, reading, hours } = await usageFromStore(store, options);
    const used = usage.users().flatMap(({ uses }) => uses.map(({ action }) => action.verb));
    return { verbs: used.sort(), reading, hours };
  };
  expect(await verbs({ clusters: ['k1'], from, name: 'store' })).toMatchObject({
    verbs: ['patch', 'update'],
    hours: { seen: 2, all: 3 },
    reading: { files: ['store'], events: 2, unreadCount: 0 },
  });
  expect((await verbs({ clusters: ["k'2"] })).verbs).toEqual(['delete']);
  expect(await verbs({ clusters: ["none' OR 'a' = 'a"] })).toMatchObject({
    verbs: [],
    hours: { seen: 0, all: 0 },
  });
});

test("of more names than are kept, and of requests in another's name beyond the limit, says so", async () => {
  const many = async (impersonatedLimit?: number) =>
    usageFromStore(store, {
      clusters: ['many'],
      ...(impersonatedLimit === undefined ? {} : { impersonatedLimit }),
    });
  const { usage, impersonatedLeftOut } = await many();
  const [jane] = usage.users().filter(({ user }) => user.name === 'jane');
  const [own] = jane?.uses.filter(({ action }) => action.resource === 'pods') ?? [];
  expect(impersonatedLeftOut).toBe(false);
  expect([own?.count, own?.names.size, own?.hasMoreNames]).toEqual([1089, 1000, true]);
  expect((await many(10)).impersonatedLeftOut).toBe(true);
});
