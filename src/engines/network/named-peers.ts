import type { NetworkPod } from './endpoints.ts';
import { OTHER } from './match.ts';
import { membersOf } from './members.ts';
import type { NetworkModel } from './model.ts';
import type { Policy } from './policies/policy.ts';

/**
 * Lists who may send to a pod where policies let in nobody but those whom their rules name, so that questions about pairs of pods do not
 * grow with the pairs. What a mesh refuses besides is left open.
 */
export class NamedPeers {
  readonly #model: NetworkModel;
  readonly #members: ReturnType<typeof membersOf>;
  readonly #policies = new Map<NetworkPod, Policy[]>();

  constructor(model: NetworkModel) {
    this.#model = model;
    this.#members = membersOf(model.classes, model.surroundings);
    for (const policy of model.policies) {
      if (policy.ingress === undefined) continue;
      for (const pod of this.#members(policy.subject)) {
        const known = this.#policies.get(pod);
        if (known === undefined) this.#policies.set(pod, [policy]);
        else known.push(policy);
      }
    }
  }

  /** One pod of each class; undefined where others may get in as well, or where a rule names some that cannot be listed. */
  into(pod: NetworkPod): ReadonlySet<NetworkPod> | undefined {
    const [representative = pod] = this.#model.kindsOf([pod]);
    const side = this.#model.side(representative, 'ingress');
    const { allowed, unknown } = this.#model.withoutMesh.judge(side, OTHER, representative);
    if (!allowed.isEmpty || !unknown.isEmpty) return undefined;
    const named = new Set<NetworkPod>();
    for (const { ingress } of this.#policies.get(representative) ?? []) {
      for (const { peers } of ingress ?? []) {
        for (const peer of peers === 'all' ? [] : peers) {
          // Pods of workloads have no address of their own that a block could mean.
          if (peer.kind === 'addresses' && peer.pods !== 'possible') continue;
          if (peer.kind !== 'pods') return undefined;
          for (const member of this.#members(peer.selector)) named.add(member);
        }
      }
    }
    return named;
  }
}
