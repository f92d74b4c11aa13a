import { describe, expect, test } from 'vitest';
import { ApiError } from '../../evidence/cluster/client.ts';
import { ModelServer } from '../../evidence/cluster/watch/test-model-server.ts';
import { VirtualTime } from '../../evidence/cluster/watch/test-virtual-time.ts';
import type { JsonObject } from '../../kubernetes/json.ts';
import { SeenPods } from '../node/containers/directory.ts';
import type { EventRecord } from '../record.ts';
import { decodeEventFile, decodeEventObjects, eventOfAudit, eventRecord } from './event-object.ts';
import { keptPod } from './kept-pod.ts';
import { podChanges } from './pod-changes.ts';
import { watchRecords } from './watch-records.ts';

const ORIGIN = { inlet: 'watch', cluster: 'test' };
const micros = (text: string) => Date.parse(text) * 1000;

const CORE_EVENT: JsonObject = {
  apiVersion: 'v1',
  kind: 'Event',
  metadata: {
    name: 'web-1.17',
    namespace: 'shop',
    uid: 'e-1',
    resourceVersion: '77',
    creationTimestamp: '2026-11-23T20:00:00Z',
    managedFields: [{ manager: 'kubelet' }],
  },
  involvedObject: {
    kind: 'Pod',
    namespace: 'shop',
    name: 'web-1',
    uid: 'p-1',
    apiVersion: 'v1',
    fieldPath: 'spec.containers{app}',
  },
  reason: 'BackOff',
  message: 'Back-off restarting failed container app',
  source: { component: 'kubelet', host: 'worker-1' },
  firstTimestamp: '2026-11-23T20:00:00Z',
  lastTimestamp: '2026-11-23T20:05:00Z',
  count: 7,
  type: 'Warning',
  eventTime: null,
  reportingComponent: 'kubelet',
  reportingInstance: 'worker-1',
};

