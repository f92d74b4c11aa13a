import type { Address } from './addresses.ts';
import { atomsOf, blocksOf, partsOf } from './blocks.ts';
import type { NetworkPod } from './endpoints.ts';
import type { Boundaries } from './intervals.ts';
import { joined } from './joined.ts';
import type { MeshFilter } from './mesh/filter.ts';
import type { PodSelector, Rule } from './policies/policy.ts';
import { type Judge, OTHER, type Side, type Verdict } from './side.ts';

/** Addresses with the same verdict. */
export interface Part {
  readonly addresses: Boundaries<Address>;
  readonly verdict: Verdict;
}

/** What the views of one model share. */
export interface Common {
  /** By policies alone; what a mesh says depends on each peer. */
  readonly policies: Judge;
  readonly judge: Judge;
  /** All addresses that are spoken of. */
  readonly everywhere: Boundaries<Address>;
  /** Plain pods, of which policies see nothing but labels and names of ports: one of each class. */
  readonly plain: readonly NetworkPod[];
  /** Those of them that a selector selects. */
  readonly members: (selector: PodSelector) => readonly NetworkPod[];
  /** The names of a pod's ports, as one text. */
  readonly portNames: (pod: NetworkPod) => string;
  readonly mesh: MeshFilter | undefined;
  /** The address that is judged for all of a block. */
  readonly sampleOf: (block: Boundaries<Address>) => Address;
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
    this.#base = common.policies.judge(side, OTHER, side.direction === 'ingress' ? pod : undefined);
    this.#judgeNamed();
  }

  to(peer: NetworkPod): Verdict {
    const { direction } = this.#side;
    const verdict = this.#named.get(peer) ?? this.#base;
    if (direction === 'egress' || this.#common.mesh === undefined) return verdict;
    return this.#common.judge.behindMesh({ direction, peer, destination: this.#pod }, verdict);
  }

  get #rules(): Rule[] {
    return this.#side.stages.flatMap(({ groups }) => groups.flat().flatMap(({ rules }) => rules));
  }

  /** Peers that the same rules name have the same verdict: one of them is judged. */
  #judgeNamed(): void {
    const { policies, plain, members, portNames } = this.#common;
    const isEgress = this.#side.direction === 'egress';
    const marks = new Map<NetworkPod, string>();
    const mark = (peer: NetworkPod, sign: string) => marks.set(peer, `${marks.get(peer) ?? ''}${sign},`);
    const isNamed = ({ ports }: Rule) =>
      ports !== 'all' && (ports.named.length > 0 || (ports.except?.named.length ?? 0) > 0);
    const rules = this.#rules;
    // The names of ports are those of the pod that is reached: at an egress end, of the peer.
    const asksPeer = isEgress && rules.some(isNamed);
    rules.forEach((rule, index) => {
      const { peers } = rule;
      if (asksPeer && isNamed(rule) && (peers === 'all' || peers.some(({ kind }) => kind !== 'pods'))) {
        for (const peer of plain) mark(peer, '');
      }
      if (peers === 'all') return;
      // What is not decided by a selector is the same for all plain pods.
      partsOf(peers).forEach((peer, number) => {
        if (peer.kind !== 'pods') return;
        for (const member of members(peer.selector)) mark(member, `${index}.${number}`);
      });
    });
    const judged = new Map<string, Verdict>();
    for (const [peer, sign] of marks) {
      const key = asksPeer ? `${sign}${portNames(peer)}` : sign;
      let verdict = judged.get(key);
      if (verdict === undefined) {
        verdict = policies.judge(this.#side, peer, isEgress ? peer : this.#pod);
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
    const { judge, everywhere, mesh, sampleOf } = this.#common;
    const destination = this.#side.direction === 'ingress' ? this.#pod : undefined;
    const blocks = [...blocksOf(this.#rules), ...(destination && mesh ? mesh.blocksAt(destination) : [])];
    const parts = atomsOf(blocks, everywhere).map((addresses): Part => {
      return { addresses, verdict: judge.judge(this.#side, sampleOf(addresses), destination) };
    });
    return joined(parts, ({ verdict }) => `${verdict.allowed.id} ${verdict.unknown.id}`);
  }
}
