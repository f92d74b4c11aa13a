import {
  groupMatches,
  nameMatches,
  nonResourceUrlMatches,
  resourceMatches,
  verbMatches,
} from '../../../kubernetes/policy-rules.ts';
import type { Grant, RoleRule } from '../rbac/grant.ts';
import type { HeldRule } from '../rbac/question.ts';
import type { Action, UsageLog, Use } from './usage-log.ts';

/** Fields of a rule, each with some of its values. */
export interface RuleParts {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames: readonly string[];
  readonly nonResourceURLs: readonly string[];
}

/** Why a log would not show that a rule is used. */
export type Blindness =
  /** The log has no request of the subject at all: it may have been idle, or left out of the log. */
  | 'subject-not-in-log'
  /** Nobody's reads, or nobody's writes, of what the rule is about are in the log: the audit policy may leave them out. */
  | 'resource-not-in-log'
  /** What the API server asks its authorizer on the way to something else never is in a log. */
  | 'verb-never-logged';

/** What was used of one rule that a subject has by one binding. */
export interface RuleUse extends HeldRule {
  /** `partly`: some of its values were used, others not. */
  readonly status: 'used' | 'partly' | 'unused' | 'not-visible';
  readonly blindness?: Blindness;
  readonly count: number;
  readonly last: number | undefined;
  /** What was used, as requests name it. */
  readonly used: RuleParts;
  /** Values that nothing which was used needs. A `*` is one of them where what was used can be named instead. */
  readonly unused: RuleParts;
}

/** Verbs of which the API server asks beside the request itself. */
const NEVER_LOGGED: ReadonlySet<string> = new Set(['approve', 'attest', 'bind', 'escalate', 'sign', 'use']);
const READS: ReadonlySet<string> = new Set(['get', 'list', 'watch']);

/**
 * Compares what bindings grant with what their subjects did. Where several grants allow the same, each of them counts as used: which one
 * the API server found first decides nothing.
 */
export function usesOfGrants(grants: readonly Grant[], log: UsageLog): RuleUse[] {
  const users = log.users();
  const seen = new Set(users.flatMap(({ uses }) => uses.flatMap(({ action }) => sightings(action))));
  const bySubject = new Map<string, readonly Use[] | undefined>();
  return grants.flatMap((grant) => {
    const { kind, namespace = '', name } = grant.subject;
    const key = `${kind}\n${namespace}\n${name}`;
    if (!bySubject.has(key)) {
      const own = log.of(grant.subject);
      bySubject.set(key, own.length === 0 ? undefined : own.flatMap(({ uses }) => uses));
    }
    const uses = bySubject.get(key);
    return grant.rules.map((rule, ruleIndex) => ({
      grant,
      ruleIndex,
      rule,
      ...useOf(grant, rule, uses, seen),
    }));
  });
}

function useOf(
  grant: Grant,
  rule: RoleRule,
  uses: readonly Use[] | undefined,
  seen: ReadonlySet<string>,
): Omit<RuleUse, keyof HeldRule> {
  const own = (uses ?? []).filter((use) => use.allowed && reaches(grant, use.action) && allows(rule, use));
  const used = partsUsed(rule, own);
  const unused = partsUnused(rule, own);
  const count = own.reduce((sum, use) => sum + use.count, 0);
  const last = own.reduce<number | undefined>(
    (latest, use) =>
      use.last === undefined || (latest !== undefined && latest > use.last) ? latest : use.last,
    undefined,
  );
  const facts = { count, last, used, unused };
  if (own.length > 0) {
    return {
      status: Object.values(unused).some((values) => values.length > 0) ? 'partly' : 'used',
      ...facts,
    };
  }
  const blindness = blindnessOf(rule, uses !== undefined, seen);
  return blindness === undefined
    ? { status: 'unused', ...facts }
    : { status: 'not-visible', blindness, ...facts };
}

function reaches({ namespace }: Grant, action: Action): boolean {
  return namespace === undefined || (action.isResourceRequest && action.namespace === namespace);
}

