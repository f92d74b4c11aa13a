import { asObject, asString, type Json } from '../../../kubernetes/json.ts';

/** Whether labels have all that `matchLabels` names; Istio's selectors know nothing else (istio.io/api type/v1beta1 WorkloadSelector). */
export function selectsLabels(
  matchLabels: Json | undefined,
  labels: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(asObject(matchLabels) ?? {}).every(
    ([key, value]) => labels[key] === (asString(value) ?? ''),
  );
}
