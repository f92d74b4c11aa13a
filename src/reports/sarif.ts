import { Fingerprinter } from '../assessment/fingerprint.ts';
import { sortChecks } from '../assessment/order.ts';
import type { Finding, NotAssessed } from '../assessment/report.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import type { CheckWords, Words } from '../locales/words.ts';
import type { Check, Severity } from '../threats/define-check.ts';
import { messageOf, objectName, reasonOf } from './describe.ts';
import { escapeText, jsonText, markdownProse, sarifText } from './escape.ts';
import type { ReportInput, Sink, SourceRange } from './input.ts';
import { Positions, prepare } from './prepared.ts';

/**
 * Limits of GitHub code scanning, from "SARIF support for code scanning" and "SARIF results exceed limits" in GitHub's
 * documentation: a file with more results in a run is rejected, of the rest 5,000 are shown; of a rule's tags 10 are
 * kept; descriptions end at 1,024 characters; a compressed file above 10 MB is rejected, which this many results of
 * ours stay below by far because words stand in the rules.
 */
const MAX_RESULTS = 25_000;
const SHOWN_RESULTS = 5_000;
const MAX_TAGS = 10;
const MAX_DESCRIPTION = 1024;
/** Our own bound, so that a tree of broken files does not fill the file. */
const MAX_NOTIFICATIONS = 1000;

const LEVELS: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
};

/** On the CVSS scale, in the middle of the bands into which code scanning sorts them. */
const SECURITY_SEVERITY: Readonly<Record<Severity, string>> = {
  critical: '9.5',
  high: '8.0',
  medium: '5.5',
  low: '2.0',
  info: '0.5',
};

/** The report as SARIF 2.1.0 (OASIS), for code scanning and editors. */
export async function writeSarif(input: ReportInput, sink: Sink): Promise<void> {
  const { words } = input;
  const prepared = prepare(input);
  const findings = prepared.findings.slice(0, MAX_RESULTS);
  const checks = sortChecks([
    ...findings.map(({ check }) => check),
    ...prepared.notAssessed.flatMap((entry) => (entry.kind === 'undecided' ? [entry.check] : [])),
  ]);
  const rules = new Map(checks.map((check, index) => [check, index]));
  const positions = await Positions.of(input, findings);
  const fingerprinter = new Fingerprinter();

  await sink.write(`${head(input, checks)}\n"results":[`);
  let chunk = '';
  for (let index = 0; index < findings.length; index++) {
    const finding = findings[index]!;
    const fingerprint = fingerprinter.next(finding);
    const result = resultOf(finding, rules.get(finding.check)!, positions.at(index), fingerprint, words);
    chunk += `${index === 0 ? '\n' : ',\n'}${jsonText(JSON.stringify(result))}`;
    if (chunk.length > 1 << 20) {
      await sink.write(chunk);
      chunk = '';
    }
  }
  const invocation = {
    executionSuccessful: input.report.coverage.objects > 0,
    toolExecutionNotifications: notifications(input, prepared.findings.length, prepared.notAssessed),
  };
  await sink.write(`${chunk}],\n"invocations":[${jsonText(JSON.stringify(invocation))}]}]}\n`);
}

/** Everything before the results, without the closing braces. */
function head({ tool, words, report }: ReportInput, checks: readonly Check[]): string {
  const run = {
    tool: {
      driver: {
        name: 'KubeStride',
        semanticVersion: tool.version,
        version: tool.version,
        language: words.language,
        rules: checks.map((check) => ruleOf(check, words)),
      },
    },
    language: words.language,
    columnKind: 'utf16CodeUnits',
    originalUriBaseIds: {
      '%SRCROOT%': { description: { text: 'The folder in which the scan was started.' } },
    },
    properties: { coverage: report.coverage },
  };
  const log = { $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: [run] };
  return `${jsonText(JSON.stringify(log)).slice(0, -3)},`;
}

function ruleOf(check: Check, words: Words) {
  const said = words.check(check.id);
  return {
    id: check.id,
    name: check.id,
    shortDescription: { text: clip(said.title) },
    fullDescription: { text: clip(said.why) },
    help: helpOf(said, words),
    defaultConfiguration: { level: LEVELS[check.severity] },
    properties: {
      tags: tagsOf(check),
      precision: check.confidence,
      'security-severity': SECURITY_SEVERITY[check.severity],
    },
  };
}

function helpOf({ title, why, remedy }: CheckWords, { ui }: Words) {
  return {
    text: `${title}\n\n${ui.whyHeading}: ${why}\n\n${ui.remedyHeading}: ${remedy}`,
    markdown: [
      `# ${markdownProse(title)}`,
      `## ${ui.whyHeading}\n\n${markdownProse(why)}`,
      `## ${ui.remedyHeading}\n\n${markdownProse(remedy)}`,
    ].join('\n\n'),
  };
}

