import { parseImage } from './images.ts';
import { asObjects, asString } from './json.ts';
import type { Container, Workload } from './workload.ts';

/** Last parts of image repositories that are programs which collect logs and send them on. */
const AGENTS = new Set([
  'alloy',
  'amazon-cloudwatch-observability',
  'aws-for-fluent-bit',
  'cloudwatch-agent',
  'elastic-agent',
  'filebeat',
  'fluent-bit',
  'fluent-bit-gke-exporter',
  'fluent-bit-plugin-loki',
  'fluentbit',
  'fluentd',
  'fluentd-elasticsearch',
  'fluentd-hec',
  'fluentd-kubernetes-daemonset',
  'grafana-agent',
  'ilogtail',
  'kubernetes-fluentd',
  'log-pilot',
  'loggie',
  'logstash',
  'logtail',
  'loongcollector',
  'newrelic-fluentbit-output',
  'opentelemetry-collector',
  'opentelemetry-collector-contrib',
  'opentelemetry-collector-k8s',
  'otel-collector',
  'promtail',
  'rsyslog',
  'splunk-otel-collector',
  'syslog-ng',
  'vector',
]);

/** Agents whose repository's last part says too little by itself. */
const AGENT_REPOSITORIES = new Set([
  'datadog/agent',
  'datadoghq/agent',
  'grafana/agent',
  'azuremonitor/containerinsights/ciprod',
]);

/** Whether a container runs a program that is known to collect logs and send them on. */
export function isLogAgent(container: Container): boolean {
  const repository = parseImage(container.image)?.repository;
  if (repository === undefined) return false;
  if (AGENTS.has(repository.slice(repository.lastIndexOf('/') + 1))) return true;
  return AGENT_REPOSITORIES.has(repository) || repository.endsWith('/datadoghq/agent');
}

/** Folders of a node in which the logs of its containers stand. */
const LOG_FOLDERS = new Set([
  '/var/log',
  '/var/log/pods',
  '/var/log/containers',
  '/var/lib/docker/containers',
]);

/** Programs that read these folders to watch over the node and send no logs on. */
const NODE_WATCHERS = /(?:^|\/)node-problem-detector$/;

/** Folders of a node, at or below which the kubelet's and the container runtime's words stand: the journal, or what syslog writes. */
const SYSTEM_LOGS = [
  '/var/log/journal',
  '/run/log/journal',
  '/run/systemd/journal',
  '/var/log/syslog',
  '/var/log/messages',
  '/var/log/kubelet.log',
  '/var/log/containerd.log',
];

/** How a workload gets at the system's own logs on its node. */
export type SystemLogAccess =
  /** Mounts just them. */
  | 'own-mount'
  /** Mounts a folder that holds them among others. */
  | 'wider-mount'
  | 'none';

export function systemLogAccess(workload: Workload): SystemLogAccess {
  const folders = workload.volumes.flatMap(({ source, settings }) =>
    source === 'hostPath' ? [(asString(settings['path']) ?? '').replace(/\/+$/, '')] : [],
  );
  if (folders.some((folder) => SYSTEM_LOGS.some((log) => folder === log || folder.startsWith(`${log}/`)))) {
    return 'own-mount';
  }
  const isWider = folders.some((folder) => SYSTEM_LOGS.some((log) => log.startsWith(`${folder}/`)));
  return isWider ? 'wider-mount' : 'none';
}

/** Whether the pods of a workload may run where the control plane does, which kubeadm and most distributions taint. */
export function toleratesControlPlane(workload: Workload): boolean {
  return asObjects(workload.pod['tolerations']).some(({ key, operator, effect }) => {
    if (effect !== undefined && effect !== '' && effect !== 'NoSchedule') return false;
    if (key === undefined || key === '') return operator === 'Exists';
    return key === 'node-role.kubernetes.io/control-plane' || key === 'node-role.kubernetes.io/master';
  });
}

/** Whether a workload runs on each node and collects the logs of its containers: by its program, or by what it mounts of the node. */
export function collectsNodeLogs(workload: Workload): boolean {
  if (workload.kind !== 'DaemonSet') return false;
  if (workload.containers.some((container) => container.isLongRunning && isLogAgent(container))) return true;
  const watches = workload.containers.some(({ image }) =>
    NODE_WATCHERS.test(parseImage(image)?.repository ?? ''),
  );
  return (
    !watches &&
    workload.volumes.some(
      ({ source, settings }) =>
        source === 'hostPath' && LOG_FOLDERS.has((asString(settings['path']) ?? '').replace(/\/+$/, '')),
    )
  );
}
