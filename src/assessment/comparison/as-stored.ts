import { defaultObject } from '../../kubernetes/default-object.ts';
import { KubernetesObject } from '../../kubernetes/object.ts';
import { withStringData } from './compared-form.ts';
import type { Identities } from './identity.ts';

/**
 * The objects as a server would store them: in the namespaces where they live or would live, and with their defaults. Then what
 * checks say of a manifest and of the object that was made from it is the same.
 */
export function asStored(objects: readonly KubernetesObject[], identities: Identities): KubernetesObject[] {
  return objects.map((object) => {
    const namespace = identities.namespaceOf(object);
    const { namespace: _stated, ...metadata } = object.metadata;
    const placed = namespace === '' ? metadata : { ...metadata, namespace };
    const raw = { ...object.raw, metadata: placed };
    const isSecret = object.kind === 'Secret' && object.apiVersion === 'v1';
    const stored = defaultObject(isSecret ? withStringData(raw) : raw);
    return new KubernetesObject(stored, object.origin, object.duplicateFields);
  });
}
