import type { Clock } from './clock.ts';

/** As in client-go's reflector (tools/cache/reflector.go), with the jitter inside of the bounds. */
const FIRST_DELAY = 800;
const LONGEST_DELAY = 30_000;

/** Milliseconds to wait after so many failures in a row; half of it is random, so that clients drift apart. */
export function backoff(failures: number, random: () => number): number {
  const delay = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** Math.min(failures - 1, 16));
  return delay / 2 + (delay / 2) * random();
}

/** Permission for one request. Its holder says how it went, or releases it where it did not come to an answer. */
export interface Turn {
  /** The server answered; others may ask it as well. */
  succeeded(): void;
  /** No answer, or one that asks to come back later. */
  failed(error: unknown, retryAfter?: number): void;
  /** Harmless after one of the others. */
  release(): void;
}

/**
 * Shared by all informers of a server: after a failure, one of them at a time asks again, later and later, until there is
 * an answer. A server that is down thus sees one request in half a minute, not one for each of fifty lists.
 */
export class Pacing {
  readonly #clock: Clock;
  readonly #random: () => number;
  #failures = 0;
  #retryAt = 0;
  #suspect = false;
  #error: unknown;
  /** Counts failures and successes, so that requests that were under way together count once. */
  #epoch = 0;
  #probe: { readonly ended: Promise<void>; readonly end: () => void } | undefined;

  constructor(clock: Clock, random: () => number) {
    this.#clock = clock;
    this.#random = random;
  }

  /** A connection was lost: perhaps the server is gone, so that one should ask before all others do. */
  suspect(): void {
    this.#suspect = true;
  }

  /** `blocked` is called with the error each time that another one's request failed. Undefined where the signal was aborted. */
  async turn(signal: AbortSignal, blocked: (error: unknown) => void): Promise<Turn | undefined> {
    for (;;) {
      if (signal.aborted) return undefined;
      if (!this.#suspect) return this.#give(() => {});
      if (this.#probe === undefined) return await this.#giveProbe(signal);
      await untilAborted(this.#probe.ended, signal);
      if (this.#suspect && !signal.aborted) blocked(this.#error);
    }
  }

  async #giveProbe(signal: AbortSignal): Promise<Turn | undefined> {
    let resolve: () => void = () => {};
    const ended = new Promise<void>((done) => {
      resolve = done;
    });
    const end = () => {
      this.#probe = undefined;
      resolve();
    };
    this.#probe = { ended, end };
    const wait = this.#retryAt - this.#clock.now();
    if (wait > 0) await this.#clock.sleep(wait, signal);
    if (!signal.aborted) return this.#give(end);
    end();
    return undefined;
  }

  #give(end: () => void): Turn {
    const epoch = this.#epoch;
    let open = true;
    const once = (then: () => void) => {
      if (!open) return;
      open = false;
      then();
      end();
    };
    return {
      succeeded: () => once(() => this.#succeed()),
      failed: (error, retryAfter) => once(() => this.#fail(epoch, error, retryAfter ?? 0)),
      release: () => once(() => {}),
    };
  }

  #succeed(): void {
    this.#suspect = false;
    this.#failures = 0;
    this.#retryAt = 0;
    this.#epoch++;
  }

  #fail(epoch: number, error: unknown, retryAfter: number): void {
    if (epoch !== this.#epoch) return;
    this.#error = error;
    this.#epoch++;
    this.#suspect = true;
    this.#failures++;
    this.#retryAt = this.#clock.now() + Math.max(retryAfter, backoff(this.#failures, this.#random));
  }
}

/** Also the end of waiting where the signal is aborted, whatever becomes of the promise. */
export function untilAborted(promise: Promise<unknown>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const finish = () => {
      signal.removeEventListener('abort', finish);
      resolve();
    };
    if (signal.aborted) return resolve();
    signal.addEventListener('abort', finish, { once: true });
    promise.then(finish, (error: unknown) => {
      signal.removeEventListener('abort', finish);
      reject(error);
    });
  });
}
