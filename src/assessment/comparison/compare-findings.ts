import { Fingerprinter } from '../fingerprint.ts';
import { sortFindings } from '../order.ts';
import type { Finding, Report } from '../report.ts';
import type { FindingComparison } from './comparison.ts';

/** The findings of two reports, paired by their fingerprints; objects must name their namespaces alike in both. */
export function compareFindings(
  before: Pick<Report, 'findings'>,
  after: Pick<Report, 'findings'>,
): FindingComparison {
  const left = byFingerprint(before);
  const right = byFingerprint(after);
  const gone = [...left].filter(([fingerprint]) => !right.has(fingerprint)).map(([, finding]) => finding);
  const added = [...right].filter(([fingerprint]) => !left.has(fingerprint)).map(([, finding]) => finding);
  const changed = [...right].flatMap(([fingerprint, finding]) => {
    const earlier = left.get(fingerprint);
    return earlier === undefined || earlier.severity === finding.severity
      ? []
      : [{ before: earlier, after: finding, from: earlier.severity, to: finding.severity }];
  });
  return { added, gone, changed };
}

function byFingerprint({ findings }: Pick<Report, 'findings'>): Map<string, Finding> {
  const fingerprinter = new Fingerprinter();
  return new Map(sortFindings(findings).map((finding) => [fingerprinter.next(finding), finding]));
}
