import { asObject, type JsonObject } from './json.ts';

/** Annotations of a Secret whose values are needed and say nothing secret: they name the account of a token. */
const KEPT_ANNOTATIONS: ReadonlySet<string> = new Set([
  'kubernetes.io/service-account.name',
  'kubernetes.io/service-account.uid',
]);

/**
 * A Secret with the empty string in place of each value. Checks ask for its type, its labels and its keys; none judges a value, so
 * that values, and even their lengths, end here, before anyone can keep them. Values of annotations go as well: tools that apply
 * objects write whole copies into them (`kubectl.kubernetes.io/last-applied-configuration`, `objectset.rio.cattle.io/applied` …).
 */
export function withoutSecretValues(secret: JsonObject): JsonObject {
  const result: JsonObject = { ...secret };
  for (const field of ['data', 'stringData']) {
    const values = asObject(secret[field]);
    if (values !== undefined) result[field] = emptied(values, NONE);
    else delete result[field];
  }
  const metadata = asObject(secret['metadata']);
  const annotations = asObject(metadata?.['annotations']);
  if (annotations !== undefined) {
    result['metadata'] = { ...metadata, annotations: emptied(annotations, KEPT_ANNOTATIONS) };
  }
  return result;
}

const NONE: ReadonlySet<string> = new Set();

/** Whether an object is a Secret, wherever it is found: in a list of Secrets or, against the rules, of something else. */
export function isSecret(object: JsonObject): boolean {
  return object['kind'] === 'Secret' && object['apiVersion'] === 'v1';
}

function emptied(values: JsonObject, kept: ReadonlySet<string>): JsonObject {
  // fromEntries defines own properties, so that a key `__proto__` stays a key.
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, kept.has(key) ? value : '']));
}
