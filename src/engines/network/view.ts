import type { Address } from './addresses.ts';
import { atomsOf, blocksOf } from './blocks.ts';
import type { NetworkPod } from './endpoints.ts';
import { type Boundaries, union } from './intervals.ts';
import type { PodSelector, Rule } from './policies/policy.ts';
import { type Judge, OTHER, rulesOf, type Side, type Verdict } from './side.ts';

/** Addresses with the same verdict. */
export interface Part {
  readonly addresses: Boundaries<Address>;
  readonly verdict: Verdict;
}

/** What the views of one model share. */
export interface Common {
  readonly judge: Judge;
  /** All addresses that are spoken of. */
  readonly everywhere: Boundaries<Address>;
  /** Plain pods, of which policies see nothing but labels and names of ports: one of each class. */
  readonly plain: readonly NetworkPod[];
  /** Those of them that a selector selects. */
  readonly members: (selector: PodSelector) => readonly NetworkPod[];
  /** The names of a pod's ports, as one text. */
  readonly portNames: (pod: NetworkPod) => string;
}

/** What one end of a plain pod lets through: to most plain pods the same, to those that its rules name what these say. */
export class View {
  readonly #common: Common;
  readonly #side: Side;
  readonly #pod: NetworkPod;
  readonly #base: Verdict;
  readonly #named = new Map<NetworkPod, Verdict>();
  #outside: readonly Part[] | undefined;

  constructor(common: Common, side: Side, pod: NetworkPod) {
    this.#common = common;
    this.#side = side;
    this.#pod = pod;
    this.#base = common.judge.judge(side, OTHER, side.direction === 'ingress' ? pod : undefined);
    this.#judgeNamed();
  }

  to(peer: NetworkPod): Verdict {
    return this.#named.get(peer) ?? this.#base;
  }

  get #rules(): Rule[] {
    const { admin, namespace, baseline, direction } = this.#side;
    return [...admin.flat(), ...namespace, ...baseline.flat()].flatMap(
      (policy) => rulesOf(policy, direction)!,
    );
  }

  /** Peers that the same rules name have the same verdict: one of them is judged. */
  #judgeNamed(): void {
    const { judge, plain, members, portNames } = this.#common;
    const isEgress = this.#side.direction === 'egress';
    const marks = new Map<NetworkPod, string>();
    const mark = (peer: NetworkPod, sign: string) => marks.set(peer, `${marks.get(peer) ?? ''}${sign},`);
    const isNamed = ({ ports }: Rule) => ports !== 'all' && ports.named.length > 0;
    const rules = this.#rules;
    // The names of ports are those of the pod that is reached: at an egress end, of the peer.
    const asksPeer = isEgress && rules.some(isNamed);
    rules.forEach((rule, index) => {
      if (rule.peers === 'all') {
        if (asksPeer && isNamed(rule)) for (const peer of plain) mark(peer, '');
        return;
      }
      for (const peer of rule.peers) {
        if (peer.kind === 'pods') for (const member of members(peer.selector)) mark(member, String(index));
        // Which pods a name of a host stands for is not known: none is like the others.
        else if (peer.kind === 'names') for (const each of plain) mark(each, `name ${index}`);
      }
    });
    const judged = new Map<string, Verdict>();
    for (const [peer, sign] of marks) {
      const key = asksPeer ? `${sign}${portNames(peer)}` : sign;
      let verdict = judged.get(key);
      if (verdict === undefined) {
        verdict = judge.judge(this.#side, peer, isEgress ? peer : this.#pod);
        judged.set(key, verdict);
      }
      this.#named.set(peer, verdict);
    }
  }

  /** What passes between the pod and addresses outside of the cluster; together the blocks are all of them. */
  get outside(): readonly Part[] {
    this.#outside ??= this.#judgeOutside();
    return this.#outside;
  }

  #judgeOutside(): Part[] {
    const { judge, everywhere } = this.#common;
    const destination = this.#side.direction === 'ingress' ? this.#pod : undefined;
    const parts = new Map<string, { addresses: Boundaries<Address>; verdict: Verdict }>();
    for (const addresses of atomsOf(blocksOf(this.#rules), everywhere)) {
      const verdict = judge.judge(this.#side, addresses[0]!, destination);
      const key = `${verdict.allowed.id} ${verdict.unknown.id}`;
      const same = parts.get(key);
      if (same === undefined) parts.set(key, { addresses, verdict });
      else same.addresses = union(same.addresses, addresses);
    }
    return [...parts.values()];
  }
}
