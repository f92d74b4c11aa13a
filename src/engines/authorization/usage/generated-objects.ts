import type { JsonObject } from '../../../kubernetes/json.ts';
import type { Subject } from '../rbac/grant.ts';
import type { Generated, GeneratedBinding, GeneratedRole, GeneratedRule } from './generate.ts';

const API_VERSION = 'rbac.authorization.k8s.io/v1';
const API_GROUP = 'rbac.authorization.k8s.io';

/** The objects as they are applied: roles, then the bindings that give them to the subject. */
export function generatedObjects({ roles, bindings }: Generated, subject: Subject): JsonObject[] {
  return [...roles.map(roleObject), ...bindings.map((binding) => bindingObject(binding, subject))];
}

function roleObject({ kind, name, namespace, rules }: GeneratedRole): JsonObject {
  return {
    apiVersion: API_VERSION,
    kind,
    metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
    rules: rules.map(ruleObject),
  };
}

function ruleObject(rule: GeneratedRule): JsonObject {
  const fields = ['apiGroups', 'resources', 'resourceNames', 'nonResourceURLs', 'verbs'] as const;
  return Object.fromEntries(
    fields.flatMap((field) => (rule[field].length === 0 ? [] : [[field, [...rule[field]]]])),
  );
}

function bindingObject({ kind, name, namespace, role }: GeneratedBinding, subject: Subject): JsonObject {
  const { kind: subjectKind, name: subjectName } = subject;
  return {
    apiVersion: API_VERSION,
    kind,
    metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
    roleRef: { apiGroup: API_GROUP, kind: role.kind, name: role.name },
    subjects: [
      subjectKind === 'ServiceAccount'
        ? { kind: subjectKind, namespace: subject.namespace, name: subjectName }
        : { apiGroup: API_GROUP, kind: subjectKind, name: subjectName },
    ],
  };
}
