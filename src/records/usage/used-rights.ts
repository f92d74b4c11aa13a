import { UsageLog } from '../../engines/authorization/index.ts';
import {
  type AuditEvent,
  type AuditedUsage,
  openEnvelope,
  requestsOf,
  type Uncounted,
} from '../../evidence/audit-log/index.ts';
import { asObject, type JsonObject } from '../../kubernetes/json.ts';
import type { Column, EventRecord } from '../record.ts';
import type { Damage, EventReader, Test } from '../store/event-store.ts';
import { eventPages } from './pages.ts';
import { auditQuery, DECIDED, RequestCount, type UsageFilter } from './period.ts';

/** What `access` takes from audit logs, out of a store. */
export interface StoredUsage extends AuditedUsage {
  readonly damage: readonly Damage[];
  /** Requests in another's name beyond the limit, of which nothing is counted. */
  readonly impersonatedLeftOut: boolean;
}

export interface UsageOptions extends UsageFilter {
  /** How the store is called in what is said of it. */
  readonly name?: string;
  /** Requests in another's name are read one by one, since the columns do not tell the groups of the other; at most so many (all, where not given). */
  readonly impersonatedLimit?: number;
}

const HOUR = 3_600_000_000;

const WHO_AND_WHAT = [
  'user',
  'groups',
  'verb',
  'api_group',
  'api_version',
  'resource',
  'subresource',
  'namespace',
  'name',
] as const;
const HOW_IT_ENDED = ['code', 'decision', 'stage'] as const;

const RESOURCE: Test = { column: 'resource', not: '' };
const OWN_NAME: Test = { column: 'impersonated', is: '' };
/** The columns say whether it was let through. */
const TOLD: Test = {
  any: [
    { column: 'decision', not: '' },
    { column: 'code', not: 403 },
  ],
};
const ONLY_IN_MESSAGE: Test[] = [
  { column: 'decision', is: '' },
  { column: 'code', is: 403 },
];

/**
 * Parts of the events, each with the columns that it cannot do without: URIs and messages are as many as there are requests, so that they
 * are asked for where they decide, which is in creations (whose name the log fills in), paths, and refusals of older servers.
 */
const PARTS: readonly { readonly where: readonly Test[]; readonly by: readonly Column[] }[] = [
  {
    where: [OWN_NAME, TOLD, RESOURCE, { column: 'verb', not: 'create' }],
    by: [...WHO_AND_WHAT, ...HOW_IT_ENDED],
  },
  {
    where: [OWN_NAME, TOLD, RESOURCE, { column: 'verb', is: 'create' }],
    by: [...WHO_AND_WHAT, 'uri', ...HOW_IT_ENDED],
  },
  {
    where: [OWN_NAME, TOLD, { column: 'resource', is: '' }],
    by: ['user', 'groups', 'verb', 'uri', ...HOW_IT_ENDED],
  },
  { where: [OWN_NAME, ...ONLY_IN_MESSAGE], by: [...WHO_AND_WHAT, 'uri', 'message', ...HOW_IT_ENDED] },
];

/**
 * Who used which rights, as readUsage tells it of logs; the groups of events are those of who sent them.
 * @throws as EventReader
 */
export async function usageFromStore(reader: EventReader, options: UsageOptions = {}): Promise<StoredUsage> {
  const usage = new UsageLog();
  const uncounted: Record<Uncounted, number> = {
    'too-early': 0,
    'not-authorized-yet': 0,
    'impersonation-refused': 0,
  };
  const damage = new Map<string, Damage>();
  const note = (parts: readonly Damage[]) => {
    for (const part of parts) damage.set(part.part, part);
  };
  const stages = await reader.count(auditQuery(options), ['stage']);
  note(stages.damage);
  let events = 0;
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const { by, events: many, first, last } of stages.rows) {
    events += many;
    if (by[0] === 'RequestReceived') uncounted['too-early'] += many;
    from = Math.min(from, first);
    to = Math.max(to, last);
  }
  for (const { where, by } of PARTS) {
    const counted = await reader.count(auditQuery(options, DECIDED, ...where), by);
    note(counted.damage);
    addCounted(usage, uncounted, counted.rows, by);
  }
  const impersonated = await addImpersonated(reader, options, usage, uncounted);
  note(impersonated.damage);
  const hours = events === 0 ? 0 : await hoursSeen(reader, options, from, to);
  return {
    usage,
    uncounted,
    reading: {
      files: [options.name ?? ''],
      bytes: 0,
      events,
      others: 0,
      unreadCount: damage.size,
      unread: [...damage.keys()].map((part) => ({ file: part, reason: 'broken' as const })),
    },
    period: events === 0 ? undefined : { from: milliseconds(from), to: milliseconds(to) },
    hours: { seen: hours, all: events === 0 ? 0 : Math.floor(to / HOUR) - Math.floor(from / HOUR) + 1 },
    damage: [...damage.values()],
    impersonatedLeftOut: impersonated.isCut,
  };
}

