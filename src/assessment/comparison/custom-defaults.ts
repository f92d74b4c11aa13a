import { asArray, asObject, asString, isObject, type Json, type JsonObject } from '../../kubernetes/json.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';

/** The schemas of custom resources that the CustomResourceDefinitions among some objects state. */
export class CustomDefaults {
  /** By `apiVersion Kind`. */
  readonly #schemas = new Map<string, JsonObject>();

  constructor(objects: Iterable<KubernetesObject>) {
    for (const { kind, apiVersion, spec } of objects) {
      if (kind !== 'CustomResourceDefinition' || apiVersion !== 'apiextensions.k8s.io/v1') continue;
      const named = asString(asObject(spec['names'])?.['kind']);
      for (const version of asArray(spec['versions']) ?? []) {
        const schema = asObject(asObject(asObject(version)?.['schema'])?.['openAPIV3Schema']);
        const name = asString(asObject(version)?.['name']);
        if (schema !== undefined) this.#schemas.set(`${asString(spec['group'])}/${name} ${named}`, schema);
      }
    }
  }

  /** The object with the defaults of its definition, as the API server stores it; itself where there are none. */
  complete(raw: JsonObject): JsonObject {
    const schema = this.#schemas.get(`${raw['apiVersion']} ${raw['kind']}`);
    return schema === undefined ? raw : (filled(raw, schema, 0) as JsonObject);
  }
}

/** Schemas are finite, but what they come from is not to be trusted. */
const DEEPEST = 200;

/** Structural defaulting (apiextensions-apiserver pkg/apiserver/schema/defaulting). */
function filled(value: Json, schema: JsonObject, depth: number): Json {
  if (depth > DEEPEST) return value;
  if (Array.isArray(value)) {
    const items = asObject(schema['items']);
    return items === undefined ? value : value.map((item) => filled(item, items, depth + 1));
  }
  if (!isObject(value)) return value;
  const properties = asObject(schema['properties']) ?? {};
  const others = asObject(schema['additionalProperties']);
  const entries = new Map<string, Json | undefined>(Object.entries(value));
  for (const [name, property] of Object.entries(properties)) {
    const preset = asObject(property)?.['default'];
    const present = entries.get(name);
    const isMissing =
      present === undefined || (present === null && asObject(property)?.['nullable'] !== true);
    if (preset !== undefined && isMissing) entries.set(name, preset);
  }
  const completed = [...entries].map(([name, entry]): [string, Json | undefined] => {
    const property = Object.hasOwn(properties, name) ? asObject(properties[name]) : others;
    return [name, property === undefined || entry === undefined ? entry : filled(entry, property, depth + 1)];
  });
  return Object.fromEntries(completed);
}
