import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type AuditedUsage, readUsage } from '../../evidence/audit-log/index.ts';
import { readAuditLogs, timeText } from '../audit-log.ts';
import { type Context, say } from '../context.ts';
import { UsageError } from '../usage-error.ts';

/**
 * Reads the logs that a command was given, or asks the store of records, and says on standard error what of them was not read or tells
 * nothing.
 */
export async function readLogs(
  context: Context,
  logs: readonly string[],
  sources: readonly string[],
): Promise<AuditedUsage> {
  const { cwd } = context.terminal;
  const isStore = logs.some((path) => path !== '-' && existsSync(join(resolve(cwd, path), 'store.json')));
  if (isStore && logs.length > 1) throw new UsageError((words) => words.auditLog.storeAmongLogs());
  const audited = await readAuditLogs(context, logs, sources, isStore ? readStore : readUsage);
  const { events } = audited.reading;
  if (events > 0 && audited.uncounted['too-early'] === events)
    say(context, context.words.auditLog.onlyReceived());
  return audited;
}

async function readStore(paths: readonly string[], { cwd }: { readonly cwd: string }): Promise<AuditedUsage> {
  // Records are asked of an engine that other commands can do without.
  const [{ openReader }, { usageFromStore }] = await Promise.all([
    import('../../records/store/open-reader.ts'),
    import('../../records/usage/used-rights.ts'),
  ]);
  const name = paths[0]!;
  const reader = await openReader(resolve(cwd, name));
  try {
    return await usageFromStore(reader, { name });
  } finally {
    await reader.close();
  }
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
