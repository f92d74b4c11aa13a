import type { RequestAttributes, UserInfo } from '../attributes.ts';
import { type MergedRule, mergeRules } from './merge-rules.ts';
import { type RightsOptions, rightsOf, type UsedRight } from './rights.ts';
import { type Action, typeOf, type Use, type UserUses } from './usage-log.ts';

export interface GenerateOptions extends RightsOptions {
  /** Of every object that is made. */
  readonly name: string;
  /** Also what was refused, as audit2rbac does: a program that still has no rights shows in a log which it wants. */
  readonly refused: boolean;
  /** What the subject may do without what is made here; undefined leaves nothing out. */
  readonly isGranted?: ((attributes: RequestAttributes) => boolean) | undefined;
  /** The user as whom `isGranted` is asked. */
  readonly user: UserInfo;
}

export interface GeneratedRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames: readonly string[];
  readonly nonResourceURLs: readonly string[];
  readonly verbs: readonly string[];
  readonly evidence: RuleEvidence;
}

/** Why a rule is there. */
export interface RuleEvidence {
  readonly count: number;
  readonly first: number | undefined;
  readonly last: number | undefined;
  /** How many objects were seen of a rule that names none; 0 where the requests had no name. */
  readonly names: number;
  readonly hasMoreNames: boolean;
  /** Verbs that were not used themselves. */
  readonly expanded: readonly string[];
  /** Why the API server asked, beside for what the client asked; see `Use.occasions`. */
  readonly occasions: readonly string[];
  /** True: all of it was refused. */
  readonly refused: boolean;
}

export interface GeneratedRole {
  readonly kind: 'Role' | 'ClusterRole';
  readonly name: string;
  readonly namespace: string | undefined;
  readonly rules: readonly GeneratedRule[];
}

export interface GeneratedBinding {
  readonly kind: 'RoleBinding' | 'ClusterRoleBinding';
  readonly name: string;
  readonly namespace: string | undefined;
  readonly role: Pick<GeneratedRole, 'kind' | 'name'>;
}

/**
 * What a verb on a resource needs beside it, which the API server asks its authorizer for and tells no log: to hold what is granted
 * (`escalate`, `bind`), the signer of certificates (`approve`, `sign`, `attest`), to read the parameters of a policy.
 */
export type HiddenNeed = 'escalate' | 'bind' | 'approve' | 'sign' | 'attest' | 'parameters';

export interface Generated {
  readonly roles: readonly GeneratedRole[];
  readonly bindings: readonly GeneratedBinding[];
  /** What was used and is left out, because it is granted already. */
  readonly granted: readonly Use[];
  /** What was refused and is left out. */
  readonly refused: readonly Use[];
  /** What no rule can grant without granting more, as `*` in a rule means all; see `isGrantable`. */
  readonly ungrantable: readonly Use[];
  readonly hiddenNeeds: readonly HiddenNeed[];
}

/**
 * The roles and bindings that grant what some users did and nothing else, except what the options expand. What is the same in several
 * namespaces is one ClusterRole that is bound in each; what is granted in the whole cluster is not granted in a namespace again.
 */
export function generateRoles(users: readonly UserUses[], options: GenerateOptions): Generated {
  const all = users.flatMap(({ uses }) => uses);
  const wanted = all.filter(({ allowed }) => allowed || options.refused);
  const granted = new Set(wanted.filter((use) => isGranted(use, options)));
  const ungrantable = wanted.filter((use) => !granted.has(use) && !isGrantable(use.action));
  const used = wanted.filter((use) => !granted.has(use) && isGrantable(use.action));
  const byScope = new Map<string, UsedRight[]>();
  for (const right of rightsOf(used, options)) {
    const scope = byScope.get(right.namespace);
    if (scope === undefined) byScope.set(right.namespace, [right]);
    else scope.push(right);
  }
  const wide = byScope.get('') ?? [];
  byScope.delete('');
  const { roles, bindings } = objectsOf(wide, byScope, options.name);
  return {
    roles,
    bindings,
    granted: [...granted],
    refused: options.refused ? [] : refusedOnly(all),
    ungrantable,
    hiddenNeeds: [...new Set(used.flatMap(({ action }) => hiddenNeedOf(action) ?? []))].sort(),
  };
}

/**
 * Whether a rule can name what was asked for. A client may send `*` for anything (`GET /api/v1/namespaces/shop/*` asks for the
 * resource `*`), and so may it a slash, which in a rule divides a resource from its subresource.
 */
function isGrantable({ verb, isResourceRequest, apiGroup, resource, subresource, path }: Action): boolean {
  const texts = isResourceRequest ? [verb, apiGroup, resource, subresource] : [verb, path];
  if (texts.some((text) => text.includes('*'))) return false;
  return isResourceRequest ? resource !== '' && !resource.includes('/') : path !== '';
}

/** A use is left out as a whole only: of names that are granted in part, the rule tells better which they are. */
function isGranted({ action, names }: Use, { isGranted: ask, user }: GenerateOptions): boolean {
  if (ask === undefined) return false;
  return [...names].every((name) => ask({ ...action, user, name, apiVersion: '' }));
}

