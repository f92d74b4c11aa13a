import { type Check, SEVERITIES, THREATS } from '../threats/define-check.ts';
import type { Finding, NotAssessed, OtherVerdict } from './report.ts';

/**
 * The one order of a report, whatever order files were read and checks were run in: severity, threat, check, file,
 * document, path, and then everything else that can tell two findings apart.
 */
export function sortFindings(findings: readonly Finding[]): Finding[] {
  const files = ranks(findings.map((finding) => finding.object.origin.file.path));
  const checks = ranks(findings.map((finding) => finding.check.id));
  const keyed = findings.map((finding) => ({
    finding,
    first:
      (SEVERITIES.indexOf(finding.severity) * THREATS.length + THREATS.indexOf(finding.check.threat)) *
        checks.size +
      checks.get(finding.check.id)!,
    file: files.get(finding.object.origin.file.path)!,
    document: finding.object.origin.document,
  }));
  keyed.sort(
    (a, b) =>
      a.first - b.first ||
      a.file - b.file ||
      a.document - b.document ||
      compareFindings(a.finding, b.finding),
  );
  return keyed.map(({ finding }) => finding);
}

/** Findings of one check in one object. */
function compareFindings(a: Finding, b: Finding): number {
  return (
    comparePaths(a.path, b.path) ||
    compareText(a.message, b.message) ||
    (a.params === b.params ? 0 : compareText(paramsKey(a.params), paramsKey(b.params)))
  );
}

export function sortVerdicts(verdicts: readonly OtherVerdict[]): OtherVerdict[] {
  const files = ranks(verdicts.map((entry) => entry.object.origin.file.path));
  const checks = ranks(verdicts.map((entry) => entry.check.id));
  return [...verdicts].sort(
    (a, b) =>
      THREATS.indexOf(a.check.threat) - THREATS.indexOf(b.check.threat) ||
      checks.get(a.check.id)! - checks.get(b.check.id)! ||
      files.get(a.object.origin.file.path)! - files.get(b.object.origin.file.path)! ||
      a.object.origin.document - b.object.origin.document ||
      comparePaths(a.path, b.path) ||
      compareText(a.verdict, b.verdict),
  );
}

/** What was not read first, by file and line; then what checks could not decide, by check and place. */
export function sortNotAssessed(entries: readonly NotAssessed[]): NotAssessed[] {
  return entries
    .map((entry) => ({ entry, keys: notAssessedKeys(entry) }))
    .sort((a, b) => compareKeys(a.keys, b.keys))
    .map(({ entry }) => entry);
}

function notAssessedKeys(entry: NotAssessed): (string | number)[] {
  if (entry.kind === 'reading') {
    return [0, entry.file ?? '', entry.line ?? 0, entry.reason, entry.subject ?? '', entry.detail ?? ''];
  }
  const { check, object, path, reason, params } = entry;
  const threat = THREATS.indexOf(check.threat);
  return [
    1,
    threat,
    check.id,
    object.origin.file.path,
    object.origin.document,
    path,
    reason,
    paramsKey(params),
  ];
}

function compareKeys(a: readonly (string | number)[], b: readonly (string | number)[]): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const left = a[i]!;
    const right = b[i]!;
    const order =
      typeof left === 'number' && typeof right === 'number'
        ? left - right
        : comparePaths(String(left), String(right));
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** The checks that a report speaks of, in the order of threat and id. */
export function sortChecks(checks: Iterable<Check>): Check[] {
  return [...new Set(checks)].sort(
    (a, b) => THREATS.indexOf(a.threat) - THREATS.indexOf(b.threat) || compareText(a.id, b.id),
  );
}

/** By UTF-8 bytes, as Go and the file system sort; JavaScript's `<` puts astral characters before U+E000. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left !== right) return byteRank(left) - byteRank(right);
  }
  return a.length - b.length;
}

/** Moves the surrogates above the rest of the plane. */
function byteRank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

/** Field paths and file names, runs of digits by their number: `containers[2]` before `containers[10]`. */
function comparePaths(a: string, b: string): number {
  if (a === b) return 0;
  let i = 0;
  while (i < a.length && i < b.length && a.charCodeAt(i) === b.charCodeAt(i)) i++;
  let start = i;
  while (start > 0 && isDigit(a.charCodeAt(start - 1))) start--;
  if (a.charCodeAt(start - 1) !== 0x5b) return compareText(a, b);
  const left = digitsFrom(a, start);
  const right = digitsFrom(b, start);
  return left.length - right.length || compareText(left, right) || compareText(a, b);
}

function digitsFrom(text: string, start: number): string {
  let end = start;
  while (end < text.length && isDigit(text.charCodeAt(end))) end++;
  return text.slice(start, end);
}

function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39;
}

function ranks(texts: readonly string[]): Map<string, number> {
  const sorted = [...new Set(texts)].sort(compareText);
  return new Map(sorted.map((text, index) => [text, index]));
}

function paramsKey(params: Readonly<Record<string, string | number>>): string {
  const names = Object.keys(params);
  if (names.length === 0) return '';
  return JSON.stringify(names.sort().map((name) => [name, params[name]]));
}
