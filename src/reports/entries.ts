import type { Finding } from '../assessment/report.ts';
import type { Check, Severity, Threat } from '../threats/define-check.ts';
import { THREATS } from '../threats/define-check.ts';
import { objectName, partOf } from './describe.ts';
import { escapeText } from './escape.ts';

/** What one check found at one severity, in many places: what a person reads once. */
export interface Entry {
  readonly check: Check;
  readonly severity: Severity;
  /** At least one, in the report's order. */
  readonly findings: Finding[];
}

/** The entries of each threat that has any, worst first; `findings` in the report's order. */
export function groupByThreat(findings: readonly Finding[]): Map<Threat, Entry[]> {
  const threats = new Map<Threat, Map<string, Entry>>(THREATS.map((threat) => [threat, new Map()]));
  for (const finding of findings) {
    const { check, severity } = finding;
    const entries = threats.get(check.threat)!;
    const key = `${check.id} ${severity}`;
    const entry = entries.get(key);
    if (entry === undefined) entries.set(key, { check, severity, findings: [finding] });
    else entry.findings.push(finding);
  }
  return new Map(
    [...threats]
      .filter(([, entries]) => entries.size > 0)
      .map(([threat, entries]) => [threat, [...entries.values()]]),
  );
}

/** Whether an entry is shown with its lines and words, or as a line of a list. */
export function isDetailed(entry: Entry): boolean {
  return entry.severity === 'critical' || entry.severity === 'high' || entry.severity === 'medium';
}

/** `namespace/Kind/name › part`, escaped. */
export function placeName(finding: Finding): string {
  const part = partOf(finding.object, finding.path);
  const name = escapeText(objectName(finding.object));
  return part === undefined ? name : `${name} › ${escapeText(part)}`;
}

export function fileName(finding: Finding): string {
  return escapeText(finding.object.origin.file.path);
}
