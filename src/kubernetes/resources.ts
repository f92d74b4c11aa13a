import type { Cluster } from './cluster.ts';
import { asArray, asObject, asString, type Json, type JsonObject } from './json.ts';
import { governedScope, governingScopes } from './namespaces.ts';
import type { KubernetesObject } from './object.ts';
import { parseQuantity, type Quantity } from './quantity.ts';
import { ALL } from './reads.ts';
import type { Container } from './workload.ts';

export type ResourceList = 'requests' | 'limits';
export type ComputeResource = 'cpu' | 'memory' | 'ephemeral-storage';

/** What a container will be given of one resource once the API server has filled in what its manifest leaves out. */
export type ResourceSetting =
  | {
      readonly state: 'set';
      readonly quantity: Quantity;
      readonly from: 'container' | 'pod' | 'limit-range';
      readonly path: string;
    }
  /** `zero`: stated as zero or less, which sets no limit and reserves nothing. */
  | { readonly state: 'missing' | 'zero'; readonly path: string }
  /** The value is no quantity; the API server refuses the object. */
  | { readonly state: 'refused'; readonly value: string; readonly path: string };

/** Resources that a pod may bound as a whole (KEP-2837, IsSupportedPodLevelResource); hugepages are no concern here. */
const POD_LEVEL: ReadonlySet<ComputeResource> = new Set(['cpu', 'memory']);
const NOTHING: JsonObject = Object.freeze({});

/**
 * The request or limit of a container, in the order in which Kubernetes settles it: the container's own value, a limit
 * that stands in for a missing request (SetDefaults_Pod), the pod's own resources (KEP-2837), and the defaults of a
 * LimitRange of the namespace (plugin/pkg/admission/limitranger).
 */
export function resourceSetting(
  container: Container,
  cluster: Cluster,
  list: ResourceList,
  resource: ComputeResource,
): ResourceSetting {
  const own = statedIn(container, list, resource);
  if (own.state === 'set' || own.state === 'refused') return own;
  if (list === 'requests' && own.state === 'missing') {
    const limit = statedIn(container, 'limits', resource);
    if (limit.state === 'set') return limit;
  }
  const pod = POD_LEVEL.has(resource) ? podLevel(container, list, resource) : undefined;
  if (pod !== undefined) return pod;
  // A default is for what is missing: a zero that is written down stays zero.
  const standard = own.state === 'missing' ? rangeDefault(container, cluster, list, resource) : undefined;
  return standard === undefined ? own : { ...standard, state: 'set', from: 'limit-range' };
}

function statedIn(container: Container, list: ResourceList, resource: ComputeResource): ResourceSetting {
  // Tekton's v1 steps spell the field computeResources, because v1beta1's `resources` meant something else.
  const isTekton = container.object.group === 'tekton.dev';
  const field = isTekton && container.spec['resources'] === undefined ? 'computeResources' : 'resources';
  const value = asObject(asObject(container.spec[field])?.[list])?.[resource];
  return judged(value, container.at(`${field}.${list}.${resource}`), 'container');
}

function podLevel(
  container: Container,
  list: ResourceList,
  resource: ComputeResource,
): ResourceSetting | undefined {
  const { workload, object } = container;
  const own = asObject(workload.pod['resources']);
  // A TaskRun may state resources for all steps of its pod; Tekton gives each of them the limit.
  const isTaskRun = own === undefined && object.group === 'tekton.dev' && object.kind === 'TaskRun';
  const resources = isTaskRun ? asObject(object.spec['computeResources']) : own;
  const path = isTaskRun ? 'spec.computeResources' : workload.at('resources');
  for (const candidate of list === 'requests' ? (['requests', 'limits'] as const) : (['limits'] as const)) {
    const value = asObject(resources?.[candidate])?.[resource];
    const setting = judged(value, `${path}.${candidate}.${resource}`, 'pod');
    if (setting.state === 'set' || setting.state === 'refused') return setting;
  }
  return undefined;
}

function judged(value: Json | undefined, path: string, from: 'container' | 'pod'): ResourceSetting {
  if (value === undefined) return { state: 'missing', path };
  const quantity = parseQuantity(value);
  if (quantity === undefined) return { state: 'refused', value: String(value).slice(0, 64), path };
  return quantity.sign() > 0 ? { state: 'set', quantity, from, path } : { state: 'zero', path };
}

interface RangeDefault {
  readonly quantity: Quantity;
  readonly path: string;
}

function rangeDefault(
  container: Container,
  cluster: Cluster,
  list: ResourceList,
  resource: ComputeResource,
): RangeDefault | undefined {
  const namespace = container.object.namespace ?? ALL;
  const ranges = cluster.indexed('limit range defaults', ['LimitRange'], namespace, () =>
    indexDefaults(cluster),
  );
  if (ranges.size === 0) return undefined;
  for (const scope of governingScopes(container.object, cluster)) {
    const standard = ranges.get(scope)?.get(`${list} ${resource}`);
    if (standard !== undefined) return standard;
  }
  return undefined;
}

type Defaults = Map<string, RangeDefault>;

function indexDefaults(cluster: Cluster): Map<string, Defaults> {
  const index = new Map<string, Defaults>();
  for (const range of cluster.ofKind('LimitRange')) {
    const scope = governedScope(range);
    const defaults = index.get(scope) ?? new Map<string, RangeDefault>();
    index.set(scope, defaults);
    readDefaults(range, defaults);
  }
  return index;
}

/**
 * The fields of a LimitRange item that give defaults, the first that is stated deciding (SetDefaults_LimitRangeItem):
 * a limit falls back on `max`, a request on the default limit and then on `min`.
 */
const SOURCES: Readonly<Record<ResourceList, readonly string[]>> = {
  limits: ['default', 'max'],
  requests: ['defaultRequest', 'default', 'max', 'min'],
};

function readDefaults(range: KubernetesObject, defaults: Defaults): void {
  (asArray(range.spec['limits']) ?? []).forEach((entry, index) => {
    const item = asObject(entry) ?? NOTHING;
    if (asString(item['type']) !== 'Container') return;
    for (const list of ['requests', 'limits'] as const) {
      for (const field of SOURCES[list]) {
        for (const [resource, value] of Object.entries(asObject(item[field]) ?? NOTHING)) {
          const key = `${list} ${resource}`;
          const quantity = parseQuantity(value);
          if (defaults.has(key) || quantity === undefined || quantity.sign() <= 0) continue;
          defaults.set(key, { quantity, path: `spec.limits[${index}].${field}.${resource}` });
        }
      }
    }
  });
}
