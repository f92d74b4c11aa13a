/** A line of a node's log, with what its envelope (syslog, journal, file) says of it. */
export interface HostLine {
  /** Microseconds since the epoch. */
  readonly time: number;
  /** True where year or zone had to be assumed. */
  readonly isTimeAssumed: boolean;
  /** As the line or its envelope calls the machine; empty where neither does. */
  readonly host: string;
  /** `kubelet`, `sshd`, `kernel` … */
  readonly program: string;
  readonly pid: number;
  /** info, warning, error, fatal; empty where it is not told. */
  readonly severity: string;
  /** Without what the envelope puts in front. */
  readonly message: string;
  /** The envelope's text in front of the message. */
  readonly header: string;
  /** What tells the line from others: of the journal its cursor. */
  readonly id: string;
  readonly at: number;
}

/** Severities of syslog (RFC 5424, section 6.2.1), also those of the journal's PRIORITY. */
export function severityOf(priority: number): string {
  if (!(priority >= 0 && priority <= 7)) return '';
  return priority <= 2 ? 'fatal' : priority === 3 ? 'error' : priority === 4 ? 'warning' : 'info';
}
