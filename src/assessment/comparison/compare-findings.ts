import type { KubernetesObject } from '../../kubernetes/object.ts';
import { Fingerprinter } from '../fingerprint.ts';
import { sortFindings } from '../order.ts';
import type { Finding, Report } from '../report.ts';
import type { FindingComparison, SeverityChange } from './comparison.ts';

/** Which findings that only one side has say something about the other. */
export interface FindingScope {
  /** Objects that were compared, or that only one side has without an explanation. */
  readonly isCompared: (object: KubernetesObject) => boolean;
  /** Both sides are clusters, or neither: only then what is said of the whole can be compared. */
  readonly areAlike: boolean;
}

/**
 * The findings of two reports, paired by their fingerprints; objects must name their namespaces alike in both. What is said of a
 * namespace or of the whole source is paired by what it says, wherever it points.
 */
export function compareFindings(
  before: Pick<Report, 'findings'>,
  after: Pick<Report, 'findings'>,
  scope: FindingScope,
): FindingComparison {
  const left = byKey(before);
  const right = byKey(after);
  const fingerprints = new Map<Finding, string>();
  const gone: Finding[] = [];
  const added: Finding[] = [];
  const changed: SeverityChange[] = [];
  for (const [key, { finding, fingerprint }] of left) {
    if (right.has(key) || !isIn(scope, finding)) continue;
    gone.push(finding);
    fingerprints.set(finding, fingerprint);
  }
  for (const [key, { finding, fingerprint }] of right) {
    const earlier = left.get(key)?.finding;
    if (earlier?.severity === finding.severity) continue;
    if (earlier === undefined && !isIn(scope, finding)) continue;
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

function byKey({ findings }: Pick<Report, 'findings'>): Map<string, Marked> {
  const fingerprinter = new Fingerprinter();
  const marked = sortFindings(findings).map((finding) => ({
    finding,
    fingerprint: fingerprinter.next(finding),
  }));
  return new Map(marked.map((each) => [keyOf(each), each]));
}

function isIn({ isCompared, areAlike }: FindingScope, { check, object }: Finding): boolean {
  return check.subject === 'cluster' ? areAlike : isCompared(object);
}

function keyOf({ finding: { check, object, message, params }, fingerprint }: Marked): string {
  switch (check.subject) {
    case 'cluster':
      return JSON.stringify([check.id, message, params]);
    case 'namespace':
      return JSON.stringify([check.id, namespaceOf(object), message, params]);
    default:
      return fingerprint;
  }
}

/** The namespace that a finding about one speaks of: it points at the Namespace, or at the first object in it. */
function namespaceOf({ kind, name, namespace }: KubernetesObject): string {
  return kind === 'Namespace' ? name : (namespace ?? '');
}
