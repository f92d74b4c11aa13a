import { describe, expect, test } from 'vitest';
import type { ResourceList } from '../../snapshot.ts';
import { ApiError } from '../client.ts';
import { bookmark, type Fault, ModelServer, statusResponse } from './test-model-server.ts';
import { Picture } from './test-picture.ts';
import { VirtualTime } from './test-virtual-time.ts';
import { type WatchOptions, watchCluster } from './watch.ts';

const PODS: ResourceList = { group: '', version: 'v1', resource: 'pods', kind: 'Pod', namespaced: true };
const NODES: ResourceList = { group: '', version: 'v1', resource: 'nodes', kind: 'Node', namespaced: false };
const CRDS: ResourceList = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  resource: 'customresourcedefinitions',
  kind: 'CustomResourceDefinition',
  namespaced: false,
};
const SECOND = 1000;
const MINUTE = 60 * SECOND;

function start(
  lists: readonly ResourceList[],
  prepare: (server: ModelServer) => void = () => {},
  options: WatchOptions = {},
) {
  const time = new VirtualTime();
  const server = new ModelServer(time);
  prepare(server);
  const picture = new Picture((signal) =>
    watchCluster(server, lists, { clock: time, random: () => 0.5, ...options, signal }),
  );
  const watches = () => server.requests.filter(({ query }) => query?.['watch'] === 'true');
  const listed = () => server.requests.filter(({ query }) => query?.['watch'] === undefined);
  return { time, server, picture, watches, lists: listed };
}

const two = (server: ModelServer) => {
  server.create(PODS, 'a', 'one');
  server.create(PODS, 'b', 'two');
};

const forbidden: Fault = () => new ApiError(403, 'Forbidden', 'pods is forbidden\nfor you');

