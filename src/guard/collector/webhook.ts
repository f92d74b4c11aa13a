import { isObject } from '../../kubernetes/json.ts';
import { decodeAuditBody } from '../../records/audit/index.ts';
import type { Origin } from '../../records/decoded.ts';
import { type Answer, jsonAnswer } from './http/answer.ts';
import type { Call } from './http/call.ts';
import { Refusal } from './refusal.ts';
import type { Taking } from './taking.ts';

/**
 * A batch of the API server's audit webhook (k8s.io/apiserver plugin/pkg/audit/webhook): answered when it is stored. The API server tries
 * again whatever an answer that is no 2xx says (`retryOnError`), five times in all within about 80 seconds, each of them up to ten times
 * more where a 429 or 5xx has a Retry-After (k8s.io/client-go rest/with_retry.go); then it drops the whole batch and counts it in
 * apiserver_audit_error_total. So one event that cannot be understood must not cost the others: it goes into quarantine, the rest is
 * stored, and the answer is 200. Only where nothing at all is understood the answer is 400, which the operator sees in that metric.
 * Throws Refusal.
 */
export async function auditWebhook(call: Call, origin: Origin, { intake, tally }: Taking): Promise<Answer> {
  const { bytes, received } = await call.body();
  const decoded = decodeAuditBody(bytes, origin, tally);
  if (decoded.records.length === 0 && decoded.refused.length === 0 && !isEmptyList(bytes)) {
    throw new Refusal('malformed', 'this is no list of audit events');
  }
  await intake.deliver(origin.inlet, decoded, received);
  if (decoded.records.length === 0 && decoded.refused.length > 0) {
    throw new Refusal('not-understood', 'there is no audit event in it that could be understood');
  }
  return jsonAnswer(200, {});
}

function isEmptyList(bytes: Uint8Array): boolean {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return isObject(value) && value['kind'] === 'EventList';
  } catch {
    return false;
  }
}
