import { openStore } from '../../records/store/local-store.ts';
import { openReader } from '../../records/store/open-reader.ts';
import { verifyStore } from '../../records/store/verify.ts';
import { timeText } from '../../records/time-text.ts';
import { escapeText, jsonText } from '../../reports/escape.ts';
import type { RetainFlags, StoreOutputFlags } from '../commands/audit/store.ts';
import { type Context, EXIT, type ExitCode } from '../context.ts';
import { timeOfFlag } from './filters.ts';
import { bytesText, sayDamage, storeFolder } from './store-folder.ts';
import { tableLines } from './table.ts';

/** Says what a store holds. Exit code 2 where parts of it cannot be read. */
export async function info(context: Context, flags: StoreOutputFlags): Promise<ExitCode> {
  const reader = await openReader(storeFolder(context, flags));
  try {
    const facts = await reader.facts();
    const said = context.words.recording.info;
    const { events, bytes, segments, journaled, first, last, holdings } = facts;
    await write(context, flags, facts, [
      said.events({ events, from: timeOrNone(first), to: timeOrNone(last) }),
      said.size({
        bytes: bytesText(bytes),
        segments,
        journaled,
        perEvent: events === 0 ? '' : String(Math.round(bytes / events)),
      }),
      ...tableLines(
        holdings.map(({ source, cluster, inlet, events: count, first: from, last: to }) => [
          source,
          cluster === '' ? '-' : cluster,
          inlet,
          String(count),
          `${timeText(from)} – ${timeText(to)}`,
        ]),
        undefined,
      ).map((line) => `  ${line}`),
    ]);
    return sayDamage(context, facts.damage) ? EXIT.notEvaluated : EXIT.clean;
  } finally {
    await reader.close();
  }
}

/** Compares every file with what the manifest says of it. Exit code 1 where one differs. */
export async function verify(context: Context, flags: StoreOutputFlags): Promise<ExitCode> {
  const verified = await verifyStore(storeFolder(context, flags));
  const { segments, events, damage } = verified;
  await write(context, flags, verified, [context.words.recording.verified({ segments, events })]);
  return sayDamage(context, damage) ? EXIT.findings : EXIT.clean;
}

export async function compact(context: Context, flags: StoreOutputFlags): Promise<ExitCode> {
  const store = await openStore(storeFolder(context, flags), { create: false });
  try {
    const compacted = await store.compact();
    await write(context, flags, compacted, [context.words.recording.compacted(compacted)]);
    return EXIT.clean;
  } finally {
    await store.close();
  }
}

export async function retain(context: Context, flags: RetainFlags): Promise<ExitCode> {
  const before = timeOfFlag('--before', flags.before);
  const store = await openStore(storeFolder(context, flags), { create: false });
  try {
    const events = await store.retain(before);
    await write(context, flags, { events, before }, [
      context.words.recording.retained({ events, before: timeText(before) }),
    ]);
    return EXIT.clean;
  } finally {
    await store.close();
  }
}

async function write(
  { terminal }: Context,
  { output }: StoreOutputFlags,
  value: object,
  lines: readonly string[],
): Promise<void> {
  const text =
    output === 'json' ? jsonText(JSON.stringify(value)) : lines.map((line) => escapeText(line)).join('\n');
  await terminal.stdout.write(`${text}\n`);
}

function timeOrNone(time: number | undefined): string {
  return time === undefined ? '' : timeText(time);
}
