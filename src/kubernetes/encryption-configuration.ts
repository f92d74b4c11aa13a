import { asArray, asObject, type JsonObject } from './json.ts';
import type { KubernetesObject } from './object.ts';

export interface EncryptionProvider {
  /** `kms`, `secretbox`, `aescbc`, `aesgcm` or `identity`. */
  readonly name: string;
  readonly settings: JsonObject;
  readonly path: string;
}

/**
 * The entry of an EncryptionConfiguration that decides for Secrets: the first one that names `secrets`, all of the core group (`*.`), or
 * everything (`*.*`). k8s.io/apiserver pkg/server/options/encryptionconfig applies the entries in their order.
 */
export function providersForSecrets(
  object: KubernetesObject,
): { providers: EncryptionProvider[]; path: string } | undefined {
  const entries = asArray(object.raw['resources']) ?? [];
  for (const [index, item] of entries.entries()) {
    const entry = asObject(item);
    const resources = asArray(entry?.['resources']) ?? [];
    if (!resources.some((resource) => resource === 'secrets' || resource === '*.' || resource === '*.*'))
      continue;
    const path = `resources[${index}]`;
    const providers = (asArray(entry?.['providers']) ?? []).map((value, i) => {
      const provider = asObject(value) ?? {};
      const name = Object.keys(provider)[0] ?? '';
      return { name, settings: asObject(provider[name]) ?? {}, path: `${path}.providers[${i}]` };
    });
    return { providers, path };
  }
  return undefined;
}
