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
import type { Damage, EventReader } from '../store/event-store.ts';
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

/** Of requests whose refusal only the message explains: older servers do not tell what the authorizer said. */
const ONLY_IN_MESSAGE = `code = 403 AND decision = ''`;

/**
 * What tells one kind of request from another. URIs and messages are as many as there are requests, so that they are asked for where they
 * decide: in creations, whose name the log fills in, in paths, and in refusals that nothing else explains; their queries decide nothing.
 */
const KINDS = [
  '"user"',
  'groups',
  'verb',
  'api_group',
  'api_version',
  'resource',
  'subresource',
  'namespace',
  `CASE WHEN verb = 'create' OR resource = '' OR (${ONLY_IN_MESSAGE}) THEN split_part(uri, '?', 1) ELSE '' END`,
  `CASE WHEN ${ONLY_IN_MESSAGE} THEN message ELSE '' END`,
  'code',
  'decision',
  'stage',
] as const;
const FIELDS = [
  'user',
  'groups',
  'verb',
  'api_group',
  'api_version',
  'resource',
  'subresource',
  'namespace',
  'uri',
  'message',
  'code',
  'decision',
  'stage',
] as const satisfies readonly Column[];

/** One more than a UsageLog keeps, so that it knows of more. */
const MOST_NAMES = 1001;
/** Kinds of requests: there are some thousands of them in a large cluster. */
const MOST_KINDS = 2_000_000;

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
  if (events > 0) await addOwn(reader, options, usage, uncounted);
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

type Asked = ReturnType<typeof requestsOf>;

interface Kind {
  readonly asked: Exclude<Asked, string>;
  readonly count: RequestCount;
  readonly names: Set<string>;
}

/** Stands for the name in a request, to see where it goes; no name has such a character. */
const ANY_NAME = '\u0000';

async function addOwn(
  reader: EventReader,
  options: UsageFilter,
  usage: UsageLog,
  uncounted: Record<Uncounted, number>,
): Promise<void> {
  const { rows } = await reader.sql(
    `SELECT ${KINDS.join(', ')}, count(*), min("time"), max("time"), to_json(list(DISTINCT name)[1:${MOST_NAMES}]) FROM events ` +
      `WHERE ${conditions(options)} AND stage <> 'RequestReceived' AND impersonated = '' GROUP BY ALL`,
    MOST_KINDS,
  );
  const kinds = new Map<string, Kind>();
  for (const values of rows) {
    const told = Object.fromEntries(
      FIELDS.map((field, index) => [field, values[index]]),
    ) as Partial<EventRecord>;
    const [events, first, last] = values.slice(FIELDS.length).map(Number) as [number, number, number];
    const asked = requestsOf(eventOf({ ...told, name: ANY_NAME }));
    if (typeof asked === 'string') {
      uncounted[asked] += events;
      continue;
    }
    // What differs in nothing but stage and code is one kind of request, if the authorizer was asked the same.
    const key = JSON.stringify([
      FIELDS.slice(0, -3).map((field) => told[field]),
      told.decision,
      asked.map(({ occasion, allowed }) => [occasion, allowed]),
    ]);
    let kind = kinds.get(key);
    if (kind === undefined) {
      kind = { asked, count: new RequestCount(), names: new Set() };
      kinds.set(key, kind);
    }
    kind.count.add(told.stage ?? '', events, first, last);
    for (const name of JSON.parse(String(values.at(-1))) as string[]) kind.names.add(name);
  }
  for (const kind of kinds.values()) addKind(usage, kind);
}

function addKind(usage: UsageLog, { asked, count, names }: Kind): void {
  const first = milliseconds(count.first);
  for (const { attributes, allowed, occasion } of asked) {
    let requests = count.requests;
    for (const name of attributes.name === ANY_NAME ? names : [attributes.name]) {
      usage.add({ ...attributes, name }, allowed, occasion, milliseconds(count.last), {
        count: requests,
        first,
      });
      // The others are names and no more requests.
      requests = 0;
    }
  }
}

/** Times are numbers, and names of clusters are quoted as SQL has it. */
function conditions({ clusters, from, to }: UsageFilter): string {
  return [
    `source = 'audit'`,
    ...(from === undefined ? [] : [`"time" >= ${Math.ceil(from)}`]),
    ...(to === undefined ? [] : [`"time" <= ${Math.floor(to)}`]),
    ...(clusters === undefined || clusters.length === 0
      ? []
      : [`cluster IN (${clusters.map((name) => `'${name.replaceAll("'", "''")}'`).join(', ')})`]),
  ].join(' AND ');
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
  filter: UsageFilter,
  from: number,
  to: number,
): Promise<number> {
  const hours = Math.floor(to / HOUR) - Math.floor(from / HOUR) + 1;
  const { rows } = await reader.sql(
    `SELECT DISTINCT "time" // ${HOUR} FROM events WHERE ${conditions({ ...filter, from, to })}`,
    hours,
  );
  return rows.length;
}

function milliseconds(time: number): number {
  return Math.floor(time / 1000);
}
