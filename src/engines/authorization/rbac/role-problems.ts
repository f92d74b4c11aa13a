import { asObject } from '../../../kubernetes/json.ts';
import type { RoleRule } from './grant.ts';
import type { RbacObject } from './objects.ts';
import type { Problem } from './problem.ts';

/** What is stated more than once and not in the same words: the second is named. */
export function statedTwice(byKey: ReadonlyMap<string, readonly RbacObject[]>, problems: Problem[]): void {
  for (const [first, ...others] of byKey.values()) {
    if (first === undefined || others.length === 0 || first.name === '') continue;
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

export function problemsOfRole(role: RbacObject, rules: readonly RoleRule[], problems: Problem[]): void {
  const { object, name } = role;
  if (rules.length === 0 && asObject(object['aggregationRule']) === undefined)
    problems.push({ kind: 'no-rules', object, path: 'rules', name });
  for (const rule of rules) {
    if (rule.from !== undefined) continue;
    const isOfResources = rule.resources.length > 0 && rule.apiGroups.length > 0;
    if (rule.verbs.length > 0 && (isOfResources || rule.nonResourceURLs.length > 0)) continue;
    problems.push({ kind: 'empty-rule', object, path: rule.path, name });
  }
}
