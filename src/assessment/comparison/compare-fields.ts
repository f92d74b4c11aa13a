import { defaultObject } from '../../kubernetes/default-object.ts';
import type { JsonObject } from '../../kubernetes/json.ts';
import { ManagedFields } from '../../kubernetes/managed-fields.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { type Difference, differences } from '../../kubernetes/stored/differences.ts';
import { formatSteps } from '../../kubernetes/stored/steps.ts';
import { storedType } from '../../kubernetes/stored/types.ts';
import { isSameJson } from '../../kubernetes/stored/unset.ts';
import { reasonFor } from './because.ts';
import { asVersion, comparedForm, isWithoutValues, withoutValues } from './compared-form.ts';
import { counts, type FieldChange } from './comparison.ts';
import { consequences } from './consequences.ts';
import { CustomDefaults } from './custom-defaults.ts';
import { explanationOf } from './explanation.ts';
import { withoutSecrets } from './hidden.ts';

/** Which of the two states are of a cluster. */
export interface Liveness {
  readonly before: boolean;
  readonly after: boolean;
}

export interface FieldComparison {
  readonly fields: readonly FieldChange[];
  /** Secrets whose values at least one side does not show: only their keys were compared. */
  readonly isWithoutValues: boolean;
}

const NO_DEFINITIONS = new CustomDefaults([]);

/** What two states of one object state differently, and why. */
export function compareFields(
  before: KubernetesObject,
  after: KubernetesObject,
  live: Liveness,
  custom: CustomDefaults = NO_DEFINITIONS,
): FieldComparison {
  const hidesValues =
    before.kind === 'Secret' &&
    before.group === '' &&
    ((live.before && isWithoutValues(before.raw)) || (live.after && isWithoutValues(after.raw)));
  const prepare = (object: KubernetesObject) => {
    const form = comparedForm(object.raw);
    return hidesValues ? withoutValues(form) : form;
  };
  const [left, right] = inOneVersion(prepare(before), prepare(after), live);
  if (isSameJson(left, right)) return { fields: [], isWithoutValues: hidesValues };
  const { apiVersion, kind } = live.before && !live.after ? before : after;
  const type = storedType(apiVersion, kind);
  const complete = (raw: JsonObject) => custom.complete(defaultObject(raw));
  const states = [complete(left), complete(right)] as const;
  const stored = differences(...states, type);
  const following = consequences(stored, states, complete, type);
  const asWritten = differences(left, right, type);
  const paths = stored.map(({ steps }) => formatSteps(steps));
  const isFilledIn = ({ steps }: Difference) => {
    const path = formatSteps(steps);
    return !paths.some((other) => other.startsWith(path) || path.startsWith(other));
  };
  const liveObject = live.after ? after : before;
  const managed = new ManagedFields(liveObject.metadata);
  const isOwned = explanationOf(liveObject)?.kind === 'owner';
  const change = (difference: Difference, why: ReturnType<typeof reason>): FieldChange => ({
    path: formatSteps(difference.steps),
    before: withoutSecrets(before, difference.steps, difference.before),
    after: withoutSecrets(after, difference.steps, difference.after),
    ...why,
  });
  const reason = (difference: Difference) => {
    if (following.has(difference)) return { because: 'default' as const };
    if (!live.before && !live.after) return {};
    // What the cluster assigns may be assigned anew from one of its states to the next.
    if (live.before && live.after) {
      const why = reasonFor(difference, true, liveObject, managed);
      return why.because === 'controller' && isOwned ? { ...why, because: 'server' as const } : why;
    }
    const isAdded = (live.after ? difference.before : difference.after) === undefined;
    return reasonFor(difference, isAdded, liveObject, managed);
  };
  const fields = [
    ...(left['apiVersion'] === right['apiVersion'] ? [] : [versionChange(left, right)]),
    ...stored.map((difference) => change(difference, reason(difference))),
    ...asWritten.filter(isFilledIn).map((difference) => change(difference, { because: 'default' })),
  ];
  return {
    fields: [...fields.filter(counts), ...fields.filter((field) => !counts(field))],
    isWithoutValues: hidesValues,
  };
}

/** A cluster shows an object in the version that it was asked for, whichever one it was written in. */
function inOneVersion(left: JsonObject, right: JsonObject, live: Liveness): [JsonObject, JsonObject] {
  if (live.after) return [asVersion(left, right['apiVersion']), right];
  return live.before ? [left, asVersion(right, left['apiVersion'])] : [left, right];
}

function versionChange(left: JsonObject, right: JsonObject): FieldChange {
  return { path: 'apiVersion', before: left['apiVersion'], after: right['apiVersion'] };
}
