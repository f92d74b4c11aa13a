import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https';
import { type AddressInfo, isIP, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Budget } from '../budget.ts';
import type { Metrics } from '../metrics.ts';
import { Refusal } from '../refusal.ts';
import type { Answer } from './answer.ts';
import { textAnswer } from './answer.ts';
import { type Body, type BodyLimits, readBody } from './body.ts';
import { type Call, targetOf } from './call.ts';
import { type CertificateFiles, Certificates } from './certificates.ts';

export interface ServerLimits extends BodyLimits {
  readonly maxConnections: number;
  readonly maxConnectionsPerClient: number;
  /** Milliseconds for the headers, and for a whole request. */
  readonly headersTimeout: number;
  readonly requestTimeout: number;
  /** Milliseconds that a connection may stay idle. Longer than clients keep theirs, so that it is them who close. */
  readonly keepAliveTimeout: number;
}

export interface Listener {
  /** Answers a call, refusals included. */
  readonly answer: (call: Call, isCertified: boolean) => Promise<Answer>;
  /** Told of requests that never became a call. */
  readonly refused: (refusal: Refusal) => void;
}

/** How long what is left of a refused body is read and thrown away, so that the answer arrives before the connection goes. */
const LINGER = 2_000;

/** An HTTP server, with TLS where certificates are given, that bounds what any client can take of it. */
export class CollectorServer {
  readonly #server: Server | SecureServer;
  readonly #certificates: Certificates | undefined;
  readonly #limits: ServerLimits;
  readonly #budget: Budget;
  readonly #metrics: Metrics;
  readonly #listener: Listener;
  readonly #sockets = new Set<Socket>();
  readonly #perClient = new Map<string, number>();
  readonly #busy = new Set<Promise<void>>();
  #isStopping = false;

