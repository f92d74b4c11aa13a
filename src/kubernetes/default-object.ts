import { isObject, type Json, type JsonObject } from './json.ts';
import type { DefaultsByType } from './stored/core-defaults.ts';
import { GROUP_DEFAULTS } from './stored/group-defaults.ts';
import { roundedUp } from './stored/milli.ts';
import { type StoredType, type StructType, storedType } from './stored/types.ts';

/**
 * The object with what the API server adds when it stores it: the defaulting of its version's Go types in Kubernetes 1.37
 * (SetObjectDefaults_* of k8s.io/kubernetes pkg/apis, with the default feature gates), and quantities of resources rounded
 * up to milli-units. Not included is what admission and the registry's strategies set: service accounts, cluster IPs,
 * selectors of Jobs. Custom resources and kinds that Kubernetes does not know are answered as they are.
 *
 * Returns a new object that shares whatever did not change; never mutates. A field of the wrong JSON type counts as absent
 * or is left alone.
 */
export function defaultObject(raw: JsonObject): JsonObject {
  const { apiVersion, kind } = raw;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return raw;
  const slash = apiVersion.indexOf('/');
  const group = slash < 0 ? '' : apiVersion.slice(0, slash);
  if (!Object.hasOwn(GROUP_DEFAULTS, group)) return raw;
  const type = storedType(apiVersion, kind);
  return type === undefined ? raw : defaultStruct(raw, type, GROUP_DEFAULTS[group]!);
}

function defaultStruct(value: JsonObject, type: StructType, defaults: DefaultsByType): JsonObject {
  let result = Object.hasOwn(defaults, type.name) ? defaults[type.name]!(value) : value;
  for (const [name, field] of type.fields) {
    const before = result[name];
    if (!mayDefault(field.type, defaults)) continue;
    // A struct that is no pointer is always there, so its defaults are too.
    const isAbsent = before === undefined || before === null;
    if (isAbsent && (field.isPointer || field.type.kind !== 'struct')) continue;
    const after = defaultValue(isAbsent ? NOTHING : before, field.type, defaults);
    if (after === before || after === NOTHING) continue;
    if (result === value) result = { ...value };
    result[name] = after;
  }
  return result;
}

const NOTHING: JsonObject = Object.freeze({});

function defaultValue(value: Json, type: StoredType, defaults: DefaultsByType): Json {
  switch (type.kind) {
    case 'struct':
      if (value === null) return defaultStruct(NOTHING, type, defaults);
      return isObject(value) ? defaultStruct(value, type, defaults) : value;
    case 'list': {
      if (!Array.isArray(value)) return value;
      const items = value.map((item) => defaultValue(item, type.element, defaults));
      return items.some((item, i) => item !== value[i]) ? items : value;
    }
    case 'map': {
      if (!isObject(value)) return value;
      if (type.name === RESOURCES) return roundedUp(value);
      const entries = Object.entries(value).map(([key, entry]): [string, Json | undefined] => [
        key,
        entry === undefined ? entry : defaultValue(entry, type.element, defaults),
      ]);
      return entries.some(([key, entry]) => entry !== value[key]) ? Object.fromEntries(entries) : value;
    }
    case 'scalar':
      return value;
  }
}

const RESOURCES = 'v1.ResourceList';
const answers = new WeakMap<DefaultsByType, Map<StoredType, boolean>>();

/** Whether defaults may apply somewhere in a value of this type, so that nobody walks through the others. */
function mayDefault(type: StoredType, defaults: DefaultsByType): boolean {
  if (type.kind === 'scalar') return false;
  let known = answers.get(defaults);
  if (known === undefined) {
    known = new Map();
    answers.set(defaults, known);
  }
  const answer = known.get(type);
  if (answer !== undefined) return answer;
  // While it is looked at, a type that holds itself adds nothing to its own answer.
  known.set(type, false);
  const may =
    type.kind === 'struct'
      ? Object.hasOwn(defaults, type.name) ||
        [...type.fields.values()].some((field) => mayDefault(field.type, defaults))
      : type.name === RESOURCES || mayDefault(type.element, defaults);
  known.set(type, may);
  return may;
}
