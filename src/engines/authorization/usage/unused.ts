import {
  groupMatches,
  nameMatches,
  nonResourceUrlMatches,
  resourceMatches,
  verbMatches,
} from '../../../kubernetes/policy-rules.ts';
import type { Grant, RoleRule } from '../rbac/grant.ts';
import type { HeldRule } from '../rbac/question.ts';
import { LogView, NEVER_LOGGED } from './log-view.ts';
import type { RuleParts } from './rule-parts.ts';
import { type Action, typeOf, type UsageLog, type Use } from './usage-log.ts';

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
  /** `partly`: some of its values were used, others not. Whether each verb was used on each resource does not matter here. */
  readonly status: 'used' | 'partly' | 'unused' | 'not-visible';
  readonly blindness?: Blindness;
  readonly count: number;
  readonly last: number | undefined;
  /** What was used, as requests name it. */
  readonly used: RuleParts;
  /** Values that nothing which was used needs. A `*` is one of them where what was used can be named instead. */
  readonly unused: RuleParts;
  /** Values that were not used either, as far as the log can show that. */
  readonly notVisible: RuleParts;
}

/**
 * Compares what bindings grant with what their subjects did. Where several grants allow the same, each of them counts as used: which one
 * the API server found first decides nothing.
 */
export function usesOfGrants(grants: readonly Grant[], log: UsageLog): RuleUse[] {
  const view = new LogView(log.users().flatMap(({ uses }) => uses));
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
      ...useOf(grant, rule, uses, view),
    }));
  });
}

function useOf(
  grant: Grant,
  rule: RoleRule,
  uses: readonly Use[] | undefined,
  view: LogView,
): Omit<RuleUse, keyof HeldRule> {
  const own = (uses ?? []).filter((use) => use.allowed && reaches(grant, use.action) && allows(rule, use));
  const { unused, notVisible } = partsLeft(rule, own, view);
  const facts = {
    count: own.reduce((sum, use) => sum + use.count, 0),
    last: own.reduce<number | undefined>((latest, { last }) => later(latest, last), undefined),
    used: partsUsed(rule, own),
    unused,
    notVisible,
  };
  if (own.length > 0) return { status: isEmpty(unused) ? 'used' : 'partly', ...facts };
  const blindness = blindnessOf(rule, uses !== undefined, view);
  return blindness === undefined
    ? { status: 'unused', ...facts }
    : { status: 'not-visible', blindness, ...facts };
}

function later(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || (b !== undefined && b > a) ? b : a;
}

function isEmpty(parts: RuleParts): boolean {
  return FIELDS.every((field) => parts[field].length === 0);
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
    resources: unique(ofResources.map(({ action }) => typeOf(action))),
    resourceNames: rule.resourceNames.filter((name) => ofResources.some((use) => use.names.has(name))),
    nonResourceURLs: unique(uses.flatMap(({ action }) => (action.isResourceRequest ? [] : [action.path]))),
  };
}

const FIELDS = ['verbs', 'apiGroups', 'resources', 'resourceNames', 'nonResourceURLs'] as const;

/** The values without each of which the rule would still allow all that was used. */
function partsLeft(
  rule: RoleRule,
  uses: readonly Use[],
  view: LogView,
): { readonly unused: RuleParts; readonly notVisible: RuleParts } {
  const unused: Record<keyof RuleParts, string[]> = emptyParts();
  const notVisible: Record<keyof RuleParts, string[]> = emptyParts();
  for (const field of FIELDS) {
    const isOfPaths = field === 'nonResourceURLs';
    for (const value of rule[field]) {
      const only = { ...rule, [field]: [value] };
      const isUsed =
        value !== '*' &&
        uses.some(
          (use) => (field === 'verbs' || use.action.isResourceRequest !== isOfPaths) && allows(only, use),
        );
      if (!isUsed) (view.shows(only) ? unused : notVisible)[field].push(value);
    }
  }
  return { unused, notVisible };
}

function emptyParts(): Record<keyof RuleParts, string[]> {
  return { verbs: [], apiGroups: [], resources: [], resourceNames: [], nonResourceURLs: [] };
}

function blindnessOf(rule: RoleRule, isInLog: boolean, view: LogView): Blindness | undefined {
  if (!isInLog) return 'subject-not-in-log';
  if (rule.verbs.length > 0 && rule.verbs.every((verb) => NEVER_LOGGED.has(verb))) return 'verb-never-logged';
  return view.shows(rule) ? undefined : 'resource-not-in-log';
}
