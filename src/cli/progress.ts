import type { Progress as Reading } from '../evidence/manifests/evidence.ts';
import type { CliWords } from '../locales/cli.en.ts';
import type { Terminal } from './streams.ts';

interface Listing {
  readonly lists: number;
  readonly listsDone: number;
  readonly objects: number;
}

const DELAY_MS = 500;
const INTERVAL_MS = 100;
const CLEAR = '\r\u001b[K';

/** Shows how far the work is, on one line of a terminal, once it has taken long enough to make a person wonder. */
export class ProgressLine {
  readonly #terminal: Terminal;
  readonly #words: CliWords;
  readonly #started = performance.now();
  #shownAt = 0;

  constructor(terminal: Terminal, words: CliWords) {
    this.#terminal = terminal;
    this.#words = words;
  }

  readonly reading = (progress: Reading): void => {
    const now = performance.now();
    if (now - this.#shownAt < INTERVAL_MS) return;
    const line = this.#words.progress.reading({
      files: progress.files,
      totalFiles: progress.totalFiles,
      megabytes: megabytes(progress.bytes),
      totalMegabytes: megabytes(progress.totalBytes),
    });
    this.#show(line, now);
  };

  readonly listing = (progress: Listing): void => {
    const now = performance.now();
    if (now - this.#shownAt >= INTERVAL_MS) this.#show(this.#words.progress.listing(progress), now);
  };

  readonly auditing = (bytes: number, events: number): void => {
    const now = performance.now();
    if (now - this.#shownAt < INTERVAL_MS) return;
    this.#show(this.#words.auditLog.progress({ megabytes: megabytes(bytes), events }), now);
  };

  readonly recording = (bytes: number, records: number): void => {
    const now = performance.now();
    if (now - this.#shownAt < INTERVAL_MS) return;
    this.#show(this.#words.recording.progress({ megabytes: megabytes(bytes), records }), now);
  };

  assessing(): void {
    this.#show(this.#words.progress.assessing(), performance.now());
  }

  done(): void {
    if (this.#shownAt > 0) void this.#terminal.stderr.write(CLEAR);
  }

  #show(line: string, now: number): void {
    if (!this.#terminal.stderr.isTerminal || now - this.#started < DELAY_MS) return;
    this.#shownAt = now;
    void this.#terminal.stderr.write(`${CLEAR}${line}`);
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
