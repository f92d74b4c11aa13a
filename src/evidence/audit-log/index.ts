export type { AuditLogReading, UnreadPart, UnreadReason } from './read-audit-log.ts';
export { type AuditedUsage, readUsage } from './read-usage.ts';
export type { Occasion, Uncounted } from './requests.ts';
