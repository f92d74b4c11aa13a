import type { FieldChange, LoneObject } from '../../assessment/comparison/comparison.ts';
import type { Finding } from '../../assessment/report.ts';
import { creatorOf } from '../../kubernetes/managed-fields.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { messageOf, objectName } from '../describe.ts';
import { escapeText } from '../escape.ts';
import type { Sink } from '../input.ts';
import { coloured, type Paint, plain, SEVERITY_SHADES } from '../style.ts';
import { type DiffInput, shownFields, shownObjects, tallyOf, whoOf } from './input.ts';
import { valueText } from './values.ts';

/** The comparison for people at a terminal: objects, findings, what was not compared, and the sums. */
export async function writeDiffTerminal(
  input: DiffInput,
  sink: Sink,
  { color }: { readonly color: boolean },
): Promise<void> {
  const { objects, findings, all, diff, words } = input;
  const paint = color ? coloured : plain;
  const line = (text = '') => sink.write(`${text}\n`);
  for (const change of objects.changed) {
    const fields = shownFields(change, all);
    if (fields === undefined) continue;
    await line(`${paint('yellow', `~ ${diff.changed}`)}  ${placed(change.after, paint)}`);
    for (const field of fields) await line(fieldLine(field, input, paint));
  }
  for (const [sign, shade, label, lone] of [
    ['-', 'red', diff.removed, objects.removed],
    ['+', 'green', diff.added, objects.added],
  ] as const) {
    for (const each of shownObjects(lone, all)) {
      await line(
        `${paint(shade, `${sign} ${label}`)}  ${placed(each.object, paint)}${explained(each, input)}`,
      );
    }
  }
  const finding = (each: Finding, label: string) =>
    line(
      `${paint(SEVERITY_SHADES[each.severity], `${label} ${words.ui.severities[each.severity]}`)}  ` +
        `${escapeText(objectName(each.object))}  ${each.check.id}: ${messageOf(each, words, escapeText)}`,
    );
  const { added, gone, changed } = findings;
  if (added.length + gone.length + changed.length > 0) await line(`\n${paint('bold', diff.findings)}`);
  for (const each of added) await finding(each, `+ ${diff.newFinding}`);
  for (const { finding: now, from } of changed) await finding(now, `~ ${words.ui.severities[from]} →`);
  for (const each of gone) await finding(each, `- ${diff.goneFinding}`);

  if (objects.notCompared.length > 0) await line(`\n${paint('bold', diff.notCompared)}`);
  for (const { subject, reason, detail, objects: count } of objects.notCompared) {
    const about = count === 0 ? '' : words.ui.punctuation.aside(diff.objectCount(count));
    const why =
      detail === undefined
        ? diff.reasons[reason]
        : words.ui.punctuation.labelled(diff.reasons[reason], detail);
    await line(`  ${escapeText(words.ui.punctuation.labelled(`${subject}${about}`, why))}`);
  }
  const { notCounted, ...counted } = tallyOf(input);
  await line(`\n${paint('bold', diff.counts(counted))}`);
  if (Object.values(notCounted).some((count) => count > 0)) await line(diff.notCounted(notCounted));
}

function placed(object: KubernetesObject, paint: Paint): string {
  const { file, line, isApi } = object.origin;
  const place = isApi ? '' : `  ${paint('dim', escapeText(`${file.path}:${line}`))}`;
  return `${paint('bold', escapeText(objectName(object)))}${place}`;
}

function explained({ object, explanation }: LoneObject, { diff }: DiffInput): string {
  if (explanation === undefined) {
    const who = whoOf(creatorOf(object.metadata) ?? {});
    return who === '' ? '' : `  ${escapeText(who)}`;
  }
  const by = explanation.kind === 'system' ? '' : explanation.by;
  return `  ${escapeText(diff.explained[explanation.kind](by))}`;
}

function fieldLine(field: FieldChange, { diff }: DiffInput, paint: Paint): string {
  const values = `${valueText(field.before, diff.absent)} → ${valueText(field.after, diff.absent)}`;
  const why = field.because === undefined ? '' : [diff.because[field.because], whoOf(field)].join(' ').trim();
  const reason = why === '' ? '' : `  ${paint('dim', escapeText(why))}`;
  return `    ${escapeText(field.path)}: ${escapeText(values)}${reason}`;
}
