/**
 * Who can do what, as the API server's authorizers of Kubernetes v1.37 decide it: k8s.io/kubernetes
 * plugin/pkg/auth/authorizer.
 */
export { type AbacAnswer, AbacAuthorizer } from './abac/authorizer.ts';
export { type AbacFile, type AbacPolicy, type AbacProblem, readAbacFile } from './abac/policies.ts';
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
export { type ChainParts, chainOf } from './configuration/chain.ts';
export { isAuthorizationConfiguration, readAuthorizationConfiguration } from './configuration/document.ts';
export { authorizersOfFlags } from './configuration/flags.ts';
export type {
  AuthorizerType,
  ConfigurationProblem,
  ConfigurationReading,
  ConfiguredAuthorizer,
  WebhookSettings,
} from './configuration/types.ts';
export type { Closure } from './escalation/closure.ts';
export type { Circumstance, Edge, Way } from './escalation/edges.ts';
export {
  type Escalation,
  type EscalationPath,
  escalations,
  isByMembership,
  type Outlook,
  outlookOf,
} from './escalation/escalations.ts';
export { type EscalationOptions, escalationGraphOf } from './escalation/from-objects.ts';
export { EscalationGraph, type EscalationInput, type HeldEffect } from './escalation/graph.ts';
export {
  type Certainty,
  type Effect,
  type Need,
  type Power,
  TARGETS,
  type Target,
} from './escalation/power.ts';
export { POWERS, type PowerId } from './escalation/powers/index.ts';
export type { Held, Right } from './escalation/rights.ts';
export type { Step } from './escalation/steps.ts';
export type { Vertex } from './escalation/vertex.ts';
export { groupsOf, PRIVILEGED_GROUP, serviceAccountOf, serviceAccountUser, userOf } from './identity.ts';
export type { FailedCondition, Match, MatchConditions } from './match-conditions.ts';
export { NodeAuthorizer } from './node/authorizer.ts';
export { NodeGraph, type NodeObjectKind } from './node/graph.ts';
export type { ResolvedRole } from './rbac/aggregation.ts';
export { RbacAuthorizer } from './rbac/authorizer.ts';
export { type Rule, uncovered } from './rbac/coverage.ts';
export type { Grant, RoleRule, Subject } from './rbac/grant.ts';
export type { Problem } from './rbac/problem.ts';
export type { AccessQuestion, Asked, HeldRule, Holder } from './rbac/question.ts';
export { type BrokenBinding, RbacWorld, type WorldOptions } from './rbac/world.ts';
export { type ReadReview, RefusedReview, readReview } from './subject-access-review.ts';
export {
  type Generated,
  type GeneratedBinding,
  type GeneratedRole,
  type GeneratedRule,
  type GenerateOptions,
  generateRoles,
  type HiddenNeed,
  type RuleEvidence,
} from './usage/generate.ts';
export { generatedObjects } from './usage/generated-objects.ts';
export type { NameChoice, RightsOptions } from './usage/rights.ts';
export type { RuleParts } from './usage/rule-parts.ts';
export { type Blindness, type RuleUse, usesOfGrants } from './usage/unused.ts';
export { type Action, UsageLog, type Use, type UserUses } from './usage/usage-log.ts';
export type { FailurePolicy } from './webhook.ts';
