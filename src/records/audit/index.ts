/** Audit events as records: of the API server's webhook, of its log files, of clouds' exports and of collectors. */
export { decodeAuditBody, decodeAuditValue } from './decode.ts';
export { type AuditFilesOptions, readAuditRecords } from './ingest.ts';
export { AuditLines } from './lines.ts';
export { microseconds } from './time.ts';