describe('Events', () => {
  test('of core/v1', () => {
    const made = eventRecord(CORE_EVENT, ORIGIN)!;
    expect(made).toMatchObject({
      key: 'event test e-1 77 7',
      source: 'event',
      time: micros('2026-11-23T20:05:00Z'),
      verb: 'BackOff',
      reason: 'BackOff',
      user: 'kubelet',
      level: 'warning',
      namespace: 'shop',
      name: 'web-1',
      uid: 'p-1',
      pod: 'web-1',
      container: 'app',
      resource: 'pods',
      api_version: 'v1',
      node: 'worker-1',
      message: 'Back-off restarting failed container app',
    });
    expect(JSON.parse(made.raw).metadata.managedFields).toBeUndefined();
    expect((CORE_EVENT['metadata'] as JsonObject)['managedFields']).toBeDefined();
  });

  test('of events.k8s.io/v1, with microseconds and a series', () => {
    const event: JsonObject = {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name: 'd.1', namespace: 'shop', uid: 'e-2', resourceVersion: '9' },
      eventTime: '2026-11-23T20:00:00.123456Z',
      reportingController: 'deployment-controller',
      reportingInstance: 'cm-0',
      action: 'Scale',
      reason: 'ScalingReplicaSet',
      regarding: { kind: 'Deployment', namespace: 'shop', name: 'web', apiVersion: 'apps/v1' },
      note: 'Scaled up',
      type: 'Normal',
    };
    expect(eventRecord(event, ORIGIN)).toMatchObject({
      time: micros('2026-11-23T20:00:00Z') + 123_456,
      user: 'deployment-controller',
      api_group: 'apps',
      resource: 'deployments',
      name: 'web',
      node: '',
      message: 'Scaled up',
      pod: '',
    });
    const series = { ...event, series: { count: 3, lastObservedTime: '2026-11-23T20:10:00.000001Z' } };
    expect(eventRecord(series, ORIGIN)).toMatchObject({
      key: 'event test e-2 9 3',
      time: micros('2026-11-23T20:10:00Z') + 1,
    });
  });

  test('each increase is a record, the same one twice is one', () => {
    const keys = [
      CORE_EVENT,
      {
        ...CORE_EVENT,
        count: 8,
        metadata: { ...(CORE_EVENT['metadata'] as JsonObject), resourceVersion: '78' },
      },
      CORE_EVENT,
    ];
    expect(new Set(keys.map((event) => eventRecord(event, ORIGIN)!.key)).size).toBe(2);
  });

  test('from files of kubectl, and what is none is refused', () => {
    const json = Buffer.from(
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'List',
        items: [CORE_EVENT, { apiVersion: 'v1', kind: 'Pod' }],
      }),
    );
    const decoded = decodeEventFile(json, ORIGIN);
    expect([decoded.records.length, decoded.refused.map(({ reason, where }) => [reason, where])]).toEqual([
      1,
      [['not-an-event', 'item 1']],
    ]);
    const yaml =
      'apiVersion: v1\nkind: Event\nmetadata: {name: a, namespace: b, uid: u}\nlastTimestamp: "2026-11-23T20:05:00Z"\nreason: R\n---\na: [\n---\nfoo\n';
    const documents = decodeEventFile(Buffer.from(yaml), ORIGIN);
    expect(documents.records.map(({ verb }) => verb)).toEqual(['R']);
    expect(documents.refused.map(({ reason }) => reason)).toEqual(['not-json', 'not-an-event']);
    expect(
      decodeEventObjects(
        { kind: 'EventList', apiVersion: 'v1', items: [{ ...CORE_EVENT, apiVersion: 'v1', kind: 'Event' }] },
        ORIGIN,
      ).records,
    ).toHaveLength(1);
    expect(
      decodeEventObjects({ kind: 'Event', apiVersion: 'audit.k8s.io/v1' }, ORIGIN).refused[0]!.reason,
    ).toBe('not-an-event');
    expect(
      decodeEventObjects({ kind: 'Event', apiVersion: 'v1', metadata: { name: 'a' } }, ORIGIN).refused[0]!
        .reason,
    ).toBe('missing-fields');
  });

  test('by an audit event of its writing it is the same record', () => {
    const audit = {
      verb: 'patch',
      objectRef: { resource: 'events' },
      responseStatus: { code: 200 },
      responseObject: CORE_EVENT,
    };
    expect(eventOfAudit(audit, ORIGIN)?.key).toBe(eventRecord(CORE_EVENT, ORIGIN)!.key);
    expect(eventOfAudit({ ...audit, responseStatus: { code: 409 } }, ORIGIN)).toBeUndefined();
    expect(eventOfAudit({ ...audit, verb: 'delete' }, ORIGIN)).toBeUndefined();
    expect(eventOfAudit({ ...audit, objectRef: { resource: 'pods' } }, ORIGIN)).toBeUndefined();
  });

  test('hostile ones', () => {
    let deep: JsonObject = {};
    for (let level = 0; level < 3000; level++) deep = { a: deep };
    expect(eventRecord({ ...CORE_EVENT, x: deep }, ORIGIN)).toBeUndefined();
    const odd = eventRecord(
      {
        ...CORE_EVENT,
        message: 'Bearer abcdefghijklmnopqrstuv123456\u001b[2J\n',
        involvedObject: { kind: 'constructor', name: '__proto__' },
      },
      ORIGIN,
    )!;
    expect(odd).toMatchObject({ name: '__proto__', resource: '' });
    expect(odd.message).toMatch(/^Bearer \[redacted\]/);
    expect(odd.raw).not.toContain('abcdefghijkl');
  });
});

const SEEN = { at: micros('2026-11-23T21:00:00Z'), after: micros('2026-11-23T20:59:00Z') };

