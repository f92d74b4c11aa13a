import { ApiResources } from '../../kubernetes/api-resources.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { COLUMNS, type Column, type Source } from '../record.ts';
import type { Counted, Damage, EventReader, Query, StoreFacts, Test } from '../store/event-store.ts';
import { type AuditBody, auditBody } from './body.ts';
import { type Entry, entriesOf, requestId } from './entry.ts';

/** All but the original, which costs most, and what no answer tells. */
const SHOWN = (Object.keys(COLUMNS) as Column[]).filter((column) => column !== 'raw' && column !== 'inlet');

/** Bodies that are kept at a time; an event may have 10 MB. */
const BODIES = 64;

export interface Found {
  /** By time, the oldest first. */
  readonly entries: readonly Entry[];
  readonly more: boolean;
}

/** A cluster's objects as they were at some time, which records before or after it may go beyond. */
export interface Snapshot {
  /** As the records call it; empty for whichever. */
  readonly cluster: string;
  /** Microseconds since the epoch. */
  readonly time: number;
  readonly objects: readonly KubernetesObject[];
}

export interface InvestigationOptions {
  readonly snapshot?: Snapshot;
  readonly resources?: ApiResources;
}

/** Asks a store on behalf of one question: keeps what it had to do without, and reads nothing twice. */
export class Investigation {
  readonly reader: EventReader;
  readonly snapshot: Snapshot | undefined;
  readonly resources: ApiResources;
  readonly #damage = new Map<string, Damage>();
  readonly #bodies = new Map<string, Promise<AuditBody | undefined>>();
  readonly #found = new Map<string, Promise<Found>>();
  readonly #counted = new Map<string, Promise<Counted>>();
  #facts: Promise<StoreFacts> | undefined;

  constructor(reader: EventReader, { snapshot, resources }: InvestigationOptions = {}) {
    this.reader = reader;
    this.snapshot = snapshot;
    this.resources = resources ?? new ApiResources(snapshot?.objects ?? []);
  }

  get damage(): Damage[] {
    return [...this.#damage.values()];
  }

  note(damage: readonly Damage[]): void {
    for (const each of damage) this.#damage.set(each.part, each);
  }

  /** @param query its limit counts records, of which a request may have several */
  entries(query: Query): Promise<Found> {
    return this.#once(this.#found, JSON.stringify(query), () => this.#entries(query));
  }

  /** Counts by the values of some columns. */
  count(query: Query, by: readonly Column[]): Promise<Counted> {
    return this.#once(this.#counted, JSON.stringify([query, by]), async () => {
      const counted = await this.reader.count(query, by);
      this.note(counted.damage);
      return counted;
    });
  }

  /** Steps of a chain ask the same again and again. */
  #once<T>(kept: Map<string, Promise<T>>, key: string, ask: () => Promise<T>): Promise<T> {
    const known = kept.get(key);
    if (known !== undefined) return known;
    const asked = ask();
    kept.set(key, asked);
    return asked;
  }

  async #entries(query: Query): Promise<Found> {
    const { events, more, damage } = await this.reader.select({ ...query, columns: SHOWN });
    this.note(damage);
    // Where the limit cuts, it may cut a request in two, and what is left of it would seem to have no end.
    const last = events.at(-1);
    const cut = more && last !== undefined && events.length > 1 ? requestId(last) : undefined;
    const whole = cut === undefined ? events : events.filter((event) => requestId(event) !== cut);
    return { entries: entriesOf(whole.length === 0 ? events : whole), more };
  }

  /** The newest entries that end a request well. */
  async done(cluster: string, to: number, where: readonly Test[], limit: number): Promise<Entry[]> {
    const { entries } = await this.entries({
      to,
      where: [{ column: 'cluster', is: cluster }, { column: 'source', is: 'audit' }, ...where],
      order: 'newest',
      limit: limit * 2,
    });
    return entries
      .filter(({ outcome }) => outcome === 'done')
      .slice(-limit)
      .reverse();
  }

  /** Bodies and annotations of a request. */
  body(entry: Entry): Promise<AuditBody | undefined> {
    const kept = this.#bodies.get(entry.id);
    if (kept !== undefined) return kept;
    const read = this.#read(entry);
    const oldest = this.#bodies.keys().next();
    if (this.#bodies.size >= BODIES && !oldest.done) this.#bodies.delete(oldest.value);
    this.#bodies.set(entry.id, read);
    return read;
  }

  /** From when until when records of a source are held. */
  async holding(source: Source, cluster: string): Promise<{ first: number; last: number } | undefined> {
    this.#facts ??= this.reader.facts();
    const { holdings, damage } = await this.#facts;
    this.note(damage);
    const own = holdings.filter((holding) => holding.source === source && holding.cluster === cluster);
    if (own.length === 0) return undefined;
    return {
      first: own.reduce((first, holding) => Math.min(first, holding.first), Number.POSITIVE_INFINITY),
      last: own.reduce((last, holding) => Math.max(last, holding.last), 0),
    };
  }

  async #read({ id, time }: Entry): Promise<AuditBody | undefined> {
    const { events, damage } = await this.reader.select({
      from: time,
      to: time,
      where: [{ column: 'key', is: id }],
      columns: ['key', 'raw'],
      limit: 1,
    });
    this.note(damage);
    return events[0] === undefined ? undefined : auditBody(events[0].raw);
  }
}
