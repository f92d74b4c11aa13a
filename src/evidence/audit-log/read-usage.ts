import { UsageLog } from '../../engines/authorization/usage/usage-log.ts';
import type { AuditEvent } from './event.ts';
import { type AuditLogOptions, type AuditLogReading, readAuditLog } from './read-audit-log.ts';
import { requestsOf, type Uncounted } from './requests.ts';

/** What the events of some logs add up to. */
export interface AuditedUsage {
  readonly usage: UsageLog;
  readonly reading: AuditLogReading;
  /** Events that tell nothing of what the authorizer was asked, by reason. */
  readonly uncounted: Readonly<Record<Uncounted, number>>;
  /** Milliseconds since the epoch: the first and the last request. Undefined without any time. */
  readonly period: { readonly from: number; readonly to: number } | undefined;
  /** In how many hours of the period, of how many, there was a request at all: a log has gaps. */
  readonly hours: { readonly seen: number; readonly all: number };
}

const HOUR = 3_600_000;
/** Requests that go on and whose end is waited for; more of them are counted once too often. */
const MOST_OPEN = 1_000_000;

/** Reads audit logs for who used which rights. @throws as readAuditLog */
export async function readUsage(
  paths: readonly string[],
  options: Omit<AuditLogOptions, 'onEvent'>,
): Promise<AuditedUsage> {
  const usage = new UsageLog();
  const uncounted: Record<Uncounted, number> = {
    'too-early': 0,
    'not-authorized-yet': 0,
    'impersonation-refused': 0,
  };
  const hours = new Set<number>();
  const open = new Set<string>();
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  const onEvent = (event: AuditEvent): void => {
    const { time, stage, auditID } = event;
    if (time !== undefined) {
      if (time < from) from = time;
      if (time > to) to = time;
      hours.add(Math.floor(time / HOUR));
    }
    const requests = requestsOf(event);
    if (typeof requests === 'string') {
      uncounted[requests]++;
      return;
    }
    // A request that goes on is told of twice, when it is answered and when it ends.
    if (stage === 'ResponseStarted') {
      if (open.size < MOST_OPEN) open.add(auditID);
    } else if (open.delete(auditID)) return;
    for (const { attributes, allowed, occasion } of requests) usage.add(attributes, allowed, occasion, time);
  };
  const reading = await readAuditLog(paths, { ...options, onEvent });
  const isTimed = hours.size > 0;
  return {
    usage,
    reading,
    uncounted,
    period: isTimed ? { from, to } : undefined,
    hours: { seen: hours.size, all: isTimed ? Math.floor(to / HOUR) - Math.floor(from / HOUR) + 1 : 0 },
  };
}