function pod(status: JsonObject = {}, spec: JsonObject = {}, metadata: JsonObject = {}): JsonObject {
  return keptPod({
    metadata: {
      namespace: 'shop',
      name: 'web-1',
      uid: 'p-1',
      resourceVersion: '5',
      creationTimestamp: '2026-11-23T20:00:00Z',
      ownerReferences: [{ kind: 'ReplicaSet', name: 'web-5d', controller: true }],
      ...metadata,
    },
    spec: {
      containers: [{ name: 'app', image: 'app:1', env: [{ name: 'PASSWORD', value: 'hunter2' }] }],
      ...spec,
    },
    status: { phase: 'Pending', ...status },
  });
}

const changes = (previous: JsonObject | undefined, next: JsonObject | undefined) =>
  podChanges(previous, next, ORIGIN, SEEN);
const told = (records: readonly EventRecord[]) =>
  records.map(({ verb, container, time, reason, code, message }) => [
    verb,
    container,
    new Date(time / 1000).toISOString().slice(11, 19),
    reason,
    code,
    message,
  ]);

const running = (startedAt: string, more: JsonObject = {}): JsonObject => ({
  phase: 'Running',
  conditions: [
    { type: 'PodScheduled', status: 'True', lastTransitionTime: '2026-11-23T20:00:01Z' },
    { type: 'Ready', status: 'True', lastTransitionTime: '2026-11-23T20:00:09Z' },
  ],
  containerStatuses: [
    {
      name: 'app',
      ready: true,
      restartCount: 0,
      containerID: 'containerd://c1',
      state: { running: { startedAt } },
      ...more,
    },
  ],
});

