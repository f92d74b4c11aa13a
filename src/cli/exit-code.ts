import { coveragePercent } from '../assessment/assess.ts';
import type { Report } from '../assessment/report.ts';
import { SEVERITIES, type Severity } from '../threats/define-check.ts';
import { EXIT, type ExitCode } from './context.ts';

export type FailOn = Severity | 'never';

/** How many findings are at or above a severity. */
export function countFrom(report: Pick<Report, 'findings'>, failOn: FailOn): number {
  if (failOn === 'never') return 0;
  const limit = SEVERITIES.indexOf(failOn);
  return report.findings.filter(({ severity }) => SEVERITIES.indexOf(severity) <= limit).length;
}

/** Findings weigh more than gaps: what was found is certain, whatever else was not looked at. */
export function exitCodeOf(
  report: Pick<Report, 'findings' | 'coverage'>,
  failOn: FailOn,
  minCoverage: number | undefined,
): ExitCode {
  if (countFrom(report, failOn) > 0) return EXIT.findings;
  if (report.coverage.objects === 0) return EXIT.notEvaluated;
  return minCoverage !== undefined && coveragePercent(report.coverage) < minCoverage
    ? EXIT.notEvaluated
    : EXIT.clean;
}