/** Whether the rule allows any of it. Names beyond those that were kept may be any. */
function allows(rule: RoleRule, { action, names, hasMoreNames }: Use): boolean {
  const { verb, isResourceRequest, apiGroup, resource, subresource, path } = action;
  if (!verbMatches(rule, verb)) return false;
  if (!isResourceRequest) return nonResourceUrlMatches(rule, path);
  if (!groupMatches(rule, apiGroup) || !resourceMatches(rule, resource, subresource)) return false;
  return hasMoreNames || [...names].some((name) => nameMatches(rule, name));
}

function partsUsed(rule: RoleRule, uses: readonly Use[]): RuleParts {
  const ofResources = uses.filter(({ action }) => action.isResourceRequest);
  const unique = (values: readonly string[]): string[] => [...new Set(values)].sort();
  return {
    verbs: unique(uses.map(({ action }) => action.verb)),
    apiGroups: unique(ofResources.map(({ action }) => action.apiGroup)),
    resources: unique(ofResources.map(({ action }) => resourceOf(action))),
    resourceNames: rule.resourceNames.filter((name) => ofResources.some((use) => use.names.has(name))),
    nonResourceURLs: unique(uses.flatMap(({ action }) => (action.isResourceRequest ? [] : [action.path]))),
  };
}

/** The values of the rule without which it would still allow all that was used, each by itself. */
function partsUnused(rule: RoleRule, uses: readonly Use[]): RuleParts {
  const left = (field: keyof RuleParts, isUsed: (only: RoleRule, use: Use) => boolean): string[] => {
    const values = rule[field];
    return values.filter((value) => {
      if (value === '*') return true;
      return !uses.some((use) => isUsed({ ...rule, [field]: [value] }, use));
    });
  };
  const allowed = (only: RoleRule, use: Use): boolean => allows(only, use);
  return {
    verbs: left('verbs', allowed),
    apiGroups: left('apiGroups', (only, use) => use.action.isResourceRequest && allows(only, use)),
    resources: left('resources', (only, use) => use.action.isResourceRequest && allows(only, use)),
    resourceNames: left('resourceNames', (only, use) => use.action.isResourceRequest && allows(only, use)),
    nonResourceURLs: left(
      'nonResourceURLs',
      (only, use) => !use.action.isResourceRequest && allows(only, use),
    ),
  };
}

function resourceOf({ resource, subresource }: Action): string {
  return subresource === '' ? resource : `${resource}/${subresource}`;
}

/** What an action shows of the log: that reads, or writes, of its resource are in it. */
function sightings({ verb, isResourceRequest, apiGroup, resource, subresource }: Action): string[] {
  const access = READS.has(verb) ? 'read' : 'write';
  if (!isResourceRequest) return [`${access} path`];
  const type = subresource === '' ? resource : `${resource}/${subresource}`;
  return [`${access} ${apiGroup}/${type}`, `${access} */${type}`, `${access} ${apiGroup}/*`, `${access} */*`];
}

function blindnessOf(rule: RoleRule, isInLog: boolean, seen: ReadonlySet<string>): Blindness | undefined {
  if (!isInLog) return 'subject-not-in-log';
  if (rule.verbs.length > 0 && rule.verbs.every((verb) => NEVER_LOGGED.has(verb))) return 'verb-never-logged';
  const accesses = new Set(
    rule.verbs.flatMap((verb) =>
      verb === '*' ? ['read', 'write'] : NEVER_LOGGED.has(verb) ? [] : [READS.has(verb) ? 'read' : 'write'],
    ),
  );
  const isSeen = [...accesses].some(
    (access) =>
      (rule.nonResourceURLs.length > 0 && seen.has(`${access} path`)) ||
      rule.apiGroups.some((group) =>
        rule.resources.some((resource) => seen.has(`${access} ${group}/${resource}`)),
      ),
  );
  return isSeen ? undefined : 'resource-not-in-log';
}
