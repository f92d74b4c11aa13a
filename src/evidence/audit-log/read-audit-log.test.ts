import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { Random } from '../../../tests/differential/random.ts';
import { hasTruth, truthPath } from '../../../tests/truth.ts';
import type { JsonObject } from '../../kubernetes/json.ts';
import type { AuditEvent } from './event.ts';
import { readAuditLog } from './read-audit-log.ts';
import { rawEvent } from './test-events.ts';

const folder = mkdtempSync(join(tmpdir(), 'kubestride-audit-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;

async function read(content: string | Uint8Array, limit?: number) {
  const name = `log-${files++}`;
  writeFileSync(join(folder, name), content);
  return readPaths([name], limit === undefined ? {} : { limit });
}

async function readPaths(paths: readonly string[], more: { limit?: number; stdin?: Readable } = {}) {
  const events: AuditEvent[] = [];
  const stdin = more.stdin ?? Readable.from([]);
  const reading = await readAuditLog(paths, {
    cwd: folder,
    onEvent: (event) => events.push(event),
    ...more,
    stdin,
  });
  return { events, reading, names: events.map(({ object }) => object?.name) };
}

const named = (name: string): JsonObject =>
  rawEvent({ objectRef: { resource: 'pods', namespace: 'shop', name } });
const line = (name: string) => `${JSON.stringify(named(name))}\n`;
/** As Go writes the items of a list: without kind and version. */
const item = (name: string): JsonObject => {
  const { kind, apiVersion, ...rest } = named(name);
  return rest;
};

describe('what a log is made of', () => {
  it('reads the lines of the API server, and a last one without line break', async () => {
    const { events, reading, names } = await read(`${line('a')}\n${line('b')}${line('c').trimEnd()}`);
    expect(names).toEqual(['a', 'b', 'c']);
    expect(events[0]).toEqual({
      auditID: 'c5f1a7b2-0000-4000-8000-000000000001',
      stage: 'ResponseComplete',
      time: Date.UTC(2026, 10, 20, 10, 0, 0, 123),
      verb: 'get',
      requestURI: '/api/v1/namespaces/shop/pods/web-0',
      user: { name: 'jane', groups: ['dev', 'system:authenticated'] },
      impersonatedUser: undefined,
      impersonationConstraint: '',
      object: {
        apiGroup: '',
        apiVersion: '',
        resource: 'pods',
        subresource: '',
        namespace: 'shop',
        name: 'a',
      },
      code: 200,
      message: '',
      decision: 'allow',
    });
    expect(reading).toMatchObject({ events: 3, others: 0, unreadCount: 0, unread: [] });
  });

  it('reads v1alpha1, which has group and version in one field', async () => {
    const { events } = await read(
      JSON.stringify({
        kind: 'Event',
        apiVersion: 'audit.k8s.io/v1alpha1',
        timestamp: '2017-09-11T19:55:05Z',
        auditID: 'x',
        stage: 'ResponseComplete',
        requestURI: '/apis/apps/v1beta1/namespaces/shop/deployments',
        verb: 'list',
        user: { username: 'bob' },
        objectRef: { resource: 'deployments', namespace: 'shop', apiVersion: 'apps/v1beta1' },
      }),
    );
    expect(events[0]).toMatchObject({
      time: Date.UTC(2017, 8, 11, 19, 55, 5),
      object: { apiGroup: 'apps', apiVersion: 'v1beta1', resource: 'deployments' },
    });
  });

  it('reads compressed logs, also those that were appended to each other', async () => {
    const { names } = await read(Buffer.concat([gzipSync(line('a')), gzipSync(line('b'))]));
    expect(names).toEqual(['a', 'b']);
  });

  it('reads a folder of rotated logs by name, and standard input', async () => {
    mkdirSync(join(folder, 'rotated', 'inner'), { recursive: true });
    writeFileSync(join(folder, 'rotated', 'audit-2026-11-20T10-00-00.000.log.gz'), gzipSync(line('a')));
    writeFileSync(join(folder, 'rotated', 'audit.log'), line('b'));
    writeFileSync(join(folder, 'rotated', 'inner', 'other.log'), line('no'));
    const { names, reading } = await readPaths(['rotated', '-'], { stdin: Readable.from([line('c')]) });
    expect(names).toEqual(['a', 'b', 'c']);
    expect(reading.files).toEqual(['rotated/audit-2026-11-20T10-00-00.000.log.gz', 'rotated/audit.log', '-']);
  });

  const list = {
    kind: 'EventList',
    apiVersion: 'audit.k8s.io/v1',
    metadata: {},
    items: [item('a'), item('b')],
  };
  const tail = { ...list, metadata: { note: 'items' }, items: [item('c')] };
  it.each([
    ['lines', `${JSON.stringify(list)}\n${JSON.stringify(tail)}\n`],
    ['laid out', `${JSON.stringify(list, null, 2)}\n${JSON.stringify(tail, null, 2)}\n`],
    [
      'an item a line',
      `{"kind":"EventList","items":[\n${[item('a'), item('b'), item('c')].map((each) => JSON.stringify(each)).join(',\n')}\n]}`,
    ],
    ['an array', JSON.stringify([named('a'), named('b'), named('c')])],
    ['an array, laid out', JSON.stringify([named('a'), named('b'), named('c')], null, 2)],
    ['an array, one a line', `[\n${line('a').trimEnd()},\n${line('b').trimEnd()},\n${line('c')}]`],
    [
      'objects, laid out',
      [named('a'), named('b'), named('c')].map((each) => JSON.stringify(each, null, 1)).join('\n'),
    ],
  ])('reads lists: %s', async (_, content) => {
    const whole = await read(content);
    expect(whole.names).toEqual(['a', 'b', 'c']);
    expect(whole.reading.unreadCount).toBe(0);
    // Wherever the chunks of a stream end.
    for (const size of [1, 7, 64]) {
      const bytes = Buffer.from(content);
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
        bytes.subarray(at * size, (at + 1) * size),
      );
      expect((await readPaths(['-'], { stdin: Readable.from(pieces) })).names).toEqual(['a', 'b', 'c']);
    }
  });

  it('reads a list in one line that is longer than any event may be', async () => {
    const items = Array.from({ length: 3000 }, (_, index) => item(`pod-${index}`));
    const { names, reading } = await read(JSON.stringify({ kind: 'EventList', items }), 4096);
    expect(names).toHaveLength(3000);
    expect(reading.unreadCount).toBe(0);
  });
});

describe('what a log is wrapped in', () => {
  const text = JSON.stringify(named('a'));
  const cri = (tag: string, part: string) => `2026-11-20T10:00:00.000000000Z stdout ${tag} ${part}\n`;
  it.each([
    ['CloudWatch Logs Insights', JSON.stringify([{ '@timestamp': 'x', '@message': text }])],
    [
      'CloudWatch Logs, events',
      JSON.stringify({ events: [{ timestamp: 1, message: text }], searchedLogStreams: [] }, null, 2),
    ],
    [
      'a subscription of CloudWatch Logs',
      JSON.stringify({ messageType: 'DATA_MESSAGE', logEvents: [{ id: '1', message: text }] }),
    ],
    ['an export of CloudWatch Logs to S3', `2026-11-20T10:00:00.000Z ${text}\n`],
    [
      'Azure Event Hubs',
      JSON.stringify({ records: [{ category: 'kube-audit', properties: { log: text, stream: 'stdout' } }] }),
    ],
    ['Cloud Logging of a server of one’s own', JSON.stringify([{ jsonPayload: named('a'), timestamp: 'x' }])],
    ['an index of Elasticsearch', `${JSON.stringify({ _index: 'audit', _source: named('a') })}\n`],
    ['a container runtime', cri('F', text)],
    [
      'a container runtime that cuts lines',
      cri('P', text.slice(0, 100)) + cri('P', text.slice(100, 200)) + cri('F', text.slice(200)),
    ],
    ['Docker', `${JSON.stringify({ log: `${text}\n`, stream: 'stdout', time: 'x' })}\n`],
    [
      'Docker, that cuts lines',
      [text.slice(0, 100), `${text.slice(100)}\n`]
        .map((log) => JSON.stringify({ log, stream: 'stdout' }))
        .join('\n'),
    ],
  ])('opens %s', async (_, content) => {
    const { names, reading } = await read(content);
    expect(names).toEqual(['a']);
    expect(reading).toMatchObject({ others: 0, unreadCount: 0 });
  });

  it('reads entries of Google Cloud Audit Logs', async () => {
    const entry = (payload: JsonObject, more: JsonObject = {}) => ({
      protoPayload: {
        '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
        authenticationInfo: { principalEmail: 'system:serviceaccount:monitoring:prometheus-k8s' },
        serviceName: 'k8s.io',
        status: { code: 0 },
        ...payload,
      },
      insertId: 'dc7605e6',
      timestamp: '2020-04-24T06:29:54.304506Z',
      labels: { 'authorization.k8s.io/reason': '', 'authorization.k8s.io/decision': 'allow' },
      ...more,
    });
    const { events, reading } = await read(
      JSON.stringify([
        entry({
          methodName: 'io.k8s.core.v1.nodes.proxy.get',
          resourceName: 'core/v1/nodes/gke-adx-default-pool/proxy/metrics/cadvisor',
        }),
        entry(
          {
            methodName: 'io.k8s.authorization.rbac.v1.rolebindings.create',
            resourceName: 'rbac.authorization.k8s.io/v1/namespaces/shop/rolebindings/own',
            status: { code: 7, message: 'PERMISSION_DENIED' },
          },
          { labels: {} },
        ),
        entry({ methodName: 'io.k8s.get', resourceName: 'apis/apps/v1' }),
        { protoPayload: { methodName: 'google.container.v1.ClusterManager.GetCluster' } },
      ]),
    );
    expect(events).toMatchObject([
      {
        verb: 'get',
        user: { name: 'system:serviceaccount:monitoring:prometheus-k8s', groups: [] },
        object: {
          apiGroup: '',
          resource: 'nodes',
          subresource: 'proxy',
          name: 'gke-adx-default-pool',
          namespace: '',
        },
        decision: 'allow',
        code: 200,
      },
      {
        verb: 'create',
        object: {
          apiGroup: 'rbac.authorization.k8s.io',
          apiVersion: 'v1',
          resource: 'rolebindings',
          namespace: 'shop',
          name: 'own',
        },
        decision: undefined,
        code: 403,
      },
      { verb: 'get', object: undefined, requestURI: '/apis/apps/v1' },
    ]);
    expect(reading.others).toBe(1);
  });
});

describe('what is wrong with a log', () => {
  it('names broken lines, and counts those of other programs', async () => {
    const { names, reading } = await read(
      `${line('a')}${line('no').slice(0, 90)}\nI1120 10:00:00.000000 1 server.go:1] serving\n{"apiVersion":"v1","kind":"Event"}\n${line('b')}`,
    );
    expect(names).toEqual(['a', 'b']);
    expect(reading).toMatchObject({
      events: 2,
      others: 2,
      unreadCount: 1,
      unread: [{ line: 2, reason: 'broken' }],
    });
  });

  it('reads a log that begins in the middle of a line', async () => {
    const { names, reading } = await read(`{"kind":"Event","apiVer\n${line('a')}`);
    expect(names).toEqual(['a']);
    expect(reading.unread).toEqual([{ file: expect.any(String), line: 1, reason: 'broken' }]);
    expect((await read(`${line('no').slice(50)}${line('a')}`)).names).toEqual(['a']);
  });

  it('passes over what is longer than the limit, and says so', async () => {
    const long = `${JSON.stringify({ ...named('no'), requestObject: { data: 'x'.repeat(5000) } })}\n`;
    const { names, reading } = await read(`${line('a')}${long}${line('b')}`, 4096);
    expect(names).toEqual(['a', 'b']);
    expect(reading.unread).toEqual([{ file: expect.any(String), line: 2, reason: 'too-long' }]);
    const list = await read(`[\n${line('a')},${long},${line('b')}]`, 4096);
    expect(list.names).toEqual(['a', 'b']);
    expect(list.reading.unread).toEqual([{ file: expect.any(String), item: 2, reason: 'too-long' }]);
  });

  it('says that a compressed log ends too early, and that a list does', async () => {
    const bytes = gzipSync(
      Array.from({ length: 2000 }, (_, index) => line(`pod-${index}-${Math.sin(index)}`)).join(''),
    );
    const { names, reading } = await read(bytes.subarray(0, bytes.length - 2000));
    expect(names.length).toBeGreaterThan(0);
    expect(reading.unread.at(-1)).toEqual({ file: expect.any(String), reason: 'cut-off' });
    const list = await read(`[${line('a')},${line('b').slice(0, 40)}`);
    expect(list.names).toEqual(['a']);
    expect(list.reading.unread).toEqual([{ file: expect.any(String), reason: 'cut-off' }]);
  });

  it('finds nothing in an empty log, and in one of something else', async () => {
    expect((await read('')).reading).toMatchObject({ events: 0, others: 0, unreadCount: 0 });
    expect((await read('hello\nworld\n')).reading).toMatchObject({ events: 0, others: 2 });
  });

  it('reads on, whatever bytes stand in it', async () => {
    const whole = Buffer.from(Array.from({ length: 20 }, (_, index) => line(`pod-${index}`)).join(''));
    const listed = Buffer.from(JSON.stringify({ kind: 'EventList', items: [item('a'), item('b')] }, null, 1));
    for (let seed = 1; seed <= 100; seed++) {
      const random = new Random(seed);
      const bytes = Buffer.from(random.chance(0.5) ? whole : listed);
      for (let changes = 1 + random.below(20); changes > 0; changes--)
        bytes[random.below(bytes.length)] = random.below(256);
      const { reading } = await readPaths(['-'], { stdin: Readable.from([bytes]), limit: 1 << 20 });
      const found = reading.events + reading.others + reading.unreadCount;
      expect({ seed, found: found > 0 }).toEqual({ seed, found: true });
    }
  });

  it('reads values that nest deep', async () => {
    const { names, reading } = await read(`${'{"a":'.repeat(200_000)}1${'}'.repeat(200_000)}\n${line('a')}`);
    expect(names).toEqual(['a']);
    expect(reading.others + reading.unreadCount).toBe(1);
  });

  it('refuses what is not there', async () => {
    await expect(readPaths(['nowhere.log'])).rejects.toMatchObject({
      code: 'path-not-found',
      params: { path: 'nowhere.log' },
    });
  });
});

describe.skipIf(!hasTruth('audit2rbac'))('the log of audit2rbac', () => {
  it('has 37 events of three identities', async () => {
    const { events, reading } = await readPaths([truthPath('audit2rbac', 'data/testdata/demo.log')]);
    expect(reading).toMatchObject({ events: 37, others: 0, unreadCount: 0 });
    const users = new Set(events.map(({ user, impersonatedUser }) => (impersonatedUser ?? user).name));
    expect(users).toEqual(new Set(['bob', 'system:serviceaccount:ns1:sa1', 'alice']));
  });
});
