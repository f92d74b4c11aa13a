import type { CliWords } from '../../locales/cli.en.ts';
import { timeText } from '../../records/time-text.ts';
import { type ChangeByHand, changesByHand, type Hand, type Keeper } from '../../records/usage/index.ts';
import type { ManualFlags } from '../commands/audit/usage-flags.ts';
import { type Context, EXIT, type ExitCode, say } from '../context.ts';
import { limitOf } from './question.ts';
import { tableLines } from './table.ts';
import { answerUsage, filterOf, placeText, typeText, type UsageAnswer } from './usage-answer.ts';
import { usageSource } from './usage-sources.ts';

/** Lists what was changed by hand. Exit code 1 where something was. */
export async function listManual(
  context: Context,
  flags: ManualFlags,
  paths: readonly string[],
): Promise<ExitCode> {
  const { words } = context;
  const source = await usageSource(context, flags, paths);
  return answerUsage(context, flags, async (reader, scope): Promise<UsageAnswer> => {
    const { changes, more, damage } = await changesByHand(reader, source?.cluster, {
      ...filterOf(flags, scope),
      all: flags.all,
      limit: limitOf(flags.limit),
    });
    if (more) say(context, words.recording.more({ limit: flags.limit }));
    if (changes.length === 0 && scope.held !== undefined) say(context, words.inUse.noManual());
    return {
      schema: 'kubestride.changes-by-hand/v1',
      value: { changes, more, damage },
      columns: [
        ...['time', 'cluster', 'user', 'impersonated', 'hand', 'tool', 'address', 'verb', 'resource'],
        ...['namespace', 'name', 'keepers', 'seen_in', 'audit_id'],
      ],
      rows: changes.map(({ time, cluster, user, impersonated, hand, tool, address, verb, ...change }) => [
        ...[timeText(time), cluster, user, impersonated, hand, tool, address, verb, typeOf(change)],
        change.object.namespace,
        change.object.name,
        change.keepers.map(({ by, name }) => `${by}:${name}`).join(' '),
        change.seenIn,
        change.auditId,
      ]),
      lines: tableLines(
        changes.map((change) => rowOf(words, change)),
        context.terminal.stdout.columns,
      ),
      damage,
      exit: changes.length > 0 ? EXIT.findings : source?.isPartial === true ? EXIT.notEvaluated : EXIT.clean,
    };
  });
}

function typeOf({ object: { group, resource, subresource } }: Pick<ChangeByHand, 'object'>): string {
  return typeText(group, resource, subresource);
}

function rowOf(words: CliWords, change: ChangeByHand): string[] {
  const { inUse, records } = words;
  const { time, user, impersonated, hand, tool, verb, object, address } = change;
  const hands: Readonly<Record<Hand, string>> = inUse.hand;
  return [
    timeText(time),
    records.actor({ user, impersonated }),
    inUse.by({ hand: hands[hand], tool }),
    verb,
    `${typeOf(change)} ${placeText(object.namespace, object.name)}`,
    keptBy(words, change),
    address,
  ];
}

function keptBy({ inUse, records }: CliWords, { keepers, seenIn }: ChangeByHand): string {
  const names: Readonly<Record<Keeper['by'], string>> = inUse.keeper;
  const notes: Readonly<Record<Keeper['evidence'], string>> = inUse.evidence;
  const seen: Readonly<Record<ChangeByHand['seenIn'], string>> = inUse.seenIn;
  if (keepers.length === 0) return seenIn === 'not-seen' ? seen[seenIn] : inUse.keptByNobody;
  const told = keepers.map(({ by, name, evidence }) =>
    inUse.kept({ by: names[by], name, note: notes[evidence] }),
  );
  return inUse.keptBy({ keepers: records.listed({ items: told }), seenIn: seen[seenIn] });
}
