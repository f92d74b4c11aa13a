import { assess, coveragePercent } from '../assessment/assess.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import { loadUiWords } from '../locales/load.ts';
import type { Words } from '../locales/words.ts';
import type { ReportInput, Sink } from '../reports/input.ts';
import { writeJson } from '../reports/json.ts';
import { writeMarkdown } from '../reports/markdown.ts';
import { omissionCounts } from '../reports/not-assessed.ts';
import { writeSarif } from '../reports/sarif.ts';
import { countFrom, statusOf, tally } from '../reports/tallies.ts';
import { writeTerminal } from '../reports/terminal.ts';
import { loadChecks, loadCheckWords, selectChecks } from './catalogue.ts';
import type { ScanFlags } from './commands/scan.ts';
import { type Context, EXIT, type ExitCode, say } from './context.ts';
import { exitCodeOf } from './exit-code.ts';
import { useColor } from './flags.ts';
import { BufferedSink, type OutputRequest, openOutput, outputPaths, verifyOutputs } from './outputs.ts';
import { ProgressLine } from './progress.ts';
import { openSource, places } from './sources.ts';
import { VERSION } from './version.ts';

/**
 * Reads, assesses, and writes the reports that were asked for. All formats are loaded together with this: each further
 * file costs more time at the start than the formats that are not used.
 */
export async function scan(context: Context, flags: ScanFlags, paths: readonly string[]): Promise<ExitCode> {
  const { terminal, words, language } = context;
  const outputs: readonly OutputRequest[] = flags.output ?? [{ format: 'terminal', file: undefined }];
  verifyOutputs(outputs, paths, terminal.cwd);
  const [all, ui, checkWords] = await Promise.all([
    loadChecks(),
    loadUiWords(language),
    loadCheckWords(language),
  ]);
  const checks = selectChecks(all, flags);

  const progress = new ProgressLine(terminal, words);
  const { evidence, source } = await openSource(context, flags, paths, {
    progress,
    except: outputPaths(outputs, terminal.cwd),
  });
  const beside = await evidenceBeside(context, flags, paths);
  progress.assessing();
  const leftOut = all.filter((check) => !checks.includes(check));
  const objects = beside.length === 0 ? evidence.objects : [...evidence.objects, ...beside];
  const report = assess(
    { ...evidence, objects },
    { checks, leftOut, allVerdicts: flags.allVerdicts, now: new Date() },
  );
  progress.done();

  const input: ReportInput = {
    report,
    words: { language, ui, check: (id) => checkWords[id]! } satisfies Words,
    tool: { name: 'kubestride', version: VERSION },
    source,
    ...places,
    // Where no finding fails the run, the reports speak of all of them.
    failOn: flags.failOn === 'never' ? 'info' : flags.failOn,
  };
  for (const request of outputs) await writeOutput(context, flags, input, request);

  if (flags.listNotKubernetes) {
    for (const { file } of evidence.notKubernetes) say(context, words.warning.notKubernetes({ file }));
  }
  const exitCode = exitCodeOf(report, flags.failOn, flags.minCoverage);
  if (!outputs.some(({ format, file }) => format === 'terminal' && file === undefined)) {
    say(context, summary(input));
  }
  if (flags.minCoverage !== undefined && exitCode === EXIT.notEvaluated) {
    const coverage = (Math.floor(coveragePercent(report.coverage) * 100) / 100).toString();
    say(context, words.warning.coverageBelow({ coverage, minimum: flags.minCoverage }));
  }
  return exitCode;
}

/** What was seen of the cluster in other ways than its objects. */
async function evidenceBeside(
  context: Context,
  { audit = [] }: ScanFlags,
  paths: readonly string[],
): Promise<readonly KubernetesObject[]> {
  if (audit.length === 0) return [];
  const { auditEvidence } = await import('./scan-audit.ts');
  const facts = await auditEvidence(context, audit, paths);
  return facts === undefined ? [] : [facts];
}

/** What the terminal report ends with, on one line, for runs whose report goes elsewhere. */
function summary({ report, words, failOn }: ReportInput): string {
  const { ui } = words;
  const { findings, coverage, notAssessed } = report;
  const { total } = tally(findings, coverage);
  const severity = ui.severities[failOn];
  const status = {
    findings: () => ui.statusFindings(countFrom(total, failOn), severity),
    clean: () => ui.statusClean(severity),
    incomplete: () => ui.statusIncomplete(severity),
    nothing: () => ui.statusNothing,
  }[statusOf(total, failOn, coverage, notAssessed.length)]();
  const missed = notAssessed.length === 0 ? ui.nothingLeftOut : omissionCounts(notAssessed, words);
  const read = ui.read(coverage.documents, coverage.objects);
  return ui.punctuation.joined([
    ui.punctuation.sentence(status),
    read,
    ui.punctuation.labelled(ui.notAssessed, missed),
  ]);
}

async function writeOutput(
  context: Context,
  flags: ScanFlags,
  input: ReportInput,
  { format, file }: OutputRequest,
): Promise<void> {
  const { terminal, words } = context;
  if (file === undefined) {
    const sink = new BufferedSink(terminal.stdout);
    const color = useColor(flags.color, terminal.stdout.isTerminal, terminal.env);
    await writeReport(format, input, sink, flags, color, terminal.stdout.columns);
    await sink.flush();
    return;
  }
  const target = openOutput(file, terminal.cwd);
  try {
    const sink = new BufferedSink(target);
    await writeReport(format, input, sink, flags, flags.color === 'always', undefined);
    await sink.flush();
    target.commit();
  } catch (error) {
    target.abandon();
    throw error;
  }
  say(context, words.warning.wrote({ format, file }));
}

async function writeReport(
  format: OutputRequest['format'],
  input: ReportInput,
  sink: Sink,
  { allVerdicts }: ScanFlags,
  color: boolean,
  columns: number | undefined,
): Promise<void> {
  switch (format) {
    case 'terminal':
      return writeTerminal(input, sink, { color, columns });
    case 'json':
      return writeJson(input, sink, { allVerdicts });
    case 'sarif':
      return writeSarif(input, sink);
    case 'markdown':
      return writeMarkdown(input, sink);
  }
}
