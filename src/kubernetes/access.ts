import { asArray, asObject, asString } from './json.ts';
import type { KubernetesObject } from './object.ts';
import { type PolicyRule, policyRules } from './policy-rules.ts';
import { ALL, type ReadLog } from './reads.ts';

/** A Role or ClusterRole. */
export class Role {
  readonly object: KubernetesObject;
  readonly path = '';
  readonly rules: readonly PolicyRule[];

  constructor(object: KubernetesObject) {
    this.object = object;
    this.rules = policyRules(object.raw);
  }

  get isClusterRole(): boolean {
    return this.object.kind === 'ClusterRole';
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
  #role: Role | undefined;
  readonly #log: ReadLog | undefined;

  constructor(object: KubernetesObject, log?: ReadLog) {
    this.object = object;
    this.#log = log;
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

  /** The role that is bound, where it is among the sources. */
  get role(): Role | undefined {
    if (this.roleKind === 'ClusterRole') this.#log?.read('ClusterRole', ALL);
    else this.#log?.read('Role', this.object.namespace ?? 'default');
    return this.#role;
  }

  /** For the cluster's index. */
  binds(role: Role | undefined): void {
    this.#role = role;
  }

  /** A ClusterRoleBinding grants in every namespace and on cluster-scoped resources. */
  get isClusterWide(): boolean {
    return this.object.kind === 'ClusterRoleBinding';
  }
}

/** Notes that a judgement depends on who binds what. */
export function readBindings(log: ReadLog | undefined): void {
  log?.read('RoleBinding', ALL);
  log?.read('ClusterRoleBinding', ALL);
}
