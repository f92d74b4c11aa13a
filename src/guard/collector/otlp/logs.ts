import { createHash } from 'node:crypto';
import type { Json, JsonObject } from '../../../kubernetes/json.ts';
import type { Origin } from '../../../records/decoded.ts';
import { DocumentDecoder } from '../documents/document-decoder.ts';
import { type Answer, refusalHeaders } from '../http/answer.ts';
import type { Call } from '../http/call.ts';
import { Refusal } from '../refusal.ts';
import type { Taking } from '../taking.ts';
import { logsOfJson } from './logs-json.ts';
import { logsOfProtobuf } from './logs-protobuf.ts';
import { bytesField, ProtobufError, varintField } from './protobuf.ts';

/** A log record with its resource and scope: attributes as plain names and values. */
export type LogDocument = JsonObject;

/** Characters of all log records of a request, each with its resource. */
const LONGEST = 64 << 20;
const PROTOBUF = 'application/x-protobuf';
const JSON_TYPE = 'application/json';

/** POST /v1/logs (OTLP 1.x over HTTP). Log records have no ids: a request that is sent again is known by its whole body. Throws Refusal. */
export async function otlpLogs(call: Call, origin: Origin, { intake, tally }: Taking): Promise<Answer> {
  const isJson = typeOf(call) === JSON_TYPE;
  if (!isJson && typeOf(call) !== PROTOBUF) {
    throw new Refusal('encoding', `Content-Type has to be ${PROTOBUF} or ${JSON_TYPE}`);
  }
  const { bytes, received } = await call.body();
  const logs = isJson ? jsonLogs(bytes) : protobufLogs(bytes);
  let digest: string | undefined;
  const keyOf = (position: number): string => {
    digest ??= createHash('sha256').update(bytes).digest('base64url');
    return `otlp:${origin.cluster}:${digest}:${position}`;
  };
  const decoder = new DocumentDecoder(origin, tally);
  let length = 0;
  const refusals = logs.flatMap((log, position) => {
    // Each log record is kept with its resource, which is sent once for all of them.
    const text = JSON.stringify(log);
    length += text.length;
    if (length > LONGEST) throw new Refusal('too-large', 'the log records are too long with their resources');
    const refused = decoder.add(log, text, `log record ${position}`, () => keyOf(position));
    return refused === undefined ? [] : [refused];
  });
  const decoded = decoder.finish();
  await intake.deliver(origin.inlet, { ...decoded, refused: [...decoded.refused, ...refusals] }, received);
  return success(isJson, refusals.length);
}

/** A refusal as OTLP has it: google.rpc.Status in the encoding of the request. */
export function otlpRefusal(call: Call, refusal: Refusal): Answer {
  const { message } = refusal;
  const isJson = typeOf(call) === JSON_TYPE;
  return {
    status: refusal.status,
    type: isJson ? JSON_TYPE : PROTOBUF,
    body: isJson ? JSON.stringify({ message }) : bytesField(2, Buffer.from(message)),
    headers: refusalHeaders(refusal),
  };
}

function success(isJson: boolean, rejected: number): Answer {
  const errorMessage = rejected === 0 ? '' : 'not every log record could be understood';
  if (isJson) {
    const body =
      rejected === 0 ? {} : { partialSuccess: { rejectedLogRecords: String(rejected), errorMessage } };
    return { status: 200, type: JSON_TYPE, body: JSON.stringify(body) };
  }
  const partial = Buffer.concat([varintField(1, rejected), bytesField(2, Buffer.from(errorMessage))]);
  return { status: 200, type: PROTOBUF, body: rejected === 0 ? new Uint8Array(0) : bytesField(1, partial) };
}

function jsonLogs(bytes: Buffer): LogDocument[] {
  let value: Json;
  try {
    value = JSON.parse(bytes.toString('utf8')) as Json;
  } catch {
    throw new Refusal('malformed', 'the body is no JSON');
  }
  const logs = logsOfJson(value);
  if (logs === undefined) throw new Refusal('malformed', 'the body is no ExportLogsServiceRequest');
  return logs;
}

function protobufLogs(bytes: Buffer): LogDocument[] {
  try {
    return logsOfProtobuf(bytes);
  } catch (error) {
    if (!(error instanceof ProtobufError)) throw error;
    throw new Refusal('malformed', `the body is no ExportLogsServiceRequest: ${error.message}`);
  }
}

const typeOf = (call: Call): string =>
  (call.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
