import {
  asArray,
  asNumber,
  asObject,
  asObjects,
  asString,
  type Json,
  type JsonObject,
} from '../../kubernetes/json.ts';
import { type Address, parseAddress } from './addresses.ts';
import type { NetworkPod } from './endpoints.ts';
import { type PortRange, PROTOCOLS } from './ports.ts';

/** Ends of a Service that somebody listed, in place of a selector. */
export interface ServiceEndpoint {
  readonly pods: readonly NetworkPod[];
  /** Addresses at which no pod is known. */
  readonly elsewhere: readonly string[];
  readonly ports: readonly { readonly name: string; readonly range: PortRange }[];
}

/** Finds the pods that endpoints name. */
export interface PodFinder {
  named(namespace: string, name: string): readonly NetworkPod[];
  at(address: Address): readonly NetworkPod[];
}

const SERVICE_LABEL = 'kubernetes.io/service-name';

/**
 * By `namespace/name` of the Service: EndpointSlices (k8s.io/api/discovery) by their label, Endpoints (k8s.io/api/core/v1) by their
 * name. Whether an end is ready is left open, as it changes by itself.
 */
export function readEndpoints(
  objects: readonly JsonObject[],
  finder: PodFinder,
): ReadonlyMap<string, readonly ServiceEndpoint[]> {
  const found = new Map<string, ServiceEndpoint[]>();
  const put = (service: string, endpoint: ServiceEndpoint) => {
    const known = found.get(service);
    if (known === undefined) found.set(service, [endpoint]);
    else known.push(endpoint);
  };
  for (const object of objects) {
    const metadata = asObject(object['metadata']);
    const namespace = asString(metadata?.['namespace']) || 'default';
    const pods = (items: readonly JsonObject[], addressesOf: (item: JsonObject) => readonly string[]) =>
      podsOf(items, addressesOf, namespace, finder);
    if (
      object['kind'] === 'EndpointSlice' &&
      asString(object['apiVersion'])?.startsWith('discovery.k8s.io/')
    ) {
      const service = asString(asObject(metadata?.['labels'])?.[SERVICE_LABEL]);
      if (service === undefined) continue;
      const ends = pods(asObjects(object['endpoints']), ({ addresses }) => strings(addresses));
      put(`${namespace}/${service}`, { ...ends, ports: portsOf(object['ports']) });
    } else if (object['kind'] === 'Endpoints' && object['apiVersion'] === 'v1') {
      for (const subset of asObjects(object['subsets'])) {
        const items = [...asObjects(subset['addresses']), ...asObjects(subset['notReadyAddresses'])];
        const ends = pods(items, ({ ip }) => strings([ip ?? null]));
        put(`${namespace}/${asString(metadata?.['name'])}`, { ...ends, ports: portsOf(subset['ports']) });
      }
    }
  }
  return found;
}

function podsOf(
  items: readonly JsonObject[],
  addressesOf: (item: JsonObject) => readonly string[],
  namespace: string,
  finder: PodFinder,
): Pick<ServiceEndpoint, 'pods' | 'elsewhere'> {
  const pods = new Set<NetworkPod>();
  const elsewhere: string[] = [];
  for (const item of items) {
    const reference = asObject(item['targetRef']);
    const name = reference?.['kind'] === 'Pod' ? asString(reference['name']) : undefined;
    const named =
      name === undefined ? [] : finder.named(asString(reference?.['namespace']) || namespace, name);
    for (const pod of named) pods.add(pod);
    if (named.length > 0) continue;
    for (const text of addressesOf(item)) {
      const address = parseAddress(text);
      const there = address === undefined ? [] : finder.at(address);
      for (const pod of there) pods.add(pod);
      if (there.length === 0) elsewhere.push(text);
    }
  }
  return { pods: [...pods], elsewhere };
}

/** A port of an EndpointSlice without a number is every port. */
function portsOf(value: Json | undefined): ServiceEndpoint['ports'] {
  return asObjects(value).flatMap((entry) => {
    const protocol = PROTOCOLS.find((each) => each === (entry['protocol'] || 'TCP'));
    if (protocol === undefined) return [];
    const port = asNumber(entry['port'] ?? undefined);
    const range = port === undefined ? { protocol, from: 1, to: 65_535 } : { protocol, from: port, to: port };
    return [{ name: asString(entry['name']) ?? '', range }];
  });
}

function strings(value: Json | undefined): readonly string[] {
  return (asArray(value) ?? []).filter((item) => typeof item === 'string');
}
