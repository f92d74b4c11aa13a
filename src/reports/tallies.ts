import type { Coverage, Finding, Tally } from '../assessment/report.ts';
import { SEVERITIES, type Severity, THREATS, type Threat } from '../threats/define-check.ts';
import { escapeText } from './escape.ts';
import type { ReportInput } from './input.ts';

export type BySeverity = Readonly<Record<Severity, number>>;

export interface ThreatRow {
  readonly threat: Threat;
  readonly findings: BySeverity;
  readonly tally: Readonly<Tally>;
}

export interface Tallies {
  readonly rows: readonly ThreatRow[];
  readonly total: BySeverity;
}

/** Findings by threat and severity beside the coverage of each threat. */
export function tally(findings: readonly Finding[], coverage: Coverage): Tallies {
  const empty = (): Record<Severity, number> => ({ critical: 0, high: 0, medium: 0, low: 0, info: 0 });
  const total = empty();
  const byThreat = new Map(THREATS.map((threat) => [threat, empty()]));
  for (const { check, severity } of findings) {
    total[severity]++;
    byThreat.get(check.threat)![severity]++;
  }
  const rows = THREATS.map((threat) => ({
    threat,
    findings: byThreat.get(threat)!,
    tally: coverage.byThreat[threat],
  }));
  return { rows, total };
}

/** How many findings are at or above a severity. */
export function countFrom(total: BySeverity, severity: Severity): number {
  return SEVERITIES.slice(0, SEVERITIES.indexOf(severity) + 1).reduce((sum, each) => sum + total[each], 0);
}

/** Whole percent, rounded down so that 100 % means everything; a dash where nothing applied. */
export function percent({ applicable, evaluated }: Readonly<Tally>): string {
  return applicable === 0 ? '–' : `${Math.floor((evaluated / applicable) * 100)}%`;
}

export type Status = 'findings' | 'clean' | 'incomplete' | 'nothing';

/** What a reader may conclude; `clean` only where everything was looked at. */
export function statusOf(
  total: BySeverity,
  failOn: Severity,
  coverage: Coverage,
  notAssessed: number,
): Status {
  if (countFrom(total, failOn) > 0) return 'findings';
  if (coverage.objects === 0) return 'nothing';
  const complete =
    notAssessed === 0 && coverage.unreadable === 0 && coverage.evaluated === coverage.applicable;
  return complete ? 'clean' : 'incomplete';
}

/** The last step of a path, behind the kind where it is only one's; the JSON report has the whole. */
function shortName(path: string): string {
  const kind = path.includes(' ') ? path.slice(0, path.indexOf(' ') + 1) : '';
  const last = /\["[^"]*?([^"/]+)"\]$/.exec(path) ?? /([^.[\] ]+)(?:\[\])?$/.exec(path);
  return kind + (last?.[1] ?? path);
}

/** How much was read, what was no Kubernetes object, what was ignored, and what was passed over on purpose. */
export function readSentences({
  report: { coverage },
  source: { cluster },
  words: { ui },
}: ReportInput): string {
  const { documents, objects, notKubernetes, ignored, passedOver, checks, checksLeftOut } = coverage;
  const name = cluster?.context ?? cluster?.server;
  return ui.punctuation.joined([
    ...(name === undefined
      ? []
      : [escapeText(ui.cluster(name, cluster?.version, cluster?.distribution, cluster?.namespace))]),
    ui.read(documents, objects),
    ...(notKubernetes === 0 ? [] : [ui.notKubernetes(notKubernetes)]),
    ...(ignored === 0 ? [] : [ui.ignored(ignored)]),
    ...(passedOver.length === 0 ? [] : [ui.passedOver(ui.punctuation.listed(passedOver.map(shortName)))]),
    ...(checksLeftOut.length === 0 ? [] : [ui.checksLeftOut(checks, checksLeftOut.length)]),
  ]);
}
