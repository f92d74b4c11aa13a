import type { EventRecord } from '../../record.ts';

const LOSSES: readonly (readonly [programs: RegExp, text: RegExp, verb: string])[] = [
  // kernel/audit.c: audit_log_lost and what it prints with it.
  [/^(?:kernel|audit)$/, /audit_lost=(\d{1,10})/, 'audit-lost'],
  [
    /^(?:kernel|audit)$/,
    /audit: (?:kauditd )?(?:backlog limit exceeded|rate limit exceeded|hold queue overflow|out of memory)/,
    'audit-lost',
  ],
  [/^(?:kernel|audit)$/, /(?:kauditd|audit)_printk_skb: (\d{1,10}) callbacks suppressed/, 'audit-lost'],
  [
    /^(?:kernel|audit)$/,
    /audit: kauditd hold queue overflow|audit_backlog=\d{1,10} > audit_backlog_limit=/,
    'audit-lost',
  ],
  [
    /^audi(?:td|spd)$/,
    /queue (?:to plugins )?is full|dispatch err|dropping event|suspending logging|No space left/,
    'audit-lost',
  ],
  [/^systemd-journald?$/, /Suppressed (\d{1,10}) messages from/, 'log-lost'],
  [/^rsyslogd?$/, /(?:lost|discarded) (\d{1,10}) messages|begin to drop messages/, 'log-lost'],
];

/** What a node tells of records that it lost. `code` is how many, where it says so: of audit-lost since the machine started. */
export function collectingDeed(
  program: string,
  text: string,
): (Partial<EventRecord> & Pick<EventRecord, 'source'>) | undefined {
  for (const [programs, pattern, verb] of LOSSES) {
    const match = programs.test(program) ? pattern.exec(text) : null;
    if (match === null) continue;
    const count = Number(match[1] ?? -1);
    return { source: 'collector', verb, code: count <= 0x7fffffff ? count : -1 };
  }
  return undefined;
}
