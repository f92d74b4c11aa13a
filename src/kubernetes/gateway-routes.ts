import type { Cluster } from './cluster.ts';
import { asArray, asNumber, asObject, asObjects, asString, type JsonObject } from './json.ts';
import type { KubernetesObject } from './object.ts';

/** A listener of a Gateway (gateway.networking.k8s.io) with its field path. */
export interface Listener {
  readonly raw: JsonObject;
  readonly path: string;
  readonly name: string;
  readonly protocol: string;
  readonly port: number | undefined;
}

export function listeners(gateway: KubernetesObject): Listener[] {
  return (asArray(gateway.spec['listeners']) ?? []).map((item, index) => {
    const raw = asObject(item) ?? {};
    return {
      raw,
      path: `spec.listeners[${index}]`,
      name: asString(raw['name']) ?? '',
      protocol: asString(raw['protocol']) ?? '',
      port: asNumber(raw['port']),
    };
  });
}

interface Attachment {
  readonly route: KubernetesObject;
  readonly sectionName: string | undefined;
  readonly port: number | undefined;
}

/**
 * The HTTPRoutes and GRPCRoutes among the sources that name the listener as a parent. Whether the listener admits them by host name and
 * namespace is left open: a route that is not admitted serves nothing.
 */
export function routesOf(
  gateway: KubernetesObject,
  listener: Listener,
  cluster: Cluster,
): KubernetesObject[] {
  const index = cluster.memo('routes by gateway', () => attachments(cluster));
  const found = index.get(`${gateway.namespace ?? 'default'}/${gateway.name}`) ?? [];
  return found
    .filter(
      ({ sectionName, port }) =>
        (sectionName === undefined || sectionName === listener.name) &&
        (port === undefined || port === listener.port),
    )
    .map(({ route }) => route);
}

function attachments(cluster: Cluster): Map<string, Attachment[]> {
  const index = new Map<string, Attachment[]>();
  for (const route of cluster.ofKind('HTTPRoute', 'GRPCRoute')) {
    for (const item of asArray(route.spec['parentRefs']) ?? []) {
      const parent = asObject(item);
      if (parent === undefined || (asString(parent['kind']) ?? 'Gateway') !== 'Gateway') continue;
      const namespace = asString(parent['namespace']) ?? route.namespace ?? 'default';
      const key = `${namespace}/${asString(parent['name'])}`;
      const list = index.get(key) ?? [];
      list.push({ route, sectionName: asString(parent['sectionName']), port: asNumber(parent['port']) });
      index.set(key, list);
    }
  }
  return index;
}

const ACME = '/.well-known/acme-challenge/';

/** Whether a route answers with nothing but redirects to https, ACME's HTTP-01 challenges (RFC 8555 section 8.3) aside. */
export function onlyRedirectsToHttps(route: KubernetesObject): boolean {
  const rules = asObjects(route.spec['rules']);
  return rules.length > 0 && rules.every((rule) => redirects(rule) || answersAcme(rule));
}

function redirects(rule: JsonObject): boolean {
  return (asArray(rule['filters']) ?? []).some(
    (filter) => asObject(asObject(filter)?.['requestRedirect'])?.['scheme'] === 'https',
  );
}

function answersAcme(rule: JsonObject): boolean {
  const matches = asArray(rule['matches']) ?? [];
  return (
    matches.length > 0 &&
    matches.every((match) => asString(asObject(asObject(match)?.['path'])?.['value'])?.startsWith(ACME))
  );
}
