import { expect, test } from 'vitest';
import { AuditVolume, type LoggedEvent, readAuditPolicy } from './index.ts';

const event = (verb: string, resource: string, rest: Partial<LoggedEvent> = {}): LoggedEvent => ({
  request: {
    user: 'alice',
    groups: [],
    verb,
    isResourceRequest: resource !== '',
    apiGroup: '',
    resource,
    subresource: '',
    namespace: 'shop',
    name: '',
    path: resource === '' ? '/healthz/etcd' : '',
  },
  stage: 'ResponseComplete',
  level: 'RequestResponse',
  bytes: 1000,
  requestBytes: 200,
  responseBytes: 300,
  ...rest,
});

test('counts what the policy would have written, without the bodies that it leaves out', () => {
  const { policy } = readAuditPolicy({
    apiVersion: 'audit.k8s.io/v1',
    kind: 'Policy',
    rules: [
      { level: 'None', resources: [{ group: '', resources: ['events'] }] },
      { level: 'Metadata', resources: [{ group: '', resources: ['secrets'] }] },
      { level: 'Request', verbs: ['create'], omitStages: ['RequestReceived'] },
      { level: 'RequestResponse' },
    ],
  });
  const volume = new AuditVolume(policy!);
  for (const each of [
    event('create', 'events'),
    event('get', 'secrets'),
    event('create', 'pods'),
    event('create', 'pods', { stage: 'RequestReceived', level: 'Request', bytes: 700, responseBytes: 0 }),
    event('get', 'pods'),
    event('get', 'pods', { level: 'Metadata', bytes: 500, requestBytes: 0, responseBytes: 0 }),
    event('get', ''),
  ]) {
    volume.add(each);
  }
  expect(volume.logged).toEqual({ events: 7, bytes: 6200 });
  expect(volume.kept).toEqual({ events: 5, bytes: 500 + 700 + 1000 + 500 + 1000 });
  expect(volume.larger).toBe(1);
  expect(volume.largest(2)).toEqual([
    { requests: 'get pods', events: 2, bytes: 1500 },
    { requests: 'get /healthz', events: 1, bytes: 1000 },
  ]);
});
