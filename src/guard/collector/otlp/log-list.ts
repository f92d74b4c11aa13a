import { Refusal } from '../refusal.ts';
import type { LogDocument } from './logs.ts';

/** Exporters send 512 log records at once (OpenTelemetry, BatchLogRecordProcessor), the collector's own 8,192. */
const MOST = 65_536;

/** Log records of one request, and how many messages they are in: empty ones of two bytes would become gigabytes. */
export class LogList {
  readonly list: LogDocument[] = [];
  #messages = 0;

  /** Before a message is taken apart. Throws Refusal. */
  count(): void {
    if (++this.#messages > MOST) throw new Refusal('too-large', `a request may have ${MOST} log records`);
  }

  push(log: LogDocument): void {
    this.list.push(log);
  }
}
