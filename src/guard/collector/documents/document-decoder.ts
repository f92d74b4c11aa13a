import { isOfContainer } from '../../../evidence/audit-log/container-log.ts';
import { isObject, type Json, type JsonObject } from '../../../kubernetes/json.ts';
import { decodeAuditValue } from '../../../records/audit/index.ts';
import { decodeEventObjects, isEventObject } from '../../../records/cluster/event-object.ts';
import { type Decoded, type Origin, type Refused, refused } from '../../../records/decoded.ts';
import { AuditdDecoder } from '../../../records/node/auditd/decoder.ts';
import type { LineDecoder } from '../../../records/node/line-decoder.ts';
import type { EventRecord } from '../../../records/record.ts';
import type { Redactions } from '../../../records/redaction/tally.ts';
import { clusterOf, lineOf, placeOf, valueAt } from './fields.ts';
import { logRecord } from './log-record.ts';
import { isShallow } from './redact-document.ts';

/** How a record of auditd begins, also behind `audit: ` and its node's name (auditd.conf, `name_format`). */
const AUDITD = /^(?:audit: )?(?:node=\S{1,255} )?type=[A-Z0-9_[\]]{1,64} (?:msg=)?audit\(\d/;
/** Where documents hold an object that may be an event: Elastic's integration, OTLP, the OpenTelemetry collector's receiver of objects. */
const PLACES = ['kubernetes.audit', 'body', 'body.object', 'object', 'event'];

/** What only the output of containers has. */
const STREAMS: ReadonlySet<Json | undefined> = new Set(['stdout', 'stderr']);

/** Makes records of the documents of one request, by what is in them. */
export class DocumentDecoder {
  readonly #origin: Origin;
  readonly #tally: Redactions;
  readonly #records: EventRecord[] = [];
  readonly #refused: Refused[] = [];
  /** auditd's records of one event are several lines; nodes number them each for itself. */
  readonly #auditd = new Map<string, LineDecoder>();
  #lines = 0;

  constructor(origin: Origin, tally: Redactions) {
    this.#origin = origin;
    this.#tally = tally;
  }

  /**
   * @param text the document as it came
   * @param where which of the documents it is
   * @param key of a document that has none of its own
   * @returns why nothing of it becomes a record
   */
  add(document: JsonObject, text: string, where: string, key: () => string): Refused | undefined {
    const line = lineOf(document);
    const isContainers = isOfContainer(document) || STREAMS.has(document['stream']);
    const known = isContainers ? undefined : this.#known(document, text, line);
    if (known !== undefined) {
      for (const record of known.records) this.#records.push(record);
      const [first, ...others] = known.refused;
      if (known.records.length === 0 && first !== undefined) {
        for (const each of others) this.#refused.push(each);
        return { ...first, where };
      }
      for (const each of known.refused) this.#refused.push(each);
      return undefined;
    }
    // An audit event may be as deep as what its user sent; its decoder sees to that.
    if (!isShallow(document)) return refused('too-deep', where, text);
    if (!isContainers && AUDITD.test(line)) this.#auditdLine(document, line);
    else this.#records.push(logRecord(document, text, this.#origin, key(), this.#tally));
    return undefined;
  }

  finish(): Decoded {
    for (const decoder of this.#auditd.values()) this.#keep(decoder.flush());
    return { records: this.#records, refused: this.#refused };
  }

  #known(document: JsonObject, text: string, line: string): Decoded | undefined {
    const origin = this.#originOf(document);
    const direct = this.#eventIn(document, text, origin);
    if (direct !== undefined) return direct;
    for (const place of PLACES) {
      const value = valueAt(document, place);
      const found = isObject(value) ? this.#eventIn(value, undefined, origin) : undefined;
      if (found !== undefined) return found;
    }
    const inner = line.startsWith('{') ? parsed(line) : undefined;
    return isObject(inner) ? this.#eventIn(inner, line, origin) : undefined;
  }

  /** An event of the audit log, or one of Kubernetes' Events. */
  #eventIn(value: JsonObject, text: string | undefined, origin: Origin): Decoded | undefined {
    if (!isEventObject(value)) return decodeAuditValue(value, text, origin, this.#tally);
    return isShallow(value) ? decodeEventObjects(value, origin) : undefined;
  }

  #auditdLine(document: JsonObject, line: string): void {
    const node = placeOf(document).node;
    const decoder =
      this.#auditd.get(node) ?? new AuditdDecoder(node === '' ? this.#origin : { ...this.#origin, node });
    this.#auditd.set(node, decoder);
    this.#keep(decoder.decode({ text: line, at: this.#lines++ }));
  }

  #originOf(document: JsonObject): Origin {
    if (this.#origin.cluster !== '') return this.#origin;
    const cluster = clusterOf(document);
    return cluster === '' ? this.#origin : { ...this.#origin, cluster };
  }

  #keep({ records, refused: refusals }: Decoded): void {
    for (const record of records) this.#records.push(record);
    for (const each of refusals) this.#refused.push(each);
  }
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
