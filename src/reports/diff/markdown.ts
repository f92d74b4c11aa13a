import type { Finding } from '../../assessment/report.ts';
import { messageOf, objectName } from '../describe.ts';
import { markdownCode, markdownProse } from '../escape.ts';
import type { Sink } from '../input.ts';
import { type DiffInput, shownFields, shownObjects, tallyOf, whoOf } from './input.ts';
import { valueText } from './values.ts';

/** The comparison for pull requests and tickets. */
export async function writeDiffMarkdown(input: DiffInput, sink: Sink): Promise<void> {
  const { objects, findings, all, diff, words } = input;
  const { notCounted, ...counted } = tallyOf(input);
  const lines = [`# ${diff.title}`, '', diff.counts(counted), ''];
  if (Object.values(notCounted).some((count) => count > 0)) lines.push(diff.notCounted(notCounted), '');

  const changes = objects.changed.flatMap((change) => {
    const fields = shownFields(change, all);
    return fields === undefined ? [] : [{ change, fields }];
  });
  for (const { change, fields } of changes) {
    lines.push(`## ${diff.changed}: ${markdownCode(objectName(change.after))}`, '');
    lines.push(row([diff.path, diff.before, diff.after, diff.why]), row(['---', '---', '---', '---']));
    for (const field of fields) {
      const who = whoOf(field);
      const why = field.because === undefined ? '' : diff.because[field.because];
      const cells = [field.path, valueText(field.before, diff.absent), valueText(field.after, diff.absent)];
      lines.push(row([...cells.map(markdownCode), `${why}${who === '' ? '' : ` ${markdownCode(who)}`}`]));
    }
    lines.push('');
  }
  for (const [label, lone] of [
    [diff.removed, objects.removed],
    [diff.added, objects.added],
  ] as const) {
    const shown = shownObjects(lone, all);
    if (shown.length === 0) continue;
    lines.push(`## ${diff.objects}: ${label}`, '');
    for (const { object, explanation } of shown) {
      const by =
        explanation === undefined || explanation.kind === 'system' ? '' : markdownCode(explanation.by);
      const why =
        explanation === undefined ? '' : words.ui.punctuation.aside(diff.explained[explanation.kind](by));
      lines.push(`- ${markdownCode(objectName(object))}${why}`);
    }
    lines.push('');
  }
  const finding = (each: Finding, label: string) => {
    const severity = words.ui.severities[each.severity];
    const message = markdownProse(messageOf(each, words, (part) => part));
    lines.push(
      `- ${label}, ${severity}: ${markdownCode(objectName(each.object))} ${markdownCode(each.check.id)} ${message}`,
    );
  };
  if (findings.added.length + findings.gone.length + findings.changed.length > 0) {
    lines.push(`## ${diff.findings}`, '');
    for (const each of findings.added) finding(each, diff.newFinding);
    for (const { finding: now, from } of findings.changed) finding(now, `${words.ui.severities[from]} →`);
    for (const each of findings.gone) finding(each, diff.goneFinding);
    lines.push('');
  }
  if (objects.notCompared.length > 0) {
    lines.push(`## ${diff.notCompared}`, '');
    for (const { subject, reason, detail, objects: count } of objects.notCompared) {
      const about = count === 0 ? '' : words.ui.punctuation.aside(diff.objectCount(count));
      const more = detail === undefined ? '' : ` ${markdownCode(detail)}`;
      lines.push(`- ${markdownCode(subject)}${about}: ${diff.reasons[reason]}${more}`);
    }
    lines.push('');
  }
  await sink.write(lines.join('\n'));
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
