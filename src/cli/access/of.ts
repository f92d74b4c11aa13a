import { compareText } from '../../assessment/order.ts';
import { type HeldRule, PRIVILEGED_GROUP, type UserInfo } from '../../engines/authorization/index.ts';
import { RESOURCE_VERBS } from '../../kubernetes/request-verbs.ts';
import { escapeText } from '../../reports/escape.ts';
import { displayWidth, padEnd } from '../../reports/width.ts';
import type { OfFlags } from '../commands/access/of.ts';
import { type Context, EXIT, type ExitCode, say } from '../context.ts';
import { splitLeading } from '../positionals.ts';
import { argumentsOf } from './argument.ts';
import { allowsEverything, authorizersBeside, authorizersJson } from './authorizers.ts';
import { problemsJson, sayProblems } from './problems.ts';
import { type Right, rightName, rightsOf } from './rights.ts';
import { type AccessSource, foundNothing, openAccess } from './source.ts';
import { parseSubject, userInfoOf } from './subject.ts';
import { argumentLines, blindSpotText, jsonLines, subjectName, terminalText } from './text.ts';

/** Says everything that a subject may do. */
export async function of(context: Context, flags: OfFlags, given: readonly string[]): Promise<ExitCode> {
  const { leading, paths } = splitLeading(`${context.program} access of`, ['SUBJECT'], given);
  const { asGroup, explain, ...rest } = flags;
  const subject = parseSubject(leading[0]);
  const user = userInfoOf(subject, asGroup);
  const source = await openAccess(context, rest, paths, { rolesOnly: true });
  await sayProblems(context, source);
  const scopes = scopesOf(source, user, flags.namespace);
  const everything = everythingBy(source, user);
  const unseen =
    everything === undefined
      ? [
          ...source.sight.hides({ namespace: flags.namespace }, user),
          ...authorizersBeside(source.setups, user),
        ]
      : [];
  const { stdout } = context.terminal;
  if (flags.output === 'json') {
    const rights: object[] = everything === undefined ? [] : [...EVERYTHING];
    for (const { namespace, rights: its } of scopes) {
      for (const right of its) rights.push(await jsonOf(source, namespace, right));
    }
    await stdout.write(
      jsonLines({
        subject,
        groups: user.groups,
        everything: everything ?? null,
        rights,
        authorizers: authorizersJson(source.setups),
        unseen,
        problems: await problemsJson(source),
      }),
    );
  } else {
    const groups = user.groups.join(', ');
    const lines = [context.words.access.holder({ subject: subjectName(subject), groups })];
    if (everything !== undefined) lines.push('', context.words.access.everything({ by: everything }));
    for (const scope of scopes) lines.push(...(await scopeLines(context, source, scope, explain)));
    if (lines.length === 1) lines.push('', context.words.access.nothing());
    await stdout.write(terminalText(lines));
  }
  if (foundNothing(context, source)) return EXIT.notEvaluated;
  if (unseen.length === 0) return EXIT.clean;
  const spots = unseen.map((spot) => blindSpotText(context, spot)).join('; ');
  say(context, context.words.access.more({ unseen: spots }));
  return EXIT.notEvaluated;
}

/** What lets the user do everything, whatever roles there are. */
function everythingBy(
  { setups }: AccessSource,
  { groups }: UserInfo,
): 'system:masters' | 'AlwaysAllow' | undefined {
  const isStarted = setups.every(({ problems }) => problems.length === 0);
  if (isStarted && groups.includes(PRIVILEGED_GROUP)) return PRIVILEGED_GROUP;
  return setups.every(allowsEverything) ? 'AlwaysAllow' : undefined;
}

const EVERYTHING = [
  { namespace: null, group: '*', resource: '*', verbs: ['*'], via: [] },
  { namespace: null, path: '/*', verbs: ['*'], via: [] },
] as const;

interface Scope {
  /** Undefined: in every namespace, and on what is in none. */
  readonly namespace: string | undefined;
  readonly rights: readonly Right[];
}

/** What holds everywhere, then by namespace what holds only there. */
function scopesOf(
  { rbac, world, resources }: AccessSource,
  user: UserInfo,
  only: string | undefined,
): Scope[] {
  const wide = rbac.rulesFor(user, '');
  const everywhere: Scope = { namespace: undefined, rights: rightsOf(wide, resources) };
  const already = wide.map(({ rule }) => rule);
  const named =
    only === undefined ? [...new Set(world.grants.flatMap(({ namespace }) => namespace ?? []))] : [only];
  const narrow = named.sort(compareText).map((namespace): Scope => {
    const held = rbac.rulesFor(user, namespace).filter(isNarrow);
    return { namespace, rights: rightsOf(held, resources, already) };
  });
  return [everywhere, ...narrow].filter(({ rights }) => rights.length > 0);
}

function isNarrow({ grant }: HeldRule): boolean {
  return grant.namespace !== undefined;
}

async function jsonOf(source: AccessSource, namespace: string | undefined, right: Right) {
  const { resource, apiGroup, name, path, verbs, held } = right;
  const what = path === '' ? { group: apiGroup, resource, ...(name === '' ? {} : { name }) } : { path };
  return { namespace: namespace ?? null, ...what, verbs, via: await argumentsOf(source, held) };
}

/** A matrix of the usual verbs, other verbs behind it. */
async function scopeLines(
  context: Context,
  source: AccessSource,
  { namespace, rights }: Scope,
  explain: boolean,
): Promise<string[]> {
  const { access } = context.words;
  const title = namespace === undefined ? access.everywhere() : access.inNamespace({ namespace });
  const names = rights.map((right) => escapeText(rightName(right)));
  const width = Math.max(...names.map(displayWidth));
  const head = `${' '.repeat(width + 2)}${RESOURCE_VERBS.join('  ')}`;
  const lines = ['', title, head];
  for (const [i, right] of rights.entries()) {
    const isAll = right.verbs.includes('*');
    const cells = RESOURCE_VERBS.map((verb) =>
      padEnd(isAll || right.verbs.includes(verb) ? '✓' : '·', verb.length),
    );
    const others = right.verbs.filter((verb) => !(RESOURCE_VERBS as readonly string[]).includes(verb));
    lines.push([padEnd(names[i]!, width), ...cells, others.join(', ')].join('  ').trimEnd());
    if (!explain) continue;
    for (const argument of await argumentsOf(source, right.held))
      lines.push(...argumentLines(context, argument));
  }
  return lines;
}
