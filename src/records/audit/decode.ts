import { gunzipSync } from 'node:zlib';
import { LogReader } from '../../evidence/audit-log/log-reader.ts';
import { LONGEST_EVENT } from '../../evidence/audit-log/read-audit-log.ts';
import { LISTS, type Unwrapped, unwrap } from '../../evidence/audit-log/unwrap.ts';
import { isObject, type Json, type JsonObject } from '../../kubernetes/json.ts';
import { type Decoded, type Origin, type Refusal, type Refused, refused } from '../decoded.ts';
import type { EventRecord } from '../record.ts';
import { Redactions } from '../redaction/index.ts';
import { auditRecord } from './audit-record.ts';
import { cloudRecord } from './cloud-record.ts';

/** Longest body that is unpacked: batches of the API server have 10 MiB. */
const LONGEST_BODY = 64 << 20;

/** Events of one body: the API server sends 400 at once unless it is told otherwise. Empty ones of three bytes would become gigabytes. */
const MOST_IN_BODY = 65_536;

/** Thrown where a body has more than MOST_IN_BODY. */
class TooMany extends Error {}

const VERSION = /^audit\.k8s\.io\/(?:v1|v1beta1|v1alpha1)$/;

/** Puts records and refusals together while bytes are decoded. */
export class Decoding {
  readonly records: EventRecord[] = [];
  readonly refused: Refused[] = [];
  readonly #origin: Origin;
  readonly #tally: Redactions;
  readonly #most: number;

  /** @param most records and refusals; without it whoever decodes takes them out in between */
  constructor(origin: Origin, tally: Redactions = new Redactions(), most = Infinity) {
    this.#origin = origin;
    this.#tally = tally;
    this.#most = most;
  }

  /** Everything in one JSON value: an event, or whatever holds some. @param text the value's own text, where there is one */
  value(value: Json, text: string | undefined, where: string): void {
    if (isObject(value)) for (const field of LISTS) this.#room((value[field] as Json[] | undefined)?.length);
    const isFound = unwrap(value, text, {
      found: (unwrapped) => this.#found(unwrapped, where),
      missed: (entry) => this.#refuse(reasonOf(entry), where, JSON.stringify(entry)),
    });
    if (isFound || isControl(value)) return;
    this.#refuse(reasonOf(value), where, text ?? JSON.stringify(value));
  }

  event(event: JsonObject, text: string, where: string): void {
    this.#add(auditRecord(event, text, this.#origin, this.#tally), where, text);
  }

  refuse(reason: Refusal, where: string, text: string | Uint8Array): void {
    this.#refuse(reason, where, text);
  }

  #found({ form, event, text, cluster }: Unwrapped, where: string): void {
    const origin =
      this.#origin.cluster === '' && cluster !== '' ? { ...this.#origin, cluster } : this.#origin;
    if (form === 'cloud-logging') {
      this.#add(cloudRecord(event, origin, this.#tally), where, text ?? '');
      return;
    }
    const version = event['apiVersion'];
    if (typeof version === 'string' && !VERSION.test(version)) {
      this.#refuse('unsupported-version', where, text ?? version);
      return;
    }
    this.#add(auditRecord(event, text, origin, this.#tally), where, text ?? '');
  }

  #add(made: EventRecord | Refusal, where: string, text: string): void {
    if (typeof made === 'string') this.#refuse(made, where, text);
    else {
      this.#room(1);
      this.records.push(made);
    }
  }

  /** Throws TooMany. */
  #room(more = 0): void {
    if (this.records.length + this.refused.length + more > this.#most) throw new TooMany();
  }

  #refuse(reason: Refusal, where: string, text: string | Uint8Array): void {
    this.#room(1);
    this.refused.push(refused(reason, where, text));
  }
}

/** CloudWatch Logs asks by such a message whether anybody listens. */
function isControl(value: Json): boolean {
  if (!isObject(value)) return false;
  const isEmptyList =
    value['kind'] === 'EventList' && !(Array.isArray(value['items']) && value['items'].length > 0);
  return value['messageType'] === 'CONTROL_MESSAGE' || isEmptyList;
}

