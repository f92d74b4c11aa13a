import type { JsonObject } from '../../../kubernetes/json.ts';
import { KubernetesObject, type Origin } from '../../../kubernetes/object.ts';
import { Network } from '../network.ts';
import type { PortSet } from '../ports.ts';
import { Exposure, type WorkloadExposure } from './exposure.ts';

const origin: Origin = {
  file: { path: 'a.yaml' },
  document: 0,
  start: 0,
  end: 0,
  line: 1,
  column: 1,
  format: 'yaml',
  within: '',
};

export function object(kind: string, name: string, fields: JsonObject, apiVersion = 'v1'): JsonObject {
  return { apiVersion, kind, metadata: { name, namespace: 'a' }, ...fields };
}

/** A pod with the label `app` that is its name, and one container. */
export function pod(name: string, spec: JsonObject = {}, ports: JsonObject[] = []): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'a', labels: { app: name } },
    spec: { containers: [{ name, image: name, ports }], ...spec },
  };
}

export function service(name: string, spec: JsonObject): JsonObject {
  return object('Service', name, { spec: { selector: { app: name }, ports: [{ port: 80 }], ...spec } });
}

interface Options {
  /** Whether the objects are those of a cluster. */
  readonly isCluster?: boolean;
}

export function exposureOf(objects: readonly JsonObject[], { isCluster = false }: Options = {}) {
  const read = objects.map((raw) => new KubernetesObject(raw, origin));
  const network = new Network(read, { isComplete: isCluster });
  const exposure = new Exposure(network, { objects: read, isComplete: isCluster, knowsNodes: true });
  const workloads = new Map(network.groups.map((group) => [group.name, exposure.of(group)]));
  return { workloads, loose: exposure.loose() };
}

/** `80 443?`: ports that are open, and with a question mark those of which it is not known. */
export function internet(exposed: WorkloadExposure | undefined): string {
  return portsText(exposed!.internet.allowed, exposed!.internet.unknown);
}

export function privateNetworks(exposed: WorkloadExposure | undefined): string {
  return portsText(exposed!.private.allowed, exposed!.private.unknown);
}

function portsText(allowed: PortSet, unknown: PortSet): string {
  const text = (set: PortSet, mark: string) =>
    set.ranges.map(({ from, to }) => `${from === to ? from : `${from}-${to}`}${mark}`);
  return [...text(allowed, ''), ...text(unknown, '?')].join(' ');
}

/** Each way with what is said of its ports: `node-port 80:unknown(node-addresses)`. */
export function ways(exposed: WorkloadExposure | undefined): string[] {
  return exposed!.ways.map(({ way, ports }) => {
    const each = ports.map(
      ({ target, isOpen, doubt }) => `${target.from}:${isOpen}${doubt === undefined ? '' : `(${doubt})`}`,
    );
    return [way.kind, ...each].join(' ');
  });
}
