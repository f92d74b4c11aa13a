import {
  type Endpoint,
  explain,
  Network,
  type Protocol,
  parseAddress,
} from '../src/engines/network/index.ts';
import type { JsonObject } from '../src/kubernetes/json.ts';

export interface PodFacts {
  readonly labels?: Readonly<Record<string, string>>;
  readonly serviceAccountName?: string;
  readonly hostNetwork?: boolean;
  readonly nodeName?: string;
  readonly ip?: string;
  readonly ports?: readonly { name: string; containerPort: number; protocol?: string }[];
}

/** A pod by `namespace/name`, or by its name in the namespace `default`. */
export function pod(path: string, { labels = {}, ip, ports = [], ...spec }: PodFacts = {}): JsonObject {
  const { namespace, name } = placeOf(path);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace, name, labels: { ...labels } },
    spec: { ...spec, containers: [{ name: 'c', image: 'c', ports: [...ports] }] },
    ...(ip === undefined ? {} : { status: { podIPs: [{ ip }] } }),
  };
}

export function namespace(name: string, labels: Record<string, string> = {}): JsonObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
}

export function node(name: string, address: string, labels: Record<string, string> = {}): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels },
    status: { addresses: [{ type: 'InternalIP', address }] },
  };
}

/** A CiliumNetworkPolicy with one rule. */
export function cnp(spec: object, where = 'default'): JsonObject {
  return policy('CiliumNetworkPolicy', { namespace: where, name: 'p' }, { spec });
}

/** A CiliumClusterwideNetworkPolicy with one rule. */
export function ccnp(spec: object): JsonObject {
  return policy('CiliumClusterwideNetworkPolicy', { name: 'p' }, { spec });
}

/** A NetworkPolicy of Kubernetes. */
export function np(spec: object, where = 'default'): JsonObject {
  const apiVersion = 'networking.k8s.io/v1';
  return {
    apiVersion,
    kind: 'NetworkPolicy',
    metadata: { namespace: where, name: 'np' },
    spec: spec as JsonObject,
  };
}

export function policy(kind: string, metadata: JsonObject, rest: object): JsonObject {
  return { apiVersion: 'cilium.io/v2', kind, metadata, ...(rest as JsonObject) };
}

/** Whether a packet passes, asked as `from > to PROTOCOL/port`; ends are pods or addresses. */
export function asker(objects: readonly JsonObject[]): (question: string) => 'yes' | 'no' | 'unknown' {
  const network = Network.of(objects);
  const end = (text: string): Endpoint => {
    const { namespace: where, name } = placeOf(text);
    const found = network.pods.get(`${where}/${name}`) ?? parseAddress(text);
    if (found === undefined) throw new Error(`no such end: ${text}`);
    return found;
  };
  return (question) => {
    const [, from = '', to = '', protocol, port] = /^(\S+) > (\S+) (\w+)\/(\d+)$/.exec(question) ?? [];
    const packet = { protocol: protocol as Protocol, port: Number(port) };
    const { allowed } = explain(network.model, end(from), end(to), packet);
    return allowed === true ? 'yes' : allowed === false ? 'no' : 'unknown';
  };
}

/** The paths of what is refused. */
export function refusals(object: JsonObject): string[] {
  return Network.of([object]).problems.flatMap(({ path, isReadAsMeant }) => (isReadAsMeant ? [] : [path]));
}

function placeOf(path: string): { namespace: string; name: string } {
  const [first = '', second] = path.split('/');
  return second === undefined ? { namespace: 'default', name: first } : { namespace: first, name: second };
}