describe('a list and its watch', () => {
  test('sends what is there, says so, and then what changes', async () => {
    const { time, server, picture, watches } = start([PODS], two);
    await time.settle();
    expect(picture.said(PODS)).toEqual(['set a/one uid-1@101', 'set b/two uid-2@102', 'synced']);
    server.modify(PODS, 'a', 'one');
    server.create(PODS, 'c', 'three');
    server.delete(PODS, 'b', 'two');
    await time.settle();
    expect(picture.said(PODS)).toEqual([
      'set a/one uid-1@103',
      'set c/three uid-3@104',
      'removed b/two uid-2',
    ]);
    expect(watches().map(({ path, query }) => ({ path, query }))).toEqual([
      {
        path: '/api/v1/pods',
        query: { watch: 'true', resourceVersion: '102', allowWatchBookmarks: 'true', timeoutSeconds: '450' },
      },
    ]);
    await picture.stop();
    expect(server.connections.size).toBe(0);
  });

  test('objects of lists have their kind, and go through keep', async () => {
    const { time, picture } = start([PODS], two, {
      keep: ({ apiVersion, kind }) => ({ apiVersion, kind }),
    });
    await time.settle();
    expect(picture.events[0]).toMatchObject({ type: 'set', object: { apiVersion: 'v1', kind: 'Pod' } });
    await picture.stop();
  });

  test('what keep does not want is not sent, and removed where it was', async () => {
    const { time, server, picture } = start([PODS], two, {
      keep: (object) =>
        ['uid-1', '103', '105'].some((text) => JSON.stringify(object).includes(text)) ? undefined : object,
    });
    await time.settle();
    expect(picture.said(PODS)).toEqual(['set b/two uid-2@102', 'synced']);
    server.modify(PODS, 'b', 'two');
    server.modify(PODS, 'b', 'two');
    server.delete(PODS, 'b', 'two');
    server.delete(PODS, 'a', 'one');
    await time.settle();
    expect(picture.said(PODS)).toEqual(['removed b/two uid-2', 'set b/two uid-2@104', 'removed b/two uid-2']);
    await picture.stop();
  });

  test('asks for one namespace, and for that Namespace only', async () => {
    const NAMESPACES = { ...NODES, resource: 'namespaces', kind: 'Namespace' };
    const { time, picture, server } = start([PODS, NODES, NAMESPACES], two, { namespace: 'a' });
    await time.settle();
    const asked = server.requests.map(({ path, query }) => [path, query?.['fieldSelector']]);
    expect([...new Set(asked.map(String))].sort()).toEqual([
      '/api/v1/namespaces,metadata.name=a',
      '/api/v1/namespaces/a/pods,',
      '/api/v1/nodes,',
    ]);
    await picture.stop();
  });

  test('lists and watches by the same labels', async () => {
    const SLICES = { ...PODS, group: 'discovery.k8s.io', resource: 'endpointslices', kind: 'EndpointSlice' };
    const { time, picture, server } = start([SLICES], two);
    await time.settle();
    expect(server.requests.length).toBeGreaterThan(1);
    expect(new Set(server.requests.map(({ query }) => query?.['labelSelector']))).toEqual(
      new Set(['endpointslice.kubernetes.io/managed-by!=endpointslice-controller.k8s.io']),
    );
    await picture.stop();
  });

  test('goes on where it ended after the time of the watch is over, moved on by bookmarks', async () => {
    const { time, server, picture, watches } = start([PODS], two);
    await time.settle();
    server.create(NODES, '', 'node');
    server.bookmark();
    await time.pass(451 * SECOND);
    expect(watches().map(({ query }) => query?.['resourceVersion'])).toEqual(['102', '103']);
    expect(picture.said(PODS).slice(3)).toEqual([]);
    await picture.stop();
  });

  test('values of Secrets do not pass', async () => {
    const SECRETS = { ...PODS, resource: 'secrets', kind: 'Secret' };
    const { time, server, picture } = start([SECRETS]);
    await time.settle();
    const metadata = { name: 'db', namespace: 'a', uid: 'u', resourceVersion: '7' };
    [...server.connections][0]?.event('ADDED', { metadata, data: { password: 'aHVudGVyMg==' } });
    await time.settle();
    expect(picture.events[1]).toMatchObject({ type: 'set', object: { data: { password: '' } } });
    expect(JSON.stringify(picture.events)).not.toContain('aHVudGVyMg==');
    await picture.stop();
  });
});

