import { type CalicoSelectorOptions, compileCalicoSelector } from '../../../kubernetes/calico-selector.ts';
import { asString, type Json } from '../../../kubernetes/json.ts';
import type { LabelMatcher } from '../../../kubernetes/selectors.ts';
import type { PodSelector } from './policy.ts';
import type { PolicyReader } from './reader.ts';

/** The labels that Calico gives what is in a namespace, and pods for their service account. */
const NAMESPACE = 'projectcalico.org/namespace';
const ACCOUNT = 'projectcalico.org/serviceaccount';

/** How selectors of different fields are read (libcalico-go/lib/backend/syncersv1/updateprocessors of projectcalico/calico). */
export const FIELDS = {
  selector: {},
  // What is in a namespace has the label; `all()` is every namespace, and `global()` what is in none.
  namespaceSelector: { prefix: 'pcns.', all: NAMESPACE },
  serviceAccountSelector: { prefix: 'pcsa.' },
} satisfies Record<string, CalicoSelectorOptions>;

/** Several selectors of Calico, all of which have to match. */
export class Selection {
  readonly #reader: PolicyReader;
  readonly #matchers: LabelMatcher[] = [];
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
  add(field: keyof typeof FIELDS, value: Json | undefined, path: string, mayBeGlobal = false): void {
    const text = asString(value) ?? '';
    const isMisplaced = text.includes('global(') && !(mayBeGlobal && /^\s*global\(\s*\)\s*$/.test(text));
    const compiled = compileCalicoSelector(text, FIELDS[field]);
    if ('refused' in compiled || isMisplaced) {
      this.#reader.refuse('invalid-selector', path, 'refused' in compiled ? compiled.refused : text);
      return;
    }
    if (text.trim() === '') return;
    this.#matchers.push(compiled.matches);
    for (const key of compiled.keys) this.#keys.add(key);
    if (field === 'selector') this.#equalities.push(...compiled.equalities);
    this.#texts.push(`${field} ${text}`);
  }

  addAccounts(names: readonly string[]): void {
    if (names.length === 0) return;
    this.#matchers.push((labels) => names.includes(asString(labels?.[ACCOUNT]) ?? ''));
    this.#keys.add(ACCOUNT);
    this.#texts.push(`accounts ${names.join()}`);
  }

  /** What is in this namespace alone. */
  in(namespace: string): void {
    this.#namespace = namespace;
  }

  get pods(): PodSelector {
    const matchers = [...this.#matchers];
    const [first] = matchers;
    const keys = [...this.#keys];
    return {
      namespaces: this.#namespace ?? (() => true),
      pods: matchers.length === 1 ? first! : (labels) => matchers.every((matches) => matches(labels)),
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
    const { pods } = this.pods;
    return namespace === undefined ? pods : (labels) => labels?.[NAMESPACE] === namespace && pods(labels);
  }
}
