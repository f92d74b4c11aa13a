import { asArray, asObject, asString, isObject, type Json, type JsonObject } from './json.ts';
import type { Step } from './stored/steps.ts';
import { isSameJson, own } from './stored/unset.ts';

/** Who set fields of an object, by one entry of `metadata.managedFields`. */
export interface FieldManager {
  /** Such as `kubectl-edit`, `kube-controller-manager`, `helm`. */
  readonly manager: string;
  /** `Apply` is server-side apply; `Update` is everything else, creation included. */
  readonly operation: string;
  /** Such as `scale` or `status`, where the fields were set through it. */
  readonly subresource?: string;
  /** RFC 3339: when the manager last changed something here. */
  readonly time?: string;
}

interface Entry {
  readonly by: FieldManager;
  readonly fields: JsonObject;
}

/**
 * The owners of an object's fields, out of `metadata.managedFields` (fieldsV1 of meta/v1, the format of
 * sigs.k8s.io/structured-merge-diff: `f:` a field, `k:` an item by its keys, `v:` an item of a set, `i:` an item by its index,
 * `.` the field or item itself). Removing a field leaves no trace there, except where its list or map is owned as a whole.
 */
export class ManagedFields {
  readonly #entries: readonly Entry[];

  constructor(metadata: JsonObject) {
    const entries: Entry[] = [];
    for (const entry of asArray(metadata['managedFields']) ?? []) {
      const fields = asObject(asObject(entry)?.['fieldsV1']);
      if (!isObject(entry) || fields === undefined) continue;
      const subresource = asString(entry['subresource']);
      const time = asString(entry['time']);
      const by: FieldManager = {
        manager: asString(entry['manager']) ?? '',
        operation: asString(entry['operation']) ?? '',
        ...(subresource ? { subresource } : {}),
        ...(time ? { time } : {}),
      };
      entries.push({ by, fields });
    }
    this.#entries = entries;
  }

  get all(): FieldManager[] {
    return this.#entries.map(({ by }) => by);
  }

  /** The managers that set the field, or a part of it, or the whole that it is a part of; the latest first. */
  ownersOf(steps: readonly Step[]): readonly FieldManager[] {
    return this.#entries
      .filter(({ fields }) => owns(fields, steps))
      .map(({ by }) => by)
      .sort((a, b) => compareTimes(b.time, a.time));
  }
}

/** Who made the object, as far as it shows: the manager that was there first. */
export function creatorOf(metadata: JsonObject): FieldManager | undefined {
  const managers = new ManagedFields(metadata).all.filter(({ subresource }) => subresource === undefined);
  return managers.sort((a, b) => compareTimes(a.time, b.time))[0];
}

function compareTimes(a = '', b = ''): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function owns(fields: JsonObject, steps: readonly Step[]): boolean {
  let at = fields;
  for (const [depth, step] of steps.entries()) {
    const next = entryOf(at, step);
    // A list or map that is owned as a whole has no entries below it.
    if (next === undefined) return depth > 0 && Object.keys(at).length === 0;
    at = next;
  }
  return true;
}

function entryOf(fields: JsonObject, step: Step): JsonObject | undefined {
  switch (step.kind) {
    case 'field':
      return asObject(own(fields, `f:${step.name}`));
    case 'index':
      return asObject(own(fields, `i:${step.index}`));
    case 'member':
      return find(fields, 'v:', (value) => isSameJson(value, step.value));
    case 'item': {
      const keys = Object.fromEntries(step.keys);
      return find(fields, 'k:', (value) => isObject(value) && hasKeys(value, keys));
    }
  }
}

function find(fields: JsonObject, prefix: string, matches: (value: Json) => boolean): JsonObject | undefined {
  for (const [name, entry] of Object.entries(fields)) {
    if (!name.startsWith(prefix) || !isObject(entry)) continue;
    try {
      if (matches(JSON.parse(name.slice(prefix.length)) as Json)) return entry;
    } catch {
      // Not written by an API server; nothing can be said of it.
    }
  }
  return undefined;
}

/** A key that the item does not state has its default there. */
function hasKeys(written: JsonObject, keys: JsonObject): boolean {
  return Object.entries(written).every(
    ([key, value]) => !Object.hasOwn(keys, key) || isSameJson(value, keys[key]),
  );
}
