import type { LabelMatcher } from '../../../kubernetes/selectors.ts';
import type { Endpoint, NetworkPod } from '../endpoints.ts';
import { type Match, Matcher, type OTHER } from '../match.ts';
import type { NetworkModel } from '../model.ts';
import { newcomer } from '../newcomer.ts';
import type { PodSelector, Policy, Rule } from '../policies/policy.ts';
import type { PortSet } from '../ports.ts';
import { Judge, type Verdict } from '../side.ts';
import { Surroundings } from '../surroundings.ts';

/** A pod without labels, in a namespace without labels that nothing names. */
const STRANGER: NetworkPod = Object.freeze(newcomer(''));

/** What pods of the cluster may send to a pod. */
export interface Admission {
  /** Whatever their namespaces and labels are. */
  readonly every: PortSet;
  /** The same, where that is not known. */
  readonly maybeEvery: PortSet;
  /** From any namespace, if their labels, which whoever makes a pod chooses, are those that policies ask for; without `every`. */
  readonly byLabels: PortSet;
  /** From namespaces or with labels that policies name; with both of the others. */
  readonly some: PortSet;
  /** Neither known to pass nor known to be stopped. */
  readonly unknown: PortSet;
}

/** Whom selectors find where nothing is known of a pod. */
class Guess extends Matcher {
  readonly #selects: (selector: PodSelector) => boolean;

  constructor(selects: (selector: PodSelector) => boolean) {
    super(new Surroundings([], []));
    this.#selects = selects;
  }

  protected override selects(selector: PodSelector): Match {
    return this.#selects(selector) ? 'yes' : 'no';
  }
}

/**
 * The most or the least that may pass, whatever pod it is: rules that may let it through do or do not, and rules that may stop it do not
 * or do. Where a rule hands on to others, either may be more.
 */
class Bound extends Matcher {
  readonly #most: boolean;

  constructor(most: boolean) {
    super(new Surroundings([], []));
    this.#most = most;
  }

  protected override selects(selector: PodSelector): Match {
    return takesEverybody(selector) ? 'yes' : 'unknown';
  }

  override rule(policy: Policy, rule: Rule, peer: Endpoint | typeof OTHER): Match {
    const match = super.rule(policy, rule, peer);
    if (match !== 'unknown' || rule.action === 'pass') return match;
    return (rule.action === 'allow') === this.#most ? 'yes' : 'no';
  }
}

/**
 * Judges what reaches a pod from pods that are not known: as if no selector that asks for anything found them, as if all did, as if only
 * those did that ask for labels of the pod alone, as a pod without any label, and the least and the most of what these may come to together.
 */
export class AnyPod {
  readonly #model: NetworkModel;
  readonly #known = new Map<NetworkPod, Admission>();
  readonly #unnamed: Judge;
  readonly #named: Judge;
  readonly #labelled: Judge;
  readonly #least: Judge;
  readonly #most: Judge;

  constructor(model: NetworkModel) {
    const judge = (matcher: Matcher) => new Judge(model.algebra, matcher, model.mesh);
    this.#model = model;
    this.#unnamed = judge(new Guess(takesEverybody));
    this.#labelled = judge(
      new Guess(
        ({ namespaces, derived }) =>
          takesAllNamespaces(namespaces) &&
          !(derived?.asksNamespace === true || derived?.asksAccount === true),
      ),
    );
    this.#named = judge(new Guess(() => true));
    this.#least = judge(new Bound(false));
    this.#most = judge(new Bound(true));
  }

  into(pod: NetworkPod): Admission {
    const [representative = pod] = this.#model.kindsOf([pod]);
    let admission = this.#known.get(representative);
    if (admission === undefined) {
      admission = this.#into(representative);
      this.#known.set(representative, admission);
    }
    return admission;
  }

  #into(pod: NetworkPod): Admission {
    const { algebra } = this.#model;
    const side = this.#model.side(pod, 'ingress');
    const by = (judge: Judge) => judge.judge(side, STRANGER, pod);
    const [unnamed, labelled, named] = [by(this.#unnamed), by(this.#labelled), by(this.#named)];
    const stranger = this.#model.into(STRANGER, pod);
    const union = (verdicts: readonly Verdict[], field: keyof Verdict) =>
      verdicts.reduce((set, verdict) => algebra.union(set, verdict[field]), algebra.none);
    const [least, most] = [by(this.#least), by(this.#most)];
    const all = [unnamed, labelled, named, stranger];
    const every = [...all, least].reduce(
      (set, { allowed }) => algebra.intersection(set, allowed),
      algebra.all,
    );
    const some = union(all, 'allowed');
    const possible = all.reduce(
      (set, { allowed, unknown }) => algebra.intersection(set, algebra.union(allowed, unknown)),
      algebra.all,
    );
    return {
      every,
      maybeEvery: algebra.difference(possible, every),
      byLabels: algebra.difference(union([unnamed, labelled, stranger], 'allowed'), every),
      some,
      // What some might combine to that none of the guesses is.
      unknown: algebra.difference(algebra.union(union([...all, most], 'unknown'), most.allowed), some),
    };
  }
}

function takesEverybody({ namespaces, pods }: PodSelector): boolean {
  return takesAllNamespaces(namespaces) && takesAll(pods);
}

function takesAllNamespaces(namespaces: PodSelector['namespaces']): boolean {
  return typeof namespaces !== 'string' && takesAll(namespaces);
}

/** Whether a selector takes everything, without a look at a single label. */
export function takesAll(matches: LabelMatcher): boolean {
  let looks = false;
  const labels = new Proxy(
    {},
    {
      get: () => {
        looks = true;
        return undefined;
      },
    },
  );
  return matches(labels) && !looks;
}
