import { describe, expect, test } from 'vitest';
import { Cluster } from './cluster.ts';
import type { JsonObject } from './json.ts';
import { isUnsettled, listening, machineAddresses } from './listening.ts';
import { KubernetesObject } from './object.ts';

function object(raw: JsonObject, document = 0): KubernetesObject {
  const place = { start: 0, end: 0, line: 1, column: 1, format: 'yaml', within: '' } as const;
  return new KubernetesObject(raw, { ...place, file: { path: 'a' }, document });
}

const fieldRef = (fieldPath: string) => ({ valueFrom: { fieldRef: { fieldPath } } });
const env = [
  { name: 'POD_IP', ...fieldRef('status.podIP') },
  { name: 'HOST_IP', ...fieldRef('status.hostIP') },
  { name: 'STATED', value: '10.0.0.7' },
  { name: 'LOCAL', value: '127.0.0.1' },
  { name: 'HIDDEN', valueFrom: { configMapKeyRef: { name: 'c', key: 'k' } } },
];

function component(...command: string[]) {
  const pod = object({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'kube-system' },
    spec: { containers: [{ name: 'c', image: 'i', command, env }] },
  });
  return new Cluster([pod]).subjects('component')[0]!;
}

function opened(...command: string[]) {
  return listening(component(...command))?.map(({ address, port, isTls }) => [address ?? '*', port, isTls]);
}

describe('where components listen', () => {
  test.each<[string[], unknown]>([
    [['etcd'], []],
    [
      ['etcd', '--listen-client-urls=https://127.0.0.1:2379,https://10.0.0.1:2379'],
      [['10.0.0.1', 2379, true]],
    ],
    [['etcd', '--listen-client-urls=http://0.0.0.0:2379'], [['*', 2379, false]]],
    [
      ['etcd', '--listen-client-urls=https://[fd00::1]:2379', '--listen-peer-urls=https://[::]:2380'],
      [
        ['fd00::1', 2379, true],
        ['*', 2380, true],
      ],
    ],
    [['etcd', '--listen-client-urls=unix://x'], []],
    [['kube-scheduler'], [['*', 10259, true]]],
    [['kube-scheduler', '--bind-address=127.0.0.1'], []],
    [['kube-controller-manager', '--bind-address=::', '--secure-port=1'], [['*', 1, true]]],
    [['kube-controller-manager', '--secure-port=0'], []],
    [['kube-proxy'], undefined],
    [['etcd', '--listen-client-urls=https://$(POD_IP):2379'], [['*', 2379, true]]],
    [['etcd', '--listen-client-urls=https://$(STATED):2379'], [['10.0.0.7', 2379, true]]],
    [['etcd', '--listen-client-urls=https://$(LOCAL):2379'], []],
    [['kube-scheduler', '--bind-address=$(HOST_IP)'], [['*', 10259, true]]],
  ])('%j', (command, expected) => {
    expect(opened(...command)).toEqual(expected);
  });
});

test.each<[boolean, string[]]>([
  [true, ['etcd', '--listen-client-urls=https://127.0.0.1:2379,https://$(HIDDEN):2379']],
  [true, ['etcd', '--listen-client-urls=https://$(POD_IP):$(HIDDEN)']],
  [true, ['etcd', '--listen-peer-urls=https://etcd-0.etcd:2380']],
  [true, ['kube-scheduler', '--bind-address=$(UNSTATED)']],
  [true, ['kube-controller-manager', '--secure-port=$(HIDDEN)']],
  [false, ['etcd', '--listen-client-urls=unix://x,https://$(STATED):2379,https://localhost:2379']],
  [false, ['etcd']],
  [false, ['kube-scheduler', '--secure-port=0']],
  [false, ['kube-proxy']],
])('%s that it is not known where this listens: %j', (expected, command) => {
  expect(isUnsettled(component(...command))).toBe(expected);
});

test('a machine is known by its node, else by what its pod tells', () => {
  const pod = (nodeName: string) =>
    object({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: nodeName },
      spec: { nodeName },
      status: { hostIP: '10.0.0.9' },
    });
  const node = object({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'a' },
    status: {
      addresses: [
        { type: 'InternalIP', address: '10.0.0.1' },
        { type: 'Hostname', address: 'a' },
      ],
    },
  });
  const cluster = new Cluster([node]);
  expect(machineAddresses(pod('a'), cluster)).toEqual(['10.0.0.1']);
  expect(machineAddresses(pod('b'), cluster)).toEqual(['10.0.0.9']);
  expect(
    machineAddresses(object({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'c' } }), cluster),
  ).toEqual([]);
});
