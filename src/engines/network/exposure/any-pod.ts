import type { LabelMatcher } from '../../../kubernetes/selectors.ts';
import type { NetworkPod } from '../endpoints.ts';
import { NO_TRAITS } from '../mesh/mesh-pod.ts';
import type { NetworkModel } from '../model.ts';
import type { PodSelector } from '../policies/policy.ts';
import type { PortSet } from '../ports.ts';
import { Judge, type Verdict } from '../side.ts';
import { Surroundings } from '../surroundings.ts';

/** A pod without labels, in a namespace without labels that nothing names. */
const STRANGER: NetworkPod = Object.freeze({
  namespace: '',
  name: '',
  labels: Object.freeze({}),
  ports: Object.freeze([]),
  isOnHostNetwork: false,
  mesh: NO_TRAITS,
  addresses: Object.freeze([]),
  node: undefined,
  serviceAccount: 'default',
});

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

/** Selectors as they may turn out for a pod of which nothing is known. */
class Guess extends Surroundings {
  readonly #selects: (selector: PodSelector) => boolean;

  constructor(selects: (selector: PodSelector) => boolean) {
    super([], []);
    this.#selects = selects;
  }

  override selects(selector: PodSelector): boolean {
    return this.#selects(selector);
  }
}

/**
 * Judges what reaches a pod from pods that are not known: as if no selector that asks for anything found them, as if all did, as if only
 * those did that ask for labels of the pod alone, and as a pod without any label.
 */
export class AnyPod {
  readonly #model: NetworkModel;
  readonly #known = new Map<NetworkPod, Admission>();
  readonly #unnamed: Judge;
  readonly #named: Judge;
  readonly #labelled: Judge;

  constructor(model: NetworkModel) {
    const judge = (selects: (selector: PodSelector) => boolean) =>
      new Judge(model.algebra, new Guess(selects), model.mesh);
    this.#model = model;
    this.#unnamed = judge(({ namespaces, pods }) => takesAllNamespaces(namespaces) && takesAll(pods));
    this.#labelled = judge(({ namespaces }) => takesAllNamespaces(namespaces));
    this.#named = judge(() => true);
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
    const all = [unnamed, labelled, named, stranger];
    const every = all.reduce((set, { allowed }) => algebra.intersection(set, allowed), algebra.all);
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
      unknown: algebra.difference(union(all, 'unknown'), some),
    };
  }
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
