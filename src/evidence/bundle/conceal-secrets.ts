import { asObject, type JsonObject } from '../../kubernetes/json.ts';

/** Annotations of a Secret whose values are names; those of others may repeat what the Secret holds, as OpenShift's do. */
const NAMING_ANNOTATION = /^kubernetes\.io\//;

/** The object without the values of a Secret: keys of `data` stay, with empty values. Others are returned as they are. */
export function withoutSecretValues(object: JsonObject): JsonObject {
  if (object['kind'] !== 'Secret' || object['apiVersion'] !== 'v1') return object;
  const { data, stringData, metadata, ...rest } = object;
  const { annotations, managedFields, ...named } = asObject(metadata) ?? {};
  const kept: JsonObject = { ...rest };
  if (metadata !== undefined) kept['metadata'] = named;
  const shown = asObject(annotations);
  if (shown !== undefined) named['annotations'] = emptied(shown, (key) => NAMING_ANNOTATION.test(key));
  // Fields of the map `managedFields` are paths, never values.
  if (managedFields !== undefined) named['managedFields'] = managedFields;
  for (const [field, values] of Object.entries({ data, stringData })) {
    const map = asObject(values);
    if (map !== undefined) kept[field] = emptied(map, () => false);
  }
  return kept;
}

function emptied(map: JsonObject, keeps: (key: string) => boolean): JsonObject {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, keeps(key) ? value : '']));
}
