import type { RequestAttributes } from '../attributes.ts';
import type { Grant, RoleRule, Subject } from './grant.ts';

/** What is asked for, without who asks and where. */
export type Asked = Omit<RequestAttributes, 'user' | 'namespace' | 'apiVersion'>;

/** Who may do it? */
export interface AccessQuestion extends Asked {
  /** Empty: on the whole cluster. Undefined: in whatever namespace. */
  readonly namespace: string | undefined;
}

/** A rule that a grant gives. */
export interface HeldRule {
  readonly grant: Grant;
  /** Counts in `grant.rules`. */
  readonly ruleIndex: number;
  readonly rule: RoleRule;
}

/** A subject, and by each grant that lets it the first rule that does. */
export interface Holder {
  readonly subject: Subject;
  readonly held: readonly HeldRule[];
}
