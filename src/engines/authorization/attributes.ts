import type { FailedCondition } from './match-conditions.ts';
import type { Grant } from './rbac/grant.ts';

/** Who asks: k8s.io/apiserver/pkg/authentication/user.Info. */
export interface UserInfo {
  readonly name: string;
  readonly uid?: string;
  /** All of them: nothing is added here, see `groupsOf`. */
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** FieldSelectorRequirement and LabelSelectorRequirement of a SubjectAccessReview. */
export interface SelectorRequirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  readonly values: readonly string[];
}

/** What is asked for: k8s.io/apiserver/pkg/authorization/authorizer.Attributes. Empty where there is none. */
export interface RequestAttributes {
  readonly user: UserInfo;
  readonly verb: string;
  readonly isResourceRequest: boolean;
  readonly apiGroup: string;
  readonly apiVersion: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  /** Of a request for no resource, such as `/healthz`. */
  readonly path: string;
  /** What a list, watch or deletecollection is limited to; the RBAC authorizer does not look at it. */
  readonly fieldSelector?: readonly SelectorRequirement[];
  readonly labelSelector?: readonly SelectorRequirement[];
}

/** `unknown`: a webhook decides it, or something that was not seen. */
export type Decision = 'allow' | 'deny' | 'no-opinion' | 'unknown';

export interface Answer {
  readonly decision: Decision;
  /** In upstream's words. */
  readonly reason: string;
  /** What allows it, where RBAC does; `ruleIndex` counts in `grant.rules`. */
  readonly grant?: { readonly grant: Grant; readonly ruleIndex: number };
  /** The match condition that decides, because it cannot be computed for the request; upstream tells it as an error beside the answer. */
  readonly failedCondition?: FailedCondition;
}

/** One of the authorizers that an API server asks in order, until one has an opinion. */
export interface Authorizer {
  readonly mode: 'RBAC' | 'Node' | 'ABAC' | 'AlwaysAllow' | 'AlwaysDeny' | 'Webhook';
  authorize(attributes: RequestAttributes): Answer;
}
