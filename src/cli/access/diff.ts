import { markdownCode } from '../../reports/escape.ts';
import type { AccessDiffFlags } from '../commands/access/diff.ts';
import { type Context, EXIT, type ExitCode, say } from '../context.ts';
import { type SourceArguments, twoSources } from '../two-sources.ts';
import { sayUnread } from '../unread.ts';
import { type Argument, argumentsOf } from './argument.ts';
import { type Change, rightsBeyond } from './compare.ts';
import { compareAuthorizers } from './compare-authorizers.ts';
import { problemsJson, sayProblems } from './problems.ts';
import { type Right, rightName } from './rights.ts';
import type { BlindSpot } from './sight.ts';
import { type AccessSource, foundNothing, openAccess } from './source.ts';
import { blindSpotText, jsonLines, placeText, referenceName, subjectName, terminalText } from './text.ts';
import { type UnheldRole, unheldRoles } from './unheld-roles.ts';

/** Says what a change grants and revokes. */
export async function accessDiff(
  context: Context,
  flags: AccessDiffFlags,
  sources: readonly string[],
): Promise<ExitCode> {
  const { output, failOn, noBootstrap, namespace, ...rest } = flags;
  const limits = namespace === undefined ? {} : { namespace };
  const [first, second] = twoSources({ ...rest, ...limits }, sources);
  const open = ({ flags: of, paths }: SourceArguments) =>
    openAccess(context, { ...of, noBootstrap }, paths, { rolesOnly: true });
  const before = await open(first);
  const after = await open(second);
  sayUnread(context, before.sight.unread);
  await sayProblems(context, after);
  const { isOpened, isClosed, rolesDecide, unseen } = compareAuthorizers(before, after);
  const beyond = async (side: AccessSource, other: AccessSource) =>
    rolesDecide ? tell(side, rightsBeyond(side, other, namespace)) : [];
  const told: Told = {
    granted: isOpened ? [EVERYTHING] : await beyond(after, before),
    revoked: isClosed ? [EVERYTHING] : await beyond(before, after),
    unheld: rolesDecide ? await unheldRoles(before, after, namespace) : [],
    unseen: {
      before: isClosed || isOpened ? [] : before.sight.hides({ namespace }),
      after: isClosed || isOpened ? [] : [...after.sight.hides({ namespace }), ...unseen],
    },
  };
  const { stdout } = context.terminal;
  if (output === 'json') {
    const problems = { before: await problemsJson(before), after: await problemsJson(after) };
    await stdout.write(jsonLines({ ...jsonOf(told), problems }));
  } else if (output === 'markdown') await stdout.write(markdownOf(context, told));
  else await stdout.write(terminalText(linesOf(context, told)));
  return exitCodeOf(context, told, failOn, [before, after]);
}

interface ToldRight {
  readonly right: Right;
  readonly via: readonly Argument[];
}

interface ToldChange extends Omit<Change, 'rights'> {
  readonly rights: readonly ToldRight[];
}

/** What AlwaysAllow gives to whoever is authenticated; nobody else is let in with it (kube-apiserver turns anonymous requests off). */
const EVERYTHING: ToldChange = {
  subject: { kind: 'Group', namespace: undefined, name: 'system:authenticated' },
  namespace: undefined,
  rights: [
    { right: { resource: '*', apiGroup: '*', name: '', path: '', verbs: ['*'], held: [] }, via: [] },
    { right: { resource: '', apiGroup: '', name: '', path: '/*', verbs: ['*'], held: [] }, via: [] },
  ],
};

interface Told {
  readonly granted: readonly ToldChange[];
  readonly revoked: readonly ToldChange[];
  readonly unheld: readonly UnheldRole[];
  readonly unseen: { readonly before: readonly BlindSpot[]; readonly after: readonly BlindSpot[] };
}

async function tell(source: AccessSource, changes: readonly Change[]): Promise<ToldChange[]> {
  const all = await argumentsOf(
    source,
    changes.flatMap(({ rights }) => rights.flatMap(({ held }) => held)),
  );
  const rest = all[Symbol.iterator]();
  return changes.map(({ rights, ...change }) => ({
    ...change,
    rights: rights.map((right) => ({ right, via: right.held.map(() => rest.next().value as Argument) })),
  }));
}

function jsonOf({ granted, revoked, unheld, unseen }: Told) {
  const entries = (changes: readonly ToldChange[]) =>
    changes.map(({ subject, namespace, rights }) => ({
      subject,
      namespace: namespace ?? null,
      ...(rights.every(({ via }) => via.length === 0) ? { authorizer: 'AlwaysAllow' } : {}),
      rights: rights.map(({ right, via }) => ({ ...rightJson(right), via })),
    }));
  return {
    schema: 'kubestride.access-diff/v1',
    granted: entries(granted),
    revoked: entries(revoked),
    unheldRoles: unheld.map(({ role, gained, lost }) => ({
      role,
      gained: gained.map(rightJson),
      lost: lost.map(rightJson),
    })),
    unseen,
  };
}

function rightJson({ path, apiGroup, resource, name, verbs }: Omit<Right, 'held'>) {
  return {
    ...(path === '' ? { group: apiGroup, resource, ...(name === '' ? {} : { name }) } : { path }),
    verbs,
  };
}

