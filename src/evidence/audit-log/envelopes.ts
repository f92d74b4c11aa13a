import type { Json, JsonObject } from '../../kubernetes/json.ts';
import { cloudAuditEvent } from './cloud-entry.ts';
import { type AuditEvent, auditEvent } from './event.ts';
import { unwrap } from './unwrap.ts';

export { LISTS } from './unwrap.ts';

/** Hands on each audit event in a JSON value, out of whatever it is wrapped in. @returns whether there was one */
export function openEnvelope(
  value: Json,
  found: (event: AuditEvent, raw: JsonObject | undefined) => void,
): boolean {
  return unwrap(value, undefined, {
    found: ({ event, form }) => {
      if (form === 'audit') {
        found(auditEvent(event), event);
        return;
      }
      const entry = cloudAuditEvent(event);
      if (entry !== undefined) found(entry, undefined);
    },
  });
}
