import { SEEN, type SeenKind, type SeenThing, seen } from '../../records/usage/index.ts';
import type { SeenFlags } from '../commands/audit/usage-flags.ts';
import { type Context, EXIT, type ExitCode, say } from '../context.ts';
import { limitOf } from './question.ts';
import { tableLines } from './table.ts';
import { answerUsage, filterOf, placeText, timeCell, typeText, type UsageAnswer } from './usage-answer.ts';

/** Lists when users, credentials, addresses, programs or objects were first and last seen. */
export function listSeen(context: Context, flags: SeenFlags, kind: SeenKind): Promise<ExitCode> {
  const { words } = context;
  return answerUsage(context, flags, async (reader, scope): Promise<UsageAnswer> => {
    const { things, more, damage } = await seen(reader, kind, {
      ...filterOf(flags, scope),
      limit: limitOf(flags.limit),
    });
    if (more) say(context, words.recording.more({ limit: flags.limit }));
    if (things.length === 0 && scope.held !== undefined) say(context, words.recording.noEvents());
    const columns = SEEN[kind];
    return {
      schema: 'kubestride.seen/v1',
      value: { kind, things, more, damage },
      columns: [...columns, 'events', 'first', 'last', 'is_new'],
      rows: things.map(({ what, events, first, last, isNew }) => [
        ...columns.map((column) => what[column as keyof typeof what] ?? ''),
        events,
        timeCell(first),
        timeCell(last),
        isNew === undefined ? '' : String(isNew),
      ]),
      lines: tableLines(
        things.map((thing) => [
          ...cells(kind, thing),
          words.inUse.events({ events: thing.events }),
          words.inUse.between({ first: timeCell(thing.first), last: timeCell(thing.last) }),
          thing.isNew === true ? words.inUse.isNew : '',
        ]),
        context.terminal.stdout.columns,
      ),
      damage,
      exit: EXIT.clean,
    };
  });
}

function cells(kind: SeenKind, { what }: SeenThing): string[] {
  if (kind !== 'objects') return SEEN[kind].map((column) => what[column as keyof typeof what] ?? '');
  const { api_group: group = '', resource = '', namespace = '', name = '' } = what;
  return [
    typeText(group, resource, ''),
    name === '' ? placeText(namespace, '*') : placeText(namespace, name),
  ];
}
