import { expect, test } from 'vitest';
import { isNodeMark, type NodeTraces, recogniseDistribution } from './distribution.ts';

function node(traces: Partial<NodeTraces>): NodeTraces {
  return { name: 'n1', osImage: 'Ubuntu 24.04.1 LTS', provider: '', marks: [], ...traces };
}

// Versions and labels as these distributions give them to their nodes.
test.each([
  ['eks', 'v1.33.5-eks-3025e55', [node({ marks: ['eks.amazonaws.com/nodegroup'] })], [], true],
  ['eks', 'v1.33.5-eks-3025e55', [], [], true],
  ['eks-distro', 'v1.33.5-eks-3025e55', [node({ provider: 'vsphere' })], [], false],
  ['gke', 'v1.33.5-gke.1014001', [node({ marks: ['cloud.google.com/gke-nodepool'] })], [], true],
  ['google-distributed-cloud', 'v1.31.5-gke.1000', [node({ provider: 'baremetal' })], [], false],
  ['aks', 'v1.33.5', [node({ provider: 'azure', marks: ['kubernetes.azure.com/cluster'] })], [], true],
  ['openshift', 'v1.31.6+aba1e8d', [], ['config.openshift.io', 'apps'], false],
  ['k3s', 'v1.36.1+k3s1', [node({ provider: 'k3s' })], [], false],
  ['rke2', 'v1.36.1+rke2r1', [], [], false],
  ['k0s', 'v1.36.1+k0s', [], [], false],
  ['microk8s', 'v1.36.1', [node({ marks: ['node.kubernetes.io/microk8s-controlplane'] })], [], false],
  ['talos', 'v1.36.1', [node({ osImage: 'Talos (v1.13.0)' })], [], false],
  [
    'kind',
    'v1.36.1',
    [node({ provider: 'kind', marks: ['kubeadm.alpha.kubernetes.io/cri-socket'] })],
    [],
    false,
  ],
  [
    'minikube',
    'v1.36.1',
    [node({ marks: ['minikube.k8s.io/name', 'kubeadm.alpha.kubernetes.io/cri-socket'] })],
    [],
    false,
  ],
  ['kubeadm', 'v1.36.1', [node({ marks: ['kubeadm.alpha.kubernetes.io/cri-socket'] })], [], false],
  [
    'doks',
    'v1.33.1',
    [node({ provider: 'digitalocean', marks: ['doks.digitalocean.com/node-id'] })],
    [],
    true,
  ],
  ['unknown', 'v1.37.2', [node({ provider: 'aws' })], ['apps'], false],
] as const)('%s %s', (id, version, nodes, groups, isManaged) => {
  const found = recogniseDistribution({ version, nodes, groups });
  expect(found.id).toBe(id);
  expect(found.isManaged).toBe(isManaged);
  expect(found.evidence.length > 0).toBe(id !== 'unknown');
});

test('names every piece of evidence once', () => {
  const marks = ['eks.amazonaws.com/nodegroup', 'eks.amazonaws.com/capacityType'];
  const nodes = [node({ marks }), node({ name: 'n2', marks })];
  const { evidence } = recogniseDistribution({ version: 'v1.33.5-eks-3025e55', nodes, groups: [] });
  expect(evidence).toEqual([
    { by: 'version', value: 'v1.33.5-eks-3025e55' },
    { by: 'node-mark', value: 'eks.amazonaws.com/nodegroup', node: 'n1' },
  ]);
});

test('only keys that a rule names are marks', () => {
  expect(isNodeMark('eks.amazonaws.com/nodegroup')).toBe(true);
  expect(isNodeMark('cloud.google.com/gke-nodepool')).toBe(true);
  expect(isNodeMark('cloud.google.com/anything')).toBe(false);
  expect(isNodeMark('kubernetes.io/hostname')).toBe(false);
  expect(isNodeMark('nodegroup')).toBe(false);
});
