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
export { AuthorizerChain, type ChainAnswer, type ChainLink } from './chain.ts';
export { groupsOf, PRIVILEGED_GROUP, serviceAccountOf, serviceAccountUser, userOf } from './identity.ts';
export { type AccessQuestion, type HeldRule, type Holder, RbacAuthorizer } from './rbac/authorizer.ts';
export type { Grant, RoleRule, Subject } from './rbac/grant.ts';
export type { Problem } from './rbac/problem.ts';
export { RbacWorld } from './rbac/world.ts';
export { type FailurePolicy, WebhookAuthorizer } from './webhook.ts';
