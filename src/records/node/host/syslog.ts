import type { Origin } from '../../decoded.ts';
import { microsOf, microsWithoutYear, monthOf } from '../time.ts';
import { type HostLine, severityOf } from './host-line.ts';

const PRIORITY = /^(?:\d{1,7} (?=<))?<(\d{1,3})>/;
/** RFC 3164: `Nov 23 20:16:17 HOST PROGRAM[PID]: `, with the year before the time in some; journalctl's short format is the same. */
const BSD = /^([A-Z][a-z]{2}) ([ \d]?\d) (?:(\d{4}) )?(\d\d:\d\d:\d\d(?:\.\d{1,9})?) (\S{1,255}) /;
/** `2026-11-23T20:16:17.123456+00:00 HOST PROGRAM[PID]: ` of rsyslog's RSYSLOG_FileFormat and journalctl -o short-iso. */
const ISO = /^(\d{4}-\d\d-\d\dT\S{8,24}) (\S{1,255}) /;
/** RFC 5424: `1 TIME HOST PROGRAM PID ID `, then structured data. */
const RFC5424 = /^1 (\S{1,40}) (\S{1,255}) (\S{1,48}) (\S{1,128}) (\S{1,32}) /;
const TAG = /^([^\s:[\]]{1,128})(?:\[(\d{1,10})\])?: ?/;

/** A line of syslog, with or without its priority, in any of its forms. Undefined for others, and for times that are none. */
export function parseSyslog(text: string, at: number, origin: Origin): HostLine | undefined {
  const priority = PRIORITY.exec(text);
  const rest = priority === null ? text : text.slice(priority[0].length);
  const severity = priority === null ? '' : severityOf(Number(priority[1]) & 7);
  const start = priority?.[0].length ?? 0;
  const parsed = rfc5424(rest) ?? iso(rest) ?? bsd(rest, origin.received);
  if (parsed === undefined) return undefined;
  const tag = parsed.program === undefined ? TAG.exec(rest.slice(parsed.length)) : null;
  const length = start + parsed.length + (tag?.[0].length ?? 0);
  return {
    time: parsed.time,
    isTimeAssumed: parsed.isTimeAssumed,
    host: parsed.host,
    program: parsed.program ?? tag?.[1] ?? '',
    pid: Number(parsed.pid ?? tag?.[2] ?? 0) || 0,
    severity,
    message: text.slice(length),
    header: text.slice(0, length),
    id: '',
    at,
  };
}

interface Envelope {
  readonly time: number;
  readonly isTimeAssumed: boolean;
  readonly host: string;
  readonly program?: string;
  readonly pid?: string;
  readonly length: number;
}

function bsd(text: string, received: number | undefined): Envelope | undefined {
  const match = BSD.exec(text);
  const month = match === null ? undefined : monthOf(match[1]!);
  if (match === null || month === undefined) return undefined;
  const [header, , day = '', year, clock = '', host = ''] = match;
  const numbers = [month, Number(day)].map((number) => String(number).padStart(2, '0'));
  const time =
    year === undefined
      ? received === undefined
        ? undefined
        : microsWithoutYear(month, Number(day), clock, received)
      : microsOf(`${year}-${numbers.join('-')}T${clock}Z`);
  return time === undefined ? undefined : { time, isTimeAssumed: true, host, length: header.length };
}

function iso(text: string): Envelope | undefined {
  const match = ISO.exec(text);
  const time = match === null ? undefined : microsOf(match[1]!);
  if (match === null || time === undefined) return undefined;
  return { time, isTimeAssumed: false, host: match[2]!, length: match[0].length };
}

function rfc5424(text: string): Envelope | undefined {
  const match = RFC5424.exec(text);
  const time = match === null ? undefined : microsOf(match[1]!);
  if (match === null || time === undefined) return undefined;
  const [header, , host = '', program = '', pid = ''] = match;
  const data = structuredDataLength(text, header.length);
  const bom = text.startsWith('\ufeff', header.length + data) ? 1 : 0;
  return {
    time,
    isTimeAssumed: false,
    host: host === '-' ? '' : host,
    program: program === '-' ? '' : program,
    pid,
    length: header.length + data + bom,
  };
}

/** `-`, or elements in brackets in which `]` is escaped only inside of quotes, and the space after them. */
function structuredDataLength(text: string, start: number): number {
  let at = start;
  if (text[at] === '-') at++;
  else
    while (text[at] === '[') {
      let isQuoted = false;
      for (at++; at < text.length && (isQuoted || text[at] !== ']'); at++) {
        if (text[at] === '\\' && isQuoted) at++;
        else if (text[at] === '"') isQuoted = !isQuoted;
      }
      at++;
    }
  return Math.min(text.length, text[at] === ' ' ? at + 1 : at) - start;
}
