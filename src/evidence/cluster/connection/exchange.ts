import { type Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { ApiResponse } from '../client.ts';
import { onAbort } from './deadline.ts';
import { TimeoutFault } from './faults.ts';

export interface Exchange {
  readonly url: URL;
  readonly agent: Agent;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** Milliseconds. */
  readonly connectTimeout: number;
  readonly idleTimeout: number;
  readonly signal?: AbortSignal | undefined;
  /** Sent with POST; the API server only ever gets GET. */
  readonly form?: string | undefined;
  /** Turns an error of the connection into the one to throw. */
  readonly explain: (error: unknown) => Promise<Error>;
}

/** One request on one connection, and its answer, whatever its status. Redirects are answers, too. */
export function exchange(options: Exchange): Promise<ApiResponse> {
  return attempt(options, true);
}

function attempt(options: Exchange, mayReuse: boolean): Promise<ApiResponse> {
  const { url, agent, headers, connectTimeout, idleTimeout, signal, form, explain } = options;
  const method = form === undefined ? 'GET' : 'POST';
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    let request: ClientRequest;
    try {
      request = send(url, { method, agent, headers: { ...headers } as Record<string, string> });
    } catch (error) {
      // A path or header that HTTP cannot carry.
      explain(error).then(reject, reject);
      return;
    }
    let answered = false;
    let timer = setTimeout(
      () => request.destroy(new TimeoutFault('connect', connectTimeout)),
      connectTimeout,
    );
    request.once('socket', (socket) => {
      const connected = (): void => {
        clearTimeout(timer);
        timer = setTimeout(() => request.destroy(new TimeoutFault('idle', idleTimeout)), idleTimeout);
      };
      if (url.protocol === 'https:' && !request.reusedSocket) socket.once('secureConnect', connected);
      else if (socket.connecting) socket.once('connect', connected);
      else connected();
    });
    request.once('response', (message) => {
      answered = true;
      clearTimeout(timer);
      resolve(answerOf(message, options, stopListening));
    });
    request.on('error', (error) => {
      // From then on the body tells of it.
      if (answered) return;
      clearTimeout(timer);
      stopListening();
      if (signal?.aborted) reject(signal.reason as Error);
      // The server closed a kept connection in the moment in which it was used again: nothing was answered.
      else if (request.reusedSocket && mayReuse && !(error instanceof TimeoutFault)) {
        attempt(options, false).then(resolve, reject);
      } else explain(error).then(reject, reject);
    });
    const stopListening = onAbort(signal, () => request.destroy(signal?.reason as Error));
    request.end(form);
  });
}

function answerOf(message: IncomingMessage, options: Exchange, finished: () => void): ApiResponse {
  const headers: Record<string, string | undefined> = Object.create(null) as Record<string, string>;
  for (const [name, value] of Object.entries(message.headers)) {
    headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return { status: message.statusCode ?? 0, headers, body: bodyOf(message, options, finished) };
}

async function* bodyOf(
  message: IncomingMessage,
  { idleTimeout, signal, explain }: Exchange,
  finished: () => void,
): AsyncGenerator<Uint8Array> {
  let waiting = true;
  const timer = setTimeout(() => {
    // Whoever reads may take his time; only the server's silence counts.
    if (waiting) message.destroy(new TimeoutFault('idle', idleTimeout));
  }, idleTimeout);
  try {
    for await (const chunk of decoded(message)) {
      waiting = false;
      yield chunk as Uint8Array;
      waiting = true;
      timer.refresh();
    }
    // Without it a body that ends early could pass for a short one.
    if (!message.complete) throw Object.assign(new Error('cut'), { code: 'ECONNRESET' });
  } catch (error) {
    throw signal?.aborted ? (signal.reason as Error) : await explain(error);
  } finally {
    clearTimeout(timer);
    finished();
    if (!message.complete) message.destroy();
  }
}

function decoded(message: IncomingMessage): Readable {
  if (message.headers['content-encoding'] !== 'gzip') return message;
  const gunzip = createGunzip({ chunkSize: 64 * 1024 });
  // The error, if any, comes out of the iteration.
  return pipeline(message, gunzip, () => {});
}
