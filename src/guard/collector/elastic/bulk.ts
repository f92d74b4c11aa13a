import { createHash } from 'node:crypto';
import { isObject, type JsonObject } from '../../../kubernetes/json.ts';
import { type Origin, type Refused, refused } from '../../../records/decoded.ts';
import { DocumentDecoder } from '../documents/document-decoder.ts';
import type { Answer } from '../http/answer.ts';
import type { Call } from '../http/call.ts';
import type { Taking } from '../taking.ts';
import { elasticAnswer } from './answers.ts';
import { type BulkAction, type BulkItem, bulkItems } from './bulk-lines.ts';

const VERBS: Readonly<Record<BulkAction, string>> = {
  index: 'indexing',
  create: 'creating',
  update: 'updating',
  delete: 'deleting',
};

/** Names a document of a request. @param position of the document in it */
type KeyOf = (item: BulkItem, source: Uint8Array, position: number) => string;

/**
 * Keys of documents that have none of their own, as audit events do. With an `_id`: index, `_id` and the document, so that a document that
 * claims another's `_id` takes nothing from it. Without: the whole request and the place in it, so that a request that is sent again is
 * not stored twice, while equal lines of one request all are; two equal requests count as one.
 */
function keysOf(body: Uint8Array, call: Call, { cluster }: Origin): KeyOf {
  let request: string | undefined;
  return (item, source, position) => {
    if (item.id !== '') return `document:${digestOf(JSON.stringify([cluster, item.index, item.id]), source)}`;
    request ??= digestOf(JSON.stringify([cluster, call.path]), body);
    return `bulk:${request}:${position}`;
  };
}

const digestOf = (name: string, bytes: Uint8Array): string =>
  createHash('sha256').update(name).update(bytes).digest('base64url');

interface ItemAnswer {
  readonly status: number;
  readonly error?: unknown;
  readonly [field: string]: unknown;
}

interface Outcome {
  readonly item: BulkItem;
  readonly refused: Refused | undefined;
}

/** POST /_bulk: each document is stored, or refused by itself. Throws Refusal where none can be. */
export async function bulk(call: Call, origin: Origin, { intake, tally }: Taking): Promise<Answer> {
  const started = performance.now();
  const body = await call.body();
  const items = bulkItems(body.bytes, call.path.length === 2 ? (call.path[0] ?? '') : '');
  const keyOf = keysOf(body.bytes, call, origin);
  const decoder = new DocumentDecoder(origin, tally);
  const outcomes = items.map(
    (item, position): Outcome => ({ item, refused: take(decoder, item, keyOf, position) }),
  );
  const decoded = decoder.finish();
  const refusals = outcomes.flatMap(({ refused: each }) => (each === undefined ? [] : [each]));
  const { doubles } = await intake.deliver(
    origin.inlet,
    { records: decoded.records, refused: [...decoded.refused, ...refusals] },
    body.received,
  );
  // The store takes a request whole: one that is sent again is all doubles. Of one that mixes old and new all are told to be stored, as they are.
  const isAgain = doubles > 0 && doubles === decoded.records.length;
  return elasticAnswer(call, 200, {
    took: Math.round(performance.now() - started),
    // Fluent Bit looks for exactly this order where an answer is longer than its buffer.
    errors: refusals.length > 0 || (isAgain && items.some(({ action }) => action === 'create')),
    items: outcomes.map(({ item, refused: each }) => ({ [item.action]: outcome(item, each, isAgain) })),
  });
}

/** `PUT|POST /{index}/_doc[/{id}]`, `/{index}/_create/{id}`, and rsyslog's `/{index}/{type}`: one document. Throws Refusal. */
export async function oneDocument(call: Call, origin: Origin, { intake, tally }: Taking): Promise<Answer> {
  const { bytes, received } = await call.body();
  const [index = '', kind = '', id = ''] = call.path;
  const isCreate = kind === '_create' || call.query.get('op_type') === 'create';
  const item: BulkItem = { action: isCreate ? 'create' : 'index', index, id, source: bytes };
  const keyOf = keysOf(bytes, call, origin);
  const decoder = new DocumentDecoder(origin, tally);
  const refusal = take(decoder, item, keyOf, 0);
  const decoded = decoder.finish();
  const { doubles } = await intake.deliver(
    origin.inlet,
    {
      records: decoded.records,
      refused: refusal === undefined ? decoded.refused : [...decoded.refused, refusal],
    },
    received,
  );
  const isAgain = doubles > 0 && doubles === decoded.records.length;
  const result = outcome(item, refusal, isAgain);
  return elasticAnswer(
    call,
    result.status,
    result.error === undefined ? result : { error: result.error, status: result.status },
  );
}

function take(decoder: DocumentDecoder, item: BulkItem, keyOf: KeyOf, position: number): Refused | undefined {
  const { source } = item;
  const where = `item ${position}`;
  if (item.action === 'delete' || item.action === 'update' || source === undefined) {
    return refused('not-an-event', where, source ?? item.action);
  }
  const text = Buffer.from(source.buffer, source.byteOffset, source.byteLength).toString('utf8');
  let value: JsonObject;
  try {
    const parsed: unknown = JSON.parse(text);
    if (!isObject(parsed)) return refused('not-an-event', where, source);
    value = parsed;
  } catch {
    return refused('not-json', where, source);
  }
  return decoder.add(value, text, where, () => keyOf(item, source, position));
}

function outcome(item: BulkItem, refusal: Refused | undefined, isAgain: boolean): ItemAnswer {
  const named = { _index: item.index, _id: item.id };
  if (refusal !== undefined) {
    const isUnsupported = item.action === 'update' || item.action === 'delete';
    const type = isUnsupported ? 'action_request_validation_exception' : 'document_parsing_exception';
    const reason = isUnsupported
      ? `records are kept as they are: no ${VERBS[item.action]}`
      : `no record: ${refusal.reason}`;
    return { ...named, status: 400, error: { type, reason } };
  }
  if (isAgain && item.action === 'create') {
    const reason = `[${item.id}]: version conflict, document already exists`;
    return { ...named, status: 409, error: { type: 'version_conflict_engine_exception', reason } };
  }
  return {
    ...named,
    _version: 1,
    result: isAgain ? 'updated' : 'created',
    _shards: { total: 1, successful: 1, failed: 0 },
    _seq_no: 0,
    _primary_term: 1,
    status: isAgain ? 200 : 201,
  };
}
