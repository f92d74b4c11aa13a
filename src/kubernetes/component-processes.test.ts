import { expect, test } from 'vitest';
import { Cluster } from './cluster.ts';
import type { JsonObject } from './json.ts';
import { EVIDENCE_API_VERSION, KubernetesObject } from './object.ts';

function object(raw: JsonObject, path: string): KubernetesObject {
  const place = { document: 0, start: 0, end: 0, line: 1, column: 1, format: 'yaml', within: '' } as const;
  return new KubernetesObject(raw, { ...place, file: { path } });
}

function staticPod(path: string, command: string[], spec: JsonObject = {}): KubernetesObject {
  const containers = [{ name: 'c', command }];
  return object(
    { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { ...spec, containers } },
    path,
  );
}

function node(name: string, ...commands: string[][]): KubernetesObject {
  const processes = commands.map((args) => ({
    name: args[0]!.slice(args[0]!.lastIndexOf('/') + 1),
    pid: 1,
    uid: 0,
    args,
  }));
  return object(
    { apiVersion: EVIDENCE_API_VERSION, kind: 'NodeFacts', metadata: { name }, spec: { processes } },
    name,
  );
}

function seen(...objects: KubernetesObject[]): string[] {
  return new Cluster(objects)
    .subjects('component')
    .map(({ name, object: { kind }, path }) => `${name} ${kind} ${path}`);
}

const FLAGS = ['kube-apiserver', '--anonymous-auth=false', '--token-auth-file=/t'];
const RUNNING = ['/usr/bin/kube-apiserver', '--token-auth-file', '/t', '--anonymous-auth=false'];

test('a process is a component with its flags and their paths', () => {
  const facts = node(
    'n',
    ['containerd'],
    ['/usr/bin/kubelet', '--read-only-port=10255', '--config', '/c.yaml'],
  );
  const [kubelet, ...rest] = new Cluster([facts]).subjects('component');
  expect(rest).toEqual([]);
  expect(kubelet).toMatchObject({ name: 'kubelet', path: 'spec.processes[1]', container: undefined });
  expect(kubelet?.flag('config')).toBe('/c.yaml');
  expect(kubelet?.flagPath('read-only-port')).toBe('spec.processes[1].args[1]');
  expect(kubelet?.flagPath('anonymous-auth')).toBe('spec.processes[1].args');
});

test('a static pod that runs as a process is one component, and its file is where it is judged', () => {
  expect(seen(staticPod('n:/etc/kubernetes/manifests/a.yaml', FLAGS), node('n', RUNNING))).toEqual([
    'kube-apiserver Pod spec.containers[0]',
  ]);
  expect(seen(staticPod('/api/v1/x', FLAGS, { nodeName: 'n' }), node('n', RUNNING))).toHaveLength(1);
});

test('they are two where they differ, or are on two nodes', () => {
  const path = 'n:/etc/kubernetes/manifests/a.yaml';
  expect(seen(staticPod(path, [...FLAGS, '--profiling=false']), node('n', RUNNING))).toEqual([
    'kube-apiserver Pod spec.containers[0]',
    'kube-apiserver NodeFacts spec.processes[0]',
  ]);
  expect(seen(staticPod(path, FLAGS), node('n', [...RUNNING, '--profiling=false']))).toHaveLength(2);
  expect(seen(staticPod(path, FLAGS), node('other', RUNNING))).toHaveLength(2);
});

test('a value that is hidden, or that the kubelet fills in, is no difference', () => {
  const pod = staticPod('n:/a.yaml', ['etcd', '--name=$(NODE)', '--initial-cluster-token=abc']);
  expect(seen(pod, node('n', ['etcd', '--name=n', '--initial-cluster-token=REDACTED']))).toHaveLength(1);
});
