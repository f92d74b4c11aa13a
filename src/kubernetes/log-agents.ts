import { parseImage } from './images.ts';
import { asString } from './json.ts';
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
