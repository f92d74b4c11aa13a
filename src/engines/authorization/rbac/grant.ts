import type { JsonObject } from '../../../kubernetes/json.ts';
import type { PolicyRule } from '../../../kubernetes/policy-rules.ts';

/** A rule as a role has it in the end; `path` is its place in the object that states it. */
export interface RoleRule extends PolicyRule {
  /** Of an aggregated role: the role that states the rule, and which of its rules it is. */
  readonly from?: { readonly role: JsonObject; readonly index: number };
}

/** Whom a binding names; a ServiceAccount always with its namespace, others never with one. */
export interface Subject {
  readonly kind: 'User' | 'Group' | 'ServiceAccount';
  readonly namespace: string | undefined;
  readonly name: string;
}

/** One subject of one binding with the role that it gets. */
export interface Grant {
  readonly subject: Subject;
  /** Its place in the binding's `subjects`. */
  readonly subjectIndex: number;
  /** The object as it was given. */
  readonly binding: JsonObject;
  readonly role: JsonObject;
  readonly rules: readonly RoleRule[];
  /** Where it holds; undefined: in the whole cluster. */
  readonly namespace: string | undefined;
}
