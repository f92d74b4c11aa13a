import { asObject, asString, type JsonObject } from '../../../kubernetes/json.ts';
import type { ObjectIdentity } from './events.ts';

interface Entry {
  uid: string;
  resourceVersion: string;
  /** Number of the last list that showed the object. */
  list: number;
}

/** What a change means for the reader, who knows an object by its name and may know it by its uid as well. */
export interface Change {
  /** An object of the same name was there before: it is gone, and nobody said so. */
  readonly replaced?: ObjectIdentity;
}

/** Which objects of one list were sent to the reader, in which version; the objects themselves are not kept. */
export class KnownObjects {
  readonly #entries = new Map<string, Entry>();
  #list = 0;

  /** What was not `set` since then is swept. */
  startList(): void {
    this.#list++;
  }

  /** Undefined where the reader has this version already, and for what has no name. */
  set(object: JsonObject): Change | undefined {
    const metadata = asObject(object['metadata']);
    const name = asString(metadata?.['name']);
    if (metadata === undefined || name === undefined) return undefined;
    const namespace = asString(metadata['namespace']) ?? '';
    const uid = asString(metadata['uid']) ?? '';
    const resourceVersion = asString(metadata['resourceVersion']) ?? '';
    const key = `${namespace}/${name}`;
    const entry = this.#entries.get(key);
    if (entry === undefined) {
      this.#entries.set(key, { uid, resourceVersion, list: this.#list });
      return {};
    }
    entry.list = this.#list;
    if (entry.uid !== uid) {
      const replaced = { namespace, name, uid: entry.uid };
      entry.uid = uid;
      entry.resourceVersion = resourceVersion;
      return { replaced };
    }
    // Equality is all that the API promises of versions in every release (KEP-5504 made them comparable).
    if (entry.resourceVersion === resourceVersion && resourceVersion !== '') return undefined;
    entry.resourceVersion = resourceVersion;
    return {};
  }

  /** Undefined where the reader does not know the object, or knows a later one of the same name. */
  remove(object: JsonObject): ObjectIdentity | undefined {
    const metadata = asObject(object['metadata']);
    const name = asString(metadata?.['name']);
    if (name === undefined) return undefined;
    const namespace = asString(metadata?.['namespace']) ?? '';
    const key = `${namespace}/${name}`;
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    const uid = asString(metadata?.['uid']) ?? entry.uid;
    if (uid !== entry.uid) return undefined;
    this.#entries.delete(key);
    return { namespace, name, uid };
  }

  /** Whatever of this name the reader knows is not shown to him any more; undefined where he knows nothing. */
  hide(object: JsonObject): ObjectIdentity | undefined {
    const metadata = asObject(object['metadata']);
    const key = `${asString(metadata?.['namespace']) ?? ''}/${asString(metadata?.['name'])}`;
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    return identity(key, entry);
  }

  /** Forgets what the list that was started last did not show. */
  *sweep(): Generator<ObjectIdentity> {
    for (const [key, entry] of this.#entries) {
      if (entry.list === this.#list) continue;
      this.#entries.delete(key);
      yield identity(key, entry);
    }
  }

  /** Forgets all. */
  *clear(): Generator<ObjectIdentity> {
    for (const [key, entry] of this.#entries) {
      this.#entries.delete(key);
      yield identity(key, entry);
    }
  }
}

function identity(key: string, entry: Entry): ObjectIdentity {
  const slash = key.indexOf('/');
  return { namespace: key.slice(0, slash), name: key.slice(slash + 1), uid: entry.uid };
}
