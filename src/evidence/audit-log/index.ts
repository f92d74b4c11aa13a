export type { AuditEvent } from './event.ts';
export { type AuditLogReading, readAuditLog, type UnreadPart, type UnreadReason } from './read-audit-log.ts';
export { type AuditedRequest, type Occasion, requestsOf, type Uncounted } from './requests.ts';
