import type { IncomingMessage, ServerResponse } from 'node:http';
import { Agent, createServer, request as httpsRequest } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { Random } from '../differential/random.ts';

/** One request as it reached the proxy. */
export interface ProxiedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<IncomingMessage['headers']>;
}

/** What goes wrong; several may be said together, such as a delay before a status. */
export interface Fault {
  /** Which requests it meets; all where absent. */
  readonly match?: (request: ProxiedRequest) => boolean;
  /** How many requests it meets at most, the first ones that match. */
  readonly times?: number;
  /** Share of the matching requests that it meets, drawn from the proxy's seed. */
  readonly probability?: number;
  /** Milliseconds before anything else happens. */
  readonly delay?: number;
  /** Answers by itself instead of asking the server; `body` is a Status object where absent. */
  readonly status?: number;
  readonly reason?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Takes the request and never answers. */
  readonly hang?: boolean;
  /** Closes the connection instead of answering. */
  readonly reset?: boolean;
  /** Passes on so many bytes of the server's body, then closes the connection. */
  readonly cutAfter?: number;
  /** Passes on so many bytes of the server's body, then nothing more. */
  readonly stallAfter?: number;
}

export interface FaultProxyOptions {
  /** The real server, such as `https://127.0.0.1:6443`. */
  readonly target: string;
  /** What the proxy shows to clients: PEM, valid for 127.0.0.1. */
  readonly key: string;
  readonly cert: string;
  /** A client certificate with which the proxy asks the server, since a client's own cannot pass it. */
  readonly login?: { readonly key: string; readonly cert: string };
  readonly seed?: number;
}

interface Planned {
  readonly fault: Fault;
  met: number;
}

/** A TLS proxy on loopback before a real API server that makes requests fail as it is told to. */
export class FaultProxy {
  readonly url: string;
  /** Every request so far, with the status that the client got; 0 where it got none. */
  readonly log: { readonly path: string; readonly query: string; status: number }[] = [];
  readonly #planned: Planned[] = [];
  readonly #random: Random;
  readonly #options: FaultProxyOptions;
  readonly #agent: Agent;
  readonly #server: ReturnType<typeof createServer>;
  readonly #connections: Set<Socket>;

  private constructor(
    options: FaultProxyOptions,
    server: ReturnType<typeof createServer>,
    connections: Set<Socket>,
  ) {
    this.#options = options;
    this.#random = new Random(options.seed ?? 1);
    // The server behind is a test's own on loopback; what is tested is the client before the proxy.
    this.#agent = new Agent({ keepAlive: true, rejectUnauthorized: false, ...options.login });
    this.#server = server;
    this.#connections = connections;
    this.url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start(options: FaultProxyOptions): Promise<FaultProxy> {
    const server = createServer({ key: options.key, cert: options.cert });
    const connections = new Set<Socket>();
    server.on('connection', (socket: Socket) => {
      connections.add(socket);
      socket.once('close', () => connections.delete(socket));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const proxy = new FaultProxy(options, server, connections);
    server.on('request', (request, response) => void proxy.#answer(request, response));
    return proxy;
  }

  /** Plans a fault; of several that match the first one planned counts. Returns what takes it back. */
  plan(fault: Fault): () => void {
    const planned: Planned = { fault, met: 0 };
    this.#planned.push(planned);
    return () => {
      const index = this.#planned.indexOf(planned);
      if (index >= 0) this.#planned.splice(index, 1);
    };
  }

  /** From now on everything works again. */
  heal(): void {
    this.#planned.length = 0;
  }

  /** Closes all connections at once, as a network that breaks; new ones are accepted. */
  disconnect(): void {
    for (const socket of this.#connections) socket.destroy();
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.disconnect();
    this.#agent.destroy();
    await closed;
  }

  #faultFor(request: ProxiedRequest): Fault | undefined {
    for (const planned of this.#planned) {
      const { match, times, probability } = planned.fault;
      if (times !== undefined && planned.met >= times) continue;
      if (match !== undefined && !match(request)) continue;
      if (probability !== undefined && this.#random.next() >= probability) continue;
      planned.met++;
      return planned.fault;
    }
    return undefined;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams, search } = new URL(request.url ?? '/', this.url);
    const entry = { path: pathname, query: search, status: 0 };
    this.log.push(entry);
    const fault = this.#faultFor({
      method: request.method ?? 'GET',
      path: pathname,
      query: searchParams,
      headers: request.headers,
    });
    if (fault?.delay !== undefined) await new Promise((resolve) => setTimeout(resolve, fault.delay));
    if (fault?.hang) return;
    if (fault?.reset) {
      request.socket.destroy();
      return;
    }
    if (fault?.status !== undefined) {
      entry.status = fault.status;
      response.writeHead(fault.status, { 'content-type': 'application/json', ...fault.headers });
      response.end(fault.body ?? statusObject(fault.status, fault.reason ?? ''));
      return;
    }
    this.#pass(request, response, fault, entry);
  }

  #pass(
    request: IncomingMessage,
    response: ServerResponse,
    fault: Fault | undefined,
    entry: { status: number },
  ): void {
    const { host: _, connection: __, ...headers } = request.headers;
    const upstream = httpsRequest(new URL(request.url ?? '/', this.#options.target), {
      method: request.method ?? 'GET',
      headers,
      agent: this.#agent,
    });
    upstream.on('error', () => request.socket.destroy());
    response.on('close', () => upstream.destroy());
    upstream.on('response', (answer) => {
      entry.status = answer.statusCode ?? 0;
      const { connection: ___, ...passed } = answer.headers;
      response.writeHead(entry.status, passed);
      response.flushHeaders();
      const limit = fault?.cutAfter ?? fault?.stallAfter;
      if (limit === undefined) {
        answer.pipe(response);
        return;
      }
      let left = limit;
      const stop = (): void => {
        answer.destroy();
        if (fault?.cutAfter !== undefined) request.socket.destroy();
      };
      if (left === 0) {
        stop();
        return;
      }
      answer.on('data', (chunk: Buffer) => {
        const part = chunk.subarray(0, left);
        left -= part.length;
        // Only what was really sent counts as the part that the client got.
        response.write(part, () => {
          if (left === 0) stop();
        });
      });
      // What was cut must not end well.
      answer.on('end', () => left > 0 && response.end());
    });
    request.pipe(upstream);
  }
}

function statusObject(code: number, reason: string): string {
  return JSON.stringify({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: `fault proxy: ${code}`,
    reason,
    code,
  });
}

/** The server has too much to do, as API Priority and Fairness says it; `seconds` as Retry-After. */
export function tooManyRequests(seconds: number, more: Partial<Fault> = {}): Fault {
  return { status: 429, reason: 'TooManyRequests', headers: { 'retry-after': String(seconds) }, ...more };
}

/** Pages after the first are refused, as when the list's snapshot was compacted away meanwhile. */
export function expiredContinue(more: Partial<Fault> = {}): Fault {
  return {
    match: ({ query }) => query.has('continue'),
    status: 410,
    reason: 'Expired',
    body: JSON.stringify({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: 'The provided continue parameter is too old to display a consistent list result.',
      reason: 'Expired',
      code: 410,
    }),
    ...more,
  };
}

/** An aggregated API whose server does not answer, such as `metrics.k8s.io`; kube-aggregator's own words. */
export function brokenAggregatedApi(group: string): Fault {
  return {
    match: ({ path }) => path.startsWith(`/apis/${group}/`),
    status: 503,
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    body: 'service unavailable\n',
  };
}