/** What was refused each time, of whichever objects. */
function refusedOnly(uses: readonly Use[]): Use[] {
  const allowed = new Set(uses.filter((use) => use.allowed).map(({ action }) => JSON.stringify(action)));
  return uses.filter((use) => !use.allowed && !allowed.has(JSON.stringify(use.action)));
}

function objectsOf(
  wide: readonly UsedRight[],
  byNamespace: ReadonlyMap<string, readonly UsedRight[]>,
  name: string,
): Pick<Generated, 'roles' | 'bindings'> {
  const roles: GeneratedRole[] = [];
  const bindings: GeneratedBinding[] = [];
  if (wide.length > 0) {
    const role = { kind: 'ClusterRole', name, namespace: undefined, rules: rulesOf(wide) } as const;
    roles.push(role);
    bindings.push({ kind: 'ClusterRoleBinding', name, namespace: undefined, role });
  }
  const coversAll = new Set(wide.map((right) => rightKey(right, right.name)));
  const same = new Map<string, { namespace: string; rights: readonly UsedRight[] }[]>();
  for (const namespace of [...byNamespace.keys()].sort()) {
    const rights = byNamespace
      .get(namespace)!
      .filter((right) => !coversAll.has(rightKey(right, '')) && !coversAll.has(rightKey(right, right.name)));
    if (rights.length === 0) continue;
    const key = JSON.stringify(rulesOf(rights).map(({ evidence, ...rule }) => rule));
    same.set(key, [...(same.get(key) ?? []), { namespace, rights }]);
  }
  let shared = 0;
  for (const group of same.values()) {
    const rules = rulesOf(group.flatMap(({ rights }) => rights));
    const number = group.length > 1 ? ++shared : 0;
    const sharedName = `${name}:namespaced${number > 1 ? `-${number}` : ''}`;
    const own =
      group.length > 1
        ? ({ kind: 'ClusterRole', name: sharedName } as const)
        : ({ kind: 'Role', name } as const);
    roles.push({ ...own, namespace: group.length > 1 ? undefined : group[0]!.namespace, rules });
    for (const { namespace } of group) bindings.push({ kind: 'RoleBinding', name, namespace, role: own });
  }
  return { roles, bindings };
}

function rightKey({ verb, apiGroup, resource, path }: UsedRight, name: string): string {
  return [verb, apiGroup, resource, path, name].join('\n');
}

function rulesOf(rights: readonly UsedRight[]): GeneratedRule[] {
  return mergeRules(rights.map((right) => ({ ...right, evidence: right }))).map(withEvidence);
}

function withEvidence({ evidence, ...rule }: MergedRule<UsedRight>): GeneratedRule {
  const uses = [...new Set(evidence.map(({ use }) => use))];
  const times = uses.flatMap(({ first, last }) =>
    first === undefined || last === undefined ? [] : [first, last],
  );
  const names = new Set(uses.flatMap((use) => [...use.names].filter((name) => name !== '')));
  const used = new Set(evidence.filter(({ isExpanded }) => !isExpanded).map(({ verb }) => verb));
  return {
    ...rule,
    evidence: {
      count: uses.reduce((sum, { count }) => sum + count, 0),
      first: times.reduce<number | undefined>((a, b) => (a === undefined || b < a ? b : a), undefined),
      last: times.reduce<number | undefined>((a, b) => (a === undefined || b > a ? b : a), undefined),
      names: rule.resourceNames.length > 0 ? 0 : names.size,
      hasMoreNames: uses.some(({ hasMoreNames }) => hasMoreNames),
      expanded: rule.verbs.filter((verb) => !used.has(verb)),
      occasions: [...new Set(uses.flatMap(({ occasions }) => [...occasions]))]
        .filter((each) => each !== 'request')
        .sort(),
      refused: uses.every(({ allowed }) => !allowed),
    },
  };
}

const WRITES: ReadonlySet<string> = new Set(['create', 'update', 'patch']);
const RBAC = 'rbac.authorization.k8s.io';
const CERTIFICATES = 'certificates.k8s.io';
const ADMISSION = 'admissionregistration.k8s.io';

/** By group and resource. Sources: the registries of k8s.io/kubernetes/pkg/registry and plugin/pkg/admission that ask the authorizer. */
const HIDDEN: Readonly<Record<string, HiddenNeed>> = {
  [`${RBAC}/roles`]: 'escalate',
  [`${RBAC}/clusterroles`]: 'escalate',
  [`${RBAC}/rolebindings`]: 'bind',
  [`${RBAC}/clusterrolebindings`]: 'bind',
  [`${CERTIFICATES}/certificatesigningrequests/approval`]: 'approve',
  [`${CERTIFICATES}/certificatesigningrequests/status`]: 'sign',
  [`${CERTIFICATES}/clustertrustbundles`]: 'attest',
  [`${ADMISSION}/validatingadmissionpolicies`]: 'parameters',
  [`${ADMISSION}/validatingadmissionpolicybindings`]: 'parameters',
  [`${ADMISSION}/mutatingadmissionpolicies`]: 'parameters',
  [`${ADMISSION}/mutatingadmissionpolicybindings`]: 'parameters',
};

function hiddenNeedOf(action: Use['action']): HiddenNeed | undefined {
  return WRITES.has(action.verb) ? HIDDEN[`${action.apiGroup}/${typeOf(action)}`] : undefined;
}
