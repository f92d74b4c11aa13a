import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import type { ApiClient } from '../client.ts';
import { connect } from './connect.ts';
import type { ConnectOptions } from './options.ts';
import type { Clock } from './retry.ts';
import { type Pair, TestAuthority } from './test-certificates.ts';

/** What reached the server. */
export interface Seen {
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly rawHeaders: readonly string[];
  /** Common name of the client's certificate, empty where it showed none. */
  readonly clientName: string;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** Answers `{"ok":true}` unless `handler` is set. */
export class TestApiServer {
  readonly seen: Seen[] = [];
  handler: Handler = (_, response) => json(response, 200, { ok: true });
  #connections = 0;
  readonly #sockets = new Set<Socket>();
  readonly #server: ReturnType<typeof createServer>;

  constructor({ cert, key }: Pair, clientAuthority: string, more: { rejectUnauthorized?: boolean } = {}) {
    const options = { cert, key, ca: clientAuthority, requestCert: true, rejectUnauthorized: false, ...more };
    this.#server = createServer(options, (request, response) => {
      const { subject } = (request.socket as TLSSocket).getPeerCertificate();
      this.seen.push({
        url: request.url ?? '',
        headers: request.headers,
        rawHeaders: request.rawHeaders,
        clientName: String(subject?.CN ?? ''),
      });
      this.handler(request, response);
    });
    this.#server.on('connection', (socket: Socket) => {
      this.#connections++;
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    this.#server.on('tlsClientError', () => {});
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `https://127.0.0.1:${this.port}`;
  }

  /** TCP connections so far. */
  get connections(): number {
    return this.#connections;
  }

  listen(): Promise<void> {
    return new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  /** Closes the connections that are open, without a word. */
  hangUp(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  close(): Promise<void> {
    this.hangUp();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}

export function json(response: ServerResponse, status: number, body: object, headers: object = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

export function status(code: number, reason: string): object {
  return { kind: 'Status', apiVersion: 'v1', status: 'Failure', message: `message of ${code}`, reason, code };
}

/** Sleeping takes no time, but is remembered; chance always falls in the middle. */
export class TestClock implements Clock {
  time = Date.now();
  readonly slept: number[] = [];

  now(): number {
    return this.time;
  }

  async sleep(milliseconds: number): Promise<void> {
    this.slept.push(milliseconds);
    this.time += milliseconds;
  }

  random(): number {
    return 0.5;
  }
}

/** A folder for kubeconfigs, a certificate authority and a server by it; one of these a test file. */
export class Bench {
  readonly folder = mkdtempSync(join(tmpdir(), 'kubestride-kubeconfig-'));
  readonly authority = new TestAuthority('cluster-ca');
  readonly server: TestApiServer;
  readonly clock = new TestClock();
  readonly #clients: ApiClient[] = [];

  constructor() {
    this.server = new TestApiServer(this.authority.issue('kube-apiserver'), this.authority.cert);
  }

  /** Writes a file into the folder; objects as JSON. Returns its path. */
  file(name: string, content: string | object, mode = 0o600): string {
    const path = join(this.folder, name);
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content), { mode });
    return path;
  }

  /** A kubeconfig of one context for the server, as one user. */
  kubeconfig(user: object, cluster: object = {}): string {
    const ca = Buffer.from(this.authority.cert).toString('base64');
    const own = { server: this.server.url, 'certificate-authority-data': ca, ...cluster };
    return this.file('config', {
      'current-context': 'test',
      contexts: [{ name: 'test', context: { cluster: 'here', user: 'me' } }],
      clusters: [{ name: 'here', cluster: own }],
      users: [{ name: 'me', user }],
    });
  }

  async connect(kubeconfig: string, options: Partial<ConnectOptions> = {}): Promise<ApiClient> {
    const client = await connect({ kubeconfig, env: {}, cwd: this.folder, clock: this.clock, ...options });
    this.#clients.push(client);
    return client;
  }

  /** Before each test. */
  reset(): void {
    for (const client of this.#clients.splice(0)) client.close();
    this.server.seen.length = 0;
    this.server.handler = (_, response) => json(response, 200, { ok: true });
    this.clock.slept.length = 0;
  }

  async close(): Promise<void> {
    this.reset();
    await this.server.close();
    rmSync(this.folder, { recursive: true });
  }
}
