import type { Answer, Authorizer, RequestAttributes, UserInfo } from '../attributes.ts';
import { BrokenIndex } from './broken-index.ts';
import { entry } from './entry.ts';
import type { Grant, RoleRule } from './grant.ts';
import { HolderIndex } from './holder-index.ts';
import { NONE } from './matches.ts';
import type { AccessQuestion, HeldRule, Holder } from './question.ts';
import { reasonOf } from './reason.ts';
import { RuleIndex, UNMATCHED } from './rule-index.ts';
import { SubjectIndex, WHOLE_CLUSTER } from './subject-index.ts';
import type { RbacWorld } from './world.ts';

const NO_OPINION: Answer = Object.freeze({ decision: 'no-opinion', reason: '' });

/** The RBAC authorizer (k8s.io/kubernetes plugin/pkg/auth/authorizer/rbac): it allows, or has no opinion. */
export class RbacAuthorizer implements Authorizer {
  readonly mode = 'RBAC';
  readonly #grants: readonly Grant[];
  /** By the number of a grant: its role, as the rule index counts roles. */
  readonly #roleOf: Int32Array;
  readonly #rules: RuleIndex;
  readonly #subjects: SubjectIndex;
  readonly #broken: BrokenIndex;
  readonly #answers = new Map<number, Answer>();
  /** Of the longest role, so that a grant and a rule make one number. */
  readonly #mostRules: number;
  /** Numbers of the subjects that one request comes from; one list for all, as a new one each time costs more than the rest. */
  readonly #found: number[] = [];
  #holders: HolderIndex | undefined;

  constructor(world: RbacWorld) {
    this.#grants = world.grants;
    this.#broken = new BrokenIndex(world.broken);
    const numbers = new Map<readonly RoleRule[], number>();
    this.#roleOf = Int32Array.from(world.grants, ({ rules }) => entry(numbers, rules, () => numbers.size));
    const roles = [...numbers.keys()];
    this.#mostRules = roles.reduce((most, { length }) => Math.max(most, length), 1);
    this.#rules = new RuleIndex(roles);
    this.#subjects = new SubjectIndex(world.grants, this.#roleOf, this.#rules.matches);
  }

  authorize(attributes: RequestAttributes): Answer {
    const { user, name, namespace } = attributes;
    const question = this.#rules.find(attributes);
    if (question !== UNMATCHED) {
      const grant = this.#find(user, namespace, question, name);
      if (grant !== NONE) {
        return this.#allowed(grant, this.#rules.matches.ruleFor(question, this.#roleOf[grant]!, name));
      }
    }
    const reason = this.#broken.reasonFor(user, namespace);
    return reason === '' ? NO_OPINION : { decision: 'no-opinion', reason };
  }

  /** The first grant that allows it; those of the whole cluster come first. */
  #find({ name: userName, groups }: UserInfo, namespace: string, question: number, name: string): number {
    const subjects = this.#found;
    let count = 0;
    const own = this.#subjects.user(userName);
    if (own !== undefined) subjects[count++] = own;
    for (let i = 0; i < groups.length; i++) {
      const group = this.#subjects.group(groups[i]!);
      if (group !== undefined) subjects[count++] = group;
    }
    let grant = NONE;
    for (let i = 0; i < count; i++) {
      grant = this.#subjects.find(subjects[i]!, WHOLE_CLUSTER, question, name, grant);
    }
    if (grant !== NONE || namespace === '' || count === 0) return grant;
    const place = this.#subjects.place(namespace);
    if (place === undefined) return grant;
    for (let i = 0; i < count; i++) grant = this.#subjects.find(subjects[i]!, place, question, name, grant);
    return grant;
  }

  /** Answers are few and are asked for often: one object for each grant and rule. */
  #allowed(index: number, ruleIndex: number): Answer {
    const key = index * this.#mostRules + ruleIndex;
    let answer = this.#answers.get(key);
    if (answer === undefined) {
      const grant = this.#grants[index]!;
      answer = Object.freeze({ decision: 'allow', reason: reasonOf(grant), grant: { grant, ruleIndex } });
      this.#answers.set(key, answer);
    }
    return answer;
  }

  /**
   * Every subject of a binding that allows it (SubjectAccessEvaluator.AllowedSubjects): users and service accounts are not
   * listed again for the groups that they are in. As there, `system:masters` always comes first, with nothing held where no
   * binding names it: the API server lets that group through before it asks an authorizer.
   */
  whoCan(question: AccessQuestion): Holder[] {
    this.#holders ??= new HolderIndex(this.#grants, this.#roleOf);
    const { subjects, subjectOf } = this.#holders;
    const heldBy = new Map<number, HeldRule[]>([[0, []]]);
    const { namespace, name } = question;
    const number = this.#rules.find(question);
    const { matches } = this.#rules;
    for (const role of number === UNMATCHED ? [] : matches.rolesFor(number, name)) {
      const ruleIndex = matches.ruleFor(number, role, name);
      for (const index of this.#holders.grantsOf(role, namespace)) {
        const grant = this.#grants[index]!;
        const held = { grant, ruleIndex, rule: grant.rules[ruleIndex]! };
        entry(heldBy, subjectOf[index]!, (): HeldRule[] => []).push(held);
      }
    }
    return Array.from(heldBy, ([subject, held]) => ({ subject: subjects[subject]!, held }));
  }

  /** Every rule that a user has in a namespace (RulesFor), by each binding once; empty: on the whole cluster. */
  rulesFor(user: UserInfo, namespace: string): HeldRule[] {
    const places = [WHOLE_CLUSTER, this.#subjects.place(namespace)];
    const subjects = [
      this.#subjects.user(user.name),
      ...user.groups.map((group) => this.#subjects.group(group)),
    ];
    const numbers = new Set<number>();
    for (const subject of subjects) {
      for (const place of places) {
        if (subject === undefined || place === undefined) continue;
        for (const grant of this.#subjects.grantsOf(subject, place)) numbers.add(grant);
      }
    }
    // By the first subject of a binding that applies.
    const firsts = new Map<object, number>();
    const rules: HeldRule[] = [];
    for (const index of [...numbers].sort((a, b) => a - b)) {
      const grant = this.#grants[index]!;
      const first = firsts.get(grant.binding) ?? grant.subjectIndex;
      firsts.set(grant.binding, first);
      if (grant.subjectIndex !== first) continue;
      grant.rules.forEach((rule, ruleIndex) => {
        rules.push({ grant, ruleIndex, rule });
      });
    }
    return rules;
  }
}
