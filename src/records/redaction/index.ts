/** Keeps secrets from being stored: what holds one is replaced by `[redacted]` before it is a record, and counted. */
export { redactAuditEvent } from './audit-event.ts';
export { redactFragment } from './fragment.ts';
export { type JsonContext, redactJson, TooDeep } from './json.ts';
export { REDACTED, type RedactionKind, Redactions } from './tally.ts';
export { redactCommand, redactLine, redactText } from './text.ts';
export { commandOf, redactUri } from './uri.ts';