describe('what was missed', () => {
  const whileAway = (server: ModelServer) => {
    server.delete(PODS, 'a', 'one');
    server.modify(PODS, 'b', 'two');
    server.create(PODS, 'c', 'three');
    server.compact();
  };
  const NEWS = ['set b/two uid-2@104', 'set c/three uid-3@105', 'removed a/one uid-1', 'synced'];

  test('410 as an answer: lists anew at once, and sends what is different', async () => {
    const { time, server, picture, lists } = start([PODS], (model) => {
      two(model);
      model.create(PODS, 'd', 'same');
    });
    await time.settle();
    picture.said(PODS);
    server.modify(PODS, 'd', 'same');
    await time.settle();
    expect(picture.said(PODS)).toEqual(['set d/same uid-3@104']);
    const [connection] = server.connections;
    server.fault = (_, isWatch) => (isWatch ? new Error('away') : undefined);
    connection?.cut();
    await time.settle();
    server.delete(PODS, 'a', 'one');
    server.modify(PODS, 'b', 'two');
    server.compact();
    server.fault = () => undefined;
    await time.pass(2 * SECOND);
    expect(picture.said(PODS)).toEqual(['set b/two uid-2@106', 'removed a/one uid-1', 'synced']);
    expect(lists()).toHaveLength(2);
    await picture.stop();
  });

  test.each([
    ['Expired', 410],
    ['Gone', 410],
    ['Expired', 500],
  ])('ERROR event %s with code %i: lists anew at once', async (reason, code) => {
    const { time, server, picture } = start([PODS], two);
    await time.settle();
    server.bookmark();
    await time.settle();
    picture.said(PODS);
    const [connection] = server.connections;
    server.connections.clear();
    whileAway(server);
    connection?.event('ERROR', { kind: 'Status', code, reason, message: 'too old resource version' });
    await time.settle();
    expect(picture.said(PODS)).toEqual(NEWS);
    await picture.stop();
  });

  test('a server that always says 410 is not asked at once forever', async () => {
    const { time, picture, server, lists } = start([PODS], (model) => {
      two(model);
      model.fault = (_, isWatch) => (isWatch ? statusResponse(410, 'Expired') : undefined);
    });
    await time.pass(10 * MINUTE);
    expect(lists().length).toBeGreaterThan(10);
    expect(lists().length).toBeLessThan(45);
    server.fault = () => undefined;
    await time.pass(MINUTE);
    expect(server.connections.size).toBe(1);
    await picture.stop();
  });

  test('what a watch never said is found by listing anew now and then', async () => {
    const { time, server, picture } = start([PODS], two, { resyncEvery: 10 * MINUTE });
    await time.settle();
    picture.said(PODS);
    const [connection] = server.connections;
    server.connections.clear();
    server.delete(PODS, 'a', 'one');
    server.modify(PODS, 'b', 'two');
    server.create(PODS, 'c', 'three');
    server.connections.add(connection!);
    server.bookmark();
    await time.pass(9 * MINUTE);
    expect(picture.said(PODS)).toEqual([]);
    await time.pass(2 * MINUTE);
    expect(picture.said(PODS)).toEqual(NEWS);
    await picture.stop();
  });

  test('an object that was replaced by one of the same name is removed first', async () => {
    const { time, server, picture } = start([PODS], two);
    await time.settle();
    picture.said(PODS);
    const [connection] = server.connections;
    server.connections.clear();
    server.delete(PODS, 'a', 'one');
    server.create(PODS, 'a', 'one');
    server.compact();
    connection?.cut();
    await time.pass(2 * SECOND);
    expect(picture.said(PODS)).toEqual(['removed a/one uid-1', 'set a/one uid-3@104', 'synced']);
    await picture.stop();
  });
});

