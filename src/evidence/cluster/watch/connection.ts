import { asNumber, asObject, asString, isObject, type JsonObject } from '../../../kubernetes/json.ts';
import { ApiError, type ApiResponse } from '../client.ts';
import { FrameError, FrameSplitter } from './frames.ts';

/** One event of a watch, as the API server sends it (meta/v1 WatchEvent), errors aside. */
export interface ServerEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly object: JsonObject;
  readonly resourceVersion: string;
  /** Of the event as it was sent. */
  readonly bytes: number;
}

const TYPES: ReadonlySet<string> = new Set(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK']);

/**
 * The events of a watch until its end. An event that the connection's end cut off is dropped: the next watch gets it.
 * Throws ApiError where the server ends the watch with an ERROR event, FrameError for what is no event, and what the
 * client throws where the connection is lost.
 */
export async function* readWatch(response: ApiResponse): AsyncGenerator<readonly ServerEvent[]> {
  const splitter = new FrameSplitter();
  for await (const chunk of response.body) {
    const frames = splitter.push(chunk);
    if (frames.length === 0) continue;
    const events: ServerEvent[] = [];
    for (const frame of frames) {
      const event = parse(frame);
      if (event instanceof Error) {
        if (events.length > 0) yield events;
        throw event;
      }
      events.push(event);
    }
    yield events;
  }
}

function parse(frame: string): ServerEvent | Error {
  let event: unknown;
  try {
    event = JSON.parse(frame);
  } catch (error) {
    return new FrameError('a watch event is not JSON', { cause: error });
  }
  const object = isObject(event) ? asObject(event['object']) : undefined;
  const type = isObject(event) ? asString(event['type']) : undefined;
  if (object === undefined || type === undefined)
    return new FrameError('a watch event has no type or no object');
  if (type === 'ERROR') return errorOf(asNumber(object['code']) ?? 500, object);
  const resourceVersion = asString(asObject(object['metadata'])?.['resourceVersion']);
  if (!TYPES.has(type) || !resourceVersion)
    return new FrameError(`a watch event cannot be understood: ${type}`);
  return { type: type as ServerEvent['type'], object, resourceVersion, bytes: frame.length };
}

const MAX_STATUS_BYTES = 64 * 1024;

/** What an answer other than 200 says. */
export async function readError(response: ApiResponse): Promise<ApiError> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body) {
    parts.push(chunk);
    bytes += chunk.length;
    if (bytes > MAX_STATUS_BYTES) break;
  }
  const text = Buffer.concat(parts).toString('utf8');
  try {
    const body: unknown = JSON.parse(text);
    if (isObject(body)) return errorOf(response.status, body);
  } catch {
    // Proxies answer with plain text or HTML.
  }
  return new ApiError(response.status, '', text.slice(0, 200));
}

function errorOf(status: number, body: JsonObject): ApiError {
  return new ApiError(status, asString(body['reason']) ?? '', asString(body['message']) ?? '', body);
}

/** The version is no longer (or not yet) known to the server: everything has to be listed anew. */
export function isExpired(error: unknown): boolean {
  return (
    error instanceof ApiError &&
    (error.status === 410 || error.reason === 'Expired' || error.reason === 'Gone')
  );
}
