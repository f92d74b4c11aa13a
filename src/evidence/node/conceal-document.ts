import type { Json, JsonObject } from '../../kubernetes/json.ts';
import { isObject } from '../../kubernetes/json.ts';
import { isSecret, withoutSecretValues } from '../../kubernetes/secret-values.ts';
import { concealValue, REDACTED, withoutSecretArguments } from './conceal-arguments.ts';

/** Kinds whose objects any user of the API with the right to read them sees as they are. */
const AS_IN_THE_API = new Set(['v1/Pod', 'audit.k8s.io/v1/Policy', 'audit.k8s.io/v1beta1/Policy']);

/** A document of a configuration file with `REDACTED` in place of secrets; the same value where it holds none. */
export function withoutSecrets(document: Json): Json {
  return conceal('', document, false);
}

/** @param isHidden where every text may be one, whatever it is called */
function conceal(name: string, value: Json, isHidden: boolean): Json {
  if (typeof value === 'string') return isHidden ? REDACTED : concealValue(name, value);
  if (typeof value === 'number') {
    const text = String(value);
    return !isHidden && concealValue(name, text) === text ? value : REDACTED;
  }
  if (Array.isArray(value)) return kept(value, concealItems(name, value, isHidden));
  return isObject(value) ? concealObject(name, value, isHidden) : value;
}

function concealItems(name: string, items: readonly Json[], isHidden: boolean): Json[] {
  if (isHidden || !items.every((item) => typeof item === 'string')) {
    return items.map((item) => conceal(name, item, isHidden));
  }
  return withoutSecretArguments(items as string[]).map((word) => concealValue(name, word));
}

function concealObject(name: string, value: JsonObject, isHidden: boolean): JsonObject {
  const type = `${value['apiVersion']}/${value['kind']}`;
  if (AS_IN_THE_API.has(type)) return value;
  if (isSecret(value)) return withoutSecretValues(value);
  const isVariable = name === 'env' && typeof value['name'] === 'string';
  const entries = Object.entries(value).map(([key, of = null]): [string, Json] => {
    const hides = isHidden || (isVariable && key === 'value') || HEADERS.test(key);
    return [key, conceal(key, of, hides)];
  });
  const changed = entries.some(([key, of]) => of !== value[key]);
  // fromEntries defines own properties, so that a key `__proto__` stays a key.
  return changed ? Object.fromEntries(entries) : value;
}

/** HTTP headers for a registry may hold its credentials. */
const HEADERS = /^headers?$/i;

function kept(value: Json[], concealed: Json[]): Json[] {
  return concealed.some((item, index) => item !== value[index]) ? concealed : value;
}
