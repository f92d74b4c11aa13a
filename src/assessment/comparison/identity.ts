import { asObject, asString } from '../../kubernetes/json.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { isBuiltInClusterScoped } from '../../kubernetes/scope.ts';
import type { Side } from './comparison.ts';

/** Kinds that moved to another group and kept their meaning. */
const MOVED: Readonly<Record<string, string>> = {
  'extensions/Deployment': 'apps',
  'extensions/DaemonSet': 'apps',
  'extensions/ReplicaSet': 'apps',
  'extensions/Ingress': 'networking.k8s.io',
  'extensions/NetworkPolicy': 'networking.k8s.io',
};

export function groupOf({ group, kind }: KubernetesObject): string {
  return MOVED[`${group}/${kind}`] ?? group;
}

/** `group/Kind` whatever the version. */
export function kindOf(object: KubernetesObject): string {
  return `${groupOf(object)}/${object.kind}`;
}

/** Tells objects apart: the same object in two states, or in two versions of its API, has one identity. */
export class Identities {
  readonly #defaultNamespace: string;
  readonly #clusterScoped = new Set<string>();

  /** @param defaultNamespace where objects live that name no namespace */
  constructor(sides: readonly Side[], defaultNamespace = 'default') {
    this.#defaultNamespace = defaultNamespace;
    for (const { objects, isLive } of sides) {
      for (const object of objects) {
        if (object.kind === 'CustomResourceDefinition' && object.spec['scope'] === 'Cluster') {
          const kind = asString(asObject(object.spec['names'])?.['kind']);
          this.#clusterScoped.add(`${asString(object.spec['group'])}/${kind}`);
        } else if (isLive && object.namespace === undefined) {
          this.#clusterScoped.add(kindOf(object));
        }
      }
    }
  }

  isClusterScoped(object: KubernetesObject): boolean {
    return isBuiltInClusterScoped(object) || this.#clusterScoped.has(kindOf(object));
  }

  /** Empty for cluster-scoped objects, even where a manifest names a namespace for them. */
  namespaceOf(object: KubernetesObject): string {
    return this.isClusterScoped(object) ? '' : (object.namespace ?? this.#defaultNamespace);
  }

  of(object: KubernetesObject): string {
    return JSON.stringify([groupOf(object), object.kind, this.namespaceOf(object), object.name]);
  }
}
