import { asArray, asObject, asString, type Json, type JsonObject } from '../../kubernetes/json.ts';
import { type NetworkPod, portsNamed } from './endpoints.ts';
import { type PortRange, PROTOCOLS, type Protocol } from './ports.ts';

/** A port of a Service with the port of its pods that it leads to. */
interface ServicePort {
  readonly name: string | undefined;
  readonly port: number;
  readonly protocol: Protocol;
  readonly target: number | string;
}

/** A Service that finds its pods by their labels. */
export class NetworkService {
  readonly namespace: string;
  readonly name: string;
  readonly ports: readonly ServicePort[];
  readonly #selector: readonly (readonly [string, Json | undefined])[];

  constructor(object: JsonObject) {
    const metadata = asObject(object['metadata']);
    const spec = asObject(object['spec']);
    this.namespace = asString(metadata?.['namespace']) || 'default';
    this.name = asString(metadata?.['name']) ?? '';
    // An ExternalName is an alias in DNS, and has no pods whatever its selector says.
    this.#selector =
      spec?.['type'] === 'ExternalName' ? [] : Object.entries(asObject(spec?.['selector']) ?? {});
    this.ports = (asArray(spec?.['ports']) ?? []).flatMap((item): ServicePort[] => {
      const entry = asObject(item);
      const port = entry?.['port'];
      const protocol = PROTOCOLS.find((each) => each === (entry?.['protocol'] || 'TCP'));
      if (typeof port !== 'number' || protocol === undefined) return [];
      const target = entry?.['targetPort'];
      const isNamed = typeof target === 'string' && target !== '';
      const name = asString(entry?.['name']) || undefined;
      return [
        {
          name,
          port,
          protocol,
          target: isNamed || (typeof target === 'number' && target > 0) ? target : port,
        },
      ];
    });
  }

  /** Without a selector a Service has the pods that its EndpointSlices name, which are not looked at here. */
  selects({ namespace, labels }: NetworkPod): boolean {
    return (
      namespace === this.namespace &&
      this.#selector.length > 0 &&
      this.#selector.every(([key, value]) => labels[key] === value)
    );
  }

  /** The ports of a pod to which a port of the Service leads, by its number or name; all of them where none is given. */
  targets(pod: NetworkPod, port: number | string | undefined): PortRange[] {
    return this.ports
      .filter((each) => port === undefined || each.port === port || each.name === port)
      .flatMap((each) => portsOf(pod, each.target, each.protocol));
  }
}

/** A named port is looked up in each pod (EndpointSlice controller, FindPort). */
export function portsOf(pod: NetworkPod, target: number | string, protocol: Protocol): readonly PortRange[] {
  return typeof target === 'number'
    ? [{ protocol, from: target, to: target }]
    : portsNamed(pod, target, protocol);
}
