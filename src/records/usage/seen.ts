import type { Column } from '../record.ts';
import type { Damage, EventReader, Test } from '../store/event-store.ts';
import { auditQuery, type UsageFilter } from './period.ts';

/** What first and last seen is asked of, with the columns that tell one from another. */
export const SEEN = {
  users: ['user'],
  credentials: ['credential', 'user'],
  addresses: ['source_ip'],
  agents: ['user_agent'],
  objects: ['api_group', 'resource', 'namespace', 'name'],
} as const satisfies Readonly<Record<string, readonly Column[]>>;
export type SeenKind = keyof typeof SEEN;

export interface SeenThing {
  /** The columns of SEEN with their values. */
  readonly what: Readonly<Partial<Record<Column, string>>>;
  readonly events: number;
  /** Microseconds since the epoch. */
  readonly first: number;
  readonly last: number;
  /** First seen within the time that was asked about, although records go back to before it; undefined where they do not. */
  readonly isNew: boolean | undefined;
}

export interface Seen {
  readonly kind: SeenKind;
  /** Those that were seen in the time that was asked about, the latest newcomers first. */
  readonly things: readonly SeenThing[];
  /** True where the limit cut the answer. */
  readonly more: boolean;
  readonly damage: readonly Damage[];
}

export interface SeenFilter extends UsageFilter {
  readonly where?: readonly Test[];
  readonly limit?: number;
}

const NAMED: Readonly<Record<SeenKind, Column>> = {
  users: 'user',
  credentials: 'credential',
  addresses: 'source_ip',
  agents: 'user_agent',
  objects: 'resource',
};

/**
 * When users, credentials, addresses, agents or objects were first and last seen in audit events, as far back as the records go.
 * @throws as EventReader
 */
export async function seen(reader: EventReader, kind: SeenKind, filter: SeenFilter = {}): Promise<Seen> {
  const { clusters, from, to, where = [], limit = Number.POSITIVE_INFINITY } = filter;
  const everBefore = { ...(clusters === undefined ? {} : { clusters }), ...(to === undefined ? {} : { to }) };
  const named: Test = { column: NAMED[kind], not: '' };
  const counted = await reader.count(auditQuery(everBefore, named, ...where), SEEN[kind]);
  const all = await reader.count(auditQuery(everBefore), ['source']);
  const begin = all.rows.reduce((least, { first }) => Math.min(least, first), Number.POSITIVE_INFINITY);
  const goesBack = from !== undefined && begin < from;
  const things = counted.rows
    .filter(({ last }) => from === undefined || last >= from)
    .map(({ by, events, first, last }) => ({
      what: Object.fromEntries(SEEN[kind].map((column, index) => [column, String(by[index])])),
      events,
      first,
      last,
      isNew: goesBack ? first >= from : undefined,
    }))
    .sort((a, b) => b.first - a.first || (JSON.stringify(a.what) < JSON.stringify(b.what) ? -1 : 1));
  return { kind, things: things.slice(0, limit), more: things.length > limit, damage: counted.damage };
}
