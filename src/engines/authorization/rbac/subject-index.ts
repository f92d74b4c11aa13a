import { userOf } from '../identity.ts';
import { entry } from './entry.ts';
import type { Grant } from './grant.ts';
import type { Matches } from './matches.ts';
import { rowsBy } from './rows.ts';

/** What a cell of a row holds: where the grant holds, its number and that of its role. */
const CELL = 3;
/** In longer rows places are searched by halves, and the roles that match are looked up rather than each role of the row. */
const MANY = 32 * CELL;

/** The place of what holds in the whole cluster; those of namespaces are above it. */
export const WHOLE_CLUSTER = 0;

/**
 * Finds grants by those whom they are for. User names, groups and namespaces are numbered, and all grants of a subject lie in one
 * row of numbers: a decision then reads few places in memory.
 */
export class SubjectIndex {
  readonly #matches: Matches;
  readonly #users = new Map<string, number>();
  readonly #groups = new Map<string, number>();
  readonly #places = new Map<string, number>();
  /** Of each subject by place, and in a place in the order of the grants. */
  readonly #cells: Int32Array;
  /** The row of subject s is from `starts[s]` up to `starts[s + 1]`. */
  readonly #starts: Int32Array;
  /** Of long rows: the first grant of each role, by where the row starts. */
  readonly #firsts = new Map<number, ReadonlyMap<number, number>>();

  /** Grants of the whole cluster come before those of namespaces. */
  constructor(grants: readonly Grant[], roleOf: Int32Array, matches: Matches) {
    this.#matches = matches;
    const subjectOf = new Int32Array(grants.length);
    const placeOf = new Int32Array(grants.length);
    const nextSubject = () => this.#users.size + this.#groups.size;
    const nextPlace = () => this.#places.size + 1;
    grants.forEach(({ subject, namespace }, index) => {
      const user = userOf(subject);
      subjectOf[index] =
        user === undefined
          ? entry(this.#groups, subject.name, nextSubject)
          : entry(this.#users, user, nextSubject);
      placeOf[index] = namespace === undefined ? WHOLE_CLUSTER : entry(this.#places, namespace, nextPlace);
    });
    const byPlace = rowsBy(Int32Array.from(grants.keys()), placeOf, nextPlace()).things;
    const bySubject = rowsBy(byPlace, subjectOf, nextSubject());
    this.#starts = bySubject.starts.map((start) => start * CELL);
    this.#cells = new Int32Array(grants.length * CELL);
    bySubject.things.forEach((grant, index) => {
      this.#cells[index * CELL] = placeOf[grant]!;
      this.#cells[index * CELL + 1] = grant;
      this.#cells[index * CELL + 2] = roleOf[grant]!;
    });
  }

  /** Undefined for users and groups that no grant is for. */
  user(name: string): number | undefined {
    return this.#users.get(name);
  }

  group(name: string): number | undefined {
    return this.#groups.get(name);
  }

  /** Undefined for a namespace without grants. */
  place(namespace: string): number | undefined {
    return this.#places.get(namespace);
  }

  /** The first grant of a subject at a place that allows it on an object of that name; `best` where that comes before. */
  find(subject: number, place: number, question: number, name: string, best: number): number {
    const cells = this.#cells;
    const end = this.#starts[subject + 1]!;
    let at = this.#starts[subject]!;
    if (end - at > MANY) {
      at = this.#firstAt(place, at, end);
      const to = this.#firstAt(place + 1, at, end);
      if (to - at > MANY && to - at > 4 * CELL * this.#matches.countOf(question)) {
        return this.#findAmong(at, to, question, name, best);
      }
    }
    for (; at < end; at += CELL) {
      const here = cells[at]!;
      if (here < place) continue;
      if (here > place) return best;
      const grant = cells[at + 1]!;
      if (grant >= best) return best;
      if (this.#matches.allows(question, cells[at + 2]!, name)) return grant;
    }
    return best;
  }

  /** Where in a row a place begins, or would. */
  #firstAt(place: number, from: number, end: number): number {
    let low = from / CELL;
    let high = end / CELL;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#cells[middle * CELL]! < place) low = middle + 1;
      else high = middle;
    }
    return low * CELL;
  }

  #findAmong(from: number, to: number, question: number, name: string, best: number): number {
    const firsts = entry(this.#firsts, from, () => {
      const made = new Map<number, number>();
      for (let at = from; at < to; at += CELL) {
        const role = this.#cells[at + 2]!;
        if (!made.has(role)) made.set(role, this.#cells[at + 1]!);
      }
      return made;
    });
    let found = best;
    for (const role of this.#matches.rolesFor(question, name)) {
      found = Math.min(found, firsts.get(role) ?? found);
    }
    return found;
  }

  /** All grants of a subject at a place, in order. */
  grantsOf(subject: number, place: number): number[] {
    const grants: number[] = [];
    const end = this.#starts[subject + 1]!;
    let at = this.#firstAt(place, this.#starts[subject]!, end);
    for (; at < end && this.#cells[at] === place; at += CELL) grants.push(this.#cells[at + 1]!);
    return grants;
  }
}
