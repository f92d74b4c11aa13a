import { child, item } from '../../kubernetes/field-path.ts';
import { isObject, type Json, type JsonObject } from '../../kubernetes/json.ts';

export interface EmbeddedObject {
  readonly path: string;
  readonly value: JsonObject;
}

/**
 * Whole objects inside a custom resource, which its controller or `oc process` will create: those of an OpenShift
 * Template, a ManifestWork, a Crossplane Composition, a Tekton TriggerTemplate … They are told by what every object has;
 * a reference has no metadata, and a volume claim template repeats its kind without being created as it stands.
 */
export function embeddedObjects(object: JsonObject): EmbeddedObject[] {
  const found: EmbeddedObject[] = [];
  const search = (value: Json | undefined, path: string): void => {
    if (Array.isArray(value)) {
      value.forEach((element, index) => {
        search(element, item(path, index));
      });
    } else if (isObject(value)) {
      if (path !== '' && isEmbedded(value)) found.push({ path, value });
      else for (const key of Object.keys(value)) search(value[key], child(path, key));
    }
  };
  search(object, '');
  return found;
}

function isEmbedded({ apiVersion, kind, metadata }: JsonObject): boolean {
  return (
    typeof apiVersion === 'string' &&
    apiVersion !== '' &&
    typeof kind === 'string' &&
    kind !== '' &&
    kind !== 'PersistentVolumeClaim' &&
    isObject(metadata)
  );
}
