import { type FieldPath, parseFieldPath } from '../kubernetes/field-path.ts';
import type { Json } from '../kubernetes/json.ts';
import { isObject } from '../kubernetes/json.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';

/**
 * The fields by which Kubernetes itself tells the items of its lists apart: the merge keys of strategic merge patch
 * (`patchMergeKey` in k8s.io/api), the commonest first.
 */
const MERGE_KEYS = [
  'name',
  'key',
  'mountPath',
  'devicePath',
  'containerPort',
  'port',
  'topologyKey',
  'ip',
  'type',
  'uid',
] as const;

/** A step of a field path; `item` is what its list tells the item apart by. */
export interface NamedStep {
  readonly step: string | number;
  readonly item?: { readonly key: string; readonly value: string };
}

/** Many objects have findings at the same path; its steps are parsed once, for as many paths as there may be forms of it. */
const parsed = new Map<FieldPath, readonly (string | number)[] | undefined>();
const KEPT = 4096;

function stepsOf(path: FieldPath): readonly (string | number)[] | undefined {
  if (parsed.has(path)) return parsed.get(path);
  if (parsed.size >= KEPT) parsed.clear();
  let steps: (string | number)[] | undefined;
  try {
    steps = parseFieldPath(path);
  } catch {
    steps = undefined;
  }
  parsed.set(path, steps);
  return steps;
}

/** The steps of a path with the names of the list items on the way; undefined where the text is no field path. */
export function namedSteps(object: KubernetesObject, path: FieldPath): NamedStep[] | undefined {
  let at: Json | undefined = object.raw;
  return stepsOf(path)?.map((step): NamedStep => {
    at = descend(at, step);
    if (typeof step === 'string' || !isObject(at)) return { step };
    for (const key of MERGE_KEYS) {
      const value: Json | undefined = at[key];
      if (typeof value === 'string' || typeof value === 'number') {
        return { step, item: { key, value: String(value) } };
      }
    }
    return { step };
  });
}

function descend(value: Json | undefined, step: string | number): Json | undefined {
  if (typeof step === 'number') return Array.isArray(value) ? value[step] : undefined;
  return isObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
}
