export { openEnvelope } from './envelopes.ts';
export type { AuditEvent, AuditedObject } from './event.ts';
export type { UnreadReason } from './log-reader.ts';
export type { AuditLogOptions, AuditLogReading, UnreadPart } from './read-audit-log.ts';
export { type AuditedUsage, readUsage } from './read-usage.ts';
export { type AuditedVolume, readVolume } from './read-volume.ts';
export { type AuditedRequest, type Occasion, requestsOf, type Uncounted } from './requests.ts';
