import { asArray, asObject, asObjects, asString, type Json } from '../../../kubernetes/json.ts';
import { type KubernetesObject, stringMap } from '../../../kubernetes/object.ts';
import { labelSelector } from '../../../kubernetes/selectors.ts';
import type { WorkloadGroup } from '../network.ts';
import { type Directory, namedPort, uniquePorts } from './directory.ts';
import type { Evidence, Party, PolicyPort, Source } from './evidence.ts';

/** What Prometheus's operator, its chart and its image are called. */
const IMAGE = /(?:^|\/)(?:prometheus|vmagent|grafana-agent|alloy|prometheus-agent)(?:[:@]|$)/;

/** Who collects metrics from whom: ServiceMonitor and PodMonitor (monitoring.coreos.com), and the annotations `prometheus.io/…`. */
export class MetricsReader {
  readonly #directory: Directory;
  readonly #evidence: Evidence;
  readonly #collectors: readonly WorkloadGroup[];

  constructor(directory: Directory, evidence: Evidence) {
    this.#directory = directory;
    this.#evidence = evidence;
    const { groups, workloads } = directory.network;
    this.#collectors = groups.filter(({ pods }) =>
      pods.some(
        (pod) =>
          pod.labels['app.kubernetes.io/name'] === 'prometheus' ||
          workloads
            .get(pod)
            ?.containers.some(({ image, isLongRunning }) => isLongRunning && IMAGE.test(image)),
      ),
    );
  }

  read(objects: readonly KubernetesObject[]): void {
    for (const object of objects) {
      if (object.group === 'monitoring.coreos.com') {
        if (object.kind === 'ServiceMonitor') this.#serviceMonitor(object);
        else if (object.kind === 'PodMonitor') this.#podMonitor(object);
      } else if (object.kind === 'Service' && object.apiVersion === 'v1') this.#annotatedService(object);
    }
    this.#annotatedPods();
  }

  #scraped(group: WorkloadGroup, ports: readonly PolicyPort[], source: Source, text: string): void {
    if (ports.length === 0) {
      this.#evidence.leaveOut({ reason: 'no-target', group, source, text });
      return;
    }
    if (this.#collectors.length === 0) {
      this.#evidence.leaveOut({ reason: 'no-prometheus', group, source, text });
      return;
    }
    for (const collector of this.#collectors) {
      if (collector === group) continue;
      const [from, to] = [collector, group].map((each): Party => ({ kind: 'workload', group: each }));
      this.#evidence.add({
        from: from!,
        to: to!,
        ports: uniquePorts(ports),
        because: { reason: 'metrics', source, text },
      });
    }
  }

  #namespaces(object: KubernetesObject): (namespace: string) => boolean {
    const selector = asObject(object.spec['namespaceSelector']);
    if (selector?.['any'] === true) return () => true;
    const names = (asArray(selector?.['matchNames']) ?? []).filter((name) => typeof name === 'string');
    const own = object.namespace ?? 'default';
    return names.length === 0 ? (namespace) => namespace === own : (namespace) => names.includes(namespace);
  }

  #serviceMonitor(object: KubernetesObject): void {
    const isThere = this.#namespaces(object);
    const matches = labelSelector(object.spec['selector']) ?? (() => false);
    const text = `ServiceMonitor ${object.namespace ?? 'default'}/${object.name}`;
    for (const service of [...this.#directory.network.entries.services.values()].flat()) {
      if (
        !isThere(service.namespace) ||
        !matches(asObject(asObject(service.object['metadata'])?.['labels']))
      ) {
        continue;
      }
      for (const group of this.#directory.behind(service)) {
        endpoints(object.spec['endpoints']).forEach((endpoint, index) => {
          const port = asString(endpoint['port']);
          const ports =
            port === undefined
              ? podPorts(group, endpoint['targetPort'])
              : this.#directory.targets(service, group, port);
          this.#scraped(group, ports, { raw: object.raw, path: `spec.endpoints[${index}]` }, text);
        });
      }
    }
  }

  #podMonitor(object: KubernetesObject): void {
    const isThere = this.#namespaces(object);
    const matches = labelSelector(object.spec['selector']) ?? (() => false);
    const text = `PodMonitor ${object.namespace ?? 'default'}/${object.name}`;
    for (const group of this.#directory.network.groups) {
      if (!isThere(group.namespace) || !group.pods.some(({ labels }) => matches(labels))) continue;
      endpoints(object.spec['podMetricsEndpoints']).forEach((endpoint, index) => {
        const port = endpoint['port'] ?? endpoint['portNumber'] ?? endpoint['targetPort'];
        const source = { raw: object.raw, path: `spec.podMetricsEndpoints[${index}]` };
        this.#scraped(group, podPorts(group, port), source, text);
      });
    }
  }

  #annotatedService({ raw, annotations, namespace = 'default', name }: KubernetesObject): void {
    if (annotations['prometheus.io/scrape'] !== 'true') return;
    const stated = annotations['prometheus.io/port'];
    const source = { raw, path: 'metadata.annotations["prometheus.io/scrape"]' };
    for (const service of this.#directory.service(namespace, name)) {
      if (service.object !== raw) continue;
      for (const group of this.#directory.behind(service)) {
        const ports =
          stated === undefined
            ? this.#directory.targets(service, group, undefined).filter(({ protocol }) => protocol === 'TCP')
            : podPorts(group, stated);
        this.#scraped(group, ports, source, `Service ${namespace}/${name}`);
      }
    }
  }

  #annotatedPods(): void {
    const { groups, workloads } = this.#directory.network;
    for (const group of groups) {
      for (const pod of group.pods) {
        const workload = workloads.get(pod);
        const annotations = stringMap(workload?.podAnnotations);
        if (workload === undefined || annotations['prometheus.io/scrape'] !== 'true') continue;
        const stated = annotations['prometheus.io/port'];
        const ports =
          stated === undefined
            ? pod.ports.filter(({ protocol }) => protocol === 'TCP')
            : podPorts(group, stated);
        const path = workload.metadataAt('annotations["prometheus.io/scrape"]');
        this.#scraped(group, ports, { raw: workload.object.raw, path }, 'prometheus.io/scrape');
      }
    }
  }
}

function endpoints(value: Json | undefined) {
  return asObjects(value);
}

/** A port of pods by its number, which may be written as a text, or by its name. */
function podPorts(group: WorkloadGroup, port: Json | undefined): PolicyPort[] {
  if (port === undefined || port === null) return [];
  const number = Number(port);
  if (Number.isInteger(number))
    return number > 0 && number < 65_536 ? [{ protocol: 'TCP', port: number }] : [];
  return typeof port === 'string' ? namedPort(group.pods, port, 'TCP') : [];
}
