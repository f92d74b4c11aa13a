import type { Issued } from './certificates.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** A kubeconfig of one context, with everything in it. */
export function kubeconfig(server: string, authority: string, { certificate, key }: Issued): string {
  return `apiVersion: v1
kind: Config
clusters:
- name: testbed
  cluster:
    server: ${server}
    certificate-authority-data: ${base64(authority)}
users:
- name: user
  user:
    client-certificate-data: ${base64(certificate)}
    client-key-data: ${base64(key)}
contexts:
- name: testbed
  context:
    cluster: testbed
    user: user
current-context: testbed
`;
}

/** Secrets are written with `provider`, and read back as plain text too. @param key 32 bytes in base64 */
export function encryptionConfiguration(provider: 'aescbc' | 'secretbox' | 'none', key: string): string {
  const other = provider === 'aescbc' ? 'secretbox' : 'aescbc';
  const keys = (name: string): object => ({ [name]: { keys: [{ name: 'k1', secret: key }] } });
  const providers =
    provider === 'none'
      ? [{ identity: {} }, keys('aescbc'), keys('secretbox')]
      : [keys(provider), keys(other), { identity: {} }];
  return JSON.stringify({
    apiVersion: 'apiserver.config.k8s.io/v1',
    kind: 'EncryptionConfiguration',
    resources: [{ resources: ['secrets'], providers }],
  });
}

export function schedulerConfiguration(path: string): string {
  return JSON.stringify({
    apiVersion: 'kubescheduler.config.k8s.io/v1',
    kind: 'KubeSchedulerConfiguration',
    leaderElection: { leaderElect: false },
    clientConnection: { kubeconfig: path, qps: 2000, burst: 2000 },
  });
}

/** A node that kwok plays. */
export function fakeNode(index: number, pods: number): object {
  const name = `kwok-node-${index}`;
  const resources = { cpu: '32', memory: '256Gi', pods: String(pods) };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      annotations: { 'kwok.x-k8s.io/node': 'fake' },
      labels: {
        type: 'kwok',
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'node-role.kubernetes.io/worker': '',
        'topology.kubernetes.io/zone': `z${index % 3}`,
      },
    },
    status: { allocatable: resources, capacity: resources },
  };
}

/** Makes kwok run what is executed in its pods (kubectl exec) on this machine, as that user. */
export function localExecution(user: number): string {
  return JSON.stringify({
    apiVersion: 'kwok.x-k8s.io/v1alpha1',
    kind: 'ClusterExec',
    metadata: { name: 'local' },
    spec: { execs: [{ local: { securityContext: { runAsUser: user, runAsGroup: user } } }] },
  });
}
