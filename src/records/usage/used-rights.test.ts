import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { Random } from '../../../tests/differential/random.ts';
import type { UsageLog } from '../../engines/authorization/index.ts';
import { readUsage } from '../../evidence/audit-log/index.ts';
import { rawEvent } from '../../evidence/audit-log/test-events.ts';
import type { JsonObject } from '../../kubernetes/json.ts';
import { decodeAuditBody } from '../audit/index.ts';
import { recordOf, UsageReader } from './test-usage.ts';
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

describe('usage out of a store is the usage out of the log', () => {
  test.each(Array.from({ length: 40 }, (_, index) => SEED + index))('seed %i', async (seed) => {
    const random = new Random(seed);
    const events = Array.from({ length: 120 }, (_, id) => request(random, id)).flat();
    const log = await fromLog(events);
    const records = JSON.parse(JSON.stringify(events)).map((event: JsonObject) => recordOf(event));
    const store = await usageFromStore(new UsageReader(records));
    expect(told(store.usage)).toEqual(told(log.usage));
    expect(store.period).toEqual(log.period);
    expect(store.hours).toEqual(log.hours);
    expect(store.reading.events).toBe(log.reading.events);
    // A request that goes on and was refused before the authorizer counts once a stage in both.
    expect(store.uncounted).toEqual(log.uncounted);
  });

  test.each(Array.from({ length: 20 }, (_, index) => SEED + 100 + index))(
    'as it is ingested, seed %i',
    async (seed) => {
      const random = new Random(seed);
      const events = Array.from({ length: 120 }, (_, id) =>
        random.chance(0.2) ? [cloudEntry(random, id)] : request(random, id),
      ).flat();
      const log = await fromLog(events);
      const body = Buffer.from(events.map((event) => `${JSON.stringify(event)}\n`).join(''));
      const { records, refused } = decodeAuditBody(body, { inlet: 'test', cluster: 'c1' });
      expect(refused).toEqual([]);
      const store = await usageFromStore(new UsageReader(records));
      expect(told(store.usage)).toEqual(told(log.usage));
      expect(store.uncounted).toEqual(log.uncounted);
      expect([store.period, store.hours]).toEqual([log.period, log.hours]);
    },
  );
});

test('of one cluster and one time only, with what a damaged part hides', async () => {
  const at = (n: number, cluster: string, verb: string) =>
    recordOf(rawEvent({ auditID: `${n}`, verb, requestReceivedTimestamp: minute(n) }), cluster);
  const records = [
    at(0, 'c1', 'get'),
    at(61, 'c1', 'update'),
    at(62, "c'2", 'delete'),
    at(200, 'c1', 'patch'),
  ];
  const damage = [{ part: 'segments/1', reason: 'sha256', events: 3, from: 0, to: 1 }];
  const reader = new UsageReader(records, damage);
  const from = Date.parse(minute(1)) * 1000;
  const verbs = async (options: Parameters<typeof usageFromStore>[1]) => {
    const { usage, reading, hours } = await usageFromStore(reader, options);
    return {
      verbs: usage
        .users()
        .flatMap(({ uses }) => uses.map(({ action }) => action.verb))
        .sort(),
      reading,
      hours,
    };
  };
  expect(await verbs({ clusters: ['c1'], from, name: 'store' })).toMatchObject({
    verbs: ['patch', 'update'],
    hours: { seen: 2, all: 3 },
    reading: {
      files: ['store'],
      events: 2,
      unreadCount: 1,
      unread: [{ file: 'segments/1', reason: 'broken' }],
    },
  });
  expect((await verbs({ clusters: ["c'2"] })).verbs).toEqual(['delete']);
  expect(await verbs({ clusters: ['none'] })).toMatchObject({ verbs: [], hours: { seen: 0, all: 0 } });
});

test("of requests in another's name beyond the limit, says so", async () => {
  const records = Array.from({ length: 5 }, (_, id) =>
    recordOf(rawEvent({ auditID: `${id}`, impersonatedUser: { username: 'bob', groups: [] } })),
  );
  expect((await usageFromStore(new UsageReader(records), { impersonatedLimit: 4 })).impersonatedLeftOut).toBe(
    true,
  );
  expect((await usageFromStore(new UsageReader(records), { impersonatedLimit: 5 })).impersonatedLeftOut).toBe(
    false,
  );
});
