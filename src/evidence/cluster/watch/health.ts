import type { ResourceList } from '../../snapshot.ts';
import type { Clock } from './clock.ts';
import type { DegradedReason, WatchEvent } from './events.ts';

/** Whether the picture of one list is up to date, and for how long it has not been. */
export class Health {
  readonly #list: ResourceList;
  readonly #clock: Clock;
  readonly #degradedAfter: number;
  readonly #notify: (event: WatchEvent) => void;
  #failures = 0;
  #isHidden = false;
  /** When the list stopped to hear from the server. */
  #brokenSince: number | undefined;
  #degraded: DegradedReason | undefined;

  constructor(list: ResourceList, clock: Clock, degradedAfter: number, notify: (event: WatchEvent) => void) {
    this.#list = list;
    this.#clock = clock;
    this.#degradedAfter = degradedAfter;
    this.#notify = notify;
  }

  /** In a row. */
  get failures(): number {
    return this.#failures;
  }

  failed(error: unknown): void {
    this.#failures++;
    this.blocked(error);
  }

  /** Somebody else failed, and this list waits for him. */
  blocked(error: unknown): void {
    if (this.#isHidden) return;
    this.#brokenSince ??= this.#clock.now();
    if (this.#clock.now() - this.#brokenSince >= this.#degradedAfter) this.#degrade('disconnected', error);
  }

  /** The list is read anew from time to time. */
  unwatchable(error: unknown): void {
    this.#failures = 0;
    this.#brokenSince = undefined;
    this.#degrade('watch-refused', error);
  }

  healthy(): void {
    this.#failures = 0;
    this.#brokenSince = undefined;
    if (this.#degraded === undefined) return;
    this.#degraded = undefined;
    this.#notify({ type: 'recovered', list: this.#list });
  }

  /** Nothing of the list is shown, so that nothing can be out of date. */
  hide(): void {
    this.#isHidden = true;
    this.#brokenSince = undefined;
    this.#degraded = undefined;
  }

  /** Ends `hide`. */
  show(): void {
    this.#isHidden = false;
  }

  /** The server answered, whatever it was. */
  answered(): void {
    this.#failures = 0;
  }

  #degrade(reason: DegradedReason, error: unknown): void {
    if (this.#degraded === reason) return;
    this.#degraded = reason;
    this.#notify({ type: 'degraded', list: this.#list, reason, error });
  }
}
