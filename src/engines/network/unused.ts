import { termsOf } from './blocks.ts';
import type { Endpoint, NetworkPod } from './endpoints.ts';
import { seesHostNetwork } from './match.ts';
import type { NetworkModel } from './model.ts';
import { nearLabels } from './near-labels.ts';
import type { Direction, Peer, Policy, Rule } from './policies/policy.ts';
import { type Asked, rulesOf, type Side } from './side.ts';
import { stagesOf } from './sides.ts';
import type { Nearness } from './surroundings.ts';

/** Something in a policy that changes nothing of what passes. */
export interface Unused {
  readonly kind: /** The policy selects none of the pods. */
    | 'selects-nothing'
    /** A peer selects none of the pods. */
    | 'peer-matches-nothing'
    /** Everything that the rule says is said by others already. */
    | 'rule-without-effect'
    /** Nothing passes otherwise without the policy. */
    | 'policy-without-effect';
  readonly policy: Policy;
  /** Field path in the policy. */
  readonly path: string;
  /** Labels of pods that are much like those that are asked for: `app=frontend` for `app=frontned`. */
  readonly near: readonly string[];
}

const DIRECTIONS: readonly Direction[] = ['ingress', 'egress'];
const ELSEWHERE: readonly Nearness[] = ['elsewhere'];
const HOST: readonly Nearness[] = ['elsewhere', 'maybe-own-node'];

/**
 * What could be taken out of the policies. Said of the pods that are known: a policy may be meant for others. Where something is not
 * evaluated, nothing is said.
 */
export function* unusedOf(model: NetworkModel): Generator<Unused> {
  for (const policy of model.policies) yield* unusedIn(model, policy);
}

function* unusedIn(model: NetworkModel, policy: Policy): Generator<Unused> {
  const { classes, surroundings } = model;
  const selected = classes.filter((pod) => surroundings.selects(policy.subject, pod));
  const isDoubtful = mayConcern(model, classes, policy);
  if (selected.length === 0) {
    if (isDoubtful) return;
    const { subjectPath: path } = policy;
    yield { kind: 'selects-nothing', policy, path, near: nearLabels(model, policy.subject) };
    return;
  }
  const findings: Unused[] = [];
  for (const direction of DIRECTIONS) {
    for (const rule of rulesOf(policy, direction) ?? []) {
      const idle = idlePeers(model, policy, rule);
      findings.push(...idle);
      const peers = rule.peers === 'all' ? 1 : rule.peers.length;
      if (idle.length === peers || isDoubtful || speaksOfNodes(rule)) continue;
      // Where the pod decides whether a rule is for it, its side may have a copy.
      const without = (asked: Asked): Asked =>
        asked.policy === policy
          ? { policy, rules: asked.rules.filter(({ path }) => path !== rule.path) }
          : asked;
      if (changesNothing(model, selected, [direction], without)) {
        findings.push({ kind: 'rule-without-effect', policy, path: rule.path, near: [] });
      }
    }
  }
  if (
    !isDoubtful &&
    !isDefaultDeny(policy) &&
    !DIRECTIONS.some((direction) => rulesOf(policy, direction)?.some(speaksOfNodes)) &&
    changesNothing(model, selected, DIRECTIONS, (asked) => (asked.policy === policy ? undefined : asked))
  ) {
    yield { kind: 'policy-without-effect', policy, path: '', near: [] };
    // Its rules have no effect either; what they may have been meant for is worth a word.
    yield* findings.filter(({ kind }) => kind === 'peer-matches-nothing');
    return;
  }
  yield* findings;
}

/** Whether it is not certain that the policy has nothing to do with any of the pods. */
export function mayConcern(model: NetworkModel, pods: readonly NetworkPod[], { object }: Policy): boolean {
  const own = model.opaque.filter((each) => each.object === object);
  return (
    own.length > 0 &&
    pods.some((pod) =>
      DIRECTIONS.some((direction) => model.side(pod, direction).opaque.some((each) => own.includes(each))),
    )
  );
}

/** Nodes are none of the ends of which effects are looked for, and may not be known. */
function speaksOfNodes(rule: Rule): boolean {
  return termsOf(rule).some(({ kind }) => kind === 'nodes');
}

/** It may change nothing today, where every pod has a policy of its own, and is there for the next pod. */
function isDefaultDeny({ stage, subject, ingress, egress, open = [] }: Policy): boolean {
  const rules = [...(ingress ?? []), ...(egress ?? [])];
  return (
    stage.unmatched === 'deny' &&
    open.length === 0 &&
    subject.pods(undefined) &&
    rules.every(({ action, peers, ports }) => action === 'deny' && peers === 'all' && ports === 'all')
  );
}

function idlePeers(model: NetworkModel, policy: Policy, { peers }: Rule): Unused[] {
  if (peers === 'all') return [];
  return peers.flatMap((peer: Peer): Unused[] => {
    if (peer.kind !== 'pods') return [];
    const { selector, path } = peer;
    if (model.classes.some((pod) => model.surroundings.selects(selector, pod))) return [];
    return [{ kind: 'peer-matches-nothing', policy, path, near: nearLabels(model, selector) }];
  });
}

/** Whether the selected pods' ends let through the same without a part of the policies. */
function changesNothing(
  model: NetworkModel,
  selected: readonly NetworkPod[],
  directions: readonly Direction[],
  without: (asked: Asked) => Asked | undefined,
): boolean {
  for (const direction of directions) {
    for (const pod of selected) {
      const side = model.side(pod, direction);
      if (side.opaque.length > 0) return false;
      const reduced = reduce(side, without);
      if (reduced === undefined) continue;
      const ends: Endpoint[] = [
        ...model.classes,
        ...model.blocks.map((block) => model.surroundings.sampleOf(block)),
      ];
      for (const peer of ends) {
        const destination = direction === 'ingress' ? pod : typeof peer === 'bigint' ? undefined : peer;
        const mayBeOwnNode = typeof peer !== 'bigint' && peer.isOnHostNetwork && !pod.isOnHostNetwork;
        for (const nearness of mayBeOwnNode ? HOST : ELSEWHERE) {
          const now = model.withoutMesh.judge(side, peer, destination, nearness);
          const then = model.withoutMesh.judge(reduced, peer, destination, nearness);
          if (now.allowed !== then.allowed || now.unknown !== then.unknown) return false;
        }
      }
    }
  }
  return true;
}

/** The side without a part of its policies; undefined where that part has no say there. */
function reduce(side: Side, without: (asked: Asked) => Asked | undefined): Side | undefined {
  const all = side.stages.flatMap(({ groups }) => groups.flat());
  const kept = all.flatMap((asked) => without(asked) ?? []);
  if (kept.length === all.length && kept.every((asked, index) => asked === all[index])) return undefined;
  const isOnHostNetwork = side.isOnHostNetwork && kept.some(({ policy }) => seesHostNetwork(policy));
  return { ...side, stages: stagesOf(kept, side.direction), isOnHostNetwork };
}
