/** What an API server writes to its audit log: as a library by itself, without any input or output. */
export { type AuditDecision, type AuditedRequest, decideAudit, ruleMatches } from './decide.ts';
export {
  auditPolicyDocument,
  BREADTHS,
  type Breadth,
  type GeneratedRule,
  generateAuditPolicy,
} from './generate.ts';
export { type Actor, type AuditFinding, auditGaps, lintAuditPolicy } from './lint.ts';
export { NEEDS, type NeedId } from './needs.ts';
export {
  type AuditPolicy,
  type AuditPolicyReading,
  type AuditRule,
  isAuditPolicy,
  LEVELS,
  type Level,
  readAuditPolicy,
  STAGES,
  type Stage,
} from './policy.ts';
export { RefusedRequest, readAuditedRequest } from './request.ts';
export { type Amount, AuditVolume, type LoggedEvent } from './volume.ts';
