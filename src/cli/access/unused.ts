import {
  isBootstrap,
  type RuleParts,
  type RuleUse,
  type Subject,
  usesOfGrants,
} from '../../engines/authorization/index.ts';
import type { AuditedUsage } from '../../evidence/audit-log/index.ts';
import { timeText } from '../audit-log.ts';
import type { UnusedFlags } from '../commands/access/unused.ts';
import { type Context, EXIT, type ExitCode, say } from '../context.ts';
import { sayUnread } from '../unread.ts';
import { type Argument, argumentsOf } from './argument.ts';
import { logFacts, readLogs } from './audit.ts';
import { openAccess } from './source.ts';
import { parseSubject } from './subject.ts';
import {
  blindSpotText,
  jsonLines,
  placeText,
  referenceName,
  ruleText,
  subjectName,
  terminalText,
} from './text.ts';

/** Compares what bindings grant with what audit logs show. */
export async function unused(
  context: Context,
  flags: UnusedFlags,
  paths: readonly string[],
): Promise<ExitCode> {
  const { terminal, words } = context;
  const subjects = flags.subject?.map(parseSubject);
  const { namespace, ...rest } = flags;
  const source = await openAccess(context, rest, paths);
  const audited = await readLogs(context, flags.audit, paths);
  const wanted = source.world.grants.filter(
    (grant) =>
      (namespace === undefined || grant.namespace === namespace) &&
      (subjects === undefined || subjects.some((subject) => isSame(subject, grant.subject))),
  );
  const grants = flags.all ? wanted : wanted.filter(({ binding }) => !isBootstrap(binding));
  const uses = usesOfGrants(grants, audited.usage);
  const shown = flags.all ? uses : uses.filter(({ status }) => status !== 'used');
  const places = await argumentsOf(source, shown);
  const count = (status: RuleUse['status']): number => uses.filter((use) => use.status === status).length;
  const counts = {
    unused: count('unused'),
    partly: count('partly'),
    used: count('used'),
    hidden: count('not-visible'),
  };
  const leftOut = wanted
    .slice()
    .filter((grant) => !grants.includes(grant))
    .reduce((sum, { rules }) => sum + rules.length, 0);
  if (flags.output === 'json') {
    const rules = shown.map((use, index) => jsonOf(use, places[index]!));
    await terminal.stdout.write(
      jsonLines({ log: logFacts(audited), counts, bootstrapLeftOut: leftOut, rules }),
    );
  } else {
    const text = words.auditLog.unused;
    await terminal.stdout.write(terminalText(linesOf(context, shown, places)));
    const closing = [...periodLines(context, audited), text.summary(counts)];
    if (leftOut > 0) closing.push(text.bootstrap({ count: leftOut }));
    await terminal.stdout.write(terminalText(closing));
  }
  sayUnread(context, source.sight.unread);
  const blind = source.sight.hides({ namespace: namespace ?? '' });
  for (const spot of blind) say(context, blindSpotText(context, spot));
  if (grants.length === 0) say(context, words.auditLog.unused.noGrants());
  const isPartial = blind.length > 0 || audited.reading.unreadCount > 0;
  if (uses.length === 0 || audited.reading.events === 0) return EXIT.notEvaluated;
  if (counts.unused + counts.partly > 0) return EXIT.findings;
  return isPartial ? EXIT.notEvaluated : EXIT.clean;
}

function isSame(a: Subject, b: Subject): boolean {
  return a.kind === b.kind && a.name === b.name && (a.namespace ?? '') === (b.namespace ?? '');
}

function periodLines({ words }: Context, { period, hours, usage }: AuditedUsage): string[] {
  const text = words.auditLog.unused;
  const requests = usage.users().reduce((sum, user) => sum + user.requests, 0);
  const covered =
    period === undefined
      ? text.noPeriod()
      : text.period({
          from: timeText(period.from),
          to: timeText(period.to),
          hoursSeen: hours.seen,
          hours: hours.all,
          requests,
        });
  return [covered, text.caution()];
}

/** Each binding of a subject with its rules below. */
function linesOf(context: Context, uses: readonly RuleUse[], places: readonly Argument[]): string[] {
  const text = context.words.auditLog.unused;
  const width = Math.max(...Object.values(text.status).map(({ length }) => length));
  return uses.flatMap((use, index) => {
    const { subject, binding, role, rule } = places[index]!;
    const isFirst = index === 0 || uses[index - 1]!.grant !== use.grant;
    const isAbsent = use.blindness === 'subject-not-in-log';
    if (isAbsent && !isFirst) return [];
    const bound = text.bound({
      subject: subjectName(subject),
      binding: referenceName(binding),
      role: referenceName(role),
    });
    const what = text.rule({ path: rule.path, rule: ruleText(context, rule) });
    const notes = notesOf(context, use).map((note) => `    ${' '.repeat(width)}${note}`);
    const head = isFirst ? [`${bound}  ${placeText(context, binding.source)}`] : [];
    // It holds for all rules of the role alike.
    if (isAbsent)
      return [...head, `  ${text.status[use.status].padEnd(width)}  ${text.blindness[use.blindness]}`];
    return [
      ...head,
      `  ${text.status[use.status].padEnd(width)}  ${what}  ${placeText(context, rule.source)}`,
      ...notes,
    ];
  });
}

function notesOf(
  { words }: Context,
  { status, blindness, unused: left, notVisible, used, count, last }: RuleUse,
): string[] {
  const text = words.auditLog.unused;
  const textOf = (parts: RuleParts): string => partsText(parts, words.auditLog.generated.separator);
  if (blindness !== undefined) return [text.blindness[blindness]];
  const seen = textOf(mapParts(notVisible, withoutStar));
  const hidden = seen === '' ? [] : [text.hidden({ what: seen })];
  if (status === 'unused') return hidden;
  const counted = text.last({ count, last: timeText(last) });
  if (status === 'used') return [...hidden, counted];
  const isWild = Object.values(left).some((values) => values.includes('*'));
  const explicit = textOf(mapParts(left, withoutStar));
  return [
    ...(explicit === '' ? [] : [text.notUsed({ what: explicit })]),
    ...(isWild ? [text.onlyUsed({ what: textOf(used) })] : []),
    ...hidden,
    counted,
  ];
}

const withoutStar = (values: readonly string[]): string[] => values.filter((value) => value !== '*');

function mapParts(parts: RuleParts, change: (values: readonly string[]) => readonly string[]): RuleParts {
  const { verbs, apiGroups, resources, resourceNames, nonResourceURLs } = parts;
  return {
    verbs: change(verbs),
    apiGroups: change(apiGroups),
    resources: change(resources),
    resourceNames: change(resourceNames),
    nonResourceURLs: change(nonResourceURLs),
  };
}

/** `verbs delete; resources secrets, pods/log`: the fields by their names. */
function partsText(parts: RuleParts, separator: string): string {
  return Object.entries(parts)
    .filter(([, values]) => values.length > 0)
    .map(
      ([field, values]) =>
        `${field} ${values.map((value: string) => (value === '' ? '""' : value)).join(', ')}`,
    )
    .join(separator);
}

function jsonOf(
  { status, blindness, count, last, used, unused: left, notVisible }: RuleUse,
  place: Argument,
): object {
  const time = timeText(last);
  return {
    status,
    ...(blindness === undefined ? {} : { reason: blindness }),
    count,
    ...(time === '' ? {} : { last: time }),
    used,
    unused: left,
    notVisible,
    ...place,
  };
}
