import { compileCalicoSelector } from '../../../kubernetes/calico-selector.ts';
import { asString, type Json } from '../../../kubernetes/json.ts';
import type { LabelMatcher } from '../../../kubernetes/selectors.ts';
import type { PodSelector } from './policy.ts';
import type { PolicyReader } from './reader.ts';

/** The labels that Calico gives what is in a namespace, and pods for their service account. */
const NAMESPACE = 'projectcalico.org/namespace';
const ACCOUNT = 'projectcalico.org/serviceaccount';

/** How the labels of different fields are called (libcalico-go/lib/backend/syncersv1/updateprocessors of projectcalico/calico). */
const PREFIXES = { selector: '', namespaceSelector: 'pcns.', serviceAccountSelector: 'pcsa.' } as const;
const GLOBAL = /^\s*global\(\s*\)\s*$/;

/** Several selectors of Calico, all of which have to match. */
export class Selection {
  readonly #reader: PolicyReader;
  readonly #ofPods: LabelMatcher[] = [];
  /** For what may be in no namespace. */
  readonly #ofOthers: LabelMatcher[] = [];
  readonly #keys = new Set<string>();
  readonly #equalities: string[] = [];
  readonly #texts: string[] = [];
  #namespace: string | undefined;

  constructor(reader: PolicyReader) {
    this.#reader = reader;
  }

  /** False where no field was given. */
  get isGiven(): boolean {
    return this.#texts.length > 0 || this.#namespace !== undefined;
  }

  /** @param mayBeGlobal whether `global()` may stand there, and then alone; elsewhere, Calico does not know what it means */
  add(field: keyof typeof PREFIXES, value: Json | undefined, path: string, mayBeGlobal = false): void {
    const text = asString(value) ?? '';
    const isMisplaced = text.includes('global(') && !(mayBeGlobal && GLOBAL.test(text));
    const prefix = PREFIXES[field];
    const ofPods = compileCalicoSelector(text, { prefix });
    // `all()` is every namespace, and `global()` what is in none; a pod is in one.
    const ofOthers = compileCalicoSelector(text, {
      prefix,
      ...(field === 'namespaceSelector' ? { all: NAMESPACE } : {}),
    });
    if ('refused' in ofPods || 'refused' in ofOthers || isMisplaced) {
      this.#reader.refuse('invalid-selector', path, 'refused' in ofPods ? ofPods.refused : text);
      return;
    }
    if (text.trim() === '') return;
    this.#ofPods.push(GLOBAL.test(text) ? () => false : ofPods.matches);
    this.#ofOthers.push(ofOthers.matches);
    for (const key of ofPods.keys) this.#keys.add(key);
    if (field === 'selector') this.#equalities.push(...ofPods.equalities);
    this.#texts.push(`${field} ${text}`);
  }

  addAccounts(names: readonly string[]): void {
    if (names.length === 0) return;
    const matches: LabelMatcher = (labels) => names.includes(asString(labels?.[ACCOUNT]) ?? '');
    this.#ofPods.push(matches);
    this.#ofOthers.push(matches);
    this.#keys.add(ACCOUNT);
    this.#texts.push(`accounts ${names.join()}`);
  }

  /** What is in this namespace alone. */
  in(namespace: string): void {
    this.#namespace = namespace;
  }

  get pods(): PodSelector {
    const keys = [...this.#keys];
    return {
      namespaces: this.#namespace ?? (() => true),
      pods: every(this.#ofPods),
      derived: {
        plugin: 'calico',
        asksNamespace: keys.some((key) => key.startsWith('pcns.') || key === NAMESPACE),
        asksAccount: keys.some((key) => key.startsWith('pcsa.') || key === ACCOUNT),
      },
      labels: this.#equalities,
      key: JSON.stringify(['calico', this.#namespace ?? null, this.#texts]),
    };
  }

  /** The same for what has all of its labels at itself, such as a NetworkSet. */
  get labelled(): LabelMatcher {
    const namespace = this.#namespace;
    const matches = every(this.#ofOthers);
    return namespace === undefined
      ? matches
      : (labels) => labels?.[NAMESPACE] === namespace && matches(labels);
  }
}

function every(matchers: readonly LabelMatcher[]): LabelMatcher {
  const all = [...matchers];
  return all.length === 1 ? all[0]! : (labels) => all.every((matches) => matches(labels));
}