describe('broken connections', () => {
  test('an event that is cut off is asked for again, from the one before on', async () => {
    const { time, server, picture, watches } = start([PODS], two);
    await time.pass(2 * SECOND);
    server.modify(PODS, 'a', 'one');
    await time.settle();
    server.modify(PODS, 'b', 'two');
    [...server.connections][0]?.cut();
    await time.settle();
    expect(watches()[1]?.query?.['resourceVersion']).toBe('103');
    expect(picture.said(PODS).slice(3)).toEqual(['set a/one uid-1@103', 'set b/two uid-2@104']);
    await picture.stop();
  });

  test('what is said twice, or too late, changes nothing', async () => {
    const { time, server, picture } = start([PODS], two);
    await time.settle();
    picture.said(PODS);
    const [connection] = server.connections;
    const metadata = { namespace: 'a', name: 'one', uid: 'uid-1', resourceVersion: '101' };
    connection?.event('MODIFIED', { metadata });
    connection?.event('DELETED', { metadata: { ...metadata, uid: 'an earlier one' } });
    connection?.event('DELETED', { metadata: { ...metadata, name: 'unknown' } });
    await time.settle();
    expect(picture.said(PODS)).toEqual([]);
    await picture.stop();
  });

  test.each([
    ['not JSON', '{"type":"ADDED","object":{"metadata"\n'],
    ['no object', '{"type":"ADDED"}\n'],
    ['an unknown type', '{"type":"RENAMED","object":{"metadata":{"resourceVersion":"3"}}}\n'],
    ['no version', '{"type":"ADDED","object":{"metadata":{"name":"x"}}}\n'],
    ['longer than any event', 'x'.repeat(16 * 1024 * 1024 + 1)],
  ])('a frame that is %s: lists anew', async (_, text) => {
    const { time, server, picture, lists } = start([PODS], two);
    await time.settle();
    [...server.connections][0]?.text(text);
    await time.pass(2 * SECOND);
    expect(lists()).toHaveLength(2);
    expect(picture.said(PODS).at(-1)).toBe('synced');
    expect(server.connections.size).toBe(1);
    await picture.stop();
  });

  test('empty lines keep a connection alive and mean nothing', async () => {
    const { time, server, picture } = start([PODS], two);
    await time.settle();
    [...server.connections][0]?.text('\n\r\n \n');
    server.modify(PODS, 'a', 'one');
    await time.settle();
    expect(picture.said(PODS).slice(3)).toEqual(['set a/one uid-1@103']);
    await picture.stop();
  });

  test('a connection that says nothing any more is given up after its idle timeout', async () => {
    const { time, server, picture } = start([PODS], two);
    await time.settle();
    [...server.connections][0]?.silence();
    server.modify(PODS, 'a', 'one');
    await time.pass(149 * SECOND);
    expect(picture.said(PODS).slice(3)).toEqual([]);
    await time.pass(2 * SECOND);
    expect(picture.said(PODS)).toEqual(['set a/one uid-1@103']);
    await picture.stop();
  });

  test('a server that ends each watch at once is asked less and less', async () => {
    const { time, server, picture, watches, lists } = start([PODS], (model) => {
      two(model);
      model.fault = (_, isWatch) => (isWatch ? { status: 200, headers: {}, body: nothing() } : undefined);
    });
    await time.pass(10 * MINUTE);
    expect(watches().length).toBeGreaterThan(15);
    expect(watches().length).toBeLessThan(45);
    expect(lists()).toHaveLength(1);
    expect(picture.said(PODS).slice(3)).toEqual(['degraded disconnected']);
    server.fault = () => undefined;
    await time.pass(MINUTE);
    expect(picture.said(PODS)).toEqual(['recovered']);
    await picture.stop();
  });

  test('a server that is away is asked by one list at a time, and is caught up with once it is back', async () => {
    const lists = Array.from({ length: 50 }, (_, i) => ({ ...PODS, resource: `things${i}` }));
    const { time, server, picture, watches } = start(lists, (model) => {
      for (const list of lists) model.create(list, 'a', 'one');
    });
    await time.pass(2 * SECOND);
    server.fault = () => new Error('connection refused');
    for (const connection of [...server.connections]) connection.cut();
    const before = watches().length;
    await time.pass(10 * MINUTE);
    expect(watches().length - before).toBeGreaterThan(20);
    expect(watches().length - before).toBeLessThan(50);
    for (const list of lists) expect(picture.said(list).slice(2)).toEqual(['degraded disconnected']);
    for (const list of lists) server.modify(list, 'a', 'one');
    server.fault = () => undefined;
    await time.pass(40 * SECOND);
    for (const list of lists) {
      expect(picture.contents(list)).toEqual(server.contents(list));
      expect(picture.said(list)).toContain('recovered');
    }
    await picture.stop();
  });

  test('429 waits as long as it is asked to, and does not list anew', async () => {
    const { time, server, picture, watches, lists } = start([PODS], two);
    await time.pass(2 * SECOND);
    server.fault = () => statusResponse(429, 'TooManyRequests', { 'retry-after': '20' });
    [...server.connections][0]?.cut();
    await time.pass(19 * SECOND);
    expect(watches()).toHaveLength(2);
    server.fault = () => undefined;
    await time.pass(2 * SECOND);
    expect(watches()).toHaveLength(3);
    expect(lists()).toHaveLength(1);
    await picture.stop();
  });

  test('one API that is broken keeps no other list waiting', async () => {
    const METRICS = { ...PODS, group: 'metrics.example', resource: 'metrics' };
    const { time, server, picture } = start([METRICS, PODS], (model) => {
      two(model);
      model.fault = ({ path }) =>
        path.includes('metrics') ? new ApiError(503, 'ServiceUnavailable', 'no endpoints') : undefined;
    });
    await time.pass(2 * SECOND);
    expect(picture.said(PODS).at(-1)).toBe('synced');
    expect(picture.said(METRICS)).toEqual(['gap unavailable']);
    await time.pass(10 * MINUTE);
    expect(server.requests.filter(({ path }) => path.includes('metrics')).length).toBeLessThan(60);
    server.create(METRICS, 'a', 'one');
    server.fault = () => undefined;
    await time.pass(MINUTE);
    expect(picture.said(METRICS)).toEqual(['set a/one uid-3@103', 'gap-closed', 'synced']);
    await picture.stop();
  });

  async function* nothing(): AsyncGenerator<Uint8Array> {}
});

