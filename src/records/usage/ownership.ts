import { ApiResources } from '../../kubernetes/api-resources.ts';
import type { Cluster } from '../../kubernetes/cluster.ts';
import { asArray, asObject, asString, isObject, type JsonObject, objectsIn } from '../../kubernetes/json.ts';
import { ManagedFields } from '../../kubernetes/managed-fields.ts';
import { stringMap } from '../../kubernetes/object.ts';

/** Who is to change an object, in place of people. */
export interface Keeper {
  readonly by: 'controller' | 'helm' | 'argocd' | 'flux';
  /** The owner (`ReplicaSet/web-5d4`), release, application or kustomization, as far as it is told. */
  readonly name: string;
  /** `stated`: by owner references, labels and annotations; `manager`: by who set its fields. */
  readonly evidence: 'stated' | 'manager';
}

/** Field managers of GitOps controllers and Helm. */
const MANAGERS: readonly (readonly [RegExp, Keeper['by']])[] = [
  [/^argocd-(?:controller|application-controller)$/, 'argocd'],
  [/^(?:kustomize-controller|flux(?:-.*)?|gotk-.*)$/, 'flux'],
  [/^(?:helm|helm-controller)$/, 'helm'],
];

/** Who keeps an object, by its metadata; empty for nobody that shows. */
export function keepersOf(metadata: JsonObject): Keeper[] {
  const keepers: Keeper[] = [];
  const labels = stringMap(metadata['labels']);
  const annotations = stringMap(metadata['annotations']);
  const stated = (by: Keeper['by'], name: string) => keepers.push({ by, name, evidence: 'stated' });
  const owner = objectsIn(metadata['ownerReferences']).find((reference) => reference['controller'] === true);
  if (owner !== undefined)
    stated('controller', `${asString(owner['kind']) ?? ''}/${asString(owner['name']) ?? ''}`);
  const tracking = annotations['argocd.argoproj.io/tracking-id'];
  const instance = labels['argocd.argoproj.io/instance'];
  if (tracking !== undefined) stated('argocd', tracking.split(':', 1)[0] ?? '');
  else if (instance !== undefined) stated('argocd', instance);
  for (const part of ['kustomize', 'helm']) {
    const name = labels[`${part}.toolkit.fluxcd.io/name`];
    if (name !== undefined) stated('flux', `${labels[`${part}.toolkit.fluxcd.io/namespace`] ?? ''}/${name}`);
  }
  const release = annotations['meta.helm.sh/release-name'];
  if (release !== undefined)
    stated('helm', `${annotations['meta.helm.sh/release-namespace'] ?? ''}/${release}`);
  else if (labels['app.kubernetes.io/managed-by'] === 'Helm')
    stated('helm', labels['app.kubernetes.io/instance'] ?? '');
  for (const { manager, subresource } of new ManagedFields(metadata).all) {
    const by = MANAGERS.find(([pattern]) => pattern.test(manager))?.[1];
    if (by === undefined || subresource !== undefined || keepers.some((keeper) => keeper.by === by)) continue;
    keepers.push({ by, name: manager, evidence: 'manager' });
  }
  return keepers;
}

/** Looks objects of requests up among those of a cluster. */
export class ObjectIndex {
  readonly #metadata = new Map<string, JsonObject>();

  constructor(cluster: Cluster) {
    const resources = new ApiResources(cluster.objects);
    for (const object of cluster.objects) {
      const known = resources.find(object.kind, object.group);
      if (known === undefined || known.group !== object.group) continue;
      const namespace = known.namespaced ? (object.namespace ?? 'default') : '';
      this.#metadata.set(`${object.group}/${known.resource}/${namespace}/${object.name}`, object.metadata);
    }
  }

  metadata(group: string, resource: string, namespace: string, name: string): JsonObject | undefined {
    return this.#metadata.get(`${group}/${resource}/${namespace}/${name}`);
  }
}

/** Metadata of the object that a body shows: not of a Status, a patch without metadata, or a list of JSON patches. */
export function metadataIn(body: JsonObject | undefined): JsonObject | undefined {
  if (body === undefined || asArray(body['items']) !== undefined || body['kind'] === 'Status')
    return undefined;
  const metadata = asObject(body['metadata']);
  return isObject(metadata) ? metadata : undefined;
}
