import { untilAborted } from './pacing.ts';

/** How many may do something at the same time; the others wait in line. */
export class Slots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  /** Runs `work` as soon as there is a slot, or not at all where the signal is aborted before. */
  async run(signal: AbortSignal, work: () => Promise<void>): Promise<void> {
    if (this.#free > 0) this.#free--;
    else {
      let granted = false;
      const turn = new Promise<void>((resolve) => {
        this.#waiting.push(() => {
          granted = true;
          resolve();
        });
      });
      await untilAborted(turn, signal);
      // One that left the line is still called; it passes its slot on.
      if (!granted) return void turn.then(() => this.#pass());
    }
    try {
      if (!signal.aborted) await work();
    } finally {
      this.#pass();
    }
  }

  #pass(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free++;
  }
}
