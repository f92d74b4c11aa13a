import { isObject } from '../../../kubernetes/json.ts';
import { type HostLine, severityOf } from './host-line.ts';

/** Fields of an entry of systemd's journal (systemd.journal-fields). */
export type JournalFields = ReadonlyMap<string, string>;

/** `journalctl -o json`: one object a line; values that are no text are arrays of bytes, and null where they were too large. */
export function parseJournalJson(text: string): JournalFields | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(value) || typeof value['__REALTIME_TIMESTAMP'] !== 'string') return undefined;
  const fields = new Map<string, string>();
  for (const [key, item] of Object.entries(value)) {
    if (typeof item === 'string') fields.set(key, item);
    else if (Array.isArray(item)) fields.set(key, bytesText(item));
  }
  return fields;
}

function bytesText(items: readonly unknown[]): string {
  const first = items.find((item) => typeof item === 'string');
  // A field that an entry has several times is an array of its values.
  if (typeof first === 'string') return first;
  return Buffer.from(items.filter((item) => typeof item === 'number')).toString('utf8');
}

/** The journal's own time is the one at which it took the entry; what the sender says of it comes before that. */
export function journalLine(fields: JournalFields, at: number): HostLine | undefined {
  const time = Number(fields.get('_SOURCE_REALTIME_TIMESTAMP') ?? fields.get('__REALTIME_TIMESTAMP'));
  if (!Number.isSafeInteger(time) || time <= 0) return undefined;
  const audit = fields.get('_TRANSPORT') === 'audit';
  return {
    time,
    isTimeAssumed: false,
    host: fields.get('_HOSTNAME') ?? '',
    program: programOf(fields),
    pid: Number(fields.get('_PID') ?? fields.get('SYSLOG_PID') ?? 0) || 0,
    severity: severityOf(Number(fields.get('PRIORITY') ?? -1)),
    message: audit ? auditText(fields, time) : (fields.get('MESSAGE') ?? ''),
    header: '',
    id: fields.get('__CURSOR') ?? '',
    at,
  };
}

/** Programs whose word counts for more than a line: who logged in, what was asked of root, what the machine recorded. */
const TRUSTED =
  /^(?:sshd(?:-session|-auth)?|sudo|su|auditd|audispd|audisp-syslog|kubelet|tlog-rec(?:-session)?|systemd-journald?|rsyslogd?)$/;

/** Any process may call itself what it likes in SYSLOG_IDENTIFIER; what begins with an underscore the journal knows by itself. */
function programOf(fields: JournalFields): string {
  const transport = fields.get('_TRANSPORT') ?? '';
  if (transport === 'audit' || transport === 'kernel') return transport;
  const file = fields.get('_EXE') ?? '';
  const actual = file.slice(file.lastIndexOf('/') + 1) || fields.get('_COMM') || '';
  const claimed = fields.get('SYSLOG_IDENTIFIER') ?? (actual || (fields.get('_SYSTEMD_UNIT') ?? ''));
  const isClaim = claimed === 'kernel' || claimed === 'audit';
  if (isClaim || (TRUSTED.test(claimed) && file !== '' && !actual.startsWith(claimed.split('-', 1)[0]!))) {
    return actual === '' ? `unverified ${claimed}` : actual;
  }
  return claimed;
}

/** An audit record as auditd would write it: the journal takes its header apart. */
function auditText(fields: JournalFields, time: number): string {
  const message = fields.get('MESSAGE') ?? '';
  const type = fields.get('_AUDIT_TYPE') ?? '';
  const serial = fields.get('_AUDIT_ID') ?? '';
  const body = message.replace(/^(?:[A-Z][A-Z0-9_]{1,39}|<audit-\d{1,5}>) ?/, '');
  const seconds = Math.floor(time / 1_000_000);
  const millis = String(Math.floor((time % 1_000_000) / 1000)).padStart(3, '0');
  return `type=${type} msg=audit(${seconds}.${millis}:${serial}): ${body}`;
}

const NEWLINE = 0x0a;
const LONGEST_ENTRY = 16 * 2 ** 20;

/**
 * Cuts the journal's export format (`journalctl -o export`): a line a field, `NAME`, length in eight bytes and bytes for what is no text,
 * an empty line after each entry.
 */
export class JournalExport {
  #rest: Buffer = Buffer.alloc(0);
  #fields = new Map<string, string>();
  /** Entries that were left out because they are beyond 16 MiB. */
  tooLong = 0;

  push(chunk: Uint8Array): JournalFields[] {
    this.#rest = this.#rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#rest, chunk]);
    const entries: JournalFields[] = [];
    let start = 0;
    for (;;) {
      const end = this.#field(start, entries);
      if (end === undefined) break;
      start = end;
    }
    this.#rest = this.#rest.subarray(start);
    if (this.#rest.length > LONGEST_ENTRY) {
      this.#rest = Buffer.alloc(0);
      this.#fields = new Map();
      this.tooLong++;
    }
    return entries;
  }

  /** The last entry may lack its empty line. */
  end(): JournalFields[] {
    return this.#fields.size === 0 ? [] : [this.#take()];
  }

  /** @returns where the next field begins; undefined where the rest is not all of one */
  #field(start: number, entries: JournalFields[]): number | undefined {
    const end = this.#rest.indexOf(NEWLINE, start);
    if (end < 0) return undefined;
    if (end === start) {
      if (this.#fields.size > 0) entries.push(this.#take());
      return end + 1;
    }
    const line = this.#rest.toString('utf8', start, end);
    const equals = line.indexOf('=');
    if (equals >= 0) {
      this.#set(line.slice(0, equals), line.slice(equals + 1));
      return end + 1;
    }
    if (this.#rest.length < end + 9) return undefined;
    const length = Number(this.#rest.readBigUInt64LE(end + 1));
    const last = end + 9 + length;
    if (length > LONGEST_ENTRY) {
      this.tooLong++;
      return end + 9;
    }
    if (this.#rest.length < last + 1) return undefined;
    this.#set(line, this.#rest.toString('utf8', end + 9, last));
    return last + 1;
  }

  #set(name: string, value: string): void {
    if (!this.#fields.has(name)) this.#fields.set(name, value);
  }

  #take(): JournalFields {
    const fields = this.#fields;
    this.#fields = new Map();
    return fields;
  }
}
