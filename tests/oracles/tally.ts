import { appendFileSync } from 'node:fs';

/** How a case differs from what is expected, a line each; none where it agrees. */
export type Differences = readonly string[];

/**
 * Counts, case by case, how often we agree with a source of truth. A test asks for the disagreements at the end; `npm run oracles`
 * runs the same tests and collects what each of them counted (scripts/oracles.mjs).
 */
export class Tally {
  readonly #source: string;
  readonly #part: string;
  #cases = 0;
  #agreed = 0;
  readonly #disagreed: string[] = [];
  readonly #differences: string[] = [];
  readonly #leftOut = new Map<string, number>();
  readonly #within = new Map<string, number>();

  constructor(source: string, part: string) {
    this.#source = source;
    this.#part = part;
    record({ source, part, begins: true });
  }

  /** Compares one case. One that cannot be answered at all disagrees. */
  async compare(name: string, differences: () => Differences | Promise<Differences>): Promise<void> {
    this.#cases++;
    let found: Differences;
    try {
      found = await differences();
    } catch (error) {
      found = [String(error)];
    }
    if (found.length === 0) this.#agreed++;
    else {
      this.#disagreed.push(name);
      this.#differences.push(...found.map((difference) => `${name}: ${difference}`));
    }
  }

  /** A whole case that is not compared; the reason names the section of the specification, or the feature that it is of. */
  leaveOut(reason: string): void {
    this.#cases++;
    this.#leftOut.set(reason, (this.#leftOut.get(reason) ?? 0) + 1);
  }

  /** Part of a case that is not compared. */
  leaveOutWithin(reason: string): void {
    this.#within.set(reason, (this.#within.get(reason) ?? 0) + 1);
  }

  /** The differences of all cases that disagreed. */
  finish(): readonly string[] {
    record({
      source: this.#source,
      part: this.#part,
      cases: this.#cases,
      agreed: this.#agreed,
      disagreed: this.#disagreed,
      differences: this.#differences,
      leftOut: [...this.#leftOut],
      within: [...this.#within],
    });
    return this.#differences;
  }
}

/** One line for scripts/oracles.mjs, where it asked for it. */
export function record(what: object): void {
  const file = process.env['KUBESTRIDE_ORACLES'];
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(what)}\n`);
}
