/** What is done with the files of a place. */
export type Treatment =
  /** Owner, mode and size. */
  | 'metadata'
  /** The certificates in it as well, never a private key. */
  | 'certificates'
  /** A configuration in YAML, JSON or TOML, secrets taken out. */
  | 'configuration';

export interface Place {
  /** A file or a folder; in the last place of it `*` stands for any part of a name and `**` for everything below. */
  readonly path: string;
  readonly treatment: Treatment;
}

const as = (treatment: Treatment, ...paths: string[]): Place[] => paths.map((path) => ({ path, treatment }));

/** kubeadm, and what all distributions have (CIS Kubernetes Benchmark 1.1 and 4.1). */
const COMMON: readonly Place[] = [
  ...as('configuration', '/etc/kubernetes/manifests/*', '/etc/kubernetes/*.conf', '/etc/kubernetes/*.yaml'),
  ...as(
    'configuration',
    '/var/lib/kubelet/config.yaml',
    '/var/lib/kubelet/kubeconfig',
    '/etc/kubernetes/kubelet.conf.d/*',
  ),
  ...as('configuration', '/var/lib/kube-proxy/config.conf', '/var/lib/kube-proxy/kubeconfig.conf'),
  ...as('configuration', '/etc/containerd/config.toml', '/etc/crio/crio.conf'),
  ...as('certificates', '/etc/kubernetes/pki/**', '/var/lib/kubelet/pki/*'),
  ...as(
    'metadata',
    '/etc/kubernetes',
    '/etc/kubernetes/manifests',
    '/etc/kubernetes/pki',
    '/etc/kubernetes/pki/etcd',
    '/etc/cni/net.d/*',
    '/etc/docker/daemon.json',
    '/etc/systemd/system/kubelet.service',
    '/etc/systemd/system/kubelet.service.d/*',
    '/lib/systemd/system/kubelet.service',
    '/opt/cni/bin',
    '/run/containerd/containerd.sock',
    '/usr/lib/systemd/system/kubelet.service.d/*',
    '/var/lib/etcd',
    '/var/lib/kubelet',
    '/var/lib/kubelet/kubeadm-flags.env',
    '/var/lib/kubelet/pki',
    '/var/log/kubernetes/audit',
    '/var/run/docker.sock',
  ),
];

/** k3s and RKE2 have the same tree below their name. */
function rancher(name: string): Place[] {
  const etc = `/etc/rancher/${name}`;
  const lib = `/var/lib/rancher/${name}`;
  return [
    ...as('configuration', `${etc}/*.yaml`, `${etc}/config.yaml.d/*`, `${lib}/agent/pod-manifests/*`),
    ...as(
      'configuration',
      `${lib}/agent/*.kubeconfig`,
      `${lib}/agent/etc/kubelet.conf.d/*`,
      `${lib}/agent/etc/containerd/config.toml`,
    ),
    ...as(
      'configuration',
      `${lib}/server/cred/*.kubeconfig`,
      `${lib}/server/cred/*.json`,
      `${lib}/server/etc/*.yaml`,
    ),
    ...as('certificates', `${lib}/server/tls/**`, `${lib}/agent/*.crt`, `${lib}/agent/*.key`),
    ...as('metadata', etc, `${lib}/server/db`, `${lib}/server/db/etcd`),
    ...as(
      'metadata',
      `${lib}/server/token`,
      `${lib}/server/node-token`,
      `${lib}/server/agent-token`,
      `${lib}/server/tls`,
    ),
  ];
}

const MICROK8S: readonly Place[] = [
  ...as(
    'configuration',
    '/var/snap/microk8s/current/credentials/*.config',
    '/var/snap/microk8s/current/args/*.yaml',
  ),
  ...as('certificates', '/var/snap/microk8s/current/certs/*'),
  ...as('metadata', '/var/snap/microk8s/current/args/*', '/var/snap/microk8s/current/var/kubernetes/backend'),
];

const K0S: readonly Place[] = [
  ...as(
    'configuration',
    '/etc/k0s/k0s.yaml',
    '/var/lib/k0s/kubelet-config.yaml',
    '/var/lib/k0s/kubelet.conf',
  ),
  ...as('certificates', '/var/lib/k0s/pki/**'),
  ...as('metadata', '/etc/k0s', '/var/lib/k0s', '/var/lib/k0s/etcd', '/var/lib/k0s/pki'),
];

export const PLACES: readonly Place[] = [
  ...COMMON,
  ...rancher('k3s'),
  ...rancher('rke2'),
  ...MICROK8S,
  ...K0S,
];

/** Flags of the programs that name a file or folder, by what is done with it. Keys are private: their content is never read. */
export const FILE_FLAGS: ReadonlyMap<string, Treatment> = new Map([
  ...flags(
    'configuration',
    'admission-control-config-file',
    'audit-policy-file',
    'audit-webhook-config-file',
    'authentication-config',
    'authentication-kubeconfig',
    'authentication-token-webhook-config-file',
    'authorization-config',
    'authorization-kubeconfig',
    'authorization-webhook-config-file',
    'bootstrap-kubeconfig',
    'config',
    'config-file',
    'egress-selector-config-file',
    'encryption-provider-config',
    'image-credential-provider-config',
    'kubeconfig',
    'tracing-config-file',
  ),
  ...flags(
    'certificates',
    'cert-file',
    'client-ca-file',
    'cluster-signing-cert-file',
    'etcd-cafile',
    'etcd-certfile',
    'kubelet-certificate-authority',
    'kubelet-client-certificate',
    'oidc-ca-file',
    'peer-cert-file',
    'peer-trusted-ca-file',
    'proxy-client-cert-file',
    'requestheader-client-ca-file',
    'root-ca-file',
    'tls-cert-file',
    'trusted-ca-file',
  ),
  ...flags(
    'metadata',
    'audit-log-path',
    'basic-auth-file',
    'cert-dir',
    'cloud-config',
    'cluster-signing-key-file',
    'data-dir',
    'etcd-keyfile',
    'key-file',
    'kubelet-client-key',
    'peer-key-file',
    'pod-manifest-path',
    'proxy-client-key-file',
    'root-dir',
    'service-account-key-file',
    'service-account-private-key-file',
    'service-account-signing-key-file',
    'tls-private-key-file',
    'token-auth-file',
  ),
]);

/** Flags that name a folder of configuration files. */
export const FOLDER_FLAGS: ReadonlySet<string> = new Set(['config-dir', 'pod-manifest-path']);

function flags(treatment: Treatment, ...names: string[]): [string, Treatment][] {
  return names.map((name) => [name, treatment]);
}

/** Settings that the kubelet's `protectKernelDefaults` and the CIS benchmark look at. */
export const SYSCTLS: readonly string[] = [
  'kernel.keys.root_maxbytes',
  'kernel.keys.root_maxkeys',
  'kernel.panic',
  'kernel.panic_on_oops',
  'kernel.randomize_va_space',
  'kernel.unprivileged_bpf_disabled',
  'net.ipv4.ip_forward',
  'user.max_user_namespaces',
  'vm.overcommit_memory',
  'vm.panic_on_oom',
];
