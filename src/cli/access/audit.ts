import { type AuditedUsage, readUsage, type UnreadPart } from '../../evidence/audit-log/index.ts';
import { type Context, say } from '../context.ts';
import { ProgressLine } from '../progress.ts';
import { UsageError } from '../usage-error.ts';

/** Parts of a log that were not read and are named. */
const NAMED = 5;

/** Reads the logs that a command was given, and says on standard error what of them was not read or tells nothing. */
export async function readLogs(
  context: Context,
  logs: readonly string[],
  sources: readonly string[],
): Promise<AuditedUsage> {
  const { terminal, words } = context;
  if ([...logs, ...sources].filter((path) => path === '-').length > 1) {
    throw new UsageError((said) => said.auditLog.twoFromStdin());
  }
  const progress = new ProgressLine(terminal, words);
  const audited = await readUsage(logs, {
    cwd: terminal.cwd,
    get stdin() {
      return terminal.stdin;
    },
    onProgress: progress.auditing,
  });
  progress.done();
  const { events, others, unread, unreadCount, files } = audited.reading;
  const said = words.auditLog;
  if (unreadCount > 0) {
    const places = unread.slice(0, NAMED).map((part) => placeOf(context, part));
    say(context, said.notRead({ count: unreadCount, places: places.join(', '), more: unreadCount > NAMED }));
  }
  if (events === 0) say(context, said.noEvents({ files: files.length, others }));
  else if (others > 0) say(context, said.others({ count: others }));
  if (events > 0 && audited.uncounted['too-early'] === events) say(context, said.onlyReceived());
  return audited;
}

function placeOf({ words }: Context, { file, line, item, reason }: UnreadPart): string {
  const at = line !== undefined ? `:${line}` : item !== undefined ? `#${item}` : '';
  return `${file}${at} (${words.auditLog.unreadReason[reason]})`;
}

/** To the second; empty for a time that nothing tells. */
export function timeText(time: number | undefined): string {
  return time === undefined ? '' : `${new Date(time).toISOString().slice(0, 19)}Z`;
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
