import { Fingerprinter } from './fingerprint.ts';
import { sortFindings, sortNotAssessed } from './order.ts';
import type { Report } from './report.ts';

/** Everything that a report says, in the report's order. */
export function spoken(report: Report) {
  const fingerprinter = new Fingerprinter();
  return {
    coverage: report.coverage,
    findings: sortFindings(report.findings).map((finding) => [
      fingerprinter.next(finding),
      finding.severity,
      finding.confidence,
      finding.path,
      finding.params,
    ]),
    notAssessed: sortNotAssessed(report.notAssessed).map((entry) =>
      entry.kind === 'reading'
        ? entry
        : [entry.check.id, entry.object.origin.file.path, entry.path, entry.reason, entry.params],
    ),
  };
}
