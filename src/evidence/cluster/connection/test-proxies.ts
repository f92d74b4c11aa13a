import { createServer as createHttpServer, type IncomingMessage } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Pair } from './test-certificates.ts';

/** A proxy on loopback that notes what it was asked for. */
export interface TestProxy {
  readonly port: number;
  /** Destinations, as host:port. */
  readonly asked: string[];
  close(): Promise<void>;
}

/** CONNECT; with `credentials` (user:password) only for those who send them, with `pair` over TLS. */
export function connectProxy(options: { credentials?: string; pair?: Pair } = {}): Promise<TestProxy> {
  const { credentials, pair } = options;
  const asked: string[] = [];
  const server = pair === undefined ? createHttpServer() : createHttpsServer({ ...pair });
  const wanted = credentials && `Basic ${Buffer.from(credentials).toString('base64')}`;
  server.on('connect', (request: IncomingMessage, client: Duplex) => {
    asked.push(request.url ?? '');
    if (wanted !== undefined && request.headers['proxy-authorization'] !== wanted) {
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n');
      return;
    }
    const { hostname, port } = new URL(`http://${request.url}`);
    pass(client, hostname.replace(/^\[|\]$/g, ''), Number(port), 'HTTP/1.1 200 OK\r\n\r\n');
  });
  return listen(server, asked);
}

/** RFC 1928, IPv4 and names; with `credentials` RFC 1929. */
export function socksProxy(credentials?: string): Promise<TestProxy> {
  const asked: string[] = [];
  const server = createServer((client) => {
    const steps = credentials === undefined ? [greet, ask] : [greet, authenticate, ask];
    // Byte by byte, as a slow network may bring them.
    client.on('data', function onData(bytes: Buffer) {
      if (steps.shift()?.(bytes) === ask) client.off('data', onData);
    });
    function greet(bytes: Buffer): unknown {
      const method = credentials === undefined ? 0 : 2;
      const offered = [...bytes.subarray(2)].includes(method);
      return client.write(Buffer.from([5, offered ? method : 255]));
    }
    function authenticate(bytes: Buffer): unknown {
      const user = bytes.subarray(2, 2 + bytes[1]!).toString();
      const password = bytes.subarray(3 + bytes[1]!).toString();
      return client.write(Buffer.from([1, `${user}:${password}` === credentials ? 0 : 1]));
    }
    function ask(bytes: Buffer): unknown {
      const name = bytes[3] === 3;
      const host = name ? bytes.subarray(5, 5 + bytes[4]!).toString() : [...bytes.subarray(4, 8)].join('.');
      const port = bytes.readUInt16BE(bytes.length - 2);
      asked.push(`${host}:${port}`);
      pass(client, host, port, Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]));
      return ask;
    }
  });
  return listen(server, asked);
}

function pass(client: Duplex, host: string, port: number, greeting: string | Buffer): void {
  const server = connect(port, host, () => {
    client.write(greeting);
    server.pipe(client);
    client.pipe(server);
  });
  server.on('error', () => client.destroy());
  client.on('error', () => server.destroy());
}

async function listen(server: Server, asked: string[]): Promise<TestProxy> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