describe('gaps', () => {
  test('a list that is forbidden is a gap until it is allowed', async () => {
    const { time, server, picture } = start([PODS], (model) => {
      two(model);
      model.fault = forbidden;
    });
    await time.settle();
    expect(picture.events).toEqual([
      {
        type: 'gap',
        list: PODS,
        gap: {
          group: '',
          resource: 'pods',
          kind: 'Pod',
          reason: 'forbidden',
          detail: 'pods is forbidden for you',
        },
      },
    ]);
    await time.pass(10 * MINUTE);
    expect(picture.events).toHaveLength(1);
    server.fault = () => undefined;
    await time.pass(2 * MINUTE);
    expect(picture.said(PODS).slice(1)).toEqual([
      'set a/one uid-1@101',
      'set b/two uid-2@102',
      'gap-closed',
      'synced',
    ]);
    await picture.stop();
  });

  test('a list that is not allowed any more takes its objects with it', async () => {
    const { time, server, picture } = start([PODS], two);
    await time.pass(2 * SECOND);
    server.fault = (request, isWatch) =>
      isWatch ? statusResponse(410, 'Expired') : forbidden(request, isWatch);
    [...server.connections][0]?.cut();
    await time.pass(2 * SECOND);
    expect(picture.said(PODS).slice(3)).toEqual([
      'gap forbidden',
      'removed a/one uid-1',
      'removed b/two uid-2',
    ]);
    await picture.stop();
  });

  test('a list that cannot be watched is listed each minute', async () => {
    const { time, server, picture, lists } = start([PODS], (model) => {
      two(model);
      model.fault = (_, isWatch) => (isWatch ? statusResponse(403, 'Forbidden') : undefined);
    });
    await time.settle();
    expect(picture.said(PODS).slice(3)).toEqual(['degraded watch-refused']);
    server.delete(PODS, 'a', 'one');
    await time.pass(76 * SECOND);
    expect(picture.said(PODS)).toEqual(['removed a/one uid-1', 'synced']);
    await time.pass(10 * MINUTE);
    expect(lists().length).toBeLessThan(12);
    server.fault = () => undefined;
    await time.pass(80 * SECOND);
    expect(picture.said(PODS)).toContain('recovered');
    await picture.stop();
  });

  test('a watch that worked and is refused is followed by a list at once', async () => {
    const { time, server, picture } = start([PODS], two);
    await time.pass(2 * SECOND);
    server.fault = (request, isWatch) =>
      isWatch ? statusResponse(403, 'Forbidden') : forbidden(request, isWatch);
    [...server.connections][0]?.cut();
    await time.pass(5 * SECOND);
    expect(picture.said(PODS)).toContain('gap forbidden');
    await picture.stop();
  });

  test('a list that is gone is a gap, and a reason to ask what there is', async () => {
    let stale = 0;
    const { time, server, picture } = start([PODS], two, { onDiscoveryStale: () => stale++ });
    await time.pass(2 * SECOND);
    server.fault = (_, isWatch) =>
      isWatch
        ? statusResponse(404, 'NotFound')
        : new ApiError(404, 'NotFound', 'the server could not find it');
    [...server.connections][0]?.cut();
    await time.pass(5 * SECOND);
    expect(picture.said(PODS).slice(3)).toEqual([
      'gap unavailable',
      'removed a/one uid-1',
      'removed b/two uid-2',
    ]);
    expect(stale).toBe(1);
    server.fault = () => undefined;
    picture.watch.update([PODS]);
    await time.settle();
    expect(picture.said(PODS).at(-1)).toBe('synced');
    await picture.stop();
  });
});

