import { KubeStrideError } from '../../../kubernetes/errors.ts';
import { ApiError } from '../client.ts';

/** Time and chance, so that tests decide both. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Rejects with the signal's reason where it is aborted meanwhile. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** At least 0 and less than 1. */
  random(): number;
}

/** One attempt that brought no value. */
export interface Failure {
  readonly error: Error;
  /** Milliseconds that the server asks to wait. */
  readonly retryAfter?: number;
}

const MAX_ATTEMPTS = 5;
const FIRST_WAIT = 500;
const LONGEST_WAIT = 8_000;
/** No attempt begins later after the first than this. */
const MAX_TIME = 30_000;
/** Retries in hand; each success brings one back, so that at most every second request is a retry in the long run. */
const MAX_BUDGET = 20;
/** After so long, and so many attempts, without any success nothing is sent any more … */
const OUTAGE_TIME = 30_000;
const OUTAGE_ATTEMPTS = 5;
/** … but one attempt every so often, to notice that the server is back. */
const PROBE_INTERVAL = 10_000;

const PASSING_STATUS = new Set([429, 500, 502, 503, 504]);
const CUT_SHORT = new Set(['connection-cut', 'server-too-slow']);
/** Also what a server that restarts looks like, but before its first answer more likely a wrong address. */
const NOT_REACHED = new Set([
  'server-refuses-connection',
  'server-unreachable',
  'connect-timeout',
  'proxy-unreachable',
]);

/**
 * When one client tries again: what may pass, a bounded number of times, with exponential backoff and jitter. The budget
 * is the client's, not the request's: a server that fails hundreds of requests is not asked five times for each.
 */
export class Retries {
  readonly #clock: Clock;
  #budget = MAX_BUDGET;
  #answeredOnce = false;
  #outage: { readonly since: number; attempts: number; lastAttempt: number; error: Error } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @throws the last attempt's error */
  async run<T>(attempt: () => Promise<{ readonly value: T } | Failure>, signal?: AbortSignal): Promise<T> {
    const start = this.#clock.now();
    for (let number = 1; ; number++) {
      this.#refuseDuringOutage();
      const outcome = await attempt();
      if ('value' in outcome) {
        this.#answered();
        return outcome.value;
      }
      const { error, retryAfter = 0 } = outcome;
      const passing = this.#mayPass(error);
      if (error instanceof ApiError && error.status < 500) this.#alive();
      else this.#failed(error);
      if (!passing || number === MAX_ATTEMPTS || this.#budget < 1) throw error;
      const wait = Math.max(retryAfter, this.#backoff(number));
      if (this.#clock.now() + wait - start > MAX_TIME) throw error;
      this.#budget--;
      await this.#clock.sleep(wait, signal);
    }
  }

  #backoff(number: number): number {
    const longest = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (number - 1));
    return longest * (0.5 + this.#clock.random() / 2);
  }

  #mayPass(error: Error): boolean {
    if (error instanceof ApiError) return PASSING_STATUS.has(error.status);
    if (!(error instanceof KubeStrideError)) return false;
    return CUT_SHORT.has(error.code) || (this.#answeredOnce && NOT_REACHED.has(error.code));
  }

  #answered(): void {
    this.#budget = Math.min(MAX_BUDGET, this.#budget + 1);
    this.#alive();
  }

  #alive(): void {
    this.#answeredOnce = true;
    this.#outage = undefined;
  }

  #failed(error: Error): void {
    const now = this.#clock.now();
    this.#outage ??= { since: now, attempts: 0, lastAttempt: now, error };
    this.#outage.attempts++;
    this.#outage.lastAttempt = now;
    this.#outage.error = error;
  }

  #refuseDuringOutage(): void {
    const now = this.#clock.now();
    const outage = this.#outage;
    if (outage === undefined) return;
    const over = outage.attempts >= OUTAGE_ATTEMPTS && now - outage.since >= OUTAGE_TIME;
    if (over && now - outage.lastAttempt < PROBE_INTERVAL) throw outage.error;
    outage.lastAttempt = now;
  }
}
