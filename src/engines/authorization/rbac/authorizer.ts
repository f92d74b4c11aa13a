import {
  groupMatches,
  nameMatches,
  nonResourceUrlMatches,
  type PolicyRule,
  resourceMatches,
  verbMatches,
} from '../../../kubernetes/policy-rules.ts';
import type { Answer, Authorizer, RequestAttributes, UserInfo } from '../attributes.ts';
import { userOf } from '../identity.ts';
import type { Grant, RoleRule, Subject } from './grant.ts';
import type { RbacWorld } from './world.ts';

/** What is asked for, without who asks. */
export interface AccessQuestion extends Omit<RequestAttributes, 'user' | 'namespace' | 'apiVersion'> {
  /** Empty: of the whole cluster. Undefined: in whatever namespace. */
  readonly namespace: string | undefined;
}

/** A rule that holds, and by which grant. */
export interface HeldRule {
  readonly grant: Grant;
  readonly ruleIndex: number;
  readonly rule: RoleRule;
}

/** A subject with every rule that allows it what was asked for. */
export interface Holder {
  readonly subject: Subject;
  readonly held: readonly HeldRule[];
}

/** The RBAC authorizer: k8s.io/kubernetes plugin/pkg/auth/authorizer/rbac. */
export class RbacAuthorizer implements Authorizer {
  readonly mode = 'RBAC';
  readonly #world: RbacWorld;

  constructor(world: RbacWorld) {
    this.#world = world;
  }

  authorize(attributes: RequestAttributes): Answer {
    for (const grant of this.#world.grants) {
      if (!isOf(grant, attributes.user) || !reaches(grant, attributes.namespace)) continue;
      const ruleIndex = grant.rules.findIndex((rule) => allows(rule, attributes));
      if (ruleIndex >= 0) {
        const name = (grant.binding['metadata'] as { name?: string } | undefined)?.name ?? '';
        return { decision: 'allow', reason: `RBAC: allowed by ${name}`, grant: { grant, ruleIndex } };
      }
    }
    return { decision: 'no-opinion', reason: '' };
  }

  /** Every subject that is allowed it by name or as a group. */
  whoCan(question: AccessQuestion): Holder[] {
    const holders = new Map<string, { subject: Subject; held: HeldRule[] }>();
    for (const grant of this.#world.grants) {
      if (question.namespace !== undefined && !reaches(grant, question.namespace)) continue;
      const ruleIndex = grant.rules.findIndex((rule) => allows(rule, question));
      const rule = grant.rules[ruleIndex];
      if (rule === undefined) continue;
      const { kind, namespace, name } = grant.subject;
      const key = JSON.stringify([kind, namespace, name]);
      const holder = holders.get(key) ?? { subject: grant.subject, held: [] };
      holder.held.push({ grant, ruleIndex, rule });
      holders.set(key, holder);
    }
    return [...holders.values()];
  }

  /** Every rule that a user has in a namespace; empty: on what is of the whole cluster. */
  rulesFor(user: UserInfo, namespace: string): HeldRule[] {
    return this.#world.grants
      .filter((grant) => isOf(grant, user) && reaches(grant, namespace))
      .flatMap((grant) => grant.rules.map((rule, ruleIndex) => ({ grant, ruleIndex, rule })));
  }
}

function isOf({ subject }: Grant, user: UserInfo): boolean {
  return subject.kind === 'Group' ? user.groups.includes(subject.name) : userOf(subject) === user.name;
}

function reaches(grant: Grant, namespace: string): boolean {
  return grant.namespace === undefined || (namespace !== '' && grant.namespace === namespace);
}

function allows(rule: PolicyRule, asked: Omit<AccessQuestion, 'namespace'>): boolean {
  if (!verbMatches(rule, asked.verb)) return false;
  if (!asked.isResourceRequest) return nonResourceUrlMatches(rule, asked.path);
  return (
    groupMatches(rule, asked.apiGroup) &&
    resourceMatches(rule, asked.resource, asked.subresource) &&
    nameMatches(rule, asked.name)
  );
}
