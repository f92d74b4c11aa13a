import type { AuditLogOptions, AuditLogReading, UnreadPart } from '../evidence/audit-log/index.ts';
import { type Context, say } from './context.ts';
import { ProgressLine } from './progress.ts';
import { UsageError } from './usage-error.ts';

/** Parts of a log that were not read and are named. */
const NAMED = 5;

/** Has logs read that a command was given, and says on standard error what of them was not read. */
export async function readAuditLogs<T extends { readonly reading: AuditLogReading }>(
  context: Context,
  logs: readonly string[],
  sources: readonly string[],
  read: (paths: readonly string[], options: Omit<AuditLogOptions, 'onEvent'>) => Promise<T>,
): Promise<T> {
  const { terminal, words } = context;
  if ([...logs, ...sources].filter((path) => path === '-').length > 1) {
    throw new UsageError((said) => said.auditLog.twoFromStdin());
  }
  const progress = new ProgressLine(terminal, words);
  const result = await read(logs, {
    cwd: terminal.cwd,
    get stdin() {
      return terminal.stdin;
    },
    onProgress: progress.auditing,
  });
  progress.done();
  const { events, others, unread, unreadCount, files } = result.reading;
  const said = words.auditLog;
  if (unreadCount > 0) {
    const places = unread.slice(0, NAMED).map((part) => placeOf(context, part));
    say(context, said.notRead({ count: unreadCount, places: places.join(', '), more: unreadCount > NAMED }));
  }
  if (events === 0) say(context, said.noEvents({ files: files.length, others }));
  else if (others > 0) say(context, said.others({ count: others }));
  return result;
}

function placeOf({ words }: Context, { file, line, item, reason }: UnreadPart): string {
  const at = line !== undefined ? `:${line}` : item !== undefined ? `#${item}` : '';
  return `${file}${at} (${words.auditLog.unreadReason[reason]})`;
}

/** To the second; empty for a time that nothing tells. */
export function timeText(time: number | undefined): string {
  return time === undefined ? '' : `${new Date(time).toISOString().slice(0, 19)}Z`;
}
