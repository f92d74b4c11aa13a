/**
 * What the API server decides about a request by ValidatingAdmissionPolicies, exactly as Kubernetes 1.37 does: the same
 * verdicts, messages and limits, with an implementation of CEL of its own. What cannot be known is said to be unknown.
 */
export { Unknown, type UnknownCode } from '../cel/value.ts';
export type { AdmissionContext } from './match.ts';
export { ObjectContext } from './object-context.ts';
export type { PolicyProblem, ValidationAction } from './policy.ts';
export type {
  AdmissionRequest,
  GroupVersionKind,
  GroupVersionResource,
  Operation,
  UserInfo,
} from './request.ts';
export { AdmissionPolicies, denialText, type Objection, type Review, type Undecided } from './review.ts';
