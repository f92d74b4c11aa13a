import type { JsonObject } from './json.ts';
import { BUILT_IN_SCHEMA, type Decoding } from './schema/index.ts';

const DECODINGS = new WeakMap<JsonObject, Decoding>();

/**
 * What Kubernetes' decoder says of an object, worked out once for whoever asks. An object that fields are dropped from after
 * reading keeps what was said of it whole.
 */
export function decodingOf(object: JsonObject): Decoding {
  let decoding = DECODINGS.get(object);
  if (decoding === undefined) {
    decoding = BUILT_IN_SCHEMA.checkObject(object);
    DECODINGS.set(object, decoding);
  }
  return decoding;
}
