import type { KubernetesObject } from '../../kubernetes/object.ts';
import { Fingerprinter } from '../fingerprint.ts';
import { sortFindings } from '../order.ts';
import type { Finding, Report } from '../report.ts';
import type { FindingComparison, SeverityChange } from './comparison.ts';

/**
 * The findings of two reports, paired by their fingerprints; objects must name their namespaces alike in both. What a check
 * says of the whole source is paired by what it says, wherever it points.
 *
 * @param isCompared leaves out findings of objects that were not compared
 */
export function compareFindings(
  before: Pick<Report, 'findings'>,
  after: Pick<Report, 'findings'>,
  isCompared: (object: KubernetesObject) => boolean = () => true,
): FindingComparison {
  const left = byFingerprint(before, isCompared);
  const right = byFingerprint(after, isCompared);
  const fingerprints = new Map<Finding, string>();
  const gone: Finding[] = [];
  const added: Finding[] = [];
  const changed: SeverityChange[] = [];
  for (const [key, { finding, fingerprint }] of left) {
    if (right.has(key)) continue;
    gone.push(finding);
    fingerprints.set(finding, fingerprint);
  }
  for (const [key, { finding, fingerprint }] of right) {
    const earlier = left.get(key)?.finding;
    if (earlier?.severity === finding.severity) continue;
    if (earlier === undefined) added.push(finding);
    else changed.push({ finding, from: earlier.severity });
    fingerprints.set(finding, fingerprint);
  }
  return { added, gone, changed, fingerprints };
}

interface Marked {
  readonly finding: Finding;
  readonly fingerprint: string;
}

function byFingerprint(
  { findings }: Pick<Report, 'findings'>,
  isCompared: (object: KubernetesObject) => boolean,
): Map<string, Marked> {
  const fingerprinter = new Fingerprinter();
  const marked = sortFindings(findings).map((finding) => ({
    finding,
    fingerprint: fingerprinter.next(finding),
  }));
  return new Map(
    marked
      .filter(({ finding: { check, object } }) => check.subject === 'cluster' || isCompared(object))
      .map((each) => [keyOf(each), each]),
  );
}

function keyOf({ finding: { check, message, params }, fingerprint }: Marked): string {
  return check.subject === 'cluster' ? JSON.stringify([check.id, message, params]) : fingerprint;
}
