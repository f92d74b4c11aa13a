import { compareText } from '../../assessment/order.ts';
import {
  type Escalation,
  EscalationGraph,
  type EscalationPath,
  escalations,
  isByMembership,
  outlookOf,
  type Subject,
  TARGETS,
} from '../../engines/authorization/index.ts';
import { Cluster } from '../../kubernetes/cluster.ts';
import type { EscalateFlags } from '../commands/access/escalate.ts';
import { type Context, EXIT, type ExitCode, say } from '../context.ts';
import type { SourceEvidence } from '../sources.ts';
import { authorizersBeside, type Setup } from './authorizers.ts';
import { escalationJson, escalationLines, holderLines, PathPlaces } from './escalation-text.ts';
import { outlookJson, outlookLines } from './outlook-text.ts';
import { sayProblems } from './problems.ts';
import type { BlindSpot } from './sight.ts';
import { type AccessSource, foundNothing, openAccess } from './source.ts';
import { parseSubject } from './subject.ts';
import { blindSpotText, jsonLines, subjectName, terminalText } from './text.ts';

/** Shows how subjects can come to more than roles say. */
export async function escalate(
  context: Context,
  flags: EscalateFlags,
  given: readonly string[],
): Promise<ExitCode> {
  const [first] = given;
  const subject = first !== undefined && SUBJECT.test(first) ? parseSubject(first) : undefined;
  const { namespace, ...rest } = flags;
  // Whoever is asked about, the way may lead through all namespaces.
  const source = await openAccess(context, rest, subject === undefined ? given : given.slice(1));
  await sayProblems(context, source);
  const { evidence } = source;
  const graph = new EscalationGraph({
    world: source.world,
    cluster: new Cluster(evidence.objects, { isComplete: evidence.isComplete }),
    unseen: unseenKinds(evidence),
  });
  const isReached =
    subject === undefined
      ? await showAll(context, source, graph, flags)
      : await showOne(context, source, graph, subject, flags);
  const unseen = hiddenFrom(source);
  if (isReached || isOpen(source.setups)) return EXIT.findings;
  if (unseen.length > 0) {
    const spots = unseen.map((spot) => blindSpotText(context, spot)).join('; ');
    say(context, context.words.access.more({ unseen: spots }));
    return EXIT.notEvaluated;
  }
  return foundNothing(context, source) ? EXIT.notEvaluated : EXIT.clean;
}

/** What may lead further than what was seen. */
function hiddenFrom({ sight, setups }: AccessSource): BlindSpot[] {
  return [...sight.hides({ namespace: undefined }), ...authorizersBeside(setups)];
}

/**
 * Whether some API server lets everybody do everything: AlwaysAllow, whatever comes before it but a webhook, which may deny.
 */
function isOpen(setups: readonly Setup[]): boolean {
  return setups.some(({ authorizers, problems, unseenFile }) => {
    if (problems.length > 0 || unseenFile !== undefined) return false;
    const decisive = authorizers.find(({ type }) => type === 'AlwaysAllow' || type === 'Webhook');
    return decisive?.type === 'AlwaysAllow';
  });
}

/** Kinds of which not every object was read. */
function unseenKinds({ gaps, onlyNamespace }: SourceEvidence): Set<string> {
  const kinds = gaps.map(({ kind }) => kind);
  return new Set(onlyNamespace === undefined ? kinds : [...kinds, 'Pod', 'Secret', 'ServiceAccount']);
}

/** Subjects name their kind here, as anything else is a path. */
const SUBJECT = /^(?:user|group|serviceaccount|sa):|^system:/i;

interface Sorted {
  readonly shown: readonly Escalation[];
  readonly holders: readonly Escalation[];
  /** Left out. */
  readonly builtIn: number;
  readonly members: number;
}

