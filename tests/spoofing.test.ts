import { expect, test } from 'vitest';
import { assess } from '../src/assessment/assess.ts';
import { apiObject } from '../src/evidence/snapshot-evidence.ts';
import check from '../src/threats/spoofing/component-without-mutual-tls/check.ts';

/** The flags of mutual TLS that kubeadm v1.36 sets, with its paths shortened (cmd/kubeadm/app/phases/controlplane/manifests.go). */
const KUBEADM = [
  '--client-ca-file=ca.crt',
  '--etcd-cafile=etcd/ca.crt',
  '--etcd-certfile=apiserver-etcd-client.crt',
  '--etcd-keyfile=apiserver-etcd-client.key',
  '--kubelet-client-certificate=apiserver-kubelet-client.crt',
  '--kubelet-client-key=apiserver-kubelet-client.key',
  '--tls-cert-file=apiserver.crt',
  '--tls-private-key-file=apiserver.key',
];

function severities(...flags: string[]): string[] {
  const pods = { group: '', version: 'v1', resource: 'pods', kind: 'Pod', namespaced: true };
  const pod = apiObject(pods, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'kube-apiserver', namespace: 'kube-system' },
    spec: { containers: [{ name: 'kube-apiserver', command: ['kube-apiserver', ...flags] }] },
  });
  const evidence = { objects: [pod], documents: 1, notKubernetes: [], unread: [] };
  return assess(evidence, { checks: [check] }).findings.map(({ severity }) => severity);
}

test('kubelets that are not verified weigh little where that is all that is missing', () => {
  const remote = '--etcd-servers=https://10.0.0.5:2379';
  expect(severities(...KUBEADM, remote)).toEqual(['low']);
  for (const flag of KUBEADM) {
    expect(severities(...KUBEADM.filter((other) => other !== flag), remote), flag).toEqual(['medium']);
  }
  expect(severities(...KUBEADM, '--etcd-servers=http://10.0.0.5:2379')).toEqual(['low', 'medium']);
  expect(severities(...KUBEADM, '--kubelet-certificate-authority=ca.crt', remote)).toEqual([]);
});
