import { compareText } from '../../assessment/order.ts';
import type {
  HeldRule,
  RbacAuthorizer,
  RbacWorld,
  RoleRule,
  Subject,
} from '../../engines/authorization/index.ts';
import type { ApiResources } from '../../kubernetes/api-resources.ts';
import { type Right, rightsOf } from './rights.ts';
import { userInfoOf } from './subject.ts';
import { subjectName } from './text.ts';

/** Rights that a subject has on one side of a comparison alone. */
export interface Change {
  readonly subject: Subject;
  /** Undefined: in every namespace, and on what is in none. */
  readonly namespace: string | undefined;
  readonly rights: readonly Right[];
}

export interface Side {
  readonly world: RbacWorld;
  readonly rbac: RbacAuthorizer;
  readonly resources: ApiResources;
}

/**
 * What subjects may by the first side and not by the second, neither by name nor through groups that they are in for certain, such
 * as those of service accounts. Rights of a group are the group's, since its members are not known.
 */
export function rightsBeyond(side: Side, other: Side, namespace: string | undefined): Change[] {
  const changes: Change[] = [];
  const others = bySubjectAndScope(other.world);
  for (const [key, all] of bySubjectAndScope(side.world)) {
    const { subject, namespace: scope } = all[0]!.grant;
    if (namespace !== undefined && scope !== undefined && scope !== namespace) continue;
    // Most of what is compared is the same on both sides, word for word.
    const same = new Set(others.get(key)?.map(({ rule }) => textOf(rule)));
    const held = all.filter(({ rule }) => !same.has(textOf(rule)));
    if (held.length === 0) continue;
    const already = other.rbac.rulesFor(userInfoOf(subject), scope ?? '').map(({ rule }) => rule);
    const rights = rightsOf(held, side.resources, already);
    if (rights.length > 0) changes.push({ subject, namespace: scope, rights });
  }
  return changes.sort(
    (a, b) =>
      compareText(subjectName(a.subject), subjectName(b.subject)) ||
      compareText(a.namespace ?? '', b.namespace ?? ''),
  );
}

const TEXTS = new WeakMap<RoleRule, string>();

/** The same for rules that say the same in the same order; many grants share a rule. */
export function textOf(rule: RoleRule): string {
  const known = TEXTS.get(rule);
  if (known !== undefined) return known;
  const { verbs, apiGroups, resources, resourceNames, nonResourceURLs } = rule;
  const text = JSON.stringify([verbs, apiGroups, resources, resourceNames, nonResourceURLs]);
  TEXTS.set(rule, text);
  return text;
}

function bySubjectAndScope({ grants }: RbacWorld): Map<string, HeldRule[]> {
  const groups = new Map<string, HeldRule[]>();
  for (const grant of grants) {
    const { subject, namespace } = grant;
    const key = JSON.stringify([subject.kind, subject.namespace, subject.name, namespace]);
    const held = grant.rules.map((rule, ruleIndex) => ({ grant, ruleIndex, rule }));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, held);
    else group.push(...held);
  }
  // A grant of a role without rules gives nothing.
  for (const [key, held] of groups) if (held.length === 0) groups.delete(key);
  return groups;
}
