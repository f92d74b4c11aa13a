/** How long a failure is taken as the answer; without it a plugin that fails after a minute would run for each request. */
const FAILURE_HOLDS = 30_000;

/** Lets one run at a time happen; who asks meanwhile, or soon after a failure, gets the same outcome. */
export class SingleFlight<T> {
  readonly #run: () => Promise<T>;
  readonly #now: () => number;
  #running: Promise<T> | undefined;
  #failure: { readonly error: unknown; readonly at: number } | undefined;

  constructor(run: () => Promise<T>, now: () => number) {
    this.#run = run;
    this.#now = now;
  }

  async go(): Promise<T> {
    if (this.#failure !== undefined && this.#now() - this.#failure.at < FAILURE_HOLDS)
      throw this.#failure.error;
    this.#running ??= this.#start();
    return this.#running;
  }

  async #start(): Promise<T> {
    try {
      const result = await this.#run();
      this.#failure = undefined;
      return result;
    } catch (error) {
      this.#failure = { error, at: this.#now() };
      throw error;
    } finally {
      this.#running = undefined;
    }
  }
}
