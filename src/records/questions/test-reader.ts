import { COLUMNS, type Column, type EventRecord } from '../record.ts';
import type {
  Counted,
  Damage,
  EventReader,
  Query,
  Selected,
  StoreFacts,
  Table,
  Test,
} from '../store/event-store.ts';

/** An EventReader over an array, with the semantics of the store: for tests. */
export class ArrayReader implements EventReader {
  readonly #records: readonly EventRecord[];
  readonly #damage: readonly Damage[];
  /** How many questions were asked. */
  asked = 0;

  constructor(records: readonly EventRecord[], damage: readonly Damage[] = []) {
    this.#records = records;
    this.#damage = damage;
  }

  async select(query: Query): Promise<Selected> {
    this.asked++;
    const found = this.#matching(query);
    const events = found.slice(0, query.limit ?? found.length);
    const wanted = new Set<Column>(
      query.columns ?? (Object.keys(COLUMNS) as Column[]).filter((c) => c !== 'raw'),
    );
    return {
      events: events.map((event) => only(event, wanted)),
      more: events.length < found.length,
      damage: this.#damage,
    };
  }

  async count(query: Query, by: readonly Column[]): Promise<Counted> {
    this.asked++;
    const rows = new Map<string, { by: (string | number)[]; events: number; first: number; last: number }>();
    for (const event of this.#matching(query)) {
      const values = by.map((column) => event[column]);
      const key = JSON.stringify(values);
      const row = rows.get(key) ?? { by: values, events: 0, first: event.time, last: event.time };
      row.events++;
      row.first = Math.min(row.first, event.time);
      row.last = Math.max(row.last, event.time);
      rows.set(key, row);
    }
    const sorted = [...rows.values()].sort((a, b) => b.events - a.events);
    return { rows: sorted.slice(0, query.limit ?? sorted.length), damage: this.#damage };
  }

  async sql(): Promise<Table> {
    throw new Error('an array knows no SQL');
  }

  async facts(): Promise<StoreFacts> {
    const holdings = await this.count({}, ['source', 'cluster', 'inlet']);
    const times = this.#records.map(({ time }) => time).sort((a, b) => a - b);
    return {
      events: this.#records.length,
      bytes: 0,
      segments: 0,
      journaled: 0,
      first: times[0],
      last: times.at(-1),
      holdings: holdings.rows.map(({ by, events, first, last }) => ({
        source: by[0] as EventRecord['source'],
        cluster: String(by[1]),
        inlet: String(by[2]),
        events,
        first,
        last,
      })),
      damage: this.#damage,
    };
  }

  async close(): Promise<void> {}

  #matching({ from, to, where, text, order }: Query): EventRecord[] {
    const sign = order === 'oldest' ? 1 : -1;
    return this.#records
      .filter((event) => (from === undefined || event.time >= from) && (to === undefined || event.time <= to))
      .filter((event) => (where ?? []).every((test) => holds(test, event)))
      .filter((event) => (text ?? []).every((part) => event.raw.toLowerCase().includes(part.toLowerCase())))
      .sort((a, b) => sign * (a.time - b.time));
  }
}

function only(event: EventRecord, wanted: ReadonlySet<Column>): EventRecord {
  return Object.fromEntries(
    (Object.keys(COLUMNS) as Column[]).map((column) => [
      column,
      wanted.has(column) ? event[column] : COLUMNS[column] === 'VARCHAR' ? '' : 0,
    ]),
  ) as unknown as EventRecord;
}

function holds(test: Test, event: EventRecord): boolean {
  if ('any' in test) return test.any.some((each) => holds(each, event));
  if ('all' in test) return test.all.every((each) => holds(each, event));
  const value = event[test.column];
  if ('is' in test) return isOneOf(value, test.is);
  if ('not' in test) return !isOneOf(value, test.not);
  const parts = test.like.split('*').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${parts.join('[\\s\\S]*')}$`).test(String(value));
}

function isOneOf(value: string | number, of: string | number | readonly (string | number)[]): boolean {
  return Array.isArray(of) ? of.includes(value) : of === value;
}
