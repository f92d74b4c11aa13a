import { namedSteps } from '../assessment/named-path.ts';
import type { Finding, NotAssessed } from '../assessment/report.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import { format, type ReadingWords, type Words } from '../locales/words.ts';
import type { Params } from '../threats/define-check.ts';

/** Makes text from a manifest harmless for a format; identity for formats that carry data. */
export type Escape = (text: string) => string;

export const asIs: Escape = (text) => text;

export function messageTemplate(finding: Finding, words: Words): string {
  const { title, messages } = words.check(finding.check.id);
  return messages[finding.message] ?? title;
}

export function messageOf(finding: Finding, words: Words, safe: Escape): string {
  return format(messageTemplate(finding, words), escapeParams(finding.params, safe));
}

/** No name of Kubernetes is longer (RFC 1123 subdomain); what is longer is hostile and would fill screens. */
const LONGEST_NAME = 253;

function clip(text: string): string {
  return text.length <= LONGEST_NAME ? text : `${text.slice(0, LONGEST_NAME - 1)}…`;
}

/** Parameters for people: escaped, and cut where they are longer than any name. */
export function escapeParams(params: Params, safe: Escape): Params {
  if (safe === asIs) return params;
  const escaped: Record<string, string | number> = {};
  for (const name in params) {
    const value = params[name]!;
    escaped[name] = typeof value === 'string' ? safe(clip(value)) : value;
  }
  return escaped;
}

/** Where to look besides the object's name: its file and line, or the field of an object that is in no file. */
export function whereOf({ object, path }: Finding, line: number): string {
  const { file, isApi } = object.origin;
  return isApi ? path : `${file.path}:${line}`;
}

/** A source that gives a reason without words is still reported, by its id. */
export function readingWords(reason: string, words: Words): ReadingWords {
  const reading: Readonly<Record<string, ReadingWords>> = words.ui.reading;
  return Object.hasOwn(reading, reason) ? reading[reason]! : words.ui.unknownReading;
}

/** What of a reading reason has to be said besides the words of its id; the id itself where it has no words. */
export function readingDetail(entry: NotAssessed & { kind: 'reading' }, words: Words): string | undefined {
  if (readingWords(entry.reason, words) !== words.ui.unknownReading) return entry.detail;
  return entry.detail === undefined ? entry.reason : `${entry.reason}: ${entry.detail}`;
}

/** Why something was not assessed, as one text of whole sentences. */
export function reasonOf(entry: NotAssessed, words: Words, safe: Escape): string {
  if (entry.kind === 'reading') {
    const { what, remedy } = readingWords(entry.reason, words);
    const detail = readingDetail(entry, words);
    return words.ui.sentences(what, detail === undefined ? undefined : safe(detail), remedy);
  }
  const template =
    words.check(entry.check.id).reasons[entry.reason] ??
    { 'check-error': words.ui.checkError, 'list-not-read': words.ui.listNotRead }[entry.reason] ??
    entry.reason;
  return format(template, escapeParams(entry.params, safe));
}

/** `namespace/Kind/name`, or `Kind/name` where the object names no namespace; longer parts than any name are cut. */
export function objectName(object: KubernetesObject): string {
  const name = `${clip(object.kind)}/${clip(object.name)}`;
  return object.namespace === undefined ? name : `${clip(object.namespace)}/${name}`;
}

const CONTAINER_LISTS: ReadonlySet<string | number> = new Set([
  'containers',
  'initContainers',
  'ephemeralContainers',
]);

/** What inside the object a path speaks of: the container's name, else the last list item; undefined for neither. */
export function partOf(object: KubernetesObject, path: string): string | undefined {
  if (!path.includes('[')) return undefined;
  const steps = namedSteps(object, path);
  if (steps === undefined) return undefined;
  let part: string | undefined;
  for (let i = 1; i < steps.length; i++) {
    const list = steps[i - 1]!.step;
    const { step, item } = steps[i]!;
    if (typeof step !== 'number') continue;
    if (CONTAINER_LISTS.has(list)) return clip(item?.value ?? `${list}[${step}]`);
    part = `${clip(String(list))}[${clip(String(item?.value ?? step))}]`;
  }
  return part;
}
