import type { JsonObject } from '../../../kubernetes/json.ts';
import { BOOTSTRAP_OBJECTS } from '../bootstrap.ts';
import { type ResolvedRole, resolveRules } from './aggregation.ts';
import type { Grant, Subject } from './grant.ts';
import { NamedObjects } from './named-objects.ts';
import { type RbacObject, type RoleReference, readObject, roleReference, subjectsOf } from './objects.ts';
import type { Problem } from './problem.ts';
import { groupsOfApi, problemsOfRole, statedTwice } from './role-problems.ts';

export interface WorldOptions {
  /**
   * Adds the roles and bindings that every API server creates, except those that the objects state themselves (the default).
   * False for everything that a cluster has: its API server may be of another version, or may have lost some of them.
   */
  readonly bootstrap?: boolean;
}

/** A binding whose role is not there, with the users and groups that it is for. */
export interface BrokenBinding {
  readonly binding: JsonObject;
  readonly reference: RoleReference;
  readonly subjects: readonly Subject[];
  readonly namespace: string | undefined;
}

/** Roles and bindings with all references resolved. */
export class RbacWorld {
  /** Those of the whole cluster first, then those of namespaces, each in the order of the bindings and their subjects. */
  readonly grants: readonly Grant[];
  /** Every role, bound or not. */
  readonly roles: readonly ResolvedRole[];
  /** In the same order as grants. */
  readonly broken: readonly BrokenBinding[];
  readonly problems: readonly Problem[];

  private constructor(parts: Pick<RbacWorld, 'grants' | 'roles' | 'broken' | 'problems'>) {
    this.grants = parts.grants;
    this.roles = parts.roles;
    this.broken = parts.broken;
    this.problems = parts.problems;
  }

  /**
   * Objects of other kinds are passed over, and nothing in an object is fatal. A namespaced object without namespace counts as
   * one of `default`. What is stated twice counts twice, since any of the two may be the one that is applied.
   */
  static of(objects: readonly JsonObject[], options: WorldOptions = {}): RbacWorld {
    const problems: Problem[] = [];
    const stated = objects.map(readObject).filter((object) => object !== undefined);
    const named = new NamedObjects();
    for (const object of stated) named.add(object);
    statedTwice(named.stated, problems);
    if (options.bootstrap !== false) {
      const missing = [...bootstrapObjects()].filter((object) => !named.has(object));
      for (const object of missing) named.add(object);
      stated.push(...missing);
    }
    const roleObjects = stated.filter(({ kind }) => kind === 'Role' || kind === 'ClusterRole');
    const rules = resolveRules(roleObjects, problems);
    const groups = groupsOfApi(objects);
    const resolved = new Map<RbacObject, ResolvedRole>();
    for (const role of roleObjects) {
      resolved.set(role, { object: role.object, rules: rules.get(role)! });
      if (!bootstrapObjects().has(role)) problemsOfRole(role, rules.get(role)!, groups, problems);
    }

    const bound = { grants: [], broken: [], problems };
    for (const kind of ['ClusterRoleBinding', 'RoleBinding']) {
      for (const binding of stated) {
        if (binding.kind !== kind) continue;
        const reference = roleReference(binding.object);
        const roles = referredTo(reference, binding.namespace, named);
        bind(
          binding,
          reference,
          roles?.map((role) => resolved.get(role)!),
          bound,
        );
      }
    }
    return new RbacWorld({ ...bound, roles: [...resolved.values()] });
  }
}

function bind(
  binding: RbacObject,
  reference: RoleReference,
  roles: readonly ResolvedRole[] | undefined,
  found: { grants: Grant[]; broken: BrokenBinding[]; problems: Problem[] },
): void {
  const { object, namespace } = binding;
  const subjects = subjectsOf(binding, found.problems);
  if (roles === undefined) {
    const users = subjects.filter((subject) => subject !== undefined);
    found.broken.push({ binding: object, reference, subjects: users, namespace });
    const kind = isUsable(reference, namespace) ? 'missing-role' : 'unusable-role-reference';
    const name = `${reference.kind} ${reference.name}`;
    found.problems.push({ kind, object, path: 'roleRef', name });
    return;
  }
  for (const { object: role, rules } of roles) {
    subjects.forEach((subject, subjectIndex) => {
      if (subject === undefined) return;
      found.grants.push({ subject, subjectIndex, binding: object, role, rules, namespace });
    });
  }
}

let bootstrap: ReadonlySet<RbacObject> | undefined;

/** Read when it is first asked for: most commands never do. */
function bootstrapObjects(): ReadonlySet<RbacObject> {
  bootstrap ??= new Set(BOOTSTRAP_OBJECTS.map(readObject).filter((object) => object !== undefined));
  return bootstrap;
}

function referredTo(
  reference: RoleReference,
  namespace: string | undefined,
  named: NamedObjects,
): readonly RbacObject[] | undefined {
  const { kind, name } = reference;
  if (kind === 'ClusterRole') return named.find(kind, undefined, name);
  return kind === 'Role' && namespace !== undefined ? named.find(kind, namespace, name) : undefined;
}

function isUsable({ kind }: RoleReference, namespace: string | undefined): boolean {
  return kind === 'ClusterRole' || (kind === 'Role' && namespace !== undefined);
}
