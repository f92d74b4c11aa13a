import { agentConfiguration } from './agent-configuration.ts';
import type { Cluster } from './cluster.ts';
import { parseImage } from './images.ts';
import { isLogAgent } from './log-agents.ts';
import type { Workload } from './workload.ts';

/** Last parts of image repositories that are programs which pass Kubernetes Events on to where they are kept. */
const EXPORTERS = new Set([
  'eventrouter',
  'event-exporter',
  'k8s-event-logger',
  'kspan',
  'kube-event-exporter',
  'kube-eventer',
  'kubernetes-event-exporter',
  'kubernetes-event-logger',
  'nri-kube-events',
  'sloop',
]);

/** What collectors of many things are told where they are to take Events: OpenTelemetry, Fluent Bit, Alloy, Grafana Agent, Datadog. */
const INPUTS =
  /\bk8s_?events\b|\bk8sobjects\b|\bkubernetes_events\b|\bloki\.source\.kubernetes_events\b|\beventhandler\b|\bDD_COLLECT_KUBERNETES_EVENTS=true\b|\bkube_api_events\b/i;

/** Collectors that are no agents of nodes, whose image says that they may be told to. */
const COLLECTORS =
  /(?:^|\/)(?:cluster-agent|opentelemetry-operator|metricbeat|elastic-agent|k8s-monitoring)$/;

/** Who keeps Kubernetes Events: somebody, nobody of so many collectors, or perhaps one whose configuration was not seen. */
export type EventKeeping =
  | { readonly kind: 'kept' }
  | { readonly kind: 'perhaps'; readonly by: string }
  | { readonly kind: 'not-kept'; readonly collectors: number };

export function eventKeeping(cluster: Cluster): EventKeeping {
  let perhaps: Workload | undefined;
  let collectors = 0;
  for (const workload of cluster.workloads) {
    const long = workload.containers.filter(({ isLongRunning }) => isLongRunning);
    const repositories = long.map(({ image }) => parseImage(image)?.repository ?? '');
    if (repositories.some((name) => EXPORTERS.has(name.slice(name.lastIndexOf('/') + 1))))
      return { kind: 'kept' };
    if (!long.some(isLogAgent) && !repositories.some((name) => COLLECTORS.test(name))) continue;
    collectors++;
    const { texts, isWhole } = agentConfiguration(cluster, workload);
    if (texts.some((text) => INPUTS.test(text))) return { kind: 'kept' };
    if (!isWhole) perhaps ??= workload;
  }
  return perhaps === undefined ? { kind: 'not-kept', collectors } : { kind: 'perhaps', by: perhaps.name };
}
