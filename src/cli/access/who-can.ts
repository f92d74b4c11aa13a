import { compareText } from '../../assessment/order.ts';
import type { Holder, Subject } from '../../engines/authorization/index.ts';
import { asString } from '../../kubernetes/json.ts';
import { escapeText } from '../../reports/escape.ts';
import { padEnd } from '../../reports/width.ts';
import type { WhoCanFlags } from '../commands/access/who-can.ts';
import { type Context, EXIT, type ExitCode, say } from '../context.ts';
import { splitLeading } from '../positionals.ts';
import { type Argument, argumentsOf } from './argument.ts';
import { authorizersBeside, authorizersJson } from './authorizers.ts';
import { problemsJson, sayProblems } from './problems.ts';
import { type Action, parseAction } from './resource.ts';
import type { BlindSpot } from './sight.ts';
import { type AccessSource, foundNothing, openAccess } from './source.ts';
import { NODES, nodeUser } from './subject.ts';
import {
  argumentLines,
  blindSpotText,
  jsonLines,
  noteText,
  referenceName,
  subjectName,
  terminalText,
} from './text.ts';

/** Lists everybody who may do something. */
export async function whoCan(
  context: Context,
  flags: WhoCanFlags,
  given: readonly string[],
): Promise<ExitCode> {
  const command = `${context.program} access who-can`;
  const { leading, paths } = splitLeading(command, ['VERB', 'RESOURCE'], given);
  const { name, subresource, explain, ...rest } = flags;
  // A node has to do with single objects only.
  const nodes = name !== undefined || (leading[1].includes('/') && !leading[1].startsWith('/'));
  const source = await openAccess(context, rest, paths, { rolesOnly: true, nodes });
  await sayProblems(context, source);
  const { action, isAnywhere, notes } = parseAction(leading[0], leading[1], source.resources, {
    namespace: flags.namespace ?? '',
    isNamed: source.namesResource,
    ...(name === undefined ? {} : { name }),
    ...(subresource === undefined ? {} : { subresource }),
  });
  for (const note of notes) say(context, noteText(context, note));

  const subjects = await entriesOf(source, source.rbac.whoCan(action));
  const namespaced = await entriesOf(source, isAnywhere ? holdersElsewhere(source, action) : []);
  const byNode = nodesThatCan(source, action);
  const unseen = [
    ...source.sight.hides({ namespace: isAnywhere ? undefined : action.namespace }),
    ...authorizersBeside(source.setups),
    ...byNode.unseen,
  ];
  const { stdout } = context.terminal;
  if (flags.output === 'json') {
    await stdout.write(
      jsonLines({
        subjects: subjects.map(({ subject, via }) => ({ ...subject, via })),
        inNamespaces: namespaced.map(({ subject, via }) => ({
          ...subject,
          namespaces: namespacesOf(via),
          via,
        })),
        nodes: byNode.able,
        authorizers: authorizersJson(source.setups),
        unseen,
        problems: await problemsJson(source),
      }),
    );
  } else {
    const lines =
      subjects.length === 0 ? [context.words.access.nobody()] : linesOf(context, subjects, explain);
    if (byNode.able.length > 0) {
      const names = byNode.able.map(subjectName).join(', ');
      lines.push('', context.words.access.byNode({ subjects: names }));
    }
    await stdout.write(terminalText([...lines, ...namespacedLines(context, namespaced, explain)]));
  }
  if (foundNothing(context, source)) return EXIT.notEvaluated;
  if (unseen.length === 0) return EXIT.clean;
  const spots = unseen.map((spot) => blindSpotText(context, spot)).join('; ');
  say(context, context.words.access.others({ unseen: spots }));
  return EXIT.notEvaluated;
}

interface Entry {
  readonly subject: Subject;
  readonly via: readonly Argument[];
}

/** No node has this name, so what it may is what all nodes may. */
const ANY_NODE = '*';

/** Whom the Node authorizer lets: the group of all nodes, or those that were seen; and those that it may let. */
function nodesThatCan(
  { setups, node, evidence }: AccessSource,
  action: Action,
): { readonly able: readonly Subject[]; readonly unseen: readonly BlindSpot[] } {
  if (!setups.some(({ authorizers }) => authorizers.some(({ type }) => type === 'Node')))
    return { able: [], unseen: [] };
  const decide = (name: string) => node.authorize({ ...action, user: nodeUser(name) }).decision;
  const ofAny = decide(ANY_NODE);
  if (ofAny === 'allow') return { able: [{ kind: 'Group', namespace: undefined, name: NODES }], unseen: [] };
  const named = new Set(
    evidence.objects.flatMap(({ kind, name, spec }) =>
      kind === 'Node' ? name : kind === 'Pod' ? (asString(spec['nodeName']) ?? []) : [],
    ),
  );
  const able: Subject[] = [];
  const unknown: string[] = [];
  for (const name of [...new Set([...named, action.name])].sort(compareText)) {
    if (name === '') continue;
    const decision = decide(name);
    if (decision === 'allow') able.push({ kind: 'User', namespace: undefined, name: nodeUser(name).name });
    else if (decision === 'unknown' && named.has(name)) unknown.push(nodeUser(name).name);
  }
  return { able, unseen: ofAny === 'unknown' ? [{ code: 'nodes', nodes: unknown }] : [] };
}

/** Who may in some namespaces only. */
function holdersElsewhere({ rbac }: AccessSource, action: Action): Holder[] {
  return rbac.whoCan({ ...action, namespace: undefined }).flatMap(({ subject, held }) => {
    const narrow = held.filter(({ grant }) => grant.namespace !== undefined);
    return held.length > 0 && narrow.length === held.length ? [{ subject, held: narrow }] : [];
  });
}

async function entriesOf(source: AccessSource, holders: readonly Holder[]): Promise<Entry[]> {
  const all = await argumentsOf(
    source,
    holders.flatMap(({ held }) => held),
  );
  let next = 0;
  const entries = holders.map(({ subject, held }) => {
    const via = all.slice(next, next + held.length);
    next += held.length;
    return { subject, via };
  });
  return entries.sort((a, b) => compareText(subjectName(a.subject), subjectName(b.subject)));
}

function namespacesOf(via: readonly Argument[]): string[] {
  return [...new Set(via.flatMap(({ binding }) => binding.namespace ?? []))].sort(compareText);
}

/** Each subject with the bindings that let it, or with the whole argument. */
function linesOf(context: Context, entries: readonly Entry[], explain: boolean): string[] {
  const width = Math.max(...entries.map(({ subject }) => escapeText(subjectName(subject)).length));
  return entries.flatMap(({ subject, via }) => {
    const name = escapeText(subjectName(subject));
    if (explain && via.length > 0)
      return [name, ...via.flatMap((argument) => argumentLines(context, argument))];
    if (via.length === 0) return [`${padEnd(name, width)}  ${context.words.access.privileged()}`];
    const bindings = via.map(({ binding, role }) => `${referenceName(binding)} → ${referenceName(role)}`);
    return [`${padEnd(name, width)}  ${[...new Set(bindings)].join(', ')}`];
  });
}

function namespacedLines(context: Context, entries: readonly Entry[], explain: boolean): string[] {
  const byNamespaces = new Map<string, Entry[]>();
  for (const entry of entries) {
    const key = namespacesOf(entry.via).join(', ');
    const same = byNamespaces.get(key);
    if (same === undefined) byNamespaces.set(key, [entry]);
    else same.push(entry);
  }
  return [...byNamespaces].flatMap(([namespaces, of]) => [
    '',
    context.words.access.onlyIn({ namespaces }),
    ...linesOf(context, of, explain),
  ]);
}
