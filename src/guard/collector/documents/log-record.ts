import { isObject, type JsonObject } from '../../../kubernetes/json.ts';
import type { Origin } from '../../../records/decoded.ts';
import { oneLine } from '../../../records/node/text.ts';
import { type EventRecord, record, type Source } from '../../../records/record.ts';
import type { Redactions } from '../../../records/redaction/tally.ts';
import { clusterOf, lineOf, placeOf, programOf, textAt } from './fields.ts';
import { redactDocument } from './redact-document.ts';
import { timeOf } from './times.ts';

/** Whose log a line is of, by the program that wrote it. */
const PROGRAMS: Readonly<Record<string, Source>> = {
  kubelet: 'kubelet',
  containerd: 'runtime',
  crio: 'runtime',
  'cri-o': 'runtime',
  docker: 'runtime',
  dockerd: 'runtime',
};

/** JSON that was sent in several lines becomes one. */
const BREAKS = /[\n\r\t]/;

/** A document that is a line of a log, with what its sender knew of it. @param text the document as it came */
export function logRecord(
  document: JsonObject,
  text: string,
  origin: Origin,
  key: string,
  tally: Redactions,
): EventRecord {
  const before = tally.total;
  const clean = redactDocument(document, tally);
  const seen = withAttributes(clean);
  const place = placeOf(seen);
  const program = programOf(seen);
  return record({
    key,
    time: timeOf(clean) ?? origin.received ?? 0,
    source: place.pod === '' && Object.hasOwn(PROGRAMS, program) ? (PROGRAMS[program] ?? 'log') : 'log',
    cluster: origin.cluster === '' ? clusterOf(seen) : origin.cluster,
    inlet: origin.inlet,
    verb: textAt(seen, 'stream', 'log.iostream'),
    name: oneLine(program),
    ...place,
    node: place.node === '' ? (origin.node ?? '') : place.node,
    message: oneLine(lineOf(clean)),
    redactions: tally.total - before,
    raw: clean === document && !BREAKS.test(text) ? text : JSON.stringify(clean),
  });
}

/** OTLP has what it knows of a line in attributes of the resource and of the record. */
function withAttributes(document: JsonObject): JsonObject {
  const { resource, attributes } = document;
  return isObject(resource) && isObject(attributes) ? { ...resource, ...attributes, ...document } : document;
}