describe('which lists there are', () => {
  test('a changed definition is a reason to ask, a listed one is not; several are one reason', async () => {
    let stale = 0;
    const { time, server, picture } = start([CRDS], (model) => model.create(CRDS, '', 'a'), {
      onDiscoveryStale: () => stale++,
    });
    await time.pass(10 * SECOND);
    expect(stale).toBe(0);
    server.create(CRDS, '', 'b');
    server.modify(CRDS, '', 'b');
    await time.pass(10 * SECOND);
    expect(stale).toBe(1);
    server.delete(CRDS, '', 'b');
    await time.pass(10 * SECOND);
    expect(stale).toBe(2);
    await picture.stop();
  });

  test('lists come and go while others go on', async () => {
    const { time, picture, watches } = start([PODS], (model) => {
      two(model);
      model.create(NODES, '', 'node');
    });
    await time.settle();
    picture.watch.update([PODS, NODES]);
    await time.settle();
    expect(picture.said(NODES)).toEqual(['set /node uid-3@103', 'synced']);
    picture.said(PODS);
    picture.watch.update([NODES]);
    picture.watch.update([NODES, PODS]);
    await time.settle();
    expect(picture.said(PODS)).toEqual([
      'removed a/one uid-1',
      'removed b/two uid-2',
      'set a/one uid-1@101',
      'set b/two uid-2@102',
      'synced',
    ]);
    expect(watches().filter(({ path }) => path.endsWith('nodes'))).toHaveLength(1);
    await picture.stop();
  });
});

describe('a reader that is behind', () => {
  test('what it has not taken stays on the server', async () => {
    const { time, server, picture } = start([PODS], (model) => {
      for (let i = 0; i < 100; i++) model.create(PODS, 'a', `pod-${i}`);
    });
    await time.settle();
    let release = () => {};
    picture.busy = new Promise((resolve) => {
      release = resolve;
    });
    // A first event, which the reader takes and is busy with.
    server.modify(PODS, 'a', 'pod-0');
    await time.settle();
    const note = 'x'.repeat(1024 * 1024);
    const [connection] = server.connections;
    for (let i = 0; i < 20; i++) {
      connection?.event('MODIFIED', {
        metadata: { namespace: 'a', name: 'pod-1', uid: 'uid-2', resourceVersion: String(1000 + i), note },
      });
    }
    await time.settle();
    expect(connection?.unread).toBeGreaterThanOrEqual(11);
    picture.busy = undefined;
    release();
    await time.settle();
    expect(connection?.unread).toBe(0);
    expect(picture.contents(PODS).get('a/pod-1')).toBe('uid-2@1019');
    await picture.stop();
  });

  test('a burst of thousands of changes arrives whole', async () => {
    const { time, server, picture } = start([PODS], (model) => {
      for (let i = 0; i < 1000; i++) model.create(PODS, 'a', `pod-${i}`);
    });
    await time.settle();
    for (let i = 0; i < 5000; i++) server.modify(PODS, 'a', `pod-${i % 1000}`);
    await time.settle();
    expect(picture.contents(PODS)).toEqual(server.contents(PODS));
    expect(picture.faults).toEqual([]);
    await picture.stop();
  });
});

test('bookmarks before and after objects are no objects', async () => {
  const { time, server, picture } = start([PODS], two);
  await time.settle();
  [...server.connections][0]?.event('BOOKMARK', bookmark(500));
  await time.settle();
  expect(picture.said(PODS)).toHaveLength(3);
  await picture.stop();
});
