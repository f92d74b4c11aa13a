import {
  appendFileSync,
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { Origin, Refusal, Refused } from './decoded.ts';
import { redactFragment } from './redaction/fragment.ts';
import { Redactions } from './redaction/index.ts';

/** How much was refused, and why, since counting began; it may begin anew where both files are lost. */
export type RefusalCounts = Readonly<Partial<Record<Refusal, number>>>;

/** Where it stands in the folder of a store. */
export const QUARANTINE = 'quarantine.jsonl';

export interface QuarantineOptions {
  /** Bytes of the file and the one before it together. */
  readonly limit?: number;
  /** How many are written within a minute; of more only the count is kept, so that a flood does not push out what came before. */
  readonly perMinute?: number;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

const LIMIT = 16 << 20;
const PER_MINUTE = 300;
const MINUTE = 60_000;
/** How much of the end of the file is read to find the counts again: longer than any line. */
const TAIL = 64 << 10;
const LONGEST_WHERE = 256;

/**
 * Keeps the beginnings of what became no record, redacted, one JSON object a line, in a file that is moved to `<path>.1` when it is half
 * of the limit long; the one before is dropped. Each line has the counts so far, so that they outlive a restart. Where the file
 * cannot be written it still counts: what is refused must not stop what is not.
 */
export class Quarantine {
  readonly #path: string;
  readonly #limit: number;
  readonly #perMinute: number;
  readonly #now: () => number;
  readonly #counts: Partial<Record<Refusal, number>>;
  #size: number;
  #minute = 0;
  #written = 0;
  #failure: string | undefined;

  constructor(
    path: string,
    { limit = LIMIT, perMinute = PER_MINUTE, now = Date.now }: QuarantineOptions = {},
  ) {
    this.#path = path;
    this.#limit = limit;
    this.#perMinute = perMinute;
    this.#now = now;
    mkdirSync(dirname(path), { recursive: true });
    this.#size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    this.#counts = lastCounts(path) ?? lastCounts(`${path}.1`) ?? {};
  }

  get counts(): RefusalCounts {
    return { ...this.#counts };
  }

  get total(): number {
    return Object.values(this.#counts).reduce((sum, count) => sum + count, 0);
  }

  /** The system's code of the last attempt to write, where it failed. */
  get failure(): string | undefined {
    return this.#failure;
  }

  add(refused: readonly Refused[], { inlet, cluster, node }: Origin): void {
    if (refused.length === 0) return;
    const time = this.#now();
    let lines = '';
    for (const { reason, where, head, length } of refused) {
      this.#counts[reason] = (this.#counts[reason] ?? 0) + 1;
      if (!this.#mayWrite(time)) continue;
      const redactions = new Redactions();
      const text = redactFragment(head, redactions);
      const entry = {
        time: new Date(time).toISOString(),
        inlet,
        cluster,
        ...(node === undefined ? {} : { node }),
        reason,
        where: where.slice(0, LONGEST_WHERE),
        length,
        head: text,
        redactions: redactions.total,
        counts: this.#counts,
      };
      lines += `${JSON.stringify(entry)}\n`;
    }
    if (lines !== '') this.#write(lines);
  }

  #mayWrite(time: number): boolean {
    const minute = Math.floor(time / MINUTE);
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#written = 0;
    }
    return this.#written++ < this.#perMinute;
  }

  #write(lines: string): void {
    const bytes = Buffer.byteLength(lines);
    try {
      if (this.#size > 0 && this.#size + bytes > this.#limit / 2) {
        renameSync(this.#path, `${this.#path}.1`);
        this.#size = 0;
      }
      appendFileSync(this.#path, lines, { mode: 0o600 });
      this.#size += bytes;
      this.#failure = undefined;
    } catch (error) {
      this.#failure = (error as NodeJS.ErrnoException).code ?? 'unknown';
    }
  }
}

/** The counts of the last whole line; a crash may have cut the one behind it. */
function lastCounts(path: string): Partial<Record<Refusal, number>> | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return undefined;
  }
  try {
    const { size } = fstatSync(file);
    const bytes = Buffer.alloc(Math.min(size, TAIL));
    readSync(file, bytes, 0, bytes.length, size - bytes.length);
    for (const line of bytes.toString('utf8').split('\n').reverse()) {
      const counts = countsOf(line);
      if (counts !== undefined) return counts;
    }
    return undefined;
  } finally {
    closeSync(file);
  }
}

function countsOf(line: string): Partial<Record<Refusal, number>> | undefined {
  try {
    const { counts } = JSON.parse(line) as { counts?: Partial<Record<Refusal, number>> };
    return counts;
  } catch {
    return undefined;
  }
}
