import { ApiResources } from '../../kubernetes/api-resources.ts';
import { type ExportFormat, exportEvents } from '../../records/exports/export.ts';
import { queryOf } from '../../records/questions/filters.ts';
import { COLUMNS, type Column, type EventRecord } from '../../records/record.ts';
import type { EventReader, Query, Selected } from '../../records/store/event-store.ts';
import { openReader } from '../../records/store/open-reader.ts';
import { timeText } from '../../records/time-text.ts';
import { eventPages } from '../../records/usage/pages.ts';
import { markdownCode } from '../../reports/escape.ts';
import type { EventsFlags } from '../commands/audit/events.ts';
import { type Context, EXIT, type ExitCode, say } from '../context.ts';
import { filtersOf, periodOf } from './filters.ts';
import { limitOf } from './question.ts';
import { sayDamage, storeFolder } from './store-folder.ts';
import { tableLines } from './table.ts';

/** Lines of a terminal that are shown where nobody says how many. */
const SHOWN = 100;
/** Milliseconds between looks for what came in. */
const EVERY = 1000;
/** Microseconds: what comes in later than this after it happened is not told of by --follow. */
const LATE = 10 * 60 * 1_000_000;
/** Keys that are remembered at least, so that nothing is told twice. */
const REMEMBERED = 200_000;

const WITHOUT_RAW = (Object.keys(COLUMNS) as Column[]).filter((column) => column !== 'raw');
/** What `rowOf` and `inOrder` look at: a record has twice as many, each of which is read by itself. */
const SHOWN_COLUMNS = [
  ...([
    'time',
    'end',
    'key',
    'source',
    'cluster',
    'stage',
    'user',
    'impersonated',
    'verb',
    'resource',
    'subresource',
  ] as const),
  ...(['namespace', 'name', 'code', 'source_ip', 'pod', 'node', 'message'] as const),
];

/** Lists or exports records, and goes on with new ones where that is asked for. */
export async function listEvents(context: Context, flags: EventsFlags): Promise<ExitCode> {
  const { query } = queryOf(filtersOf(flags, new ApiResources()));
  const asked: Query = { ...query, ...periodOf(flags) };
  const reader = await openReader(storeFolder(context, flags));
  try {
    if (flags.follow) return await follow(context, flags, reader, asked);
    const isExport = flags.output !== undefined && flags.output !== 'terminal';
    if (isExport && flags.limit === undefined) {
      return (await exported(context, reader, asked, flags.output)) ? EXIT.notEvaluated : EXIT.clean;
    }
    const limit = limitOf(flags.limit ?? SHOWN);
    const order = flags.oldest ? 'oldest' : 'newest';
    const columns = columnsFor(flags, isExport);
    const selected = await reader.select({ ...asked, order, limit, columns });
    await write(context, flags, inOrder(selected.events));
    if (selected.more) say(context, context.words.recording.more({ limit }));
    if (selected.events.length === 0) say(context, context.words.recording.noEvents());
    return sayDamage(context, selected.damage) ? EXIT.notEvaluated : EXIT.clean;
  } finally {
    await reader.close();
  }
}

function columnsFor({ output }: EventsFlags, isExport: boolean): readonly Column[] {
  if (!isExport) return SHOWN_COLUMNS;
  return output === 'ocsf' ? (Object.keys(COLUMNS) as Column[]) : WITHOUT_RAW;
}

function inOrder(events: readonly EventRecord[]): EventRecord[] {
  return events.toSorted((a, b) => a.time - b.time || a.end - b.end || (a.key < b.key ? -1 : 1));
}

/** @returns whether anything had to be left out */
async function exported(
  context: Context,
  reader: Pick<EventReader, 'select'>,
  query: Query,
  output: EventsFlags['output'],
): Promise<boolean> {
  const format: ExportFormat = output === 'json' ? 'jsonl' : (output as ExportFormat);
  const texts = exportEvents(reader, query, format, { markdownCell: markdownCode });
  for (;;) {
    const { done, value } = await texts.next();
    if (done) return sayDamage(context, value.damage) || value.isCut;
    await context.terminal.stdout.write(value);
  }
}

async function write(context: Context, flags: EventsFlags, events: readonly EventRecord[]): Promise<void> {
  if (flags.output !== undefined && flags.output !== 'terminal') {
    const selected: Selected = { events, more: false, damage: [] };
    await exported(context, { select: async () => selected }, {}, flags.output);
    return;
  }
  const { stdout } = context.terminal;
  const rows =
    new Set(events.map(({ cluster }) => cluster)).size > 1 ? events.map(withCluster) : events.map(rowOf);
  for (const line of tableLines(rows, stdout.columns)) await stdout.write(`${line}\n`);
}

function rowOf(event: Pick<EventRecord, (typeof SHOWN_COLUMNS)[number]>): string[] {
  const { time, user, impersonated, verb, subresource, namespace, name, resource, code, source_ip } = event;
  const where = event.pod === '' || event.source === 'audit' ? event.node : `${namespace}/${event.pod}`;
  const object =
    resource === ''
      ? where
      : [namespace, resource, name, subresource].filter((part) => part !== '').join('/');
  return [
    timeText(time),
    impersonated === '' ? user : `${user} (${impersonated})`,
    verb,
    object,
    // Of a request that has not ended the stage tells that there is more to come.
    code < 0 ? event.stage : String(code),
    source_ip,
    event.source === 'audit' ? '' : event.message,
  ];
}

function withCluster(event: Parameters<typeof rowOf>[0]): string[] {
  const [time = '', ...rest] = rowOf(event);
  return [time, event.cluster === '' ? '-' : event.cluster, ...rest];
}

/** What is new since the command began, or since `--since`, until it is interrupted. */
async function follow(
  context: Context,
  flags: EventsFlags,
  reader: EventReader,
  query: Query,
): Promise<ExitCode> {
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  const columns = flags.output === 'ocsf' ? (Object.keys(COLUMNS) as Column[]) : WITHOUT_RAW;
  /** Keys of what was told, with their times. */
  const told = new Map<string, number>();
  let from = query.from ?? Date.now() * 1000 - LATE;
  // What was there before is not new.
  let isNew = query.from !== undefined;
  try {
    while (!stopping.signal.aborted) {
      const looked = Date.now() * 1000;
      for await (const { events } of eventPages(reader, { ...query, from, columns })) {
        const fresh = events.filter(({ key }) => !told.has(key));
        for (const { key, time } of fresh) told.set(key, time);
        if (isNew && fresh.length > 0) await write(context, { ...flags, follow: false }, fresh);
      }
      isNew = true;
      from = Math.max(from, looked - LATE, busySince(told));
      for (const [key, time] of told) if (time < from) told.delete(key);
      await pause(EVERY, stopping.signal);
    }
    return EXIT.clean;
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.removeListener(signal, stop);
  }
}

/** Where more came in than is remembered, late ones are looked for less far back. */
function busySince(told: ReadonlyMap<string, number>): number {
  if (told.size <= REMEMBERED) return 0;
  const times = Float64Array.from(told.values()).sort();
  return times[times.length - REMEMBERED]! + 1;
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done);
  });
}
