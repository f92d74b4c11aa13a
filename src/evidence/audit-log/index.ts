export type { AuditLogOptions, AuditLogReading, UnreadPart, UnreadReason } from './read-audit-log.ts';
export { type AuditedUsage, readUsage } from './read-usage.ts';
export { type AuditedVolume, readVolume } from './read-volume.ts';
export type { Occasion, Uncounted } from './requests.ts';
