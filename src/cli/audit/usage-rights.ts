import { compareText } from '../../assessment/order.ts';
import type { Use, UserUses } from '../../engines/authorization/index.ts';
import { nearest } from '../../kubernetes/spelling.ts';
import { usageFromStore } from '../../records/usage/index.ts';
import { parseSubject, subjectText } from '../access/subject.ts';
import type { UsedRightsFlags } from '../commands/audit/usage-flags.ts';
import { type Context, EXIT, type ExitCode, say } from '../context.ts';
import { limitOf } from './question.ts';
import { tableLines } from './table.ts';
import { answerUsage, filterOf, timeCell, typeText, type UsageAnswer } from './usage-answer.ts';

/** One thing that one user asked for in one namespace. */
interface UsedRight {
  readonly user: string;
  readonly verb: string;
  readonly type: string;
  readonly namespace: string;
  readonly allowed: number;
  readonly refused: number;
  /** Microseconds since the epoch. */
  readonly first: number | undefined;
  readonly last: number | undefined;
}

/** Lists which rights were used. */
export function listUsedRights(context: Context, flags: UsedRightsFlags): Promise<ExitCode> {
  const { words } = context;
  const subject = flags.subject === undefined ? undefined : parseSubject(flags.subject);
  return answerUsage(context, flags, async (reader, scope): Promise<UsageAnswer> => {
    const { usage, damage, period } = await usageFromStore(reader, filterOf(flags, scope));
    const all = rightsOf(subject === undefined ? usage.users() : usage.of(subject));
    const rights = all.slice(0, limitOf(flags.limit));
    if (subject !== undefined && all.length === 0 && scope.held !== undefined) {
      const names = [...new Set(usage.users().map(({ user }) => nameOf(user.name)))];
      const text = subjectText(subject);
      say(context, words.auditLog.noRequests({ subject: text, near: nearest(text, names) }));
    }
    if (rights.length < all.length) say(context, words.recording.more({ limit: flags.limit }));
    const span = period === undefined ? null : { from: period.from * 1000, to: period.to * 1000 };
    return {
      schema: 'kubestride.used-rights/v1',
      value: { period: span, rights, more: rights.length < all.length, damage },
      columns: ['user', 'verb', 'resource', 'namespace', 'allowed', 'refused', 'first', 'last'],
      rows: rights.map(({ user, verb, type, namespace, allowed, refused, first, last }) => [
        user,
        verb,
        type,
        namespace,
        allowed,
        refused,
        timeCell(first),
        timeCell(last),
      ]),
      lines: tableLines(
        rights.map(({ user, verb, type, namespace, allowed, refused, first, last }) => [
          user,
          verb,
          type,
          namespace === '' ? '-' : namespace,
          words.inUse.requests({ allowed, refused, undecided: 0 }),
          words.inUse.between({ first: timeCell(first), last: timeCell(last) }),
        ]),
        context.terminal.stdout.columns,
      ),
      damage,
      exit: all.length === 0 ? EXIT.notEvaluated : EXIT.clean,
    };
  });
}

/** As it is typed, as far as it can be. */
function nameOf(user: string): string {
  return subjectText(parseSubject(`User:${user || '-'}`));
}

/** What the API server asked for on the way to something else is no request of the client's, and is left out. */
function rightsOf(users: readonly UserUses[]): UsedRight[] {
  const rights = new Map<string, UsedRight>();
  for (const { user, uses } of users) {
    for (const use of uses) {
      if (!use.occasions.has('request')) continue;
      const key = JSON.stringify([user.name, use.action]);
      rights.set(key, added(rights.get(key), user.name, use));
    }
  }
  return [...rights.values()].sort(
    (a, b) =>
      compareText(a.user, b.user) ||
      b.allowed + b.refused - a.allowed - a.refused ||
      compareText(`${a.type} ${a.verb} ${a.namespace}`, `${b.type} ${b.verb} ${b.namespace}`),
  );
}

function added(
  known: UsedRight | undefined,
  user: string,
  { action, allowed, count, first, last }: Use,
): UsedRight {
  const { verb, isResourceRequest, apiGroup, resource, subresource, namespace, path } = action;
  return {
    user,
    verb,
    type: isResourceRequest ? typeText(apiGroup, resource, subresource) : path,
    namespace,
    allowed: (known?.allowed ?? 0) + (allowed ? count : 0),
    refused: (known?.refused ?? 0) + (allowed ? 0 : count),
    first: extreme(Math.min, known?.first, first),
    last: extreme(Math.max, known?.last, last),
  };
}

/** Of microseconds and milliseconds. */
function extreme(
  of: typeof Math.min,
  known: number | undefined,
  told: number | undefined,
): number | undefined {
  if (told === undefined) return known;
  return known === undefined ? told * 1000 : of(known, told * 1000);
}