interface CountedRow {
  readonly by: readonly (string | number)[];
  readonly events: number;
  readonly first: number;
  readonly last: number;
}

function addCounted(
  usage: UsageLog,
  uncounted: Record<Uncounted, number>,
  rows: readonly CountedRow[],
  by: readonly Column[],
): void {
  const alike = new Map<
    string,
    { readonly asked: ReturnType<typeof askedOf>; readonly count: RequestCount }
  >();
  for (const { by: values, events, first, last } of rows) {
    const record = Object.fromEntries(
      by.map((column, index) => [column, values[index]]),
    ) as Partial<EventRecord>;
    const asked = askedOf(record);
    if (typeof asked === 'string') {
      uncounted[asked] += events;
      continue;
    }
    // What differs in nothing but stage and code is one kind of request, if the authorizer was asked the same.
    const key = JSON.stringify([
      values.slice(0, by.length - HOW_IT_ENDED.length),
      asked.map(({ occasion, allowed }) => [occasion, allowed]),
    ]);
    let kind = alike.get(key);
    if (kind === undefined) {
      kind = { asked, count: new RequestCount() };
      alike.set(key, kind);
    }
    kind.count.add(record.stage ?? '', events, first, last);
  }
  for (const { asked, count } of alike.values()) {
    if (typeof asked === 'string') continue;
    const several = { count: count.requests, first: milliseconds(count.first) };
    for (const { attributes, allowed, occasion } of asked) {
      usage.add(attributes, allowed, occasion, milliseconds(count.last), several);
    }
  }
}

function askedOf(record: Partial<EventRecord>) {
  return requestsOf(eventOf(record));
}

function eventOf({
  stage = '',
  verb = '',
  uri = '',
  user = '',
  groups = '',
  api_group = '',
  api_version = '',
  resource = '',
  subresource = '',
  namespace = '',
  name = '',
  code = -1,
  decision = '',
  message = '',
}: Partial<EventRecord>): AuditEvent {
  return {
    auditID: '',
    stage,
    time: undefined,
    verb,
    requestURI: uri,
    user: { name: user, groups: groups === '' ? [] : groups.split('\n') },
    impersonatedUser: undefined,
    impersonationConstraint: '',
    object:
      resource === ''
        ? undefined
        : { apiGroup: api_group, apiVersion: api_version, resource, subresource, namespace, name },
    code: code < 0 ? undefined : code,
    message,
    decision: decision === 'allow' || decision === 'forbid' ? decision : undefined,
  };
}

async function addImpersonated(
  reader: EventReader,
  options: UsageOptions,
  usage: UsageLog,
  uncounted: Record<Uncounted, number>,
) {
  const query = {
    ...auditQuery(options, DECIDED, { column: 'impersonated', not: '' }),
    columns: ['time', 'key', 'raw'] as const,
  };
  const limit = options.impersonatedLimit ?? Number.POSITIVE_INFINITY;
  const open = new Set<string>();
  const damage: Damage[] = [];
  let left = limit;
  let isCut = false;
  for await (const page of eventPages(reader, query)) {
    damage.push(...page.damage);
    isCut ||= page.isCut;
    for (const { raw, time } of page.events) {
      if (left-- <= 0) return { damage, isCut: true };
      openEnvelope(parsed(raw), (event) => {
        const requests = requestsOf(event);
        if (typeof requests === 'string') {
          uncounted[requests]++;
          return;
        }
        if (event.stage === 'ResponseStarted') open.add(event.auditID);
        else if (open.delete(event.auditID)) return;
        for (const { attributes, allowed, occasion } of requests) {
          usage.add(attributes, allowed, occasion, event.time ?? milliseconds(time));
        }
      });
    }
  }
  return { damage, isCut };
}

function parsed(raw: string): JsonObject {
  try {
    return asObject(JSON.parse(raw)) ?? {};
  } catch {
    return {};
  }
}

async function hoursSeen(
  reader: EventReader,
  { clusters }: UsageFilter,
  from: number,
  to: number,
): Promise<number> {
  const own =
    clusters === undefined || clusters.length === 0
      ? ''
      : ` AND cluster IN (${clusters.map((name) => `'${name.replaceAll("'", "''")}'`).join(', ')})`;
  const hours = Math.floor(to / HOUR) - Math.floor(from / HOUR) + 1;
  const { rows } = await reader.sql(
    `SELECT DISTINCT "time" // ${HOUR} FROM events WHERE source = 'audit' AND "time" BETWEEN ${from} AND ${to}${own}`,
    hours,
  );
  return rows.length;
}

function milliseconds(time: number): number {
  return Math.floor(time / 1000);
}
