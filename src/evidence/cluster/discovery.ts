import { asArray, asObject, asString, type JsonObject, objectsIn } from '../../kubernetes/json.ts';
import { type ApiClient, ApiError } from './client.ts';
import { detailOf } from './failures.ts';

/** A resource of one API version, as discovery shows it. */
export interface ServedResource {
  readonly resource: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly isListable: boolean;
}

export interface ServedVersion {
  readonly version: string;
  readonly resources: readonly ServedResource[];
  /** Why more resources than these may be served: the words of the server behind this API, or of the one before it. */
  readonly broken?: string;
}

/** API versions by group, the core group's under the empty name. */
export interface ServedApis {
  readonly groups: ReadonlyMap<string, readonly ServedVersion[]>;
  /** Groups that the user may not ask about; `*` for all but the core group. */
  readonly refused: ReadonlySet<string>;
}

const AGGREGATED = ['v2', 'v2beta1']
  .map((version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`)
  .concat('application/json')
  .join(',');
/** Discovery of a cluster with thousands of custom resources has a few MB. */
const MAX_BYTES = 64 * 2 ** 20;

/**
 * What the API server serves: in two requests where it knows aggregated discovery (1.26 and newer), else one for each version of
 * the `wanted` groups. A broken API behind the server never ends this; a user who may not ask gets an answer all the same.
 * Throws KubeStrideError where the server does not answer, ApiError where it does not know the user or fails itself.
 */
export async function discover(client: ApiClient, wanted: ReadonlySet<string>): Promise<ServedApis> {
  const groups = new Map<string, readonly ServedVersion[]>();
  const refused = new Set<string>();
  for (const [path, name] of [
    ['/api', ''],
    ['/apis', '*'],
  ] as const) {
    const answer = await allowed(() => client.getJson({ path, accept: AGGREGATED }, { maxBytes: MAX_BYTES }));
    if (answer === undefined) refused.add(name);
    else if (answer['kind'] === 'APIGroupDiscoveryList') readAggregated(answer, groups);
    else await readOneByOne(client, answer, wanted, groups, refused);
  }
  return { groups, refused };
}

/** Undefined where the server refuses to say. */
async function allowed(ask: () => Promise<JsonObject>): Promise<JsonObject | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ApiError && error.status === 403) return undefined;
    throw error;
  }
}

/** apidiscovery.k8s.io/v2 APIGroupDiscoveryList; v2beta1 has the same fields. */
function readAggregated(answer: JsonObject, groups: Map<string, readonly ServedVersion[]>): void {
  for (const item of objectsIn(answer['items'])) {
    const name = asString(asObject(item['metadata'])?.['name']) ?? '';
    const versions = objectsIn(item['versions']).map((version) => ({
      version: asString(version['version']) ?? '',
      resources: objectsIn(version['resources']).map((resource) => ({
        resource: asString(resource['resource']) ?? '',
        kind: asString(asObject(resource['responseKind'])?.['kind']) ?? '',
        namespaced: resource['scope'] === 'Namespaced',
        isListable: (asArray(resource['verbs']) ?? []).includes('list'),
      })),
      ...(version['freshness'] === 'Stale' ? { broken: 'Stale' } : {}),
    }));
    groups.set(name, [...(groups.get(name) ?? []), ...versions]);
  }
}

/** `/api` answers with meta/v1 APIVersions, `/apis` with APIGroupList; each version then with APIResourceList. */
async function readOneByOne(
  client: ApiClient,
  answer: JsonObject,
  wanted: ReadonlySet<string>,
  groups: Map<string, readonly ServedVersion[]>,
  refused: Set<string>,
): Promise<void> {
  const names: [group: string, versions: string[]][] =
    answer['kind'] === 'APIVersions'
      ? [['', (asArray(answer['versions']) ?? []).map((version) => asString(version) ?? '')]]
      : objectsIn(answer['groups']).map((group) => [
          asString(group['name']) ?? '',
          objectsIn(group['versions']).map((version) => asString(version['version']) ?? ''),
        ]);
  for (const [group, versions] of names) {
    const served: ServedVersion[] = [];
    // What nobody needs is not worth a request; its name alone may still tell something.
    for (const version of wanted.has(group) ? versions : []) {
      const root = group === '' ? '/api' : `/apis/${encodeURIComponent(group)}`;
      try {
        const path = `${root}/${encodeURIComponent(version)}`;
        const list = await allowed(() => client.getJson({ path }, { maxBytes: MAX_BYTES }));
        if (list === undefined) refused.add(group);
        else served.push({ version, resources: objectsIn(list['resources']).flatMap(servedResource) });
      } catch (error) {
        if (error instanceof ApiError && error.status === 401) throw error;
        served.push({ version, resources: [], broken: detailOf(error) });
      }
    }
    groups.set(group, served);
  }
}

function servedResource(resource: JsonObject): ServedResource[] {
  const name = asString(resource['name']) ?? '';
  // Subresources stand beside their resource, as in `pods/log`.
  if (name === '' || name.includes('/')) return [];
  return [
    {
      resource: name,
      kind: asString(resource['kind']) ?? '',
      namespaced: resource['namespaced'] === true,
      isListable: (asArray(resource['verbs']) ?? []).includes('list'),
    },
  ];
}
