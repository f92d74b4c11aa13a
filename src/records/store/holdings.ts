import type { EventRecord } from '../record.ts';
import type { Holding } from './event-store.ts';

/** Kinds that a segment tells apart; those of any further inlets are told together by their source. */
const MOST = 500;

type Kind = Pick<EventRecord, 'source' | 'cluster' | 'inlet'>;
type Held = { -readonly [name in keyof Holding]: Holding[name] };

/** What is held of each source, cluster and inlet. */
export class Holdings {
  readonly #held = new Map<string, Held>();
  /** Most events are of the same kind as the one before. */
  #last: Held | undefined;

  add(kind: Kind, time: number): void {
    const last = this.#last;
    const same = last?.inlet === kind.inlet && last.source === kind.source && last.cluster === kind.cluster;
    const held = same ? last : this.#of(kind);
    held.events++;
    if (time < held.first) held.first = time;
    if (time > held.last) held.last = time;
    this.#last = held;
  }

  addAll(holdings: readonly Holding[]): void {
    for (const holding of holdings) {
      const held = this.#of(holding);
      held.events += holding.events;
      held.first = Math.min(held.first, holding.first);
      held.last = Math.max(held.last, holding.last);
    }
  }

  list(): readonly Holding[] {
    return [...this.#held.values()].map((held) => ({ ...held }));
  }

  #of({ source, cluster, inlet }: Kind): Held {
    const name = JSON.stringify([source, cluster, inlet]);
    const known = this.#held.get(name);
    if (known !== undefined) return known;
    if (this.#held.size >= MOST && (cluster !== '' || inlet !== ''))
      return this.#of({ source, cluster: '', inlet: '' });
    const held = { source, cluster, inlet, events: 0, first: Infinity, last: 0 };
    this.#held.set(name, held);
    return held;
  }
}
