import { distance, nearest } from '../../kubernetes/spelling.ts';
import type { NetworkPod } from './endpoints.ts';
import type { NetworkModel } from './model.ts';
import type { PodSelector } from './policies/policy.ts';

/** Slips of the pen; `prometheus-operator` is another word than `prometheus-adapter`, however alike they are. */
const MOST_EDITS = 2;

/** Labels of pods that are much like those that a selector asks for and nobody has. */
export function nearLabels({ classes, surroundings }: NetworkModel, selector: PodSelector): string[] {
  const { namespaces } = selector;
  const there = classes.filter(({ namespace }) =>
    typeof namespaces === 'string' ? namespaces === namespace : namespaces(surroundings.labelsOf(namespace)),
  );
  return nearLabelsAmong(there, selector);
}

/** @param pods those in the namespaces that the selector means */
export function nearLabelsAmong(pods: readonly NetworkPod[], selector: PodSelector): string[] {
  const labels = pods.flatMap(({ labels: own }) => Object.entries(own));
  return selector.labels.flatMap((label) => {
    const [key = '', value = ''] = label.split('=');
    if (labels.some((own) => own[0] === key && own[1] === value)) return [];
    const values = labels.filter(([name, own]) => name === key && isSlip(own, value)).map(([, own]) => own);
    const keys = labels.filter((own) => own[1] === value).map(([own]) => own);
    return [
      ...nearest(value, values).map((each) => `${key}=${each}`),
      ...nearest(key, keys).map((each) => `${each}=${value}`),
    ];
  });
}

/** `shard-1` and `shard-2` are two things, and no slip of the pen. */
function isSlip(own: string, value: string): boolean {
  if (Math.abs(own.length - value.length) > MOST_EDITS || isNumbered(own, value)) return false;
  return distance(own, value) <= MOST_EDITS;
}

const DIGITS = /\d+/g;

function isNumbered(own: string, value: string): boolean {
  return own.replace(DIGITS, '0') === value.replace(DIGITS, '0');
}