function scopeText({ words }: Context, namespace: string | undefined): string {
  return namespace === undefined ? words.access.everywhere() : words.access.inNamespace({ namespace });
}

/** The bindings that give a right, each once, with where they stand; where there are none, the authorizer does. */
function bindings(context: Context, via: readonly Argument[]): string[] {
  if (via.length === 0)
    return [blindSpotText(context, { code: 'authorizer', type: 'AlwaysAllow', name: '' })];
  return [
    ...new Set(
      via.map(
        ({ binding, role }) =>
          `${referenceName(binding)} → ${referenceName(role)}  ${placeText(context, binding.source)}`,
      ),
    ),
  ];
}

function linesOf(context: Context, { granted, revoked, unheld }: Told): string[] {
  const { access } = context.words;
  const section = (sign: string, title: string, changes: readonly ToldChange[]) =>
    changes.length === 0
      ? []
      : [
          title,
          ...changes.flatMap(({ subject, namespace, rights }) => [
            `${sign} ${subjectName(subject)} ${scopeText(context, namespace)}`,
            ...groupedByBinding(context, rights).flatMap(([binding, its]) => [
              ...its.map(({ right }) => `    ${right.verbs.join(', ')}  ${rightName(right)}`),
              `      ${binding}`,
            ]),
          ]),
        ];
  const lines = [
    ...section('+', access.granted(), granted),
    ...section('-', access.revoked(), revoked),
    ...(unheld.length === 0 ? [] : [access.unheld()]),
    ...unheldSides(unheld).flatMap(({ sign, role, rights }) => [
      `${sign} ${referenceName(role)}  ${placeText(context, role.source)}`,
      ...rights.map((right) => `    ${right.verbs.join(', ')}  ${rightName(right)}`),
    ]),
  ];
  return lines.length === 0 ? [access.noDifference()] : lines;
}

/** What each of the roles gains, and what it loses. */
function unheldSides(unheld: readonly UnheldRole[]) {
  return unheld.flatMap(({ role, gained, lost }) =>
    [
      { sign: '+', role, rights: gained },
      { sign: '-', role, rights: lost },
    ].filter(({ rights }) => rights.length > 0),
  );
}

/** Rights that the same bindings give stand together. */
function groupedByBinding(context: Context, rights: readonly ToldRight[]): [string, ToldRight[]][] {
  const groups = new Map<string, ToldRight[]>();
  for (const right of rights) {
    const key = bindings(context, right.via).join('; ');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [right]);
    else group.push(right);
  }
  return [...groups];
}

function markdownOf(context: Context, { granted, revoked, unheld }: Told): string {
  const { access } = context.words;
  const rows = (sign: string, changes: readonly ToldChange[]) =>
    changes.flatMap(({ subject, namespace, rights }) =>
      rights.map(({ right, via }) => {
        const cells = [
          sign,
          markdownCode(subjectName(subject)),
          namespace === undefined ? access.everywhere() : markdownCode(namespace),
          markdownCode(right.verbs.join(', ')),
          markdownCode(rightName(right)),
          bindings(context, via).map(markdownCode).join('<br>'),
        ];
        return `| ${cells.join(' | ')} |\n`;
      }),
    );
  const all = [...rows('➕', granted), ...rows('➖', revoked)];
  const ofRoles = unheldSides(unheld).flatMap(({ sign, role, rights }) =>
    rights.map((right) => {
      const cells = [referenceName(role), right.verbs.join(', '), rightName(right)].map(markdownCode);
      return `| ${sign === '+' ? '➕' : '➖'} | ${cells.join(' | ')} |\n`;
    }),
  );
  const tables = [
    ...(all.length === 0 ? [] : [table(access.diffColumns(), all)]),
    ...(ofRoles.length === 0 ? [] : [`${access.unheld()}\n\n${table(access.unheldColumns(), ofRoles)}`]),
  ];
  return tables.length === 0 ? `${access.noDifference()}\n` : tables.join('\n');
}

function table(head: readonly string[], rows: readonly string[]): string {
  return `| ${head.join(' | ')} |\n|${' --- |'.repeat(head.length)}\n${rows.join('')}`;
}

function exitCodeOf(
  context: Context,
  { granted, revoked, unheld, unseen }: Told,
  failOn: AccessDiffFlags['failOn'],
  sources: readonly AccessSource[],
): ExitCode {
  const { words } = context;
  const isNothing = sources.filter((source) => foundNothing(context, source)).length > 0;
  const spots = [...new Set([...unseen.before, ...unseen.after].map((spot) => blindSpotText(context, spot)))];
  if (spots.length > 0) say(context, words.access.notCompared({ unseen: spots.join('; ') }));
  if (unheld.length > 0) say(context, words.access.unheldSaid({ count: unheld.length }));
  const open =
    unheld.filter(({ gained }) => gained.length > 0 || failOn === 'difference').length + spots.length;
  const differences = granted.length + (failOn === 'difference' ? revoked.length : 0);
  if (failOn !== 'never' && differences > 0) return EXIT.findings;
  return isNothing || open > 0 ? EXIT.notEvaluated : EXIT.clean;
}
