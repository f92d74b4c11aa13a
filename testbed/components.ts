import { join } from 'node:path';
import type { Program } from './build.ts';
import { logOf } from './processes.ts';

/** What can be running, in the order of starting. */
export const COMPONENTS = ['etcd', 'apiserver', 'kcm', 'scheduler', 'kwok'] as const;
export type Component = (typeof COMPONENTS)[number];

export const PROGRAM_OF: Readonly<Record<Component, Program>> = {
  etcd: 'etcd',
  apiserver: 'kube-apiserver',
  kcm: 'kube-controller-manager',
  scheduler: 'kube-scheduler',
  kwok: 'kwok',
};

/** Consecutive ports from the base on: one of each component, and etcd's for its peers. */
const PORTS = ['apiserver', 'etcd', 'etcd-peer', 'kcm', 'scheduler', 'kwok'] as const;
export const PORT_COUNT = PORTS.length;

/** The URL of a component on loopback. */
export function urlOf(component: (typeof PORTS)[number], portBase: number): string {
  return `https://127.0.0.1:${portBase + PORTS.indexOf(component)}`;
}

/** What says that a component works, asked for with the admin's certificate (etcd: with the API server's). */
export const HEALTH: Readonly<Record<Component, string>> = {
  etcd: '/health',
  apiserver: '/readyz',
  kcm: '/healthz',
  scheduler: '/readyz',
  kwok: '/healthz',
};

export interface Settings {
  readonly folder: string;
  readonly data: string;
  readonly portBase: number;
  readonly auditPolicy: string;
  readonly apiServerFlags: readonly string[];
  readonly controllerManagerFlags: readonly string[];
  readonly stages: string | undefined;
  /** kwok's further configuration: what it does when a command is executed in a pod. */
  readonly execution: string | undefined;
  /** The kubeconfig of the audit webhook, and how the API server sends to it. */
  readonly auditWebhook: { readonly kubeconfig: string; readonly mode: AuditWebhookMode } | undefined;
}

/** As `--audit-webhook-mode`: in batches while requests go on, or each event before its request goes on. */
export type AuditWebhookMode = 'batch' | 'blocking' | 'blocking-strict';

/** The arguments of each component: TLS everywhere, and nothing that listens beyond loopback. */
export function argumentsOf(component: Component, settings: Settings): readonly string[] {
  return ARGUMENTS[component](settings);
}

const pki = (settings: Settings, name: string): string => join(settings.folder, 'pki', name);
const port = (name: (typeof PORTS)[number], { portBase }: Settings): number => portBase + PORTS.indexOf(name);

/** Flags of the components that serve to the cluster, and ask the API server who it is that asks. */
const serving = (name: 'kcm' | 'scheduler', settings: Settings): string[] => {
  const kubeconfig = join(settings.folder, `${name}.conf`);
  return [
    `--authentication-kubeconfig=${kubeconfig}`,
    `--authorization-kubeconfig=${kubeconfig}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${port(name, settings)}`,
    `--tls-cert-file=${pki(settings, 'apiserver.crt')}`,
    `--tls-private-key-file=${pki(settings, 'apiserver.key')}`,
    `--client-ca-file=${pki(settings, 'ca.crt')}`,
  ];
};

