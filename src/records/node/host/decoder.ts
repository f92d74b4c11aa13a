import { type Decoded, NOTHING, type Origin, refused } from '../../decoded.ts';
import { record } from '../../record.ts';
import { AuditdDecoder } from '../auditd/decoder.ts';
import type { AuditdOptions } from '../auditd/facts.ts';
import { commandDeed } from '../commands/deeds.ts';
import { tlogRecord } from '../commands/tlog.ts';
import type { Line, LineDecoder } from '../line-decoder.ts';
import { redactedLine } from '../redacted.ts';
import { digest, oneLine, withoutRotation } from '../text.ts';
import { microsWithoutYear } from '../time.ts';
import { collectingDeed } from './collecting.ts';
import { componentSource, parseComponent } from './components.ts';
import type { HostLine } from './host-line.ts';
import { JournalExport, journalLine, parseJournalJson } from './journal.ts';
import { kernelKill } from './kernel.ts';
import { mentionedPod, placeFields } from './mentioned.ts';
import { parseSyslog } from './syslog.ts';

/** Whose lines hold records of the audit system, and how those begin there. */
const AUDIT_PROGRAMS = new Set(['audit', 'auditd', 'audispd', 'audisp-syslog', 'kernel']);
const AUDIT_RECORD =
  /^(?:\[ *\d{1,12}\.\d{1,9}\] )?(?:audit: )?((?:node=\S{1,255} )?type=\S{1,40} (?:msg=)?audit\(.*)$/s;
const TLOG = /^tlog(?:-rec(?:-session)?)?$/;
/** In `reason`, of lines that leave out the year or the zone (taken from when it was received, and UTC), or all of their time (that of the line before). */
const TIME_ASSUMED = 'time-assumed';

export interface HostOptions extends AuditdOptions {
  /** Of a file that one program writes by itself: its name. */
  readonly program?: string;
}

/**
 * Reads logs of a node line by line, whichever form a line has: syslog (RFC 3164, RFC 5424, rsyslog's and journalctl's), the journal as
 * JSON, and files of kubelets and runtimes. By the program that wrote it, a line is a command, a login, an audit record or a log line.
 */
export class HostLogDecoder implements LineDecoder {
  readonly #origin: Origin;
  readonly #options: HostOptions;
  readonly #audit: AuditdDecoder;
  #before: number | undefined;

  constructor(origin: Origin, options: HostOptions = {}) {
    this.#origin = origin;
    this.#options = options;
    this.#audit = new AuditdDecoder(origin, options);
  }

  get held(): number | undefined {
    return this.#audit.held;
  }

  decode({ text, at }: Line): Decoded {
    if (text === '') return NOTHING;
    const line = this.#journal(text, at) ?? parseSyslog(text, at, this.#origin) ?? this.#bare(text, at);
    if (line === undefined) {
      return { records: [], refused: [refused('unknown-format', `byte ${at}`, text)] };
    }
    this.#before = line.time;
    return this.line(line);
  }

  flush(): Decoded {
    return this.#audit.flush();
  }

  /** A line that has been parted from its envelope. */
  line(line: HostLine): Decoded {
    const audit = AUDIT_PROGRAMS.has(line.program) ? AUDIT_RECORD.exec(line.message)?.[1] : undefined;
    if (audit !== undefined) return this.#audit.decode({ text: audit, at: line.at });
    if (TLOG.test(line.program)) {
      const recorded = tlogRecord(line.message, this.#origin);
      if (recorded !== undefined) return recorded;
    }
    return { records: [this.#record(line)], refused: [] };
  }

  #record(line: HostLine) {
    const { inlet, cluster } = this.#origin;
    const { text, count } = redactedLine(line.message);
    const component = parseComponent(text);
    const node = this.#origin.node ?? line.host;
    const deed = collectingDeed(line.program, text) ??
      kernelKill(line.program, text, this.#options.pods) ??
      commandDeed(line.program, text) ?? {
        source: componentSource(line.program),
        verb: 'log',
        ...placeFields(mentionedPod(component?.message ?? text, this.#options.pods)),
      };
    const place = node === '' ? withoutRotation(inlet) : node;
    const identity = line.id === '' ? `${line.time} ${line.at} ${digest(text)}` : line.id;
    return record({
      key: `line ${cluster} ${place} ${identity}`,
      time: line.time,
      cluster,
      inlet,
      level: component?.severity ?? line.severity,
      user_agent: oneLine(line.program),
      message: oneLine((component?.message ?? text).trim()),
      reason: line.isTimeAssumed ? TIME_ASSUMED : '',
      ...deed,
      node,
      redactions: count,
      raw: line.header + text,
    });
  }

  #journal(text: string, at: number): HostLine | undefined {
    const fields = text.startsWith('{') ? parseJournalJson(text) : undefined;
    return fields === undefined ? undefined : journalLine(fields, at);
  }

  /** A line of a file that one program writes: with its own time, or going on from the one before. */
  #bare(text: string, at: number): HostLine | undefined {
    const component = parseComponent(text);
    const { received } = this.#origin;
    const { month = 0, day = 0, clock = '' } = component?.withoutYear ?? {};
    const assumed = received === undefined ? undefined : microsWithoutYear(month, day, clock, received);
    const own = component?.time ?? assumed;
    const time = own ?? this.#before;
    if (time === undefined) return undefined;
    return {
      time,
      isTimeAssumed: own === undefined || component?.time === undefined,
      host: '',
      program: this.#options.program ?? '',
      pid: 0,
      severity: component?.severity ?? '',
      message: text,
      header: '',
      id: '',
      at,
    };
  }
}

/** Reads what `journalctl -o export` writes, in pieces as they come. */
export class JournalExportDecoder {
  readonly #entries = new JournalExport();
  readonly #lines: HostLogDecoder;
  #count = 0;

  constructor(origin: Origin, options: HostOptions = {}) {
    this.#lines = new HostLogDecoder(origin, options);
  }

  push(chunk: Uint8Array): Decoded {
    return this.#decoded(this.#entries.push(chunk));
  }

  end(): Decoded {
    const last = this.#decoded(this.#entries.end());
    const { records } = this.#lines.flush();
    return { records: [...last.records, ...records], refused: last.refused };
  }

  #decoded(entries: ReturnType<JournalExport['push']>): Decoded {
    const parts = entries.map((fields) => {
      const line = journalLine(fields, this.#count++);
      const text = fields.get('MESSAGE') ?? '';
      if (line !== undefined) return this.#lines.line(line);
      return { records: [], refused: [refused('missing-fields', `entry ${this.#count}`, text)] };
    });
    return {
      records: parts.flatMap(({ records }) => records),
      refused: parts.flatMap((part) => part.refused),
    };
  }
}