async function showAll(
  context: Context,
  source: AccessSource,
  graph: EscalationGraph,
  flags: EscalateFlags,
): Promise<boolean> {
  const { words, terminal } = context;
  const text = words.escalation;
  const { shown, holders, builtIn, members } = sort(graph, flags);
  const places = new PathPlaces();
  for (const { paths } of shown) for (const path of paths) places.add(path);
  await places.find(source);
  const unseen = hiddenFrom(source);
  if (flags.output === 'json') {
    const subjects = shown.map((escalation) => escalationJson(escalation, places));
    await terminal.stdout.write(
      jsonLines({
        everybodyHoldsClusterAdmin: isOpen(source.setups),
        holders: holders.map(({ subject, isBuiltIn }) => ({ ...subject, builtIn: isBuiltIn })),
        subjects,
        notShown: { builtIn, members },
        unseen,
      }),
    );
  } else {
    const lines = [...openLines(context, source), ...holderLines(context, holders)];
    for (const escalation of shown) {
      lines.push(...escalationLines(context, flags.all ? escalation : withoutImplied(escalation), places));
    }
    lines.push(
      shown.length > 0 ? '' : holders.length > 0 ? text.nobodyElse : text.nobody,
      text.summary({ shown: shown.length, holders: holders.length }),
    );
    if (builtIn + members > 0) lines.push(text.quiet({ builtIn, members }));
    await terminal.stdout.write(terminalText(lines));
  }
  return shown.length > 0 || holders.some(({ isBuiltIn }) => !isBuiltIn);
}

/** What is to be said before anything that roles give. */
function openLines({ words }: Context, { setups }: AccessSource): string[] {
  return isOpen(setups) ? [words.escalation.everybody, ''] : [];
}

function sort(graph: EscalationGraph, flags: EscalateFlags): Sorted {
  const all = escalations(graph, flags.to ?? TARGETS)
    .filter(({ subject }) => flags.namespace === undefined || subject.namespace === flags.namespace)
    .map((escalation) => ({ ...escalation, paths: escalation.paths.filter((path) => isWanted(path, flags)) }))
    .sort((a, b) => compareText(subjectName(a.subject), subjectName(b.subject)));
  const holders = all.filter(
    ({ holdsClusterAdmin, isBuiltIn }) => holdsClusterAdmin && (flags.all || !isBuiltIn),
  );
  const reaching = all.filter(({ paths }) => paths.length > 0);
  if (flags.all) return { shown: reaching, holders, builtIn: 0, members: 0 };
  const news = reaching.filter(({ isBuiltIn, paths }) => !isBuiltIn && !paths.every(isByMembership));
  const members = reaching.filter(({ paths }) => paths.every(isByMembership)).length;
  return {
    shown: news.map((escalation) => ({
      ...escalation,
      paths: escalation.paths.filter((path) => !isByMembership(path)),
    })),
    holders,
    builtIn: reaching.length - news.length - members,
    members,
  };
}

/** Whoever comes to have the cluster has its nodes and Secrets: only a path that is surer is worth its lines then. */
function withoutImplied(escalation: Escalation): Escalation {
  const admin = escalation.paths.find(({ target }) => target === 'cluster-admin');
  if (admin === undefined) return escalation;
  const paths = escalation.paths.filter(
    (path) => path === admin || (admin.certainty === 'possible' && path.certainty === 'proven'),
  );
  return { ...escalation, paths };
}

function isWanted({ certainty }: EscalationPath, { proven }: EscalateFlags): boolean {
  return !proven || certainty === 'proven';
}

async function showOne(
  context: Context,
  source: AccessSource,
  graph: EscalationGraph,
  subject: Subject,
  flags: EscalateFlags,
): Promise<boolean> {
  const { stdout } = context.terminal;
  const all = outlookOf(graph, graph.closure(), subject);
  const outlook = {
    ...all,
    paths: all.paths.filter(
      (path) => isWanted(path, flags) && (flags.to === undefined || flags.to.includes(path.target)),
    ),
  };
  const places = new PathPlaces();
  for (const path of outlook.paths) places.add(path);
  for (const { held } of outlook.effects) places.addRights(held.because);
  await places.find(source);
  if (flags.output === 'json') {
    await stdout.write(
      jsonLines({
        everybodyHoldsClusterAdmin: isOpen(source.setups),
        ...outlookJson(outlook, places),
        unseen: hiddenFrom(source),
      }),
    );
  } else {
    const lines = [...openLines(context, source), ...outlookLines(context, outlook, places)];
    await stdout.write(terminalText(lines));
  }
  return outlook.holdsClusterAdmin || outlook.paths.length > 0;
}
