import { child } from '../../kubernetes/field-path.ts';
import { asArray, asObject, asString, isObject, type Json, type JsonObject } from '../../kubernetes/json.ts';

/** A container of any kind as the controls see it. */
export interface Container {
  name: string;
  /** The field path relative to the pod, e.g. `spec.initContainers[0]`. */
  path: string;
  fields: JsonObject;
  securityContext: JsonObject | undefined;
}

/** A pod as the controls see it. A field of the wrong JSON type reads as absent. */
export interface Pod {
  annotations: JsonObject;
  spec: JsonObject;
  securityContext: JsonObject | undefined;
  /** Init containers, then containers, then ephemeral containers: the order of upstream's visitor. */
  containers: Container[];
  /** `spec.os.name` is windows. */
  windows: boolean;
  /** `spec.hostUsers` is false: the pod runs in a user namespace of its own. */
  inUserNamespace: boolean;
}

const CONTAINER_FIELDS = ['initContainers', 'containers', 'ephemeralContainers'] as const;
const NO_FIELDS: JsonObject = Object.freeze({});

/** Prepares a pod for the controls as it is; `evaluate` applies the API server's defaults before. */
export function readPod(pod: { metadata?: JsonObject; spec: JsonObject }): Pod {
  const spec = asObject(pod.spec) ?? NO_FIELDS;
  const containers: Container[] = [];
  for (const field of CONTAINER_FIELDS) {
    if (spec[field] === undefined) continue;
    eachObject(spec[field], (fields, index) => {
      containers.push({
        name: asString(fields['name']) ?? '',
        path: `spec.${field}[${index}]`,
        fields,
        securityContext: asObject(fields['securityContext']),
      });
    });
  }
  return {
    annotations: asObject(asObject(pod.metadata)?.['annotations']) ?? NO_FIELDS,
    spec,
    securityContext: asObject(spec['securityContext']),
    containers,
    windows: asObject(spec['os'])?.['name'] === 'windows',
    inUserNamespace: spec['hostUsers'] === false,
  };
}

/** Visits the objects of a list. A null element is an empty object, as Go decodes it into a struct. */
export function eachObject(list: Json | undefined, visit: (object: JsonObject, index: number) => void): void {
  const items = asArray(list);
  if (items === undefined) return;
  for (let index = 0; index < items.length; index++) {
    const item = items[index];
    if (item === null) visit(NO_FIELDS, index);
    else if (isObject(item)) visit(item, index);
  }
}

/** Visits the strings of a list. A null element is the empty string, as Go decodes it. */
export function eachString(list: Json | undefined, visit: (text: string, index: number) => void): void {
  const items = asArray(list);
  if (items === undefined) return;
  for (let index = 0; index < items.length; index++) {
    const item = items[index];
    if (item === null) visit('', index);
    else if (typeof item === 'string') visit(item, index);
  }
}

/** The value of an annotation; null is the empty string, as Go decodes it into a map of strings. */
export function annotation(pod: Pod, key: string): string | undefined {
  const value = pod.annotations[key];
  return value === null ? '' : asString(value);
}

export function annotationPath(key: string): string {
  return child('metadata.annotations', key);
}

/** The path of a field of an object, or of the object itself where the field is not there to point at. */
export function fieldPath(parentPath: string, parent: JsonObject, field: string): string {
  const value = parent[field];
  return value === undefined || value === null ? parentPath : `${parentPath}.${field}`;
}
