import {
  groupMatches,
  nonResourceUrlMatches,
  resourceMatches,
  urlPrefix,
  verbMatches,
} from '../../../kubernetes/policy-rules.ts';
import { emptyList, entry } from './entry.ts';
import type { RoleRule } from './grant.ts';
import { Matches } from './matches.ts';
import type { Asked } from './question.ts';
import { ResourceNumbers } from './resource-numbers.ts';

/** What matched is kept up to this many numbers, about 64 MiB; then all of it is forgotten. */
const MOST_KEPT = 8_000_000;
/** What it costs to know that a question is known. */
const KEPT_FOR_QUESTION = 16;

const NO_MATCHES = new Matches(0);

const NO_NAMES: readonly string[] = [];

/** Which rules of which roles match a verb on a resource or path: worked out once for each kind of question. */
export class RuleIndex {
  /** All rules of all roles in one row, so that a candidate is one number; in the order of roles and of their rules. */
  readonly #rules: RoleRule[] = [];
  readonly #roleOf: number[] = [];
  readonly #firstOfRole: number[] = [];
  /** Numbers from 1 for what some rule names; 0 stands for all else, which nothing but stars match. */
  readonly #verbs = new Map<string, number>();
  readonly #groups = new Map<string, number>();
  readonly #resources = new ResourceNumbers();
  readonly #byResource = new Map<string, number[]>();
  readonly #byUrl = new Map<string, number[]>();
  /** By the length of what the path has to start with. */
  readonly #byPrefix = new Map<number, Map<string, number[]>>();
  readonly #known = new Map<number, Matches>();
  readonly #knownPaths = new Map<string, Map<number, Matches>>();
  #kept = 0;

  constructor(roles: readonly (readonly RoleRule[])[]) {
    roles.forEach((rules, role) => {
      this.#firstOfRole.push(this.#rules.length);
      for (const rule of rules) this.#add(rule, role);
    });
  }

  #add(rule: RoleRule, role: number): void {
    const index = this.#rules.push(rule) - 1;
    this.#roleOf.push(role);
    for (const verb of rule.verbs) numberIn(this.#verbs, verb);
    for (const group of rule.apiGroups) numberIn(this.#groups, group);
    for (const resource of rule.resources) {
      this.#resources.add(resource);
      entry(this.#byResource, resource, emptyList).push(index);
    }
    for (const url of rule.nonResourceURLs) {
      entry(this.#byUrl, url, emptyList).push(index);
      if (!url.endsWith('*')) continue;
      const prefix = urlPrefix(url);
      const prefixes = entry(this.#byPrefix, prefix.length, () => new Map<string, number[]>());
      entry(prefixes, prefix, emptyList).push(index);
    }
  }

  find(asked: Asked): Matches {
    const verb = this.#verbs.get(asked.verb) ?? 0;
    if (!asked.isResourceRequest) return this.#findPath(asked, verb);
    const group = this.#groups.get(asked.apiGroup) ?? 0;
    const resource = this.#resources.get(asked.resource, asked.subresource);
    // A number that says too little is never kept.
    if (resource === undefined) return this.#matchResource(asked);
    const key = (resource * (this.#verbs.size + 1) + verb) * (this.#groups.size + 1) + group;
    let matches = this.#known.get(key);
    if (matches === undefined) {
      matches = this.#matchResource(asked);
      this.#known.set(key, matches);
    }
    return matches;
  }

  #matchResource({ verb, apiGroup, resource, subresource }: Asked): Matches {
    const lists =
      subresource === '' ? ['*', resource] : ['*', `${resource}/${subresource}`, `*/${subresource}`];
    return this.#match(
      lists.map((name) => this.#byResource.get(name)),
      (rule) =>
        verbMatches(rule, verb) &&
        groupMatches(rule, apiGroup) &&
        resourceMatches(rule, resource, subresource),
      ({ resourceNames }) => resourceNames,
    );
  }

  #findPath({ verb: verbName, path }: Asked, verb: number): Matches {
    const known = this.#knownPaths.get(path)?.get(verb);
    if (known !== undefined) return known;
    const lists = [this.#byUrl.get(path)];
    for (const [length, prefixes] of this.#byPrefix) {
      if (length <= path.length) lists.push(prefixes.get(path.slice(0, length)));
    }
    const matches = this.#match(
      lists,
      (rule) => verbMatches(rule, verbName) && nonResourceUrlMatches(rule, path),
      // resourceNames of a rule for both resources and paths limit only what it says of resources.
      () => NO_NAMES,
    );
    entry(this.#knownPaths, path, () => new Map<number, Matches>()).set(verb, matches);
    return matches;
  }

  #match(
    lists: readonly (readonly number[] | undefined)[],
    allows: (rule: RoleRule) => boolean,
    namesOf: (rule: RoleRule) => readonly string[],
  ): Matches {
    const candidates = Int32Array.from(lists.flatMap((list) => list ?? [])).sort();
    let matches = NO_MATCHES;
    let before = -1;
    for (const candidate of candidates) {
      if (candidate === before) continue;
      before = candidate;
      const rule = this.#rules[candidate]!;
      if (!allows(rule)) continue;
      const role = this.#roleOf[candidate]!;
      if (matches === NO_MATCHES) matches = new Matches(this.#firstOfRole.length);
      matches.add(role, candidate - this.#firstOfRole[role]!, namesOf(rule));
    }
    this.#makeRoomFor(KEPT_FOR_QUESTION + (matches === NO_MATCHES ? 0 : matches.size));
    return matches;
  }

  #makeRoomFor(size: number): void {
    this.#kept += size;
    if (this.#kept <= MOST_KEPT) return;
    this.#known.clear();
    this.#knownPaths.clear();
    this.#kept = size;
  }
}

function numberIn(numbers: Map<string, number>, key: string): void {
  if (!numbers.has(key)) numbers.set(key, numbers.size + 1);
}
