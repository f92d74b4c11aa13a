import { isObject, type Json, type JsonObject } from '../../kubernetes/json.ts';
import { type Difference, differences } from '../../kubernetes/stored/differences.ts';
import type { Step } from '../../kubernetes/stored/steps.ts';
import type { StructType } from '../../kubernetes/stored/types.ts';
import { isSameJson, own } from '../../kubernetes/stored/unset.ts';

/** An object with more differences was replaced: there is no telling which of them follows from which. */
const MOST = 64;

/**
 * The differences that follow from the others by defaulting: taken out of both states, the API server would fill in what each of
 * them has, as `externalTrafficPolicy` of a Service whose type was changed. What is left still states every cause.
 *
 * @param states both objects with their defaults, whose differences are `found`
 */
export function consequences(
  found: readonly Difference[],
  states: readonly [JsonObject, JsonObject],
  complete: (raw: JsonObject) => JsonObject,
  type: StructType | undefined,
): ReadonlySet<Difference> {
  const following = new Set<Difference>();
  if (found.length < 2 || found.length > MOST) return following;
  let rest: readonly JsonObject[] = states;
  // Of two fields that follow from each other the last one is kept: `serviceAccountName`, and not the old `serviceAccount`.
  for (const difference of found) {
    if (difference.steps.at(-1)?.kind !== 'field' || isMetadata(difference)) continue;
    const without = rest.map((state) => removed(state, difference.steps));
    if (!without.every(isObject)) continue;
    if (without.some((state, i) => differences(complete(state), states[i]!, type).length > 0)) continue;
    following.add(difference);
    rest = without;
  }
  return following;
}

function isMetadata({ steps: [first] }: Difference): boolean {
  return first?.kind === 'field' && first.name === 'metadata';
}

/** The value without the field; undefined where it cannot be told which one that is. */
function removed(value: Json, [step, ...further]: readonly Step[]): Json | undefined {
  switch (step?.kind) {
    case 'field': {
      if (!isObject(value)) return undefined;
      const inner = own(value, step.name);
      if (inner === undefined || inner === null) return value;
      if (further.length === 0) {
        return Object.fromEntries(Object.entries(value).filter(([name]) => name !== step.name));
      }
      const changed = removed(inner, further);
      if (changed === undefined) return undefined;
      return Object.fromEntries(
        Object.entries(value).map(([name, entry]) => [name, name === step.name ? changed : entry]),
      );
    }
    case 'item': {
      if (!Array.isArray(value)) return undefined;
      const isMeant = (item: Json) =>
        isObject(item) && step.keys.every(([key, stated]) => isSameJson(own(item, key), stated));
      return value.filter(isMeant).length === 1
        ? inItem(value, value.findIndex(isMeant), further)
        : undefined;
    }
    case 'index':
      return Array.isArray(value) && step.index < value.length
        ? inItem(value, step.index, further)
        : undefined;
    default:
      return undefined;
  }
}

function inItem(list: readonly Json[], index: number, steps: readonly Step[]): Json | undefined {
  const changed = removed(list[index]!, steps);
  return changed === undefined ? undefined : list.map((item, i) => (i === index ? changed : item));
}
