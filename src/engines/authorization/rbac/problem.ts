import type { JsonObject } from '../../../kubernetes/json.ts';

/** What of a role or binding cannot work; nothing of it stops the rest. */
export interface Problem {
  readonly kind: /** The role that a binding refers to is not there; `name` says which. */
    | 'missing-role'
    /** A `roleRef.kind` that is neither Role nor ClusterRole, or a Role in a ClusterRoleBinding. */
    | 'unusable-role-reference'
    /** A ServiceAccount in a ClusterRoleBinding without its namespace stands for nobody. */
    | 'subject-without-namespace'
    /** A subject that is neither User, Group nor ServiceAccount, or that has no name. */
    | 'unusable-subject'
    /** The same kind, namespace and name is stated more than once: all of them count, as any of them may be applied. */
    | 'stated-twice'
    /** The selector of an aggregated role that Kubernetes refuses; the role keeps the rules that it states. */
    | 'invalid-selector'
    /** Aggregated roles that take each other's rules: the controller never comes to an end with them. */
    | 'aggregation-cycle'
    /** A role that is not aggregated and has no rules. */
    | 'no-rules'
    /** A rule without verbs, or neither for resources of a group nor for paths, which allows nothing. */
    | 'empty-rule'
    /** A rule for an API group that is none of Kubernetes and that nothing among the objects defines; named once a role. */
    | 'unknown-api-group';
  readonly object: JsonObject;
  /** Field path in the object. */
  readonly path: string;
  /** Name of what it is about: the role, the subject, the group. */
  readonly name: string;
}
