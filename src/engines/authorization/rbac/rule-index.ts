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

/** The number of every question that no rule matches. */
export const UNMATCHED = -1;

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
  /** What matches each question that was asked; the numbers of questions are good until the next `find`. */
  readonly matches: Matches;
  readonly #known = new Map<number, number>();
  readonly #knownPaths = new Map<string, Map<number, number>>();

  constructor(roles: readonly (readonly RoleRule[])[]) {
    this.matches = new Matches(roles.length);
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

  /** The number of a question, by which `matches` knows it; the same for all that have the same answer. */
  find(asked: Asked): number {
    const verb = this.#verbs.get(asked.verb) ?? 0;
    if (!asked.isResourceRequest) return this.#findPath(asked, verb);
    const group = this.#groups.get(asked.apiGroup) ?? 0;
    const resource = this.#resources.get(asked.resource, asked.subresource);
    // A number that says too little is never kept.
    if (resource === undefined) return this.#matchResource(asked);
    const key = (resource * (this.#verbs.size + 1) + verb) * (this.#groups.size + 1) + group;
    let question = this.#known.get(key);
    if (question === undefined) {
      question = this.#matchResource(asked);
      this.#known.set(key, question);
    }
    return question;
  }

  #matchResource({ verb, apiGroup, resource, subresource }: Asked): number {
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

  #findPath({ verb: verbName, path }: Asked, verb: number): number {
    const known = this.#knownPaths.get(path)?.get(verb);
    if (known !== undefined) return known;
    const lists = [this.#byUrl.get(path)];
    for (const [length, prefixes] of this.#byPrefix) {
      if (length <= path.length) lists.push(prefixes.get(path.slice(0, length)));
    }
    const question = this.#match(
      lists,
      (rule) => verbMatches(rule, verbName) && nonResourceUrlMatches(rule, path),
      // resourceNames of a rule for both resources and paths limit only what it says of resources.
      () => NO_NAMES,
    );
    entry(this.#knownPaths, path, () => new Map<number, number>()).set(verb, question);
    return question;
  }

  #match(
    lists: readonly (readonly number[] | undefined)[],
    allows: (rule: RoleRule) => boolean,
    namesOf: (rule: RoleRule) => readonly string[],
  ): number {
    if (this.matches.isFull) {
      this.matches.forget();
      this.#known.clear();
      this.#knownPaths.clear();
    }
    const candidates = merged(lists.filter((list) => list !== undefined));
    let question = UNMATCHED;
    let before = -1;
    for (let i = 0; i < candidates.length; i++) {
      const candidate = candidates[i]!;
      if (candidate === before) continue;
      before = candidate;
      const rule = this.#rules[candidate]!;
      if (!allows(rule)) continue;
      const role = this.#roleOf[candidate]!;
      if (question === UNMATCHED) question = this.matches.addQuestion();
      this.matches.add(question, role, candidate - this.#firstOfRole[role]!, namesOf(rule));
    }
    return question;
  }
}

/** The numbers of some ascending lists in ascending order, with those that are in several as often. */
function merged(lists: readonly (readonly number[])[]): ArrayLike<number> {
  const [first = [], ...others] = lists;
  return others.length === 0 ? first : new Int32Array(first.concat(...others)).sort();
}

function numberIn(numbers: Map<string, number>, key: string): void {
  if (!numbers.has(key)) numbers.set(key, numbers.size + 1);
}
