import { userOf } from '../identity.ts';
import { entry } from './entry.ts';
import type { Grant } from './grant.ts';
import type { Matches } from './rule-index.ts';

/** The grants that one user name or group has in one place, a namespace or the whole cluster: their numbers, in order. */
class Holding {
  readonly grants: number[] = [];
  readonly #roleOf: readonly number[];
  /** The roles of the grants, each once, and the first grant of each: others add nothing to what is allowed. */
  #roles: readonly number[] | undefined;
  #firsts: readonly number[] = [];
  #firstOfRole: ReadonlyMap<number, number> = new Map();

  constructor(roleOf: readonly number[]) {
    this.#roleOf = roleOf;
  }

  /** The first grant whose role allows it on an object of that name; `best` where that comes before it. */
  find(matches: Matches, name: string, best: number): number {
    const roles = this.#roles ?? this.#summarise();
    if (roles.length > 4 * matches.size) return this.#findAmong(matches, name, best);
    for (let i = 0; i < roles.length; i++) {
      const first = this.#firsts[i]!;
      if (first >= best) break;
      const match = matches.get(roles[i]!);
      if (match !== undefined && match.ruleFor(name) !== Number.POSITIVE_INFINITY) return first;
    }
    return best;
  }

  /** The same from the other side, for whoever has far more roles than match. */
  #findAmong(matches: Matches, name: string, best: number): number {
    let found = best;
    for (const [role, match] of matches) {
      const first = this.#firstOfRole.get(role);
      if (first === undefined || first >= found) continue;
      if (match.ruleFor(name) !== Number.POSITIVE_INFINITY) found = first;
    }
    return found;
  }

  #summarise(): readonly number[] {
    const firstOfRole = new Map<number, number>();
    for (const grant of this.grants) {
      const role = this.#roleOf[grant]!;
      if (!firstOfRole.has(role)) firstOfRole.set(role, grant);
    }
    this.#firsts = [...firstOfRole.values()];
    this.#firstOfRole = firstOfRole;
    this.#roles = [...firstOfRole.keys()];
    return this.#roles;
  }
}

/** All that one user name or group has. */
export interface Holdings {
  readonly wide: Holding;
  readonly byNamespace: Map<string, Holding>;
}

/** Finds grants by those whom they are for. */
export class SubjectIndex {
  readonly users = new Map<string, Holdings>();
  readonly groups = new Map<string, Holdings>();

  constructor(grants: readonly Grant[], roleOf: readonly number[]) {
    grants.forEach(({ subject, namespace }, index) => {
      const user = userOf(subject);
      const side = user === undefined ? this.groups : this.users;
      const key = user ?? subject.name;
      const holdings = entry(side, key, () => ({ wide: new Holding(roleOf), byNamespace: new Map() }));
      const holding =
        namespace === undefined
          ? holdings.wide
          : entry(holdings.byNamespace, namespace, () => new Holding(roleOf));
      holding.grants.push(index);
    });
  }
}