describe('the life of a Pod', () => {
  const live = pod(running('2026-11-23T20:00:05Z'), { nodeName: 'worker-1' });

  test('seen for the first time: all that its status still tells, at the times that it tells', () => {
    expect(told(changes(undefined, live))).toEqual([
      ['created', '', '20:00:00', '', -1, 'ReplicaSet/web-5d'],
      ['scheduled', '', '20:00:01', '', -1, 'worker-1'],
      ['started', 'app', '20:00:05', '', -1, 'app:1'],
      ['ready', '', '20:00:09', '', -1, ''],
    ]);
    expect(
      changes(undefined, live).every(
        ({ user, source, pod: name, namespace }) =>
          user === '' && source === 'lifecycle' && name === 'web-1' && namespace === 'shop',
      ),
    ).toBe(true);
  });

  test('step by step it is the same, and nothing twice', () => {
    const steps = [pod(), pod({}, { nodeName: 'worker-1' }), live, live];
    const records = steps.flatMap((next, index) => changes(steps[index - 1], next));
    expect(records.map(({ key }) => key).sort()).toEqual(
      changes(undefined, live)
        .map(({ key }) => key)
        .sort(),
    );
  });

  test('killed for its memory and started again', () => {
    const killed = {
      exitCode: 137,
      reason: 'OOMKilled',
      startedAt: '2026-11-23T20:00:05Z',
      finishedAt: '2026-11-23T20:10:00Z',
      containerID: 'containerd://c1',
    };
    const next = pod(
      running('2026-11-23T20:10:02Z', {
        restartCount: 1,
        containerID: 'containerd://c2',
        lastState: { terminated: killed },
      }),
      { nodeName: 'worker-1' },
    );
    const expected = [
      ['oom-killed', 'app', '20:10:00', 'OOMKilled', 137, ''],
      ['restarted', 'app', '20:10:02', '', -1, '0 → 1'],
    ];
    expect(told(changes(live, next))).toEqual(expected);
    // With a look in between, at which it was not yet started again.
    const between = pod(
      {
        ...running('', {}),
        containerStatuses: [{ name: 'app', restartCount: 0, state: { terminated: killed } }],
      },
      { nodeName: 'worker-1' },
    );
    expect(told([...changes(live, between), ...changes(between, next)])).toEqual(expected);
  });

  test('restarted often while nobody looked, and failing to come up', () => {
    const next = pod(
      {
        ...running('', {}),
        containerStatuses: [
          {
            name: 'app',
            restartCount: 4,
            state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off' } },
          },
        ],
      },
      { nodeName: 'worker-1' },
    );
    expect(told(changes(live, next))).toEqual([
      ['restarted', 'app', '21:00:00', '', -1, '0 → 4'],
      ['waiting', 'app', '21:00:00', 'CrashLoopBackOff', -1, 'back-off'],
    ]);
    expect(JSON.parse(changes(live, next)[0]!.raw)).toMatchObject({
      seenAt: '2026-11-23T21:00:00.000Z',
      notBefore: '2026-11-23T20:59:00.000Z',
      timeIs: 'seen',
    });
  });

  test('evicted, preempted', () => {
    const evicted = pod(
      {
        phase: 'Failed',
        reason: 'Evicted',
        message: 'The node was low on resource: memory.',
        conditions: [
          {
            type: 'DisruptionTarget',
            status: 'True',
            reason: 'TerminationByKubelet',
            lastTransitionTime: '2026-11-23T20:30:00Z',
          },
        ],
      },
      { nodeName: 'worker-1' },
    );
    expect(told(changes(live, evicted))).toEqual([
      ['terminated-by-kubelet', '', '20:30:00', 'TerminationByKubelet', -1, ''],
      ['evicted', '', '20:30:00', 'Evicted', -1, 'The node was low on resource: memory.'],
    ]);
    const status = running('2026-11-23T20:00:05Z');
    const conditions = [
      ...(status['conditions'] as JsonObject[]),
      {
        type: 'DisruptionTarget',
        status: 'True',
        reason: 'PreemptionByScheduler',
        lastTransitionTime: '2026-11-23T20:31:00Z',
      },
    ];
    expect(told(changes(live, pod({ ...status, conditions }, { nodeName: 'worker-1' })))).toEqual([
      ['preempted', '', '20:31:00', 'PreemptionByScheduler', -1, ''],
    ]);
  });

  test('unready, then asked to go half a minute before its grace ends, then gone', () => {
    const status = running('2026-11-23T20:00:05Z');
    const conditions = [
      {
        type: 'Ready',
        status: 'False',
        reason: 'ContainersNotReady',
        message: 'm',
        lastTransitionTime: '2026-11-23T20:39:00Z',
      },
    ];
    const going = pod(
      { ...status, conditions },
      { nodeName: 'worker-1' },
      { deletionTimestamp: '2026-11-23T20:40:30Z', deletionGracePeriodSeconds: 30 },
    );
    expect(told([...changes(live, going), ...changes(going, undefined)])).toEqual([
      ['unready', '', '20:39:00', 'ContainersNotReady', -1, 'm'],
      ['deletion-requested', '', '20:40:00', '', -1, ''],
      ['deleted', '', '21:00:00', '', -1, ''],
    ]);
  });

  test('somebody looks inside, or exchanges an image', () => {
    const next = pod(running('2026-11-23T20:00:05Z'), {
      nodeName: 'worker-1',
      containers: [{ name: 'app', image: 'app:2' }],
      ephemeralContainers: [{ name: 'debug', image: 'busybox', targetContainerName: 'app' }],
    });
    expect(
      told(changes(live, next)).map(([verb, container, , , , message]) => [verb, container, message]),
    ).toEqual([
      ['image-changed', 'app', 'app:1 → app:2'],
      ['ephemeral-container-added', 'debug', 'busybox → app'],
    ]);
  });

  test('finished', () => {
    const ended = { exitCode: 0, reason: 'Completed', finishedAt: '2026-11-23T20:20:00Z' };
    expect(
      told(
        changes(
          live,
          pod(
            {
              phase: 'Succeeded',
              containerStatuses: [{ name: 'app', restartCount: 0, state: { terminated: ended } }],
            },
            { nodeName: 'worker-1' },
          ),
        ),
      ),
    ).toEqual([
      ['terminated', 'app', '20:20:00', 'Completed', 0, ''],
      ['succeeded', '', '20:20:00', '', -1, ''],
    ]);
  });

  test('values of environment variables are not kept; nonsense does no harm', () => {
    expect(JSON.stringify(live)).not.toContain('hunter2');
    for (const odd of [
      {},
      { metadata: 1, spec: [], status: 'x' },
      {
        spec: { containers: [null, 1, { name: '__proto__' }] },
        status: { containerStatuses: [{ name: 'constructor', state: 3 }], conditions: {} },
      },
    ] as JsonObject[]) {
      expect(changes(undefined, keptPod(odd)).map(({ verb }) => verb)).toEqual(['created']);
      expect(changes(keptPod(odd), undefined).map(({ verb }) => verb)).toEqual(['deleted']);
    }
    expect(changes(undefined, undefined)).toEqual([]);
  });
});

