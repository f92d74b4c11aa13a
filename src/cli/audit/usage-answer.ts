import { csvLine } from '../../records/exports/csv.ts';
import type { Damage, EventReader } from '../../records/store/event-store.ts';
import { openReader } from '../../records/store/open-reader.ts';
import { timeText } from '../../records/time-text.ts';
import type { Doubt, Period, Sight } from '../../records/usage/index.ts';
import { escapeText } from '../../reports/escape.ts';
import type { UsageFlags } from '../commands/audit/usage-flags.ts';
import { type Context, EXIT, type ExitCode, say } from '../context.ts';
import { jsonDocument } from './answer-document.ts';
import { periodOf } from './filters.ts';
import { sayDamage, storeFolder } from './store-folder.ts';

/** What the records say of usage, in every shape in which it is written. */
export interface UsageAnswer {
  /** Of the JSON document. */
  readonly schema: string;
  readonly value: object;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
  /** For a terminal; escaped here. */
  readonly lines: readonly string[];
  readonly damage: readonly Damage[];
  /** Whether it answers; damage makes of `clean` not evaluated. */
  readonly exit: ExitCode;
}

/** What a question is asked of. */
export interface UsageScope {
  readonly folder: string;
  readonly clusters: readonly string[];
  /** First and last audit event that is held of the clusters; undefined where none is. */
  readonly held: Period | undefined;
}

/** Asks the store of the flags, and writes the answer. Findings weigh more than what could not be read. */
export async function answerUsage(
  context: Context,
  flags: UsageFlags,
  ask: (reader: EventReader, scope: UsageScope) => Promise<UsageAnswer>,
): Promise<ExitCode> {
  const { terminal, words } = context;
  const folder = storeFolder(context, flags);
  const reader = await openReader(folder);
  try {
    const clusters = flags.clusterName === undefined ? [] : [flags.clusterName];
    const held = await heldPeriod(reader, clusters);
    const { schema, value, columns, rows, lines, damage, exit } = await ask(reader, {
      folder,
      clusters,
      held,
    });
    if (flags.output === 'json') await terminal.stdout.write(jsonDocument(schema, value));
    else if (flags.output === 'csv') {
      for (const row of [columns, ...rows]) await terminal.stdout.write(csvLine(row));
    } else for (const line of lines) await terminal.stdout.write(`${escapeText(line)}\n`);
    if (held === undefined) say(context, words.inUse.noEvents());
    const isDamaged = sayDamage(context, damage);
    return exit === EXIT.clean && (held === undefined || isDamaged) ? EXIT.notEvaluated : exit;
  } finally {
    await reader.close();
  }
}

async function heldPeriod(reader: EventReader, clusters: readonly string[]): Promise<Period | undefined> {
  const { holdings } = await reader.facts();
  const own = holdings.filter(
    ({ source, cluster, events }) =>
      source === 'audit' && events > 0 && (clusters.length === 0 || clusters.includes(cluster)),
  );
  if (own.length === 0) return undefined;
  return {
    from: own.reduce((least, { first }) => Math.min(least, first), Number.POSITIVE_INFINITY),
    to: own.reduce((most, { last }) => Math.max(most, last), Number.NEGATIVE_INFINITY),
  };
}

/** The clusters and times that flags narrow a question to. */
export function filterOf(flags: UsageFlags, { clusters }: UsageScope) {
  return { ...periodOf(flags), ...(clusters.length === 0 ? {} : { clusters }) };
}

/** The same where a question wants both ends: without flags, all that is held. */
export function wholeFilterOf(flags: UsageFlags, scope: UsageScope) {
  const { held } = scope;
  const { from = held?.from ?? 0, to = Math.max(from, held?.to ?? from), ...rest } = filterOf(flags, scope);
  return { ...rest, from, to };
}

/** Of what time the answer tells, and why it cannot be certain. */
export function sightLines({ words }: Context, { asked, held, doubts }: Sight): string[] {
  return [
    ...(held === undefined
      ? []
      : [words.inUse.period({ from: timeText(asked.from), to: timeText(asked.to) })]),
    ...(held !== undefined && doubts.includes('shorter-than-asked')
      ? [words.inUse.held({ from: timeText(held.from), to: timeText(held.to) })]
      : []),
    ...(doubts.length === 0 ? [] : [words.inUse.uncertain({ doubts: doubtTexts(words, doubts) })]),
  ];
}

export function doubtTexts({ inUse }: Context['words'], doubts: readonly Doubt[]): string[] {
  const texts: Readonly<Record<Doubt, string>> = inUse.doubt;
  return doubts.map((doubt) => texts[doubt]);
}

/** A time of a table; empty for none. */
export function timeCell(time: number | undefined): string {
  return time === undefined ? '' : timeText(time);
}

/** `deployments.apps/scale`. */
export function typeText(group: string, resource: string, subresource: string): string {
  const type = group === '' ? resource : `${resource}.${group}`;
  return subresource === '' ? type : `${type}/${subresource}`;
}

/** `shop/web`; a name without namespace by itself. */
export function placeText(namespace: string | undefined, name: string): string {
  return namespace === undefined || namespace === '' ? name : `${namespace}/${name}`;
}
