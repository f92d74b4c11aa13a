import { assess, type Evidence } from '../assessment/assess.ts';
import { asStored } from '../assessment/comparison/as-stored.ts';
import { compareFindings } from '../assessment/comparison/compare-findings.ts';
import { compareObjects, type Sight } from '../assessment/comparison/compare-objects.ts';
import type { Side } from '../assessment/comparison/comparison.ts';
import { Identities } from '../assessment/comparison/identity.ts';
import { NEEDS } from '../evidence/cluster/needs.ts';
import { prune } from '../evidence/prune.ts';
import type { ResourceList } from '../evidence/snapshot.ts';
import { hasEnded } from '../evidence/snapshot-evidence.ts';
import { EVIDENCE_API_VERSION, KubernetesObject } from '../kubernetes/object.ts';
import { loadDiffWords } from '../locales/diff-words.ts';
import { loadUiWords } from '../locales/load.ts';
import { type DiffInput, type DiffTally, tallyOf } from '../reports/diff/input.ts';
import { writeDiffJson } from '../reports/diff/json.ts';
import { writeDiffMarkdown } from '../reports/diff/markdown.ts';
import { writeDiffTerminal } from '../reports/diff/terminal.ts';
import { loadChecks, loadCheckWords } from './catalogue.ts';
import type { DiffFlags } from './commands/diff.ts';
import { type Context, EXIT, type ExitCode, say } from './context.ts';
import { useColor } from './flags.ts';
import { BufferedSink } from './outputs.ts';
import { ProgressLine } from './progress.ts';
import { type OpenedSource, openSource, type SourceEvidence } from './sources.ts';
import { twoSources } from './two-sources.ts';
import { VERSION } from './version.ts';

/** Compares two sources: objects and findings that came, went and changed, and who changed them. */
export async function diff(
  context: Context,
  flags: DiffFlags,
  sources: readonly string[],
): Promise<ExitCode> {
  const { terminal, words, language } = context;
  const [first, second] = twoSources(flags, sources);
  const [checks, ui, checkWords, diffWords] = await Promise.all([
    loadChecks(),
    loadUiWords(language),
    loadCheckWords(language),
    loadDiffWords(language),
  ]);
  const progress = new ProgressLine(terminal, words);
  const before = await openSource(context, first.flags, first.paths, { progress, whole: true });
  const after = await openSource(context, second.flags, second.paths, { progress, whole: true });
  progress.assessing();

  const left = sideOf(before.evidence);
  const right = sideOf(after.evidence);
  const defaultNamespace = flags.namespace ?? after.defaultNamespace ?? 'default';
  const identities = new Identities([left, right], defaultNamespace);
  const objects = compareObjects(left, right, identities);
  const now = new Date();
  const report = ({ evidence }: OpenedSource) =>
    assess(assessed(evidence, left.isLive || right.isLive ? identities : undefined), { checks, now });
  const findings = compareFindings(report(before), report(after), {
    // What KubeStride notes about a cluster has no counterpart in manifests.
    isCompared: (object) =>
      object.apiVersion === EVIDENCE_API_VERSION
        ? left.isLive && right.isLive
        : objects.compared.has(identities.of(object)),
    areAlike: left.isLive === right.isLive,
  });
  progress.done();

  const input: DiffInput = {
    objects,
    findings,
    before: before.source,
    after: after.source,
    tool: { name: 'kubestride', version: VERSION },
    words: { language, ui, check: (id) => checkWords[id]! },
    diff: diffWords,
    all: flags.all,
  };
  const sink = new BufferedSink(terminal.stdout);
  if (flags.output === 'json') await writeDiffJson(input, sink);
  else if (flags.output === 'markdown') await writeDiffMarkdown(input, sink);
  else {
    const color = useColor(flags.color, terminal.stdout.isTerminal, terminal.env);
    await writeDiffTerminal(input, sink, { color });
  }
  await sink.flush();
  if (left.objects.length === 0 || right.objects.length === 0) {
    say(context, words.warning.nothingFound());
    return EXIT.notEvaluated;
  }
  return exitCodeOf(tallyOf(input), findings.changed.length, flags.failOn);
}

const LISTED_KINDS: ReadonlySet<string> = new Set(NEEDS.map(({ group, kind }) => `${group}/${kind}`));

function sideOf(evidence: SourceEvidence): Side & Sight {
  const { objects, gaps, unread, isComplete, onlyNamespace } = evidence;
  return {
    objects,
    isLive: isComplete,
    gaps,
    unread,
    ...(onlyNamespace === undefined ? {} : { onlyNamespace }),
    ...(isComplete ? { kinds: LISTED_KINDS } : {}),
  };
}

/** The lists of what runs and ends. */
const ENDING: readonly ResourceList[] = [
  { group: '', version: 'v1', resource: 'pods', kind: 'Pod', namespaced: true },
  { group: 'batch', version: 'v1', resource: 'jobs', kind: 'Job', namespaced: true },
];

/** The evidence as a scan sees it; with identities, objects are put where they live, and are what a server would store. */
function assessed(evidence: SourceEvidence, identities: Identities | undefined): Evidence {
  const pruned = evidence.objects
    .filter(
      ({ origin, kind, raw }) =>
        !origin.isApi || !ENDING.some((list) => list.kind === kind && hasEnded(list, raw)),
    )
    .map((object) => new KubernetesObject(prune(object.raw), object.origin, object.duplicateFields));
  return {
    ...evidence,
    objects: identities === undefined ? pruned : asStored(pruned, identities),
  };
}

function exitCodeOf(tally: DiffTally, severities: number, failOn: DiffFlags['failOn']): ExitCode {
  if (failOn === 'never') return EXIT.clean;
  const { changed, added, removed, newFindings, goneFindings } = tally;
  if (newFindings + severities > 0) return EXIT.findings;
  if (failOn === 'finding') return EXIT.clean;
  return changed + added + removed + goneFindings > 0 ? EXIT.findings : EXIT.clean;
}