function tagsOf({ threat, frameworks }: Check): string[] {
  const ids = Object.entries(frameworks).flatMap(([name, list]: [string, readonly string[]]) =>
    list.map((id) => `${name}/${id}`),
  );
  return ['security', 'kubernetes', `stride/${threat}`, ...ids].slice(0, MAX_TAGS);
}

function resultOf(
  finding: Finding,
  ruleIndex: number,
  range: SourceRange,
  fingerprint: string,
  words: Words,
) {
  const { check, severity, confidence, object, path } = finding;
  const qualified = path === '' ? objectName(object) : `${objectName(object)}#${path}`;
  return {
    ruleId: check.id,
    ruleIndex,
    level: LEVELS[severity],
    message: { text: `${messageOf(finding, words, sarifText)} (${sarifText(objectName(object))})` },
    locations: [
      {
        ...(object.origin.isApi ? {} : { physicalLocation: physicalLocation(object, range) }),
        logicalLocations: [{ fullyQualifiedName: escapeText(qualified) }],
      },
    ],
    // Code scanning follows an alert by `primaryLocationLineHash` alone, and would otherwise take the line's text.
    partialFingerprints: { 'kubestride/v1': fingerprint, primaryLocationLineHash: `${fingerprint}:1` },
    properties: { severity, confidence },
  };
}

function physicalLocation({ origin }: KubernetesObject, range: SourceRange) {
  return {
    artifactLocation: artifact(origin.file.path),
    region: {
      startLine: range.line,
      startColumn: range.column,
      endLine: range.endLine,
      endColumn: range.endColumn,
    },
  };
}

interface Notification {
  readonly level: 'error' | 'warning' | 'note';
  readonly message: { readonly text: string };
  readonly descriptor?: { readonly id: string };
  readonly associatedRule?: { readonly id: string };
  readonly locations?: readonly unknown[];
}

/** First what this file does not show, then what the scan did not look at. */
function notifications(input: ReportInput, results: number, entries: readonly NotAssessed[]): Notification[] {
  const { ui } = input.words;
  const list: Notification[] = [];
  if (input.report.coverage.objects === 0) list.push({ level: 'error', message: { text: ui.statusNothing } });
  if (results > MAX_RESULTS) {
    list.push({ level: 'warning', message: { text: ui.sarifTruncated(MAX_RESULTS, results - MAX_RESULTS) } });
  }
  if (results > SHOWN_RESULTS) {
    const kept = Math.min(results, MAX_RESULTS);
    list.push({ level: 'note', message: { text: ui.sarifDisplayLimit(SHOWN_RESULTS, kept) } });
  }
  for (const entry of entries.slice(0, MAX_NOTIFICATIONS)) list.push(notificationOf(entry, input.words));
  const left = entries.length - MAX_NOTIFICATIONS;
  if (left > 0) list.push({ level: 'warning', message: { text: ui.sarifNotificationsTruncated(left) } });
  return list;
}

function notificationOf(entry: NotAssessed, words: Words): Notification {
  const reading = entry.kind === 'reading';
  const origin = reading ? undefined : entry.object.origin;
  const file = reading ? entry.file : origin?.isApi ? undefined : origin?.file.path;
  const line = reading ? entry.line : origin?.line;
  const subject = reading ? entry.subject : objectName(entry.object);
  const about = subject === undefined ? '' : `${sarifText(subject)}: `;
  const region = line === undefined ? {} : { region: { startLine: line } };
  return {
    level: reading ? 'error' : 'warning',
    descriptor: { id: entry.reason },
    ...(reading ? {} : { associatedRule: { id: entry.check.id } }),
    message: { text: about + reasonOf(entry, words, sarifText) },
    ...(file === undefined
      ? {}
      : { locations: [{ physicalLocation: { artifactLocation: artifact(file), ...region } }] }),
  };
}

/** A URI reference: relative to the source root for relative paths, which is what code scanning can match to a file. */
function artifact(path: string): { uri: string; uriBaseId?: string } {
  const uri = path
    .split('/')
    .filter((segment, index) => segment !== '.' && (segment !== '' || index === 0))
    .map((segment) => encodeURIComponent(segment.replace(/\p{Cs}/gu, '\ufffd')))
    .join('/');
  if (path.startsWith('/')) return { uri: `file://${uri}` };
  return { uri: uri === '' ? '.' : uri, uriBaseId: '%SRCROOT%' };
}

function clip(text: string): string {
  return text.length <= MAX_DESCRIPTION ? text : `${text.slice(0, MAX_DESCRIPTION - 1)}…`;
}
