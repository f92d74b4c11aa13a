import {
  asArray,
  asNumber,
  asObject,
  asString,
  isObject,
  type Json,
  type JsonObject,
} from '../../kubernetes/json.ts';
import { schemaForm } from './schema-form.ts';

/** Bookkeeping of the server, which differs between any two readings and says nothing about what was asked for. */
const BOOKKEEPING = new Set([
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'selfLink',
  'managedFields',
  // Which object it is was decided before.
  'namespace',
  'name',
  'generateName',
]);

/** The part of an object that is compared: no status, no bookkeeping, and the same thing said in one way. */
export function comparedForm(raw: JsonObject): JsonObject {
  const { status: _status, ...rest } = raw;
  const metadata = Object.fromEntries(
    Object.entries(asObject(raw['metadata']) ?? {}).filter(([field]) => !BOOKKEEPING.has(field)),
  );
  const result: JsonObject = { ...rest, metadata };
  switch (`${raw['apiVersion']} ${raw['kind']}`) {
    case 'v1 Secret':
      return withStringData(result);
    case 'apps/v1 StatefulSet':
      return inSpec(result, 'volumeClaimTemplates', withoutType);
    case 'apiextensions.k8s.io/v1 CustomResourceDefinition':
      return inSpec(result, 'versions', withSchemaForm);
    default:
      return result;
  }
}

function inSpec(object: JsonObject, list: string, change: (item: JsonObject) => JsonObject): JsonObject {
  const spec = asObject(object['spec']);
  const items = asArray(spec?.[list]);
  if (items === undefined) return object;
  return {
    ...object,
    spec: { ...spec, [list]: items.map((item) => (isObject(item) ? change(item) : item)) },
  };
}

/** The API server writes the type of a claim into its template. */
function withoutType({ apiVersion: _version, kind: _kind, ...template }: JsonObject): JsonObject {
  return template;
}

function withSchemaForm(version: JsonObject): JsonObject {
  const schema = asObject(version['schema']);
  const openAPIV3Schema = asObject(schema?.['openAPIV3Schema']);
  return openAPIV3Schema === undefined
    ? version
    : { ...version, schema: { ...schema, openAPIV3Schema: schemaForm(openAPIV3Schema) } };
}

/** The API server turns `stringData` into entries of `data`. */
export function withStringData({ stringData, ...secret }: JsonObject): JsonObject {
  if (!isObject(stringData)) return secret;
  const written = Object.entries(stringData).map(([key, value]) => [key, base64(asString(value) ?? '')]);
  return { ...secret, data: { ...asObject(secret['data']), ...Object.fromEntries(written) } };
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function base64(text: string): string {
  const bytes = utf8(text);
  let result = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b, c] = bytes.slice(i, i + 3);
    result += DIGITS[a >> 2]! + DIGITS[((a & 3) << 4) | ((b ?? 0) >> 4)]!;
    result += b === undefined ? '=' : DIGITS[((b & 15) << 2) | ((c ?? 0) >> 6)]!;
    result += c === undefined ? '=' : DIGITS[c & 63]!;
  }
  return result;
}

function utf8(text: string): number[] {
  return [...text].flatMap((character) => {
    const code = character.codePointAt(0)!;
    if (code < 0x80) return [code];
    const tail = (shift: number) => 0x80 | ((code >> shift) & 0x3f);
    if (code < 0x800) return [0xc0 | (code >> 6), tail(0)];
    if (code < 0x10000) return [0xe0 | (code >> 12), tail(6), tail(0)];
    return [0xf0 | (code >> 18), tail(12), tail(6), tail(0)];
  });
}

/** Secrets of a cluster are read without their values: then only the keys can be compared. */
export function isWithoutValues(secret: JsonObject): boolean {
  const values = Object.values(asObject(secret['data']) ?? {});
  return values.length > 0 && values.every((value) => value === '');
}

export function withoutValues(secret: JsonObject): JsonObject {
  const emptied = (value: Json | undefined): JsonObject =>
    Object.fromEntries(Object.keys(asObject(value) ?? {}).map((key) => [key, '']));
  const metadata = asObject(secret['metadata']) ?? {};
  return {
    ...secret,
    data: emptied(secret['data']),
    metadata: { ...metadata, annotations: emptied(metadata['annotations']) },
  };
}

/** An autoscaler of autoscaling/v1 as autoscaling/v2 says it (pkg/apis/autoscaling/v1/conversion.go). */
export function asVersion(raw: JsonObject, apiVersion: Json | undefined): JsonObject {
  if (raw['apiVersion'] !== 'autoscaling/v1' || apiVersion !== 'autoscaling/v2')
    return { ...raw, apiVersion };
  const { targetCPUUtilizationPercentage, ...spec } = asObject(raw['spec']) ?? {};
  const percentage = asNumber(targetCPUUtilizationPercentage);
  const metrics = asArray(spec['metrics']) ?? [];
  if (percentage !== undefined) {
    const target = { type: 'Utilization', averageUtilization: percentage };
    metrics.push({ type: 'Resource', resource: { name: 'cpu', target } });
  }
  return { ...raw, apiVersion, spec: { ...spec, metrics } };
}
