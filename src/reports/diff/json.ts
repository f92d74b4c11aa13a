import type { FieldChange, LoneObject, NotCompared } from '../../assessment/comparison/comparison.ts';
import type { Finding } from '../../assessment/report.ts';
import { creatorOf } from '../../kubernetes/managed-fields.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { asIs, messageOf } from '../describe.ts';
import { jsonText } from '../escape.ts';
import type { Sink } from '../input.ts';
import { type DiffInput, shownFields, shownObjects, tallyOf } from './input.ts';

/** The comparison for programs, in the shape of `kubestride.diff/v1`; one entry a line. */
export async function writeDiffJson(input: DiffInput, sink: Sink): Promise<void> {
  const { objects, findings, all, tool, words, before, after } = input;
  const { notCounted, same } = tallyOf(input);
  const head = { schema: 'kubestride.diff/v1', tool, language: words.language, before, after };
  await sink.write(`${text(head).slice(0, -1)},\n"objects":{`);
  await list(sink, 'added', shownObjects(objects.added, all).map(loneJson));
  await sink.write(',\n');
  await list(sink, 'removed', shownObjects(objects.removed, all).map(loneJson));
  await sink.write(',\n');
  const changed = objects.changed.flatMap((change) => {
    const fields = shownFields(change, all);
    if (fields === undefined) return [];
    const source = { before: change.before.origin.file.path, after: change.after.origin.file.path };
    return [{ object: nameOf(change.after), source, fields: fields.map(fieldJson) }];
  });
  await list(sink, 'changed', changed);
  await sink.write(`,\n"same":${same},"notCounted":${text(notCounted)}},\n"findings":{`);
  const finding = (each: Finding) => findingJson(each, input);
  await list(sink, 'new', findings.added.map(finding));
  await sink.write(',\n');
  await list(sink, 'gone', findings.gone.map(finding));
  await sink.write(',\n');
  await list(
    sink,
    'changed',
    findings.changed.map((change) => ({
      ...finding(change.finding),
      severity: { before: change.from, after: change.finding.severity },
    })),
  );
  await sink.write('},\n');
  await list(sink, 'notCompared', objects.notCompared.map(notComparedJson));
  await sink.write('}\n');
}

function text(value: unknown): string {
  return jsonText(JSON.stringify(value));
}

async function list(sink: Sink, name: string, entries: readonly unknown[]): Promise<void> {
  await sink.write(`"${name}":[`);
  for (const [index, entry] of entries.entries())
    await sink.write(`${index === 0 ? '' : ','}\n${text(entry)}`);
  await sink.write(']');
}

function nameOf({ apiVersion, kind, namespace, name }: KubernetesObject) {
  return { apiVersion, kind, namespace, name };
}

function loneJson({ object, explanation }: LoneObject) {
  const { file, line, isApi } = object.origin;
  const source = isApi ? { file: file.path } : { file: file.path, line };
  return { object: nameOf(object), source, because: explanation, ...creatorOf(object.metadata) };
}

function fieldJson({ path, before, after, because, manager, operation, subresource, time }: FieldChange) {
  return { path, before, after, because, manager, operation, subresource, time };
}

function notComparedJson({ subject, reason, detail, objects }: NotCompared) {
  return { subject, reason, detail, objects };
}

function findingJson(finding: Finding, { words, findings }: DiffInput) {
  const { check, severity, object, path } = finding;
  return {
    check: check.id,
    threat: check.threat,
    severity,
    object: nameOf(object),
    path,
    source: { file: object.origin.file.path },
    message: messageOf(finding, words, asIs),
    fingerprint: findings.fingerprints.get(finding),
  };
}