function reasonOf(value: Json): Refusal {
  if (!isObject(value)) return 'not-an-event';
  const { kind, apiVersion } = value;
  if (typeof apiVersion === 'string' && apiVersion.startsWith('audit.k8s.io/')) {
    if (!VERSION.test(apiVersion)) return 'unsupported-version';
    return kind === 'Event' ? 'missing-fields' : 'not-an-event';
  }
  if (
    typeof value['auditID'] === 'string' ||
    (value['requestURI'] !== undefined && value['verb'] !== undefined)
  )
    return 'missing-fields';
  // A collector's envelope around the first part of an event.
  return Object.values(value).some(
    (each) => typeof each === 'string' && /^\s*\{.*"auditID"/s.test(each.slice(0, 2048)),
  )
    ? 'truncated'
    : 'not-an-event';
}

/** Records of an already parsed document, such as one of the Elasticsearch bulk API or of OTLP; undefined where it holds no audit event. */
export function decodeAuditValue(
  value: Json,
  text: string | undefined,
  origin: Origin,
  tally?: Redactions,
): Decoded | undefined {
  const decoding = new Decoding(origin, tally);
  decoding.value(value, text, '');
  const isOther =
    decoding.records.length === 0 && decoding.refused.every(({ reason }) => reason === 'not-an-event');
  return isOther ? undefined : decoding;
}

/**
 * Records of a whole body: an EventList as the API server's webhook sends it, or whatever else holds audit events (lines, arrays, exports of
 * EKS, GKE and AKS, also compressed). Never throws for what is in the body.
 */
export function decodeAuditBody(body: Uint8Array, origin: Origin, tally?: Redactions): Decoded {
  const decoding = new Decoding(origin, tally, MOST_IN_BODY);
  try {
    decodeInto(decoding, body);
    return decoding;
  } catch (error) {
    if (!(error instanceof TooMany)) throw error;
    return { records: [], refused: [refused('too-long', '', body)] };
  }
}

function decodeInto(decoding: Decoding, body: Uint8Array): void {
  const bytes = unpack(body, decoding);
  if (bytes === undefined) return;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  if (text.startsWith('{"kind":"EventList"') && decodeList(text, decoding)) return;
  const reader = readerFor(decoding, LONGEST_EVENT);
  reader.push(bytes);
  reader.end();
}

function unpack(body: Uint8Array, decoding: Decoding): Uint8Array | undefined {
  if (body[0] !== 0x1f || body[1] !== 0x8b) return body;
  try {
    return gunzipSync(body, { maxOutputLength: LONGEST_BODY });
  } catch (error) {
    const isLong = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    decoding.refuse(isLong ? 'too-long' : 'truncated', '', body);
    return undefined;
  }
}

/** What stands between two events as Go writes them: each begins with its level (k8s.io/apiserver pkg/apis/audit/v1 Event). */
const NEXT = ',{"level":"';
const ITEMS = '"items":[{"level":"';
const LIST_VERSION = /^\{"kind":"EventList","apiVersion":"audit\.k8s\.io\/(?:v1|v1beta1|v1alpha1)"/;

/**
 * Cuts the compact list of the API server into its events. What stands between two of them cannot stand in a text, where its quotes would
 * be escaped; where it stands deeper, in a body, the cut piece is no JSON, and the list is read the slow way.
 * @returns whether all of it was read; nothing is added where not
 */
function decodeList(text: string, decoding: Decoding): boolean {
  const items = text.indexOf(ITEMS);
  if (items < 0 || items > 1024 || !LIST_VERSION.test(text)) return false;
  const end = text.trimEnd().length - 2;
  if (!text.startsWith(']}', end)) return false;
  const found: [event: JsonObject, text: string][] = [];
  for (let start = items + '"items":['.length; start < end; ) {
    const next = text.indexOf(NEXT, start);
    const stop = next < 0 ? end : next;
    const piece = text.slice(start, stop);
    if (piece.length > LONGEST_EVENT) return false;
    try {
      found.push([JSON.parse(piece) as JsonObject, piece]);
    } catch {
      return false;
    }
    start = stop + 1;
  }
  found.forEach(([event, piece], index) => {
    decoding.event(event, piece, `item ${index + 1}`);
  });
  return true;
}

/** Reads a stream of chunks into a decoding: lines or JSON that is laid out. */
export function readerFor(decoding: Decoding, limit: number): LogReader {
  return new LogReader(
    {
      object: ({ value, text }, place) => decoding.value(value, text, whereOf(place)),
      words: (line, place) => decoding.refuse('not-json', whereOf(place), line),
      unread: (reason, place, text) => decoding.refuse(UNREAD[reason], whereOf(place), text),
    },
    limit,
  );
}

const UNREAD = { broken: 'truncated', 'too-long': 'too-long', 'cut-off': 'truncated' } as const;

function whereOf({ line, item }: { readonly line?: number; readonly item?: number }): string {
  if (line !== undefined) return `line ${line}`;
  return item === undefined ? '' : `item ${item}`;
}
