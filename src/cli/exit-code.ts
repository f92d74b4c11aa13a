import { coveragePercent } from '../assessment/assess.ts';
import type { Report } from '../assessment/report.ts';
import { countFrom, tally } from '../reports/tallies.ts';
import type { Severity } from '../threats/define-check.ts';
import { EXIT, type ExitCode } from './context.ts';

export type FailOn = Severity | 'never';

/** Findings weigh more than gaps: what was found is certain, whatever else was not looked at. */
export function exitCodeOf(
  { findings, coverage }: Pick<Report, 'findings' | 'coverage'>,
  failOn: FailOn,
  minCoverage: number | undefined,
): ExitCode {
  if (failOn !== 'never' && countFrom(tally(findings, coverage).total, failOn) > 0) return EXIT.findings;
  if (coverage.objects === 0) return EXIT.notEvaluated;
  return minCoverage !== undefined && coveragePercent(coverage) < minCoverage
    ? EXIT.notEvaluated
    : EXIT.clean;
}
