import { asArray, asObject, asString, type JsonObject } from '../../../kubernetes/json.ts';
import type { Subject } from './grant.ts';
import type { Problem } from './problem.ts';

const GROUP = 'rbac.authorization.k8s.io/';

export type Kind = 'Role' | 'ClusterRole' | 'RoleBinding' | 'ClusterRoleBinding';

/** An object of RBAC with what the rest of the engine asks of it. */
export interface RbacObject {
  readonly object: JsonObject;
  readonly kind: Kind;
  readonly name: string;
  /** Undefined for what is of the whole cluster; `default` where a namespaced object states none. */
  readonly namespace: string | undefined;
}

/** Undefined for objects of other kinds, also those of the same name in another API group. */
export function readObject(object: JsonObject): RbacObject | undefined {
  const kind = object['kind'];
  const isNamespaced = kind === 'Role' || kind === 'RoleBinding';
  if (!isNamespaced && kind !== 'ClusterRole' && kind !== 'ClusterRoleBinding') return undefined;
  if (asString(object['apiVersion'])?.startsWith(GROUP) !== true) return undefined;
  const metadata = asObject(object['metadata']);
  const name = asString(metadata?.['name']) ?? '';
  const namespace = isNamespaced ? asString(metadata?.['namespace']) || 'default' : undefined;
  return { object, kind, name, namespace };
}

export interface RoleReference {
  readonly kind: string;
  readonly name: string;
}

export function roleReference(binding: JsonObject): RoleReference {
  const reference = asObject(binding['roleRef']);
  return { kind: asString(reference?.['kind']) ?? '', name: asString(reference?.['name']) ?? '' };
}

/** The subjects of a binding at their places; undefined at the place of one that stands for nobody. */
export function subjectsOf(
  { object, namespace }: RbacObject,
  problems: Problem[],
): readonly (Subject | undefined)[] {
  return (asArray(object['subjects']) ?? []).map((item, index) => {
    const subject = asObject(item) ?? {};
    const kind = asString(subject['kind']);
    const name = asString(subject['name']) ?? '';
    const path = `subjects[${index}]`;
    if (kind !== 'User' && kind !== 'Group' && kind !== 'ServiceAccount') {
      problems.push({ kind: 'unusable-subject', object, path, name: kind ?? '' });
      return undefined;
    }
    // Refused by validation; where it is stored all the same, it stands for the user without name.
    if (name === '') problems.push({ kind: 'unusable-subject', object, path, name: kind });
    if (kind !== 'ServiceAccount') return { kind, namespace: undefined, name };
    const own = asString(subject['namespace']) || namespace;
    if (own === undefined) {
      problems.push({ kind: 'subject-without-namespace', object, path, name });
      return undefined;
    }
    return { kind, namespace: own, name };
  });
}
