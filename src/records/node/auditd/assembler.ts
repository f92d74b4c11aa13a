import { type AuditLine, parseAuditLine } from './line.ts';
import { endsEvent } from './types.ts';

/** The records of one event. */
export interface AuditEvent {
  readonly node: string;
  readonly time: number;
  readonly serial: string;
  readonly lines: readonly AuditLine[];
  /** 0; more where records came after the event had counted as whole. */
  readonly part: number;
  /** Records that were left out because the event was too long. */
  readonly dropped: number;
}

interface Open {
  readonly node: string;
  readonly time: number;
  readonly serial: string;
  readonly lines: AuditLine[];
  readonly at: number;
  readonly opened: number;
  readonly part: number;
  length: number;
  dropped: number;
}

/** auditd's own end_of_event_timeout, in microseconds (auditd.conf). */
const END_OF_EVENT = 2_000_000;
/** Events that may begin after one that has not ended; auditd's lines of one event are next to each other but for a few. */
const MOST_LATER = 1000;
/** In characters. */
const LONGEST_EVENT = 8 * 2 ** 20;
const LONGEST_OPEN = 64 * 2 ** 20;
/** Ended events of which late records are recognised. */
const REMEMBERED = 4096;

/**
 * Puts the records of events together, which come interleaved. An event is whole by the record that ends its kind, by the time of other
 * events, by the number of events that began after it, or by `flush`.
 */
export class AuditAssembler {
  readonly #open = new Map<string, Open>();
  /** Of ended events the number of the next part. */
  readonly #ended = new Map<string, number>();
  #opened = 0;
  #length = 0;

  /** `at` of the first record of the oldest event that is not whole. */
  get held(): number | undefined {
    let held: number | undefined;
    for (const { at } of this.#open.values()) held = held === undefined ? at : Math.min(held, at);
    return held;
  }

  /** @returns the events that are whole now; undefined where the text is no record of the audit system */
  push(text: string, at: number): AuditEvent[] | undefined {
    const line = parseAuditLine(text);
    if (line === undefined) return undefined;
    const id = `${line.node} ${line.time} ${line.serial}`;
    const whole: AuditEvent[] = [];
    let event = this.#open.get(id);
    if (event === undefined) {
      // After PROCTITLE, or after a start in the middle of an event.
      if (line.type === 'EOE') return whole;
      event = this.#begin(id, line, at, this.#ended.get(id) ?? 0);
    }
    this.#add(event, line);
    if (endsEvent(line.type)) whole.push(this.#end(id, event));
    for (const [otherId, other] of this.#open) {
      if (!this.#isOver(other, line)) {
        if (other.node === line.node) break;
        continue;
      }
      whole.push(this.#end(otherId, other));
    }
    return whole;
  }

  flush(): AuditEvent[] {
    return [...this.#open].map(([id, event]) => this.#end(id, event));
  }

  #begin(id: string, { node, time, serial }: AuditLine, at: number, part: number): Open {
    const opened = this.#opened++;
    const event = { node, time, serial, lines: [], at, opened, part, length: 0, dropped: 0 };
    this.#open.set(id, event);
    return event;
  }

  #add(event: Open, line: AuditLine): void {
    const { length } = line.text;
    if (event.lines.length > 0 && event.length + length > LONGEST_EVENT) {
      event.dropped++;
      return;
    }
    event.lines.push(line);
    event.length += length;
    this.#length += length;
  }

  /** The clock may have been set back, so that the others' time is the earlier one; other nodes' clocks say nothing. */
  #isOver(event: Open, { node, time }: AuditLine): boolean {
    return (
      (event.node === node && Math.abs(time - event.time) >= END_OF_EVENT) ||
      this.#opened - event.opened > MOST_LATER ||
      this.#length > LONGEST_OPEN
    );
  }

  #end(id: string, { opened: _, at: __, length, ...event }: Open): AuditEvent {
    this.#open.delete(id);
    this.#length -= length;
    this.#ended.delete(id);
    this.#ended.set(id, event.part + 1);
    if (this.#ended.size > REMEMBERED) this.#ended.delete(this.#ended.keys().next().value!);
    return event;
  }
}
