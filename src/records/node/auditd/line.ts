import { TYPE_NAMES } from './types.ts';

/** One record of the audit system as auditd, its syslog plugin, or the kernel's log writes it. */
export interface AuditLine {
  /** Of `node=`; empty where auditd does not add it (name_format = NONE). */
  readonly node: string;
  /** Name of the type, such as `SYSCALL`; a number that has no name here stays one. */
  readonly type: string;
  /** Microseconds since the epoch; the kernel gives milliseconds. */
  readonly time: number;
  /** With the time it tells which event this is a part of. */
  readonly serial: string;
  /** What follows: fields, and after 0x1d the fields that auditd resolved (log_format = ENRICHED). */
  readonly body: string;
  readonly text: string;
}

/** Fields of a record. The first of a name counts: later ones may be in what a user gave. */
export type AuditFields = ReadonlyMap<string, AuditValue>;

export interface AuditValue {
  readonly text: string;
  /** Quoted values stand as they are; others may be in hexadecimal. */
  readonly isQuoted: boolean;
}

const HEADER =
  /^(?:node=(\S{1,255}) )?type=(?:UNKNOWN\[(\d{1,5})\]|(\w{1,40})) (?:msg=)?audit\((\d{1,11})\.(\d{1,6}):(\d{1,20})\):? ?/;
const ENRICHMENT = '\u001d';
const KEY_CHARACTER = /[\w[\]-]/;
const HEX = /^(?:[0-9A-F]{2})+$/;
/** Beyond this many fields of a record the rest is what nobody asks for. */
const MOST_FIELDS = 4096;

/** Undefined where the line is none of the audit system. */
export function parseAuditLine(text: string): AuditLine | undefined {
  const match = HEADER.exec(text);
  if (match === null) return undefined;
  const [header, node = '', unknown, name = '', seconds, fraction = '', serial = ''] = match;
  return {
    node,
    type: TYPE_NAMES.get(unknown ?? name) ?? unknown ?? name,
    time: Number(seconds) * 1_000_000 + Number(fraction.padEnd(6, '0')),
    serial,
    body: text.slice(header.length),
    text,
  };
}

/** What the kernel or a program said, without what auditd resolved. */
export function fieldsOf({ body }: AuditLine): AuditFields {
  const end = body.indexOf(ENRICHMENT);
  return scanFields(end < 0 ? body : body.slice(0, end));
}

/** What auditd resolved: `AUID`, `SYSCALL`, `ARCH` … */
export function enrichmentOf({ body }: AuditLine): AuditFields {
  const end = body.indexOf(ENRICHMENT);
  return end < 0 ? NO_FIELDS : scanFields(body.slice(end + 1));
}

const NO_FIELDS: AuditFields = new Map();

/** Fields `name=value`, of which others may be inside of `msg='…'`: scan its value as well. */
export function scanFields(text: string): AuditFields {
  const fields = new Map<string, AuditValue>();
  let at = 0;
  while (at < text.length && fields.size < MOST_FIELDS) {
    const start = at;
    while (at < text.length && KEY_CHARACTER.test(text[at]!)) at++;
    if (at === start || text[at] !== '=') {
      at++;
      continue;
    }
    const key = text.slice(start, at);
    const [value, end] = scanValue(text, at + 1);
    if (!fields.has(key)) fields.set(key, value);
    at = end;
  }
  return fields;
}

function scanValue(text: string, start: number): [AuditValue, number] {
  const quote = text[start];
  if (quote === '"' || quote === "'") {
    // What a program says may hold apostrophes, and is the last thing of a record.
    const found = quote === '"' ? text.indexOf('"', start + 1) : text.lastIndexOf("'");
    const end = found > start ? found : text.length;
    return [{ text: text.slice(start + 1, end), isQuoted: true }, end + 1];
  }
  let end = start;
  while (end < text.length && text[end] !== ' ') end++;
  // Old programs put `(hostname=?, addr=?, terminal=cron res=success)`.
  let last = end;
  const opens = text[start] === '(';
  while (last > start && (text[last - 1] === ',' || (!opens && text[last - 1] === ')'))) last--;
  return [{ text: text.slice(start, last), isQuoted: false }, end + 1];
}

/** The value of a field as a number or plain word; empty where it is not there or says so itself (`?`, `(null)`, `(none)`). */
export function plain(fields: AuditFields, key: string): string {
  const text = fields.get(key)?.text ?? '';
  return text === '?' || text === '(null)' || text === '(none)' || text === '(unset)' || text === '""'
    ? ''
    : text;
}

/** The value of a field that the audit system writes in hexadecimal where it has other characters than plain ones. */
export function decoded(fields: AuditFields, key: string): string {
  const value = fields.get(key);
  if (value === undefined) return '';
  if (!isHex(value)) return plain(fields, key);
  return Buffer.from(value.text, 'hex').toString('utf8');
}

export function isHex(value: AuditValue): boolean {
  return !value.isQuoted && HEX.test(value.text);
}
