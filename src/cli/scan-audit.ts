import { accountUses } from '../engines/authorization/usage/accounts.ts';
import type { AuditFactsSpec } from '../kubernetes/audit-facts.ts';
import type { JsonObject } from '../kubernetes/json.ts';
import { EVIDENCE_API_VERSION, KubernetesObject } from '../kubernetes/object.ts';
import { readLogs } from './access/audit.ts';
import { timeText } from './audit-log.ts';
import type { Context } from './context.ts';

/** What audit logs tell of service accounts, as a document beside the objects; undefined where they tell no time, or nothing. */
export async function auditEvidence(
  context: Context,
  logs: readonly string[],
  sources: readonly string[],
): Promise<KubernetesObject | undefined> {
  const { usage, period, hours } = await readLogs(context, logs, sources);
  if (period === undefined) return undefined;
  const accounts = accountUses(usage).map(({ namespace, name, requests }) => ({ namespace, name, requests }));
  const [from, to] = [timeText(period.from), timeText(period.to)];
  const spec = { from, to, hours, accounts } satisfies AuditFactsSpec;
  const raw: JsonObject = {
    apiVersion: EVIDENCE_API_VERSION,
    kind: 'AuditFacts',
    metadata: { name: 'audit-logs' },
    spec: { ...spec },
  };
  const origin = { file: { path: logs[0]! }, document: 0, start: 0, end: 0, line: 1, column: 1, within: '' };
  return new KubernetesObject(raw, { ...origin, format: 'json' });
}
