import { type Decoded, type Origin, type Refused, refused } from '../../decoded.ts';
import type { Line, LineDecoder } from '../line-decoder.ts';
import { AuditAssembler, type AuditEvent } from './assembler.ts';
import { auditdRecord } from './event-record.ts';
import type { AuditdOptions } from './facts.ts';

/** Reads the log of auditd (`/var/log/audit/audit.log`), also as its syslog plugin or the kernel's log has it, without what they put in front. */
export class AuditdDecoder implements LineDecoder {
  readonly #assembler = new AuditAssembler();
  readonly #origin: Origin;
  readonly #options: AuditdOptions;

  constructor(origin: Origin, options: AuditdOptions = {}) {
    this.#origin = origin;
    this.#options = options;
  }

  get held(): number | undefined {
    return this.#assembler.held;
  }

  decode({ text, at }: Line): Decoded {
    // The kernel's log has it with `audit: ` in front, type first and the stamp without `msg=`.
    const events = this.#assembler.push(text.startsWith('audit: ') ? text.slice(7) : text, at);
    if (events !== undefined) return this.#decoded(events);
    return text.trim() === ''
      ? { records: [], refused: [] }
      : { records: [], refused: [refused('unknown-format', `byte ${at}`, text)] };
  }

  flush(): Decoded {
    return this.#decoded(this.#assembler.flush());
  }

  #decoded(events: readonly AuditEvent[]): Decoded {
    const tooLong: Refused[] = [];
    for (const { dropped, lines, time, serial } of events) {
      if (dropped > 0) tooLong.push(refused('too-long', `audit(${time}:${serial})`, lines[0]!.text));
    }
    return {
      records: events.map((event) => auditdRecord(event, this.#origin, this.#options)),
      refused: tooLong,
    };
  }
}
