import { describe, expect, test } from 'vitest';
import { Cluster } from './cluster.ts';
import type { JsonObject } from './json.ts';
import { listening, machineAddresses } from './listening.ts';
import { KubernetesObject } from './object.ts';

function object(raw: JsonObject, document = 0): KubernetesObject {
  const place = { start: 0, end: 0, line: 1, column: 1, format: 'yaml', within: '' } as const;
  return new KubernetesObject(raw, { ...place, file: { path: 'a' }, document });
}

function opened(...command: string[]) {
  const pod = object({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'kube-system' },
    spec: { containers: [{ name: 'c', image: 'i', command }] },
  });
  const [component] = new Cluster([pod]).subjects('component');
  return listening(component!)?.map(({ address, port, isTls }) => [address ?? '*', port, isTls]);
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
  ])('%j', (command, expected) => {
    expect(opened(...command)).toEqual(expected);
  });
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
