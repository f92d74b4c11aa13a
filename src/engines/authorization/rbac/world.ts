import { asArray, asObject, asString, type JsonObject } from '../../../kubernetes/json.ts';
import { policyRules } from '../../../kubernetes/policy-rules.ts';
import type { Grant, RoleRule, Subject } from './grant.ts';
import type { Problem } from './problem.ts';

const GROUP = 'rbac.authorization.k8s.io';

/** Roles and bindings with all references resolved. */
export class RbacWorld {
  /** Those of the whole cluster first, then those of namespaces, each in the order of the bindings and their subjects. */
  readonly grants: readonly Grant[];
  readonly problems: readonly Problem[];

  private constructor(grants: readonly Grant[], problems: readonly Problem[]) {
    this.grants = grants;
    this.problems = problems;
  }

  /** Objects of other kinds are passed over. A namespaced object without namespace counts as one of `default`. */
  static of(objects: readonly JsonObject[]): RbacWorld {
    const roles = new Map<string, { role: JsonObject; rules: readonly RoleRule[] }>();
    const bindings: JsonObject[] = [];
    const problems: Problem[] = [];
    for (const object of objects) {
      if (!(asString(object['apiVersion']) ?? '').startsWith(`${GROUP}/`)) continue;
      const { name, namespace } = nameOf(object);
      switch (object['kind']) {
        case 'ClusterRole':
          roles.set(`/${name}`, { role: object, rules: policyRules(object) });
          break;
        case 'Role':
          roles.set(`${namespace}/${name}`, { role: object, rules: policyRules(object) });
          break;
        case 'ClusterRoleBinding':
        case 'RoleBinding':
          bindings.push(object);
          break;
      }
    }
    const wide: Grant[] = [];
    const narrow: Grant[] = [];
    for (const binding of bindings) {
      const namespace = binding['kind'] === 'RoleBinding' ? nameOf(binding).namespace : undefined;
      const reference = asObject(binding['roleRef']);
      const name = asString(reference?.['name']) ?? '';
      const bound = roles.get(reference?.['kind'] === 'ClusterRole' ? `/${name}` : `${namespace}/${name}`);
      if (bound === undefined) {
        problems.push({ kind: 'missing-role', object: binding, path: 'roleRef', name });
        continue;
      }
      (asArray(binding['subjects']) ?? []).forEach((item, subjectIndex) => {
        const subject = readSubject(asObject(item) ?? {}, namespace);
        if (subject === undefined) return;
        (namespace === undefined ? wide : narrow).push({
          subject,
          subjectIndex,
          binding,
          ...bound,
          namespace,
        });
      });
    }
    return new RbacWorld([...wide, ...narrow], problems);
  }
}

function nameOf(object: JsonObject): { name: string; namespace: string } {
  const metadata = asObject(object['metadata']);
  return {
    name: asString(metadata?.['name']) ?? '',
    namespace: asString(metadata?.['namespace']) || 'default',
  };
}

function readSubject(subject: JsonObject, namespace: string | undefined): Subject | undefined {
  const kind = asString(subject['kind']);
  const name = asString(subject['name']) ?? '';
  if (kind === 'User' || kind === 'Group') return { kind, namespace: undefined, name };
  if (kind !== 'ServiceAccount') return undefined;
  const own = asString(subject['namespace']) || namespace;
  return own === undefined ? undefined : { kind, namespace: own, name };
}
