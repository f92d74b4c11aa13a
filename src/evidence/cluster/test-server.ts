import type { JsonObject } from '../../kubernetes/json.ts';
import { type ApiClient, ApiError, type ApiRequest } from './client.ts';

export type Answer = JsonObject | Error;

/** What a request is answered by; undefined is 404. */
export type Handler = (request: ApiRequest, maxBytes: number) => Answer | Promise<Answer> | undefined;

/** An API server for tests that answers from memory. `asked` is every request, as path and query. */
export function testServer(handler: Handler): ApiClient & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    server: 'https://cluster.example:6443',
    context: 'test',
    namespace: undefined,
    send: () => Promise.reject(new Error('not used here')),
    async getJson(request, { maxBytes = Number.POSITIVE_INFINITY } = {}) {
      request.signal?.throwIfAborted();
      const query = new URLSearchParams(request.query).toString();
      asked.push(query === '' ? request.path : `${request.path}?${decodeURIComponent(query)}`);
      const answer = await handler(request, maxBytes);
      if (answer instanceof Error) throw answer;
      if (answer === undefined)
        throw refusal(404, 'NotFound', 'the server could not find the requested resource');
      // As it comes over the wire, keys such as `__proto__` included.
      return JSON.parse(JSON.stringify(answer)) as JsonObject;
    },
    close: () => {},
  };
}

export function refusal(code: number, reason: string, message: string, metadata: JsonObject = {}): ApiError {
  return new ApiError(code, reason, message, {
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    metadata,
    message,
    reason,
    code,
  });
}

/** A page of a list. */
export function page(
  items: readonly JsonObject[],
  more: { token?: string; resourceVersion?: string } = {},
): JsonObject {
  const { token, resourceVersion = '100' } = more;
  return {
    kind: 'List',
    apiVersion: 'v1',
    metadata: { resourceVersion, ...(token === undefined ? {} : { continue: token }) },
    items: [...items],
  };
}

export function named(name: string, more: JsonObject = {}): JsonObject {
  return { metadata: { name, namespace: 'default' }, ...more };
}

/** Aggregated discovery of the given resources: `group/version/resource/Kind`, cluster-scoped with `!` before it. */
export function discoveryOf(resources: readonly string[], stale: readonly string[] = []) {
  const groups = new Map<string, Map<string, JsonObject[]>>();
  const at = (group: string, version: string) => {
    const versions = groups.get(group) ?? new Map<string, JsonObject[]>();
    groups.set(group, versions);
    const list = versions.get(version) ?? [];
    versions.set(version, list);
    return list;
  };
  for (const each of resources) {
    const [group, version, resource, kind] = each.replace('!', '').split('/') as [
      string,
      string,
      string,
      string,
    ];
    at(group, version).push({
      resource,
      responseKind: { group, version, kind },
      scope: each.startsWith('!') ? 'Cluster' : 'Namespaced',
      singularResource: kind.toLowerCase(),
      verbs: ['get', 'list', 'watch'],
    });
  }
  for (const each of stale) at(...(each.split('/') as [string, string]));
  const list = (isCore: boolean): JsonObject => ({
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: [...groups]
      .filter(([group]) => (group === '') === isCore)
      .map(([name, versions]) => ({
        metadata: name === '' ? {} : { name },
        versions: [...versions].map(([version, found]) => ({
          version,
          ...(found.length === 0 ? {} : { resources: found }),
          freshness: stale.includes(`${name}/${version}`) ? 'Stale' : 'Current',
        })),
      })),
  });
  return { core: list(true), others: list(false) };
}
