import { describe, expect, test } from 'vitest';
import { Cluster } from './cluster.ts';
import { configCode } from './config-code.ts';
import type { JsonObject } from './json.ts';
import { KubernetesObject } from './object.ts';

const origin = {
  file: { path: 'x' },
  document: 0,
  start: 0,
  end: 0,
  line: 1,
  column: 1,
  format: 'yaml' as const,
  within: '',
};

function found(container: JsonObject, volume: JsonObject, config?: JsonObject) {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: { containers: [{ name: 'c', ...container }], volumes: [{ name: 'v', ...volume }] },
  };
  const objects = [
    pod,
    ...(config === undefined ? [] : [{ apiVersion: 'v1', kind: 'ConfigMap', ...config }]),
  ];
  const cluster = new Cluster(objects.map((object) => new KubernetesObject(object, origin)));
  return configCode(cluster.workloads[0]!.containers[0]!, cluster).map(
    ({ evidence, detail, state }) => `${evidence} ${detail} ${state}`,
  );
}

const volumeMounts = [{ name: 'v', mountPath: '/scripts/' }];
const configMap = { configMap: { name: 'm' } };
const metadata = { name: 'm' };

describe('configCode', () => {
  test.each<[string, JsonObject]>([
    ['a command', { command: ['/scripts/run.sh'] }],
    ['an argument of a shell', { command: ['sh', '/scripts/run.sh', '-v'] }],
    ['shell text', { command: ['/bin/bash', '-ec', 'cd /tmp\nexec /scripts/run.sh "$@"'] }],
    ['a relative path', { workingDir: '/scripts', command: ['./run.sh'] }],
    ['a hook', { lifecycle: { postStart: { exec: { command: ['sh', '-c', '. /scripts/run.sh'] } } } }],
    ['arguments for an entrypoint that is a shell', { args: ['-c', '/scripts/run.sh'] }],
  ])('a file is run by %s', (_, container) => {
    expect(found({ ...container, volumeMounts }, configMap)).toEqual(['command /scripts/run.sh unseen']);
    const data = { 'run.sh': 'true' };
    expect(found({ ...container, volumeMounts }, configMap, { metadata, data })).toEqual([
      'command /scripts/run.sh mutable',
    ]);
    expect(found({ ...container, volumeMounts }, configMap, { metadata, data, immutable: true })).toEqual([
      'command /scripts/run.sh immutable',
    ]);
  });

  test('a mount of one file is that file', () => {
    const mount = [{ name: 'v', mountPath: '/entrypoint', subPath: 'run' }];
    const data = { run: 'x', 'other.sh': '#!/bin/sh' };
    expect(found({ command: ['/entrypoint'], volumeMounts: mount }, configMap, { metadata, data })).toEqual([
      'command /entrypoint mutable',
    ]);
    expect(found({ volumeMounts: mount }, configMap, { metadata, data })).toEqual([]);
  });

  test('executable bits count where a script is seen or nothing is', () => {
    const executable = { configMap: { name: 'm', defaultMode: 0o755 } };
    expect(found({ volumeMounts }, executable)).toEqual(['mode 0755 unseen']);
    expect(found({ volumeMounts }, executable, { metadata, data: { 'a.conf': 'x' } })).toEqual([]);
    expect(found({ volumeMounts }, executable, { metadata, data: { a: '#!/bin/sh' } })).toEqual([
      'mode 0755 mutable',
    ]);
    const projected = {
      projected: {
        sources: [{ configMap: { name: 'm', items: [{ key: 'a', path: 'b', mode: 0o500 }] } }],
      },
    };
    expect(found({ volumeMounts }, projected)).toEqual(['mode 0500 unseen']);
  });

  test('scripts by their names', () => {
    expect(found({ volumeMounts }, configMap, { metadata, data: { 'init.sh': 'x' } })).toEqual([
      'script init.sh mutable',
    ]);
    expect(found({ volumeMounts }, configMap, { metadata, data: { 'init.sql': 'x' } })).toEqual([]);
  });

  test('other files of the container are none of the volume', () => {
    expect(found({ command: ['/scripts2/run.sh'], volumeMounts }, configMap)).toEqual([]);
    expect(found({ command: ['cat', '/scripts/run.sh'], volumeMounts }, configMap)).toEqual([]);
    expect(found({ command: ['/scripts/run.sh'], volumeMounts }, { emptyDir: {} })).toEqual([]);
  });
});