const ARGUMENTS: Readonly<Record<Component, (settings: Settings) => readonly string[]>> = {
  etcd: (settings) => {
    const client = urlOf('etcd', settings.portBase);
    const peer = urlOf('etcd-peer', settings.portBase);
    return [
      '--name=testbed',
      `--data-dir=${settings.data}`,
      // A crash of the machine may lose data of tests; the disk is no bottleneck then.
      '--unsafe-no-fsync',
      '--log-level=warn',
      '--quota-backend-bytes=4294967296',
      `--listen-client-urls=${client}`,
      `--advertise-client-urls=${client}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=testbed=${peer}`,
      `--cert-file=${pki(settings, 'etcd.crt')}`,
      `--key-file=${pki(settings, 'etcd.key')}`,
      '--client-cert-auth',
      `--trusted-ca-file=${pki(settings, 'etcd-ca.crt')}`,
      `--peer-cert-file=${pki(settings, 'etcd.crt')}`,
      `--peer-key-file=${pki(settings, 'etcd.key')}`,
      '--peer-client-cert-auth',
      `--peer-trusted-ca-file=${pki(settings, 'etcd-ca.crt')}`,
    ];
  },
  apiserver: (settings) => [
    `--etcd-servers=${urlOf('etcd', settings.portBase)}`,
    `--etcd-cafile=${pki(settings, 'etcd-ca.crt')}`,
    `--etcd-certfile=${pki(settings, 'etcd-client.crt')}`,
    `--etcd-keyfile=${pki(settings, 'etcd-client.key')}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    // A loopback address is not valid in Endpoints.
    '--endpoint-reconciler-type=none',
    `--secure-port=${port('apiserver', settings)}`,
    `--tls-cert-file=${pki(settings, 'apiserver.crt')}`,
    `--tls-private-key-file=${pki(settings, 'apiserver.key')}`,
    `--client-ca-file=${pki(settings, 'ca.crt')}`,
    `--requestheader-client-ca-file=${pki(settings, 'front-proxy-ca.crt')}`,
    '--requestheader-allowed-names=front-proxy-client',
    '--requestheader-username-headers=X-Remote-User',
    '--requestheader-group-headers=X-Remote-Group',
    '--requestheader-extra-headers-prefix=X-Remote-Extra-',
    `--proxy-client-cert-file=${pki(settings, 'front-proxy-client.crt')}`,
    `--proxy-client-key-file=${pki(settings, 'front-proxy-client.key')}`,
    `--kubelet-client-certificate=${pki(settings, 'kubelet-client.crt')}`,
    `--kubelet-client-key=${pki(settings, 'kubelet-client.key')}`,
    '--authorization-mode=Node,RBAC',
    '--enable-admission-plugins=NodeRestriction',
    '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
    `--service-account-key-file=${pki(settings, 'sa.pub')}`,
    `--service-account-signing-key-file=${pki(settings, 'sa.key')}`,
    '--service-cluster-ip-range=10.96.0.0/16',
    '--allow-privileged=true',
    '--profiling=false',
    '--event-ttl=10m',
    `--audit-policy-file=${settings.auditPolicy}`,
    `--audit-log-path=${logOf(settings.folder, 'audit')}`,
    '--audit-log-format=json',
    ...(settings.auditWebhook === undefined
      ? []
      : [
          `--audit-webhook-config-file=${settings.auditWebhook.kubeconfig}`,
          `--audit-webhook-mode=${settings.auditWebhook.mode}`,
        ]),
    `--encryption-provider-config=${join(settings.folder, 'encryption.yaml')}`,
    '--max-requests-inflight=2000',
    '--max-mutating-requests-inflight=1000',
    ...settings.apiServerFlags,
  ],
  kcm: (settings) => [
    `--kubeconfig=${join(settings.folder, 'kcm.conf')}`,
    ...serving('kcm', settings),
    '--leader-elect=false',
    '--use-service-account-credentials=true',
    `--service-account-private-key-file=${pki(settings, 'sa.key')}`,
    `--root-ca-file=${pki(settings, 'ca.crt')}`,
    `--cluster-signing-cert-file=${pki(settings, 'ca.crt')}`,
    `--cluster-signing-key-file=${pki(settings, 'ca.key')}`,
    '--allocate-node-cidrs=false',
    '--kube-api-qps=2000',
    '--kube-api-burst=2000',
    '--concurrent-replicaset-syncs=20',
    '--concurrent-deployment-syncs=10',
    ...settings.controllerManagerFlags,
  ],
  scheduler: (settings) => [
    `--config=${join(settings.folder, 'scheduler.yaml')}`,
    ...serving('scheduler', settings),
  ],
  kwok: (settings) => [
    `--kubeconfig=${join(settings.folder, 'kwok.conf')}`,
    `--config=${settings.stages}`,
    ...(settings.execution === undefined ? [] : [`--config=${settings.execution}`]),
    '--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake',
    '--cidr=10.244.0.0/16',
    '--node-ip=127.0.0.1',
    `--node-port=${port('kwok', settings)}`,
    `--server-address=127.0.0.1:${port('kwok', settings)}`,
    `--tls-cert-file=${pki(settings, 'kwok.crt')}`,
    `--tls-private-key-file=${pki(settings, 'kwok.key')}`,
    '--node-lease-duration-seconds=40',
  ],
};
