import { type AuditedUsage, readUsage } from '../../evidence/audit-log/index.ts';
import { readAuditLogs, timeText } from '../audit-log.ts';
import { type Context, say } from '../context.ts';

/** Reads the logs that a command was given, and says on standard error what of them was not read or tells nothing. */
export async function readLogs(
  context: Context,
  logs: readonly string[],
  sources: readonly string[],
): Promise<AuditedUsage> {
  const audited = await readAuditLogs(context, logs, sources, readUsage);
  const { events } = audited.reading;
  if (events > 0 && audited.uncounted['too-early'] === events)
    say(context, context.words.auditLog.onlyReceived());
  return audited;
}

/** What is said of the logs in JSON. */
export function logFacts({ reading, uncounted, period, hours }: AuditedUsage): object {
  const { files, events, others, unreadCount, unread } = reading;
  return {
    files,
    events,
    period: period === undefined ? null : { from: timeText(period.from), to: timeText(period.to) },
    hours,
    notCounted: uncounted,
    notEvents: others,
    notRead: { count: unreadCount, first: unread },
  };
}
