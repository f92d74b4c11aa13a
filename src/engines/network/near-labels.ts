import { nearest } from '../../kubernetes/spelling.ts';
import type { NetworkModel } from './model.ts';
import type { PodSelector } from './policies/policy.ts';

/** Labels of pods that are much like those that a selector asks for and nobody has. */
export function nearLabels({ classes, surroundings }: NetworkModel, selector: PodSelector): string[] {
  const { namespaces } = selector;
  const there = classes.filter(({ namespace }) =>
    typeof namespaces === 'string' ? namespaces === namespace : namespaces(surroundings.labelsOf(namespace)),
  );
  const labels = there.flatMap(({ labels: own }) => Object.entries(own));
  return selector.labels.flatMap((label) => {
    const [key = '', value = ''] = label.split('=');
    if (labels.some((own) => own[0] === key && own[1] === value)) return [];
    const values = labels.filter((own) => own[0] === key).map(([, own]) => own);
    const keys = labels.filter((own) => own[1] === value).map(([own]) => own);
    return [
      ...nearest(value, values).map((each) => `${key}=${each}`),
      ...nearest(key, keys).map((each) => `${each}=${value}`),
    ];
  });
}
