import { asArray, asObject, asString, type Json, type JsonObject } from './json.ts';
import type { KubernetesObject } from './object.ts';

/** One rule of a Role or ClusterRole with its field path. */
export interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames: readonly string[];
  readonly nonResourceURLs: readonly string[];
  readonly path: string;
}

/** A Role or ClusterRole. */
export class Role {
  readonly object: KubernetesObject;
  readonly path = '';
  readonly rules: readonly PolicyRule[];
  /** The bindings among the sources that refer to this role; filled in by the cluster's index. */
  readonly bindings: Binding[] = [];

  constructor(object: KubernetesObject) {
    this.object = object;
    this.rules = (asArray(object.raw['rules']) ?? []).map((rule, index) => readRule(rule, `rules[${index}]`));
  }

  get isClusterRole(): boolean {
    return this.object.kind === 'ClusterRole';
  }

  /** How far the role reaches as bound among the sources; a role that nothing binds reaches nothing yet. */
  get reach(): 'cluster' | 'namespace' | 'unbound' {
    if (this.bindings.some((binding) => binding.isClusterWide)) return 'cluster';
    return this.bindings.length > 0 ? 'namespace' : 'unbound';
  }

  /** Created by every API server at start (`rbac-defaults`), not by the people whose sources these are. */
  get isBootstrap(): boolean {
    return this.object.labels['kubernetes.io/bootstrapping'] === 'rbac-defaults';
  }
}

export interface BindingSubject {
  readonly kind: string;
  readonly name: string;
  /** Of a ServiceAccount; undefined for users and groups. */
  readonly namespace: string | undefined;
  readonly path: string;
}

/** A RoleBinding or ClusterRoleBinding. */
export class Binding {
  readonly object: KubernetesObject;
  readonly path = '';
  readonly roleKind: string;
  readonly roleName: string;
  readonly subjects: readonly BindingSubject[];
  /** The role that is bound, where it is among the sources. */
  role: Role | undefined;

  constructor(object: KubernetesObject) {
    this.object = object;
    const roleRef = asObject(object.raw['roleRef']);
    this.roleKind = asString(roleRef?.['kind']) ?? '';
    this.roleName = asString(roleRef?.['name']) ?? '';
    this.subjects = (asArray(object.raw['subjects']) ?? []).map((item, index) => {
      const subject = asObject(item);
      const kind = asString(subject?.['kind']) ?? '';
      return {
        kind,
        name: asString(subject?.['name']) ?? '',
        namespace:
          kind === 'ServiceAccount'
            ? asString(subject?.['namespace']) || object.namespace || 'default'
            : undefined,
        path: `subjects[${index}]`,
      };
    });
  }

  /** A ClusterRoleBinding grants in every namespace and on cluster-scoped resources. */
  get isClusterWide(): boolean {
    return this.object.kind === 'ClusterRoleBinding';
  }

  get isBootstrap(): boolean {
    return this.object.labels['kubernetes.io/bootstrapping'] === 'rbac-defaults';
  }
}

function readRule(value: Json, path: string): PolicyRule {
  const rule = asObject(value) ?? {};
  return {
    apiGroups: strings(rule, 'apiGroups'),
    resources: strings(rule, 'resources'),
    verbs: strings(rule, 'verbs'),
    resourceNames: strings(rule, 'resourceNames'),
    nonResourceURLs: strings(rule, 'nonResourceURLs'),
    path,
  };
}

function strings(rule: JsonObject, field: string): string[] {
  return (asArray(rule[field]) ?? []).filter((item) => typeof item === 'string');
}

/**
 * Whether a rule allows a verb on a resource, as the RBAC authorizer matches one rule
 * (k8s.io/kubernetes pkg/apis/rbac/v1/evaluation_helpers.go): `*` in verbs, groups or resources matches all, and a
 * star before a subresource (`*` + `/log`) matches it on every resource. Rules limited by resourceNames are left to the caller.
 */
export function ruleAllows(rule: PolicyRule, verb: string, group: string, resource: string): boolean {
  return (
    (rule.verbs.includes('*') || rule.verbs.includes(verb)) &&
    (rule.apiGroups.includes('*') || rule.apiGroups.includes(group)) &&
    resourceMatches(rule.resources, resource)
  );
}

function resourceMatches(resources: readonly string[], resource: string): boolean {
  if (resources.includes('*') || resources.includes(resource)) return true;
  const slash = resource.indexOf('/');
  return slash >= 0 && resources.includes(`*${resource.slice(slash)}`);
}
