import type { Labels, Requirement } from './selectors.ts';

/**
 * Finds the selectors that may match a set of labels without trying them all, so that asking for every pod stays linear: each
 * selector is filed under the rarest label that it demands, and those that demand none are always handed out.
 */
export class SelectorIndex<T> {
  readonly #entries: { readonly item: T; readonly demands: readonly string[] }[] = [];
  #byLabel: Map<string, number[]> | undefined;
  #always: number[] = [];

  /** @param requirements what must hold, all of it; undefined where that is not known */
  add(item: T, requirements: readonly Requirement[] | undefined): void {
    const demands = (requirements ?? [])
      .filter(({ operator, values }) => (operator === '=' || operator === 'in') && values.length === 1)
      .map(({ key, values }) => `${key}=${values[0]}`);
    this.#entries.push({ item, demands });
    this.#byLabel = undefined;
  }

  /** Every item whose selector may match, in the order in which they were added; whether it does is for its matcher to say. */
  around(labels: Labels): readonly T[] {
    const byLabel = this.#byLabel ?? this.#build();
    if (byLabel.size === 0 && this.#always.length === this.#entries.length) {
      return this.#entries.map(({ item }) => item);
    }
    const found: number[] = [...this.#always];
    for (const key in labels) {
      const filed = byLabel.get(`${key}=${labels[key]}`);
      if (filed !== undefined) found.push(...filed);
    }
    return found.sort((a, b) => a - b).map((index) => this.#entries[index]!.item);
  }

  #build(): Map<string, number[]> {
    const uses = new Map<string, number>();
    for (const { demands } of this.#entries) {
      for (const demand of demands) uses.set(demand, (uses.get(demand) ?? 0) + 1);
    }
    const byLabel = new Map<string, number[]>();
    this.#always = [];
    this.#entries.forEach(({ demands }, index) => {
      let rarest: string | undefined;
      for (const demand of demands) {
        if (rarest === undefined || uses.get(demand)! < uses.get(rarest)!) rarest = demand;
      }
      if (rarest === undefined) this.#always.push(index);
      else {
        const filed = byLabel.get(rarest);
        if (filed === undefined) byLabel.set(rarest, [index]);
        else filed.push(index);
      }
    });
    this.#byLabel = byLabel;
    return byLabel;
  }
}
