import type { KubeconfigExpectation } from '../../../kubernetes/errors.ts';
import { KubeStrideError } from '../../../kubernetes/errors.ts';
import { isObject, type Json, type JsonObject } from '../../../kubernetes/json.ts';

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * The fields of one object of a kubeconfig, read as Go's decoder does into its types: what is absent or null is empty,
 * unknown fields are ignored, a wrong type is refused. Errors name the field and never its value, which may be a secret.
 */
export class KubeconfigFields {
  readonly #object: JsonObject;
  readonly #path: string;
  readonly #file: string;

  constructor(object: JsonObject, path: string, file: string) {
    this.#object = object;
    this.#path = path;
    this.#file = file;
  }

  /** @throws KubeStrideError `kubeconfig-field-invalid` always */
  refuse(name: string, expected: KubeconfigExpectation): never {
    const path = this.#path === '' ? name : `${this.#path}.${name}`;
    throw new KubeStrideError('kubeconfig-field-invalid', { file: this.#file, path, expected });
  }

  /** Any JSON, for extensions. */
  json(name: string): Json | undefined {
    return Object.hasOwn(this.#object, name) ? this.#object[name] : undefined;
  }

  text(name: string): string {
    const value = this.json(name) ?? '';
    return typeof value === 'string' ? value : this.refuse(name, 'text');
  }

  flag(name: string): boolean {
    const value = this.json(name) ?? false;
    return typeof value === 'boolean' ? value : this.refuse(name, 'flag');
  }

  texts(name: string): string[] {
    const value = this.json(name) ?? [];
    if (!Array.isArray(value)) this.refuse(name, 'list');
    return value.map((item) => (typeof item === 'string' ? item : this.refuse(name, 'list')));
  }

  /** Decoded from base64; undefined where it is empty. */
  bytes(name: string): Buffer | undefined {
    const text = this.text(name).replace(/[\r\n]/g, '');
    if (text === '') return undefined;
    return BASE64.test(text) ? Buffer.from(text, 'base64') : this.refuse(name, 'base64');
  }

  object(name: string): KubeconfigFields | undefined {
    const value = this.json(name) ?? undefined;
    if (value === undefined) return undefined;
    if (!isObject(value)) this.refuse(name, 'map');
    return new KubeconfigFields(value, this.#path === '' ? name : `${this.#path}.${name}`, this.#file);
  }

  /** An entry for each item; `label` tells which one it is in messages, such as the name in it. */
  objects(name: string, label?: string): KubeconfigFields[] {
    const value = this.json(name) ?? [];
    if (!Array.isArray(value)) this.refuse(name, 'list');
    return value.map((item, index) => {
      if (!isObject(item)) this.refuse(`${name}[${index}]`, 'map');
      const named = label === undefined ? undefined : item[label];
      const place = typeof named === 'string' ? `${name}[${named}]` : `${name}[${index}]`;
      return new KubeconfigFields(item, this.#path === '' ? place : `${this.#path}.${place}`, this.#file);
    });
  }

  /** Each key with its list of texts, as `as-user-extra` holds them. */
  textLists(name: string): [string, string[]][] {
    const fields = this.object(name);
    return fields === undefined ? [] : fields.#keys().map((key) => [key, fields.texts(key)]);
  }

  /** Each key with its text, as the configuration of an `auth-provider`. */
  textMap(name: string): Map<string, string> {
    const fields = this.object(name);
    return new Map(fields === undefined ? [] : fields.#keys().map((key) => [key, fields.text(key)]));
  }

  #keys(): string[] {
    return Object.keys(this.#object);
  }
}
