import { userOf } from '../identity.ts';
import { entry } from './entry.ts';
import type { Grant } from './grant.ts';
import type { Matches } from './matches.ts';
import { lowerBound, type Rows, rowsBy } from './rows.ts';

/** In longer rows the roles that match are looked up, and not the other way round. */
const MANY = 32;

/**
 * Finds grants by those whom they are for. User names and groups are numbered and their grants lie in rows of numbers, so that
 * a decision reads few places in memory.
 */
export class SubjectIndex {
  readonly #matches: Matches;
  readonly #users = new Map<string, number>();
  readonly #groups = new Map<string, number>();
  readonly #namespaces = new Map<string, number>();
  readonly #wide: Rows;
  readonly #wideRoles: Int32Array;
  /** Within a subject by namespace. */
  readonly #narrow: Rows;
  readonly #narrowRoles: Int32Array;
  readonly #narrowNamespaces: Int32Array;
  /** Of long rows: the first grant of each role, by the number of the first grant in the row. */
  readonly #firsts = new Map<number, ReadonlyMap<number, number>>();

  /** Grants of the whole cluster come before those of namespaces. */
  constructor(grants: readonly Grant[], roleOf: Int32Array, matches: Matches) {
    this.#matches = matches;
    const subjectOf = new Int32Array(grants.length);
    const namespaceOf = new Int32Array(grants.length);
    const nextSubject = () => this.#users.size + this.#groups.size;
    const nextNamespace = () => this.#namespaces.size;
    let wide = 0;
    for (let i = 0; i < grants.length; i++) {
      const { subject, namespace } = grants[i]!;
      const user = userOf(subject);
      subjectOf[i] =
        user === undefined
          ? entry(this.#groups, subject.name, nextSubject)
          : entry(this.#users, user, nextSubject);
      if (namespace === undefined) wide++;
      else namespaceOf[i] = entry(this.#namespaces, namespace, nextNamespace);
    }
    const all = Int32Array.from(grants.keys());
    const subjects = nextSubject();
    this.#wide = rowsBy(all.subarray(0, wide), subjectOf, subjects);
    this.#wideRoles = this.#wide.things.map((grant) => roleOf[grant]!);
    const byNamespace = rowsBy(all.subarray(wide), namespaceOf, this.#namespaces.size).things;
    this.#narrow = rowsBy(byNamespace, subjectOf, subjects);
    this.#narrowRoles = this.#narrow.things.map((grant) => roleOf[grant]!);
    this.#narrowNamespaces = this.#narrow.things.map((grant) => namespaceOf[grant]!);
  }

  /** Undefined for users and groups that no grant is for. */
  user(name: string): number | undefined {
    return this.#users.get(name);
  }

  group(name: string): number | undefined {
    return this.#groups.get(name);
  }

  /** Undefined for a namespace without grants. */
  namespace(name: string): number | undefined {
    return this.#namespaces.get(name);
  }

  /** The first grant of a subject in the whole cluster that allows it on an object of that name, if it is before `best`. */
  findWide(subject: number, question: number, name: string, best: number): number {
    const { things, starts } = this.#wide;
    return this.#find(things, this.#wideRoles, starts[subject]!, starts[subject + 1]!, question, name, best);
  }

  /** The same for the grants in one namespace. */
  findNarrow(subject: number, namespace: number, question: number, name: string, best: number): number {
    const end = this.#narrow.starts[subject + 1]!;
    const from = lowerBound(this.#narrowNamespaces, namespace, this.#narrow.starts[subject]!, end);
    if (from === end || this.#narrowNamespaces[from] !== namespace) return best;
    const to = lowerBound(this.#narrowNamespaces, namespace + 1, from, end);
    return this.#find(this.#narrow.things, this.#narrowRoles, from, to, question, name, best);
  }

  #find(
    grants: Int32Array,
    roles: Int32Array,
    from: number,
    to: number,
    question: number,
    name: string,
    best: number,
  ): number {
    if (to - from > MANY && to - from > 4 * this.#matches.countOf(question)) {
      return this.#findAmong(grants, roles, from, to, question, name, best);
    }
    for (let i = from; i < to; i++) {
      if (grants[i]! >= best) return best;
      if (this.#matches.allows(question, roles[i]!, name)) return grants[i]!;
    }
    return best;
  }

  #findAmong(
    grants: Int32Array,
    roles: Int32Array,
    from: number,
    to: number,
    question: number,
    name: string,
    best: number,
  ): number {
    const firsts = entry(this.#firsts, grants[from]!, () => {
      const made = new Map<number, number>();
      for (let i = from; i < to; i++) if (!made.has(roles[i]!)) made.set(roles[i]!, grants[i]!);
      return made;
    });
    let found = best;
    for (const role of this.#matches.rolesFor(question, name))
      found = Math.min(found, firsts.get(role) ?? found);
    return found;
  }

  /** All grants of a subject in the whole cluster, and in a namespace where one is given. */
  grantsOf(subject: number, namespace: number | undefined): number[] {
    const grants = [
      ...this.#wide.things.subarray(this.#wide.starts[subject], this.#wide.starts[subject + 1]),
    ];
    if (namespace === undefined) return grants;
    const end = this.#narrow.starts[subject + 1]!;
    const from = lowerBound(this.#narrowNamespaces, namespace, this.#narrow.starts[subject]!, end);
    const to = lowerBound(this.#narrowNamespaces, namespace + 1, from, end);
    return grants.concat([...this.#narrow.things.subarray(from, to)]);
  }
}
