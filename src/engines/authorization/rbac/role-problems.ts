import { BUILT_IN_GROUPS } from '../../../kubernetes/api-resources.ts';
import { asObject, asString, type JsonObject } from '../../../kubernetes/json.ts';
import { policyRules } from '../../../kubernetes/policy-rules.ts';
import { BOOTSTRAP_OBJECTS } from '../bootstrap.ts';
import type { RoleRule } from './grant.ts';
import type { RbacObject } from './objects.ts';
import type { Problem } from './problem.ts';

/** What is stated more than once and not in the same words: all but the first are named. */
export function statedTwice(
  stated: ReadonlyMap<RbacObject, readonly RbacObject[]>,
  problems: Problem[],
): void {
  for (const [first, others] of stated) {
    if (first.name === '') continue;
    for (const { object, name } of others) {
      if (meaning(object) === meaning(first.object)) continue;
      problems.push({ kind: 'stated-twice', object, path: 'metadata.name', name });
    }
  }
}

function meaning(object: RbacObject['object']): string {
  return JSON.stringify(
    ['rules', 'aggregationRule', 'roleRef', 'subjects'].map((field) => object[field] ?? null),
  );
}

/** The API groups of Kubernetes and those that definitions and API services among some objects bring. */
export function groupsOfApi(objects: readonly JsonObject[]): ReadonlySet<string> {
  const groups = new Set([...BUILT_IN_GROUPS, ...usualGroups(), '*']);
  for (const { kind, spec } of objects) {
    if (kind !== 'CustomResourceDefinition' && kind !== 'APIService') continue;
    const group = asString(asObject(spec)?.['group']);
    if (group !== undefined) groups.add(group);
  }
  return groups;
}

let usual: ReadonlySet<string> | undefined;

/** Groups that the roles of every API server name, of former releases and of usual extensions such as metrics among them. */
function usualGroups(): ReadonlySet<string> {
  usual ??= new Set(
    BOOTSTRAP_OBJECTS.flatMap((role) => policyRules(role).flatMap(({ apiGroups }) => apiGroups)),
  );
  return usual;
}

export function problemsOfRole(
  role: RbacObject,
  rules: readonly RoleRule[],
  groups: ReadonlySet<string>,
  problems: Problem[],
): void {
  const { object, name } = role;
  if (rules.length === 0 && asObject(object['aggregationRule']) === undefined)
    problems.push({ kind: 'no-rules', object, path: 'rules', name });
  const unknown = new Set<string>();
  for (const rule of rules) {
    if (rule.from !== undefined) continue;
    const { path, verbs, apiGroups, resources, nonResourceURLs } = rule;
    const isOfResources = resources.length > 0 && apiGroups.length > 0;
    if (verbs.length === 0 || !(isOfResources || nonResourceURLs.length > 0))
      problems.push({ kind: 'empty-rule', object, path, name });
    for (const [index, group] of apiGroups.entries()) {
      if (groups.has(group) || unknown.has(group)) continue;
      unknown.add(group);
      problems.push({ kind: 'unknown-api-group', object, path: `${path}.apiGroups[${index}]`, name: group });
    }
  }
}
