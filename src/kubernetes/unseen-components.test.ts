import { expect, test } from 'vitest';
import { Cluster } from './cluster.ts';
import { Component } from './component.ts';
import type { JsonObject } from './json.ts';
import { EVIDENCE_API_VERSION, KubernetesObject } from './object.ts';
import { unseenComponents } from './unseen-components.ts';

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

function clusterOf(...documents: JsonObject[]): Cluster {
  return new Cluster(
    documents.map((raw) => new KubernetesObject(raw, origin)),
    { isComplete: true },
  );
}

function facts(spec: JsonObject): JsonObject {
  return { apiVersion: EVIDENCE_API_VERSION, kind: 'ClusterFacts', metadata: { name: 'cluster' }, spec };
}

/** A static pod as the API server lists it: the kubelet's mirror of it, which names the node as its owner. */
function mirrorPod(program: string, ...flags: string[]): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${program}-node-1`,
      namespace: 'kube-system',
      uid: `uid-${program}`,
      annotations: { 'kubernetes.io/config.mirror': 'abc', 'kubernetes.io/config.source': 'file' },
      ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: 'node-1', uid: 'n', controller: true }],
    },
    spec: { nodeName: 'node-1', containers: [{ name: program, command: [program, ...flags] }] },
  };
}

function reasons(cluster: Cluster, arePodsShown = true): Record<string, string> {
  return Object.fromEntries(
    unseenComponents(cluster, arePodsShown).map(({ component, reason }) => [component, reason]),
  );
}

test('a managed control plane is hidden, what runs on nodes is not', () => {
  const cluster = clusterOf(facts({ version: { gitVersion: 'v1.33.5-eks-3025e55' } }));
  expect(reasons(cluster)).toEqual({
    'kube-apiserver': 'hidden-by-provider',
    'kube-controller-manager': 'hidden-by-provider',
    'kube-scheduler': 'hidden-by-provider',
    etcd: 'hidden-by-provider',
    kubelet: 'runs-as-process',
    'kube-proxy': 'not-seen',
  });
  expect(unseenComponents(cluster, true)[0]?.distribution).toBe('Amazon EKS');
});

test('static pods are seen through their mirrors', () => {
  const programs = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'etcd'];
  const cluster = clusterOf(
    facts({ version: { gitVersion: 'v1.36.1' } }),
    ...programs.map((program) => mirrorPod(program)),
  );
  expect(reasons(cluster)).toEqual({ kubelet: 'runs-as-process', 'kube-proxy': 'not-seen' });
});

test('where pods are not shown, nobody looked', () => {
  const cluster = clusterOf(facts({ version: { gitVersion: 'v1.36.1' } }));
  expect(reasons(cluster, false)).toMatchObject({
    'kube-apiserver': 'not-looked-at',
    kubelet: 'runs-as-process',
    'kube-proxy': 'not-looked-at',
  });
});

test('programs of K3s are processes', () => {
  const cluster = clusterOf(facts({ version: { gitVersion: 'v1.36.1+k3s1' } }));
  expect(new Set(Object.values(reasons(cluster)))).toEqual(new Set(['runs-as-process']));
});

test('nobody expects components in manifests', () => {
  expect(
    unseenComponents(clusterOf({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a' } }), true),
  ).toEqual([]);
});

test('the flags that an API server shows are a component of their own only where no pod shows them', () => {
  const shown = facts({
    version: { gitVersion: 'v1.37.2' },
    flags: {
      'anonymous-auth': 'true',
      'authorization-mode': '[Node,RBAC]',
      'enable-admission-plugins': '[]',
      'audit-policy-file': '',
      'event-ttl': '1h0m0s',
    },
  });
  const [component, ...rest] = clusterOf(shown).subjects('component');
  expect(rest).toEqual([]);
  expect(component).toBeInstanceOf(Component);
  expect(component?.name).toBe('kube-apiserver');
  expect(component?.flag('authorization-mode')).toBe('Node,RBAC');
  expect(component?.flagPath('authorization-mode')).toBe('spec.flags.authorization-mode');
  expect(component?.flag('event-ttl')).toBe('1h0m0s');
  // Empty, and at a default that means something else once it is set.
  for (const flag of ['enable-admission-plugins', 'audit-policy-file', 'anonymous-auth']) {
    expect(component?.flag(flag)).toBeUndefined();
    expect(component?.flagPath(flag)).toBe('spec.flags');
  }
  expect(reasons(clusterOf(shown))).not.toHaveProperty('kube-apiserver');

  const both = clusterOf(shown, mirrorPod('kube-apiserver', '--authorization-mode=RBAC'));
  expect(both.subjects('component').map((each) => each.flag('authorization-mode'))).toEqual(['RBAC']);
});
