import { asArray, asNumber, asObject, asString, type Json, type JsonObject } from '../../kubernetes/json.ts';
import type { ServiceEndpoint } from './endpoint-slices.ts';
import { type NetworkPod, portsNamed } from './endpoints.ts';
import { type PortRange, PROTOCOLS, type Protocol } from './ports.ts';

/** A port of a Service with the port of its pods that it leads to. */
export interface ServicePort {
  readonly name: string | undefined;
  readonly port: number;
  readonly protocol: Protocol;
  readonly target: number | string;
  /** Undefined where it is left to the API server to choose, or where there is none. */
  readonly nodePort: number | undefined;
}

/** Where a port of a Service ends in a pod. */
export interface Lead {
  readonly port: ServicePort;
  readonly target: PortRange;
}

const ALIASED = /^([a-z0-9-]+)\.([a-z0-9-]+)\.svc(?:\.[a-z0-9.-]+)?$/;

/** A Service with its pods: those that have its labels, or without a selector those that its EndpointSlices name. */
export class NetworkService {
  readonly object: JsonObject;
  readonly namespace: string;
  readonly name: string;
  readonly type: string;
  readonly ports: readonly ServicePort[];
  readonly endpoints: readonly ServiceEndpoint[];
  readonly #selector: readonly (readonly [string, Json | undefined])[];

  constructor(object: JsonObject, endpoints: readonly ServiceEndpoint[] = []) {
    const metadata = asObject(object['metadata']);
    const spec = asObject(object['spec']);
    this.object = object;
    this.namespace = asString(metadata?.['namespace']) || 'default';
    this.name = asString(metadata?.['name']) ?? '';
    this.type = asString(spec?.['type']) || 'ClusterIP';
    // An ExternalName is an alias in DNS, and has no pods whatever its selector says.
    const isAlias = this.type === 'ExternalName';
    this.#selector = isAlias ? [] : Object.entries(asObject(spec?.['selector']) ?? {});
    this.endpoints = isAlias || this.#selector.length > 0 ? [] : endpoints;
    this.ports = (asArray(spec?.['ports']) ?? []).flatMap((item): ServicePort[] => {
      const entry = asObject(item);
      const port = entry?.['port'];
      const protocol = PROTOCOLS.find((each) => each === (entry?.['protocol'] || 'TCP'));
      if (typeof port !== 'number' || protocol === undefined) return [];
      const target = entry?.['targetPort'];
      const isNamed = typeof target === 'string' && target !== '';
      return [
        {
          name: asString(entry?.['name']) || undefined,
          port,
          protocol,
          target: isNamed || (typeof target === 'number' && target > 0) ? target : port,
          nodePort: asNumber(entry?.['nodePort']) || undefined,
        },
      ];
    });
  }

  get hasSelector(): boolean {
    return this.#selector.length > 0;
  }

  /** Another Service of the cluster, as `namespace/name`, for which an ExternalName is an alias. */
  get aliasOf(): string | undefined {
    if (this.type !== 'ExternalName') return undefined;
    const host = asString(asObject(this.object['spec'])?.['externalName'])?.toLowerCase().replace(/\.$/, '');
    const [, name, namespace] = ALIASED.exec(host ?? '') ?? [];
    return name === undefined ? undefined : `${namespace}/${name}`;
  }

  /** Whether the pod is one of its own. */
  has(pod: NetworkPod): boolean {
    return this.#selects(pod) || this.endpoints.some(({ pods }) => pods.includes(pod));
  }

  /** Where a port of the Service leads in a pod, by its number or name; all of them where none is given. */
  leads(pod: NetworkPod, port: number | string | undefined): Lead[] {
    const asked = this.ports.filter((each) => port === undefined || each.port === port || each.name === port);
    if (this.#selects(pod)) {
      return asked.flatMap((each) =>
        portsOf(pod, each.target, each.protocol).map((target) => ({ port: each, target })),
      );
    }
    const own = this.endpoints.filter(({ pods }) => pods.includes(pod)).flatMap(({ ports }) => ports);
    // The ports of endpoints go by the names of the Service's ports.
    return asked.flatMap((each) =>
      own
        .filter(({ name, range }) => name === (each.name ?? '') && range.protocol === each.protocol)
        .map(({ range }) => ({ port: each, target: range })),
    );
  }

  #selects({ namespace, labels }: NetworkPod): boolean {
    return (
      namespace === this.namespace &&
      this.#selector.length > 0 &&
      this.#selector.every(([key, value]) => labels[key] === value)
    );
  }
}

/** A named port is looked up in each pod (EndpointSlice controller, FindPort). */
function portsOf(pod: NetworkPod, target: number | string, protocol: Protocol): readonly PortRange[] {
  return typeof target === 'number'
    ? [{ protocol, from: target, to: target }]
    : portsNamed(pod, target, protocol);
}