  constructor(
    files: CertificateFiles | undefined,
    limits: ServerLimits,
    budget: Budget,
    metrics: Metrics,
    listener: Listener,
  ) {
    this.#limits = limits;
    this.#budget = budget;
    this.#metrics = metrics;
    this.#listener = listener;
    const options = {
      headersTimeout: limits.headersTimeout,
      requestTimeout: limits.requestTimeout,
      keepAliveTimeout: limits.keepAliveTimeout,
      connectionsCheckingInterval: Math.min(5_000, Math.max(50, limits.headersTimeout / 2)),
    };
    const handle = (request: IncomingMessage, response: ServerResponse): void => {
      const work = this.#handle(request, response).finally(() => this.#busy.delete(work));
      this.#busy.add(work);
    };
    if (files === undefined) this.#server = createServer(options, handle);
    else {
      this.#certificates = new Certificates(files);
      const needsClient = files.clientAuthority !== undefined;
      this.#server = createSecureServer(
        {
          ...options,
          ...this.#certificates.read(),
          handshakeTimeout: limits.headersTimeout,
          requestCert: needsClient,
          rejectUnauthorized: needsClient,
        },
        handle,
      );
    }
    this.#server.maxConnections = limits.maxConnections;
    this.#server.on('connection', (socket: Socket) => this.#connected(socket));
    this.#server.on('drop', () => this.#listener.refused(new Refusal('connections', 'too many connections')));
    // What is no HTTP, or too slow with its headers: Node's own answers say no more than the status.
    this.#server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) =>
      this.#broken(error, socket),
    );
  }

  /** Throws the system's error, such as EADDRINUSE. @returns the port */
  listen(host: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject);
        resolve((this.#server.address() as AddressInfo).port);
      });
    });
  }

  /** Takes new certificates in use for connections from now on. @returns whether there were any */
  reloadCertificates(): boolean {
    const options = this.#certificates?.changed();
    if (options === undefined || !('setSecureContext' in this.#server)) return false;
    this.#server.setSecureContext(options);
    return true;
  }

  /** Takes no new requests, lets those under way be answered, and hangs up. */
  async stop(patience: number): Promise<void> {
    this.#isStopping = true;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, patience);
    });
    await Promise.race([Promise.allSettled([...this.#busy]), timeout]);
    clearTimeout(timer);
    this.#server.closeIdleConnections();
    // Those that speak no HTTP yet, or do not take their answer.
    const abandon = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy();
    }, LINGER);
    await closed;
    clearTimeout(abandon);
  }

  #connected(socket: Socket): void {
    const client = clientOf(socket);
    const count = (this.#perClient.get(client) ?? 0) + 1;
    if (count > this.#limits.maxConnectionsPerClient) {
      this.#listener.refused(new Refusal('connections', 'too many connections'));
      socket.destroy();
      return;
    }
    this.#perClient.set(client, count);
    this.#sockets.add(socket);
    this.#metrics.set('connections', this.#sockets.size);
    socket.once('close', () => {
      this.#sockets.delete(socket);
      this.#metrics.set('connections', this.#sockets.size);
      const left = (this.#perClient.get(client) ?? 1) - 1;
      if (left > 0) this.#perClient.set(client, left);
      else this.#perClient.delete(client);
    });
  }

  #broken(error: NodeJS.ErrnoException, socket: Socket): void {
    const isSlow = error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
    if (error.code !== 'ECONNRESET') {
      this.#listener.refused(new Refusal(isSlow ? 'too-slow' : 'malformed', 'no usable HTTP'));
    }
    if (!socket.writable || error.code === 'ECONNRESET') {
      socket.destroy();
      return;
    }
    const status = isSlow
      ? '408 Request Timeout'
      : error.code === 'HPE_HEADER_OVERFLOW'
        ? '431 Request Header Fields Too Large'
        : '400 Bad Request';
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () =>
      socket.destroy(),
    );
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A connection that breaks is told by the body or by the answer that finds nobody.
    request.on('error', () => undefined);
    response.on('error', () => undefined);
    const target = targetOf(request.url ?? '');
    let body: Body | undefined;
    let answer: Answer;
    if (target === undefined) {
      this.#listener.refused(new Refusal('malformed', 'no usable path'));
      answer = textAnswer(400, 'no usable path\n');
    } else {
      const { socket } = request;
      const client = clientOf(socket);
      const call: Call = {
        method: request.method ?? '',
        ...target,
        headers: request.headers,
        client,
        body: async () => {
          if (this.#isStopping) throw new Refusal('stopping', 'the collector is being stopped');
          body = await readBody(request, this.#limits, this.#budget, client);
          return body;
        },
      };
      try {
        answer = await this.#listener.answer(
          call,
          'authorized' in socket && (socket as TLSSocket).authorized,
        );
      } finally {
        body?.release();
      }
    }
    write(request, response, answer, this.#isStopping);
  }
}

function write(request: IncomingMessage, response: ServerResponse, answer: Answer, isLast: boolean): void {
  if (response.destroyed || request.socket.destroyed) return;
  const content =
    typeof answer.body === 'string' ? Buffer.from(answer.body) : (answer.body ?? new Uint8Array(0));
  const isUnread = !request.complete;
  response.writeHead(answer.status, {
    ...answer.headers,
    ...(answer.type === undefined ? {} : { 'Content-Type': answer.type }),
    'Content-Length': String(content.byteLength),
    'X-Content-Type-Options': 'nosniff',
    ...(isUnread || isLast ? { Connection: 'close' } : {}),
  });
  response.end(request.method === 'HEAD' ? undefined : content);
  if (!isUnread) return;
  // Hanging up on bytes that were not read resets the connection, and the answer is lost with it (RFC 9112, 9.6).
  const { socket } = request;
  request.resume();
  const timer = setTimeout(() => socket.destroy(), LINGER);
  socket.once('close', () => clearTimeout(timer));
}

function clientOf(socket: Socket): string {
  const address = socket.remoteAddress ?? '';
  // One IPv6 client has a /64 of addresses.
  return isIP(address) === 6 && !address.startsWith('::')
    ? address.split(':').slice(0, 4).join(':')
    : address;
}
