import type { NetworkPod } from './endpoints.ts';
import { membersOf } from './members.ts';
import type { NetworkModel } from './model.ts';
import { nearLabelsAmong } from './near-labels.ts';
import type { PodSelector, Policy } from './policies/policy.ts';
import { mayConcern } from './unused.ts';

/** A selector of a policy that finds none of the pods. */
export interface Unmatched {
  readonly kind: 'subject' | 'ingress-peer' | 'egress-peer';
  readonly policy: Policy;
  /** Field path in the policy. */
  readonly path: string;
  /** Labels of pods that are much like those that are asked for. */
  readonly near: readonly string[];
  /** Whether there is no pod at all in the namespaces that are meant. */
  readonly isElsewhere: boolean;
}

/** Of so many kinds of pods, labels are compared; a selector that means more namespaces than that is seldom a slip of the pen. */
const MOST_COMPARED = 500;

/**
 * What of `unusedOf` can be said without judging what passes, so that it is cheap in the largest clusters. A policy for all pods of a
 * namespace without any is there for pods to come.
 */
export function* unmatchedOf(model: NetworkModel): Generator<Unmatched> {
  const { classes, surroundings } = model;
  const members = membersOf(classes, surroundings);
  const byNamespace = new Map<string, NetworkPod[]>();
  for (const pod of classes) {
    const same = byNamespace.get(pod.namespace);
    if (same === undefined) byNamespace.set(pod.namespace, [pod]);
    else same.push(pod);
  }
  const places = [...byNamespace].map(([name, pods]) => ({ labels: surroundings.labelsOf(name), pods }));
  const found = (kind: Unmatched['kind'], policy: Policy, selector: PodSelector, path: string): Unmatched => {
    const { namespaces } = selector;
    const there =
      typeof namespaces === 'string'
        ? [byNamespace.get(namespaces) ?? []]
        : places.filter(({ labels }) => namespaces(labels)).map(({ pods }) => pods);
    const count = there.reduce((sum, { length }) => sum + length, 0);
    const near = count > MOST_COMPARED ? [] : nearLabelsAmong(there.flat(), selector);
    return { kind, policy, path, near, isElsewhere: count === 0 };
  };
  for (const policy of model.policies) {
    const { subject, subjectPath } = policy;
    if (members(subject).length === 0) {
      if (!subject.pods(undefined) && !mayConcern(model, classes, policy))
        yield found('subject', policy, subject, subjectPath);
      continue;
    }
    for (const direction of ['ingress', 'egress'] as const) {
      for (const { peers } of policy[direction] ?? []) {
        for (const peer of peers === 'all' ? [] : peers) {
          if (peer.kind !== 'pods' || members(peer.selector).length > 0) continue;
          yield found(`${direction}-peer`, policy, peer.selector, peer.path);
        }
      }
    }
  }
}
