import { getEventListeners } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { CertificateRequest } from '../../../../testbed/certificates.ts';
import type { ApiClient } from '../client.ts';
import { Bench, json, TestApiServer } from './test-api-server.ts';
import { EXPIRED, TestAuthority } from './test-certificates.ts';

let bench: Bench;
beforeAll(async () => {
  bench = new Bench();
  await bench.server.listen();
});
beforeEach(() => bench.reset());
afterAll(() => bench.close());

const PATH = { path: '/api/v1/pods' };

async function listening<T extends Server>(server: T, use: (port: number) => Promise<void>): Promise<void> {
  const sockets: { destroy(): void }[] = [];
  server.on('connection', (socket) => sockets.push(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await use((server.address() as AddressInfo).port);
  } finally {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** A client with a token for whatever listens at the URL. */
function at(server: string, cluster: object = {}, timeouts = {}): Promise<ApiClient> {
  return bench.connect(bench.kubeconfig({ token: 'sesame' }, { server, ...cluster }), { timeouts });
}

async function fault(client: ApiClient, request: object = {}): Promise<unknown> {
  const error: unknown = await client.getJson({ ...PATH, ...request }).catch((thrown: unknown) => thrown);
  expect(JSON.stringify(error)).not.toContain('sesame');
  return error;
}

test('nothing listens', async () => {
  let free = 0;
  await listening(createServer(), async (port) => {
    free = port;
  });
  const server = `https://127.0.0.1:${free}`;
  expect(await fault(await at(server))).toMatchObject({
    code: 'server-refuses-connection',
    params: { server },
  });
  expect(bench.clock.slept).toEqual([]);
});

test('a name that is not known', async () => {
  // RFC 6761 reserves `.invalid`: no resolver may know it.
  const error = await fault(await at('https://api.kubestride.invalid:6443'));
  expect(error).toMatchObject({ code: 'server-name-unknown', params: { host: 'api.kubestride.invalid' } });
});

test('a server that takes the connection and says nothing', async () => {
  await listening(createServer(), async (port) => {
    const client = await at(`https://127.0.0.1:${port}`, {}, { connect: 200 });
    expect(await fault(client)).toMatchObject({ code: 'connect-timeout', params: { seconds: 0.2 } });
  });
});

test('a server that does not speak TLS, and one that does although it is http in the kubeconfig', async () => {
  await listening(
    createHttpServer((_, response) => void response.end('hello')),
    async (port) => {
      const error = await fault(await at(`https://127.0.0.1:${port}`));
      expect(error).toMatchObject({ code: 'server-speaks-no-tls' });
    },
  );
  // What Go's net/http says; node:https would only close the connection.
  const go = createHttpServer((_, response) => {
    response.statusCode = 400;
    response.end('Client sent an HTTP request to an HTTPS server.\n');
  });
  await listening(go, async (port) => {
    expect(await fault(await at(`127.0.0.1:${port}`))).toMatchObject({ code: 'server-needs-tls' });
  });
});

async function behind(subject: string, more: Partial<CertificateRequest>, authority: TestAuthority) {
  const server = new TestApiServer(authority.issue(subject, more), authority.cert);
  await server.listen();
  try {
    return (await fault(await at(server.url))) as { code: string; params: Record<string, unknown> };
  } finally {
    expect(server.seen).toEqual([]);
    await server.close();
  }
}

test('an expired certificate of the server: since when', async () => {
  const { code, params } = await behind('a', EXPIRED, bench.authority);
  expect(code).toBe('server-certificate-expired');
  const age = Date.now() - Date.parse(String(params['date']));
  expect(age).toBeGreaterThan(86_000_000);
  expect(age).toBeLessThan(87_000_000);
});

test('a certificate of an authority that the kubeconfig does not name: which', async () => {
  const other = new TestAuthority('other-ca');
  expect(await behind('a', {}, other)).toMatchObject({
    code: 'server-certificate-unknown-issuer',
    params: { issuer: 'CN=other-ca' },
  });
});

test('a certificate for another name: which; tls-server-name settles it', async () => {
  const hosts = ['kubernetes.default.svc', '10.96.0.1'];
  expect(await behind('a', { hosts }, bench.authority)).toMatchObject({
    code: 'server-certificate-wrong-name',
    params: { host: '127.0.0.1', names: ['kubernetes.default.svc', '10.96.0.1'] },
  });
  const server = new TestApiServer(bench.authority.issue('a', { hosts }), bench.authority.cert);
  await server.listen();
  try {
    for (const name of hosts) {
      const client = await at(server.url, { 'tls-server-name': name });
      await expect(client.getJson(PATH)).resolves.toEqual({ ok: true });
    }
    expect(await fault(await at(server.url, { 'tls-server-name': '10.96.0.2' }))).toMatchObject({
      code: 'server-certificate-wrong-name',
      params: { host: '10.96.0.2' },
    });
  } finally {
    await server.close();
  }
});

test('insecure-skip-tls-verify takes any certificate', async () => {
  const other = new TestAuthority('other-ca');
  const server = new TestApiServer(other.issue('a', EXPIRED), other.cert);
  await server.listen();
  try {
    const cluster = { 'certificate-authority-data': undefined, 'insecure-skip-tls-verify': true };
    await expect((await at(server.url, cluster)).getJson(PATH)).resolves.toEqual({ ok: true });
  } finally {
    await server.close();
  }
});

test('insecure-skip-tls-verify beside an authority is a contradiction', async () => {
  const file = bench.kubeconfig({}, { 'insecure-skip-tls-verify': true });
  await expect(bench.connect(file)).rejects.toMatchObject({
    code: 'kubeconfig-conflict',
    params: { fields: ['insecure-skip-tls-verify', 'certificate-authority-data'] },
  });
});

test('a server that refuses the client certificate in the handshake', async () => {
  const other = new TestAuthority('other-ca');
  const strict = new TestApiServer(bench.authority.issue('a'), other.cert, { rejectUnauthorized: true });
  await strict.listen();
  try {
    const { cert, key } = bench.authority.issue('alice');
    const base64 = (text: string) => Buffer.from(text).toString('base64');
    const user = { 'client-certificate-data': base64(cert), 'client-key-data': base64(key) };
    const client = await bench.connect(bench.kubeconfig(user, { server: strict.url }));
    // Node's server closes the connection; Go's sends an alert first, see tests/cluster/login.test.ts.
    const error = await fault(client);
    expect(['client-certificate-refused', 'connection-cut']).toContain((error as { code: string }).code);
  } finally {
    await strict.close();
  }
});

test.each([
  ['content-length', { 'content-length': '1000' }],
  ['chunks', {}],
])('a body of %s that is cut is an error after some tries, never a short success', async (_, headers) => {
  bench.server.handler = (request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', ...headers });
    // Complete as JSON, so that only the framing shows that something is missing.
    response.write('{"kind":"PodList","items":[]}', () => setTimeout(() => request.socket.destroy(), 20));
  };
  const client = await bench.connect(bench.kubeconfig({ token: 'sesame' }));
  expect(await fault(client)).toMatchObject({ code: 'connection-cut', params: { path: PATH.path } });
  expect(bench.server.seen).toHaveLength(5);
});

test('a compressed body is read, and an error where it is cut', async () => {
  const whole = gzipSync(JSON.stringify({ kind: 'PodList', items: ['x'.repeat(100_000)] }));
  const answer = (bytes: Buffer) => {
    bench.server.handler = (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
      response.end(bytes);
    };
  };
  const client = await bench.connect(bench.kubeconfig({ token: 'sesame' }));
  answer(whole);
  expect(await client.getJson(PATH)).toMatchObject({ kind: 'PodList' });
  // The HTTP body is complete, what it holds is not.
  answer(whole.subarray(0, whole.length - 20));
  expect(await fault(client)).toMatchObject({ code: 'connection-cut' });
  answer(whole);
  await expect(client.getJson(PATH, { maxBytes: 50_000 })).rejects.toMatchObject({
    code: 'cluster-answer-too-large',
    params: { limit: 50_000 },
  });
});

test('a cut connection is tried again', async () => {
  let cuts = 2;
  bench.server.handler = (request, response) => {
    if (cuts-- > 0) request.socket.destroy();
    else json(response, 200, { ok: true });
  };
  const client = await bench.connect(bench.kubeconfig({ token: 'sesame' }));
  await expect(client.getJson(PATH)).resolves.toEqual({ ok: true });
  expect(bench.clock.slept).toHaveLength(2);
});

test('a kept connection that the server has closed meanwhile costs nothing', async () => {
  const client = await bench.connect(bench.kubeconfig({ token: 'sesame' }));
  await client.getJson(PATH);
  await client.getJson(PATH);
  const before = bench.server.connections;
  bench.server.handler = (request, response) => {
    bench.server.handler = (_, other) => json(other, 200, { second: true });
    // The reset answers the request that arrives on the kept connection.
    request.socket.destroy();
    response.destroy();
  };
  const response = await client.send(PATH);
  for await (const _ of response.body);
  expect(response.status).toBe(200);
  expect(bench.server.connections).toBe(before + 1);
});

test('an answer that breaks off on a kept connection is not asked for twice behind the scenes', async () => {
  const client = await bench.connect(bench.kubeconfig({ token: 'sesame' }));
  await client.getJson(PATH);
  bench.server.handler = (request, response) => {
    response.writeHead(200, { 'content-length': '1000' });
    response.write('{', () => setTimeout(() => request.socket.destroy(), 20));
  };
  const { body } = await client.send(PATH);
  const read = async () => {
    for await (const _ of body);
  };
  await expect(read()).rejects.toMatchObject({ code: 'connection-cut' });
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(bench.server.seen).toHaveLength(2);
});

test('a header that no request can have', async () => {
  const client = await bench.connect(bench.kubeconfig({ token: 'sesame', as: 'a\nb' }));
  expect(await fault(client)).toMatchObject({
    code: 'request-failed',
    params: { reason: 'ERR_INVALID_CHAR' },
  });
});

test('one signal for many requests gives no warning and is left without listeners', async () => {
  const warnings: string[] = [];
  const listen = ({ name }: Error) => warnings.push(name);
  process.on('warning', listen);
  const { signal } = new AbortController();
  const client = await bench.connect(bench.kubeconfig({ token: 'sesame' }));
  await Promise.all(Array.from({ length: 30 }, () => client.getJson({ ...PATH, signal })));
  await new Promise((resolve) => setTimeout(resolve, 10));
  process.off('warning', listen);
  expect(warnings).toEqual([]);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test('a server that is silent before or amid its answer', async () => {
  const client = await bench.connect(bench.kubeconfig({ token: 'sesame' }), { timeouts: { idle: 100 } });
  for (const partly of [false, true]) {
    bench.server.handler = (_, response) => {
      if (partly) response.write('{"kind"');
    };
    expect(await fault(client)).toMatchObject({ code: 'server-too-slow', params: { seconds: 0.1 } });
  }
});

test('whoever reads slowly is not taken for a silent server', async () => {
  bench.server.handler = (_, response) => {
    response.end(Buffer.alloc(3_000_000));
  };
  const client = await bench.connect(bench.kubeconfig({ token: 'sesame' }), { timeouts: { idle: 100 } });
  let size = 0;
  let pauses = 2;
  for await (const chunk of (await client.send(PATH)).body) {
    size += chunk.length;
    if (pauses-- > 0) await new Promise((resolve) => setTimeout(resolve, 250));
  }
  expect(size).toBe(3_000_000);
});

test('a request may be given up, before and while it is answered', async () => {
  const client = await bench.connect(bench.kubeconfig({ token: 'sesame' }));
  await expect(client.getJson({ ...PATH, signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow(
    'enough',
  );
  bench.server.handler = (_, response) => void response.write('{');
  const stop = new AbortController();
  const request = client.getJson({ ...PATH, signal: stop.signal });
  setTimeout(() => stop.abort(new Error('enough')), 50);
  await expect(request).rejects.toThrow('enough');
});

test.each([
  ['a login page', 200, { 'content-type': 'text/html; charset=utf-8' }, 'not-an-api-server'],
  ['a web server', 404, { 'content-type': 'text/html' }, 'not-an-api-server'],
  ['a redirect', 302, { location: 'https://login.example/start?state=abc' }, 'redirected'],
  ['no JSON', 200, { 'content-type': 'application/json' }, 'answer-not-json'],
])('%s in the place of the API server', async (_, statusCode, headers, code) => {
  bench.server.handler = (_request, response) => {
    response.writeHead(statusCode, headers);
    response.end('<html>Log in</html>');
  };
  const client = await bench.connect(bench.kubeconfig({ token: 'sesame' }));
  const error = await fault(client);
  expect(error).toMatchObject({ code, params: { path: PATH.path } });
  if (code === 'redirected')
    expect(error).toMatchObject({ params: { location: 'https://login.example/start' } });
  expect(bench.server.seen).toHaveLength(1);
});

test('files that are not there or hold something else', async () => {
  const missing = bench.kubeconfig({ tokenFile: 'nowhere' });
  await expect(bench.connect(missing)).rejects.toMatchObject({
    code: 'credential-file-unreadable',
    params: { field: 'tokenFile', reason: 'ENOENT', entry: 'me' },
  });
  bench.file('not-a-certificate', 'hello');
  const other = bench.kubeconfig(
    {},
    { 'certificate-authority-data': undefined, 'certificate-authority': 'not-a-certificate' },
  );
  await expect(bench.connect(other)).rejects.toMatchObject({
    code: 'credential-file-invalid',
    params: { field: 'certificate-authority', expected: 'certificate' },
  });
});
