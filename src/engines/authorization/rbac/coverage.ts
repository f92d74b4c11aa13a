import { type PolicyRule, urlPrefix } from '../../../kubernetes/policy-rules.ts';

/** A rule wherever it stands. */
export type Rule = Omit<PolicyRule, 'path'>;

/**
 * What of some rules others do not cover, broken down to single verbs, groups, resources, names and paths: what keeps somebody
 * who holds `owner` from granting `wanted` (k8s.io/component-helpers auth/rbac/validation/policy_comparator.go, Covers). Empty
 * where all is covered.
 */
export function uncovered(owner: readonly Rule[], wanted: readonly Rule[]): Rule[] {
  return wanted.flatMap(breakDown).filter((single) => !owner.some((rule) => covers(rule, single)));
}

function breakDown(rule: Rule): Rule[] {
  const { apiGroups, resources, verbs, resourceNames, nonResourceURLs } = rule;
  const names = resourceNames.length > 0 ? resourceNames.map((name) => [name]) : [[]];
  const single = (parts: Partial<Rule>): Rule => ({ ...NO_RULE, ...parts });
  return [
    ...apiGroups.flatMap((group) =>
      resources.flatMap((resource) =>
        verbs.flatMap((verb) =>
          names.map((name) =>
            single({ apiGroups: [group], resources: [resource], verbs: [verb], resourceNames: name }),
          ),
        ),
      ),
    ),
    ...nonResourceURLs.flatMap((url) =>
      verbs.map((verb) => single({ nonResourceURLs: [url], verbs: [verb] })),
    ),
  ];
}

const NO_RULE: Rule = { apiGroups: [], resources: [], verbs: [], resourceNames: [], nonResourceURLs: [] };

/** Whether a rule covers one that has at most one of everything. */
function covers(owner: Rule, single: Rule): boolean {
  return (
    hasAll(owner.verbs, single.verbs) &&
    hasAll(owner.apiGroups, single.apiGroups) &&
    (owner.resources.includes('*') ||
      single.resources.every((resource) => coversResource(owner, resource))) &&
    single.nonResourceURLs.every((url) => owner.nonResourceURLs.some((own) => coversUrl(own, url))) &&
    coversNames(owner.resourceNames, single.resourceNames)
  );
}

function hasAll(own: readonly string[], wanted: readonly string[]): boolean {
  return own.includes('*') || wanted.every((each) => own.includes(each));
}

function coversResource({ resources }: Rule, resource: string): boolean {
  const slash = resource.indexOf('/');
  return resources.includes(resource) || (slash >= 0 && resources.includes(`*${resource.slice(slash)}`));
}

function coversUrl(own: string, url: string): boolean {
  return own === url || (own.endsWith('*') && url.startsWith(urlPrefix(own)));
}

function coversNames(own: readonly string[], wanted: readonly string[]): boolean {
  if (own.length === 0) return true;
  return wanted.length > 0 && wanted.every((name) => own.includes(name));
}
