/**
 * Who can do what, as the API server's authorizers of Kubernetes v1.37 decide it: k8s.io/kubernetes
 * plugin/pkg/auth/authorizer.
 */
export { ALWAYS_ALLOW, ALWAYS_DENY } from './always.ts';
export type {
  Answer,
  Authorizer,
  Decision,
  RequestAttributes,
  SelectorRequirement,
  UserInfo,
} from './attributes.ts';
export { isBootstrap } from './bootstrap.ts';
export { AuthorizerChain, type ChainAnswer, type ChainLink } from './chain.ts';
export { groupsOf, PRIVILEGED_GROUP, serviceAccountOf, serviceAccountUser, userOf } from './identity.ts';
export type { ResolvedRole } from './rbac/aggregation.ts';
export { RbacAuthorizer } from './rbac/authorizer.ts';
export { type Rule, uncovered } from './rbac/coverage.ts';
export type { Grant, RoleRule, Subject } from './rbac/grant.ts';
export type { Problem } from './rbac/problem.ts';
export type { AccessQuestion, Asked, HeldRule, Holder } from './rbac/question.ts';
export { type BrokenBinding, RbacWorld, type WorldOptions } from './rbac/world.ts';
export { type ReadReview, RefusedReview, readReview } from './subject-access-review.ts';
export { type FailurePolicy, WebhookAuthorizer } from './webhook.ts';
