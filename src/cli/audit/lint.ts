import { type AuditFinding, lintAuditPolicy } from '../../engines/audit-policy/index.ts';
import { escapeText, jsonText } from '../../reports/escape.ts';
import type { LintFlags } from '../commands/audit/lint.ts';
import { type Context, EXIT, type ExitCode } from '../context.ts';
import { findingText } from './finding-text.ts';
import { openPolicy, type PolicyFile } from './policy-file.ts';
import { measure, volumeJson, volumeLines } from './volume.ts';

/** Says what is wrong with an audit policy: what it cannot mean, what it leaks, and what an investigation would miss. */
export async function lint(context: Context, flags: LintFlags): Promise<ExitCode> {
  const { terminal, words } = context;
  const opened = openPolicy(context, flags.policy);
  const { policy, errors, warnings } = opened;
  const measured =
    policy === undefined || flags.audit === undefined
      ? undefined
      : await measure(context, policy, flags.audit);
  const findings = policy === undefined ? [] : lintAuditPolicy(policy);
  if (flags.output === 'json') {
    const report = {
      policy: opened.file,
      refused: errors.map(({ path, message }) => ({ path, message, ...placeFields(opened, path) })),
      ignored: warnings.map(({ path, message }) => ({ path, message, ...placeFields(opened, path) })),
      ...(measured === undefined ? {} : { volume: volumeJson(measured) }),
      findings: findings.map((finding) => ({ ...jsonOf(finding), ...placeFields(opened, pathOf(finding)) })),
    };
    await terminal.stdout.write(`${jsonText(JSON.stringify(report))}\n`);
  } else {
    const lines = [
      ...errors.map(({ path, message }) => `${opened.place(path)}: ${words.audit.refusedField({ message })}`),
      ...warnings.map(
        ({ path, message }) => `${opened.place(path)}: ${words.audit.ignored({ warning: message })}`,
      ),
      ...findings.map((finding) => `${opened.place(pathOf(finding))}: ${findingText(words, finding)}`),
    ];
    if (measured !== undefined) lines.push(...volumeLines(words, measured));
    if (lines.length === 0) lines.push(words.audit.clean({ file: opened.file }));
    await terminal.stdout.write(lines.map((line) => `${escapeText(line)}\n`).join(''));
  }
  const counts =
    errors.length + warnings.length + findings.filter(({ kind }) => kind !== 'received-too').length;
  return counts > 0 ? EXIT.findings : EXIT.clean;
}

/** Field path of what a finding is about; the end of the rules where no rule matches. */
function pathOf(finding: AuditFinding): string {
  switch (finding.kind) {
    case 'matches-nothing':
      return finding.path;
    case 'received-too':
      return '';
    default:
      return finding.rule === undefined ? 'rules' : `rules[${finding.rule}]`;
  }
}

function placeFields(opened: PolicyFile, path: string) {
  const place = opened.place(path);
  return { line: Number(place.slice(place.lastIndexOf(':') + 1)) };
}

/** `rule` is null where none matches. */
function jsonOf(finding: AuditFinding): object {
  return 'rule' in finding ? { ...finding, rule: finding.rule ?? null } : finding;
}