describe('watching', () => {
  const PODS = { group: '', version: 'v1', resource: 'pods', kind: 'Pod', namespaced: true };

  function start(prepare: (server: ModelServer) => void = () => {}) {
    const time = new VirtualTime();
    const server = new ModelServer(time);
    prepare(server);
    const records: EventRecord[] = [];
    const controller = new AbortController();
    const directory = new SeenPods();
    const end = watchRecords(server, async (more) => void records.push(...more), {
      origin: ORIGIN,
      clock: time,
      random: () => 0.5,
      signal: controller.signal,
      now: () => 1_800_000_000_000 + time.now(),
      directory,
    });
    const lives = () =>
      records.filter(({ source }) => source === 'lifecycle').map(({ verb, name }) => `${verb} ${name}`);
    const notices = () =>
      records
        .filter(({ source, resource }) => source === 'collector' && resource === 'pods')
        .map(({ verb, reason }) => `${verb} ${reason}`.trim());
    const stop = async () => {
      controller.abort();
      await end;
    };
    return { time, server, records, lives, notices, directory, stop };
  }

  test('what is there, what changes, and what went while the watch was forgotten', async () => {
    const { time, server, lives, notices, directory, stop } = start((model) => {
      model.create(PODS, 'a', 'one');
      model.create(PODS, 'a', 'two');
    });
    await time.settle();
    expect(lives()).toEqual(['created one', 'created two']);
    expect(notices()).toEqual(['watch-synced']);
    expect(directory.pod('uid-1')?.pod).toBe('one');
    server.modify(PODS, 'a', 'one');
    server.create(PODS, 'a', 'three');
    server.delete(PODS, 'a', 'two');
    await time.settle();
    expect(lives().slice(2)).toEqual(['created three', 'deleted two']);
    // The next watch is answered by 410, and a list shows what happened meanwhile.
    for (const connection of [...server.connections]) connection.end();
    server.delete(PODS, 'a', 'one');
    server.create(PODS, 'a', 'four');
    server.compact();
    await time.pass(120_000);
    expect([...lives().slice(4)].sort()).toEqual(['created four', 'deleted one']);
    expect(notices().filter((notice) => notice === 'watch-synced').length).toBeGreaterThan(1);
    await stop();
  });

  test('what may not be seen for a while was not deleted', async () => {
    const { time, server, lives, notices, stop } = start((model) => {
      model.create(PODS, 'a', 'one');
      model.create(PODS, 'a', 'two');
    });
    await time.settle();
    server.fault = ({ path }) => (path.endsWith('/pods') ? new ApiError(403, 'Forbidden', 'no') : undefined);
    for (const connection of [...server.connections]) connection.end();
    await time.pass(3_600_000);
    expect(notices().some((notice) => notice.startsWith('watch-gap forbidden'))).toBe(true);
    expect(lives()).toEqual(['created one', 'created two']);
    server.delete(PODS, 'a', 'two');
    server.fault = () => undefined;
    await time.pass(600_000);
    expect(lives().slice(2)).toEqual(['deleted two']);
    expect(notices()).toContain('watch-gap-closed');
    await stop();
  });
});
