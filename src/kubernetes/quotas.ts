import type { Cluster } from './cluster.ts';
import { asArray, asObject, asString } from './json.ts';
import { governedScope } from './namespaces.ts';
import type { KubernetesObject } from './object.ts';
import { ALL } from './reads.ts';

/** What a namespace can use up at others' expense. */
export const QUOTA_AREAS = ['memory', 'cpu', 'storage', 'objects'] as const;
export type QuotaArea = (typeof QUOTA_AREAS)[number];

/** Object counts that ResourceQuota knows by a name of their own; all others are spelt `count/<resource>.<group>`. */
const COUNTED = new Set([
  'pods',
  'services',
  'services.loadbalancers',
  'services.nodeports',
  'replicationcontrollers',
  'resourcequotas',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
]);

/** Two scopes of which every pod has just one, so that a quota for each bounds them all. */
const HALVES = [
  ['Terminating', 'NotTerminating'],
  ['BestEffort', 'NotBestEffort'],
] as const;

/** The area that a key of `spec.hard` bounds; undefined for extended resources and hugepages. */
export function quotaArea(key: string): QuotaArea | undefined {
  const resource = key.replace(/^(?:requests|limits)\./, '');
  if (resource === 'memory' || resource === 'cpu') return resource;
  if (resource === 'storage' || resource === 'ephemeral-storage') return 'storage';
  if (key.endsWith('.storageclass.storage.k8s.io/requests.storage')) return 'storage';
  return COUNTED.has(key) || key.startsWith('count/') ? 'objects' : undefined;
}

/** The quotas that add up with a quota: those of its namespace, itself included, in the order in which they were read. */
export function quotasBeside(quota: KubernetesObject, cluster: Cluster): readonly KubernetesObject[] {
  const index = cluster.indexed('resource quotas', ['ResourceQuota'], quota.namespace ?? ALL, () => {
    const quotas = new Map<string, KubernetesObject[]>();
    for (const each of cluster.ofKind('ResourceQuota')) {
      const scope = governedScope(each);
      const own = quotas.get(scope);
      if (own === undefined) quotas.set(scope, [each]);
      else own.push(each);
    }
    return quotas;
  });
  return index.get(governedScope(quota)) ?? [];
}

/** The areas that the quotas of one namespace leave unbounded for some or all of its pods, in the order of QUOTA_AREAS. */
export function unboundedAreas(quotas: readonly KubernetesObject[]): QuotaArea[] {
  const scopesByArea = new Map<QuotaArea, Set<string>>();
  const bounded = new Set<QuotaArea>();
  for (const quota of quotas) {
    const scopes = scopesOf(quota);
    for (const key of Object.keys(asObject(quota.spec['hard']) ?? {})) {
      const area = quotaArea(key);
      if (area === undefined) continue;
      if (scopes.length === 0) bounded.add(area);
      const [only] = scopes;
      if (scopes.length !== 1 || only === undefined) continue;
      const seen = scopesByArea.get(area) ?? new Set();
      scopesByArea.set(area, seen.add(only));
      if (HALVES.some((halves) => halves.every((half) => seen.has(half)))) bounded.add(area);
    }
  }
  return QUOTA_AREAS.filter((area) => !bounded.has(area));
}

function scopesOf(quota: KubernetesObject): string[] {
  const plain = (asArray(quota.spec['scopes']) ?? []).map((scope) => asString(scope) ?? '');
  const expressions = asArray(asObject(quota.spec['scopeSelector'])?.['matchExpressions']) ?? [];
  return [
    ...plain,
    ...expressions.map((item) => {
      const expression = asObject(item);
      const name = asString(expression?.['scopeName']) ?? '';
      // A list of values (priority classes) selects some of the pods that have the scope.
      return asString(expression?.['operator']) === 'Exists' ? name : `${name} of some values`;
    }),
  ];
}
