import { KubernetesObject } from '../../kubernetes/object.ts';
import type { Identities } from './identity.ts';

/** The objects in the namespaces where they live or would live, so that findings of two sources name them alike. */
export function inTheirNamespaces(
  objects: readonly KubernetesObject[],
  identities: Identities,
): KubernetesObject[] {
  return objects.map((object) => {
    const namespace = identities.namespaceOf(object);
    if (namespace === (object.namespace ?? '')) return object;
    const { namespace: _stated, ...metadata } = object.metadata;
    const placed = namespace === '' ? metadata : { ...metadata, namespace };
    return new KubernetesObject({ ...object.raw, metadata: placed }, object.origin, object.duplicateFields);
  });
}
