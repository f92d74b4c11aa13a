import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { Bench, json } from './test-api-server.ts';
import { EXPIRED } from './test-certificates.ts';
import { connectProxy, socksProxy, type TestProxy } from './test-proxies.ts';

let bench: Bench;
const proxies: TestProxy[] = [];
beforeAll(async () => {
  bench = new Bench();
  await bench.server.listen();
});
beforeEach(() => bench.reset());
afterEach(async () => {
  bench.reset();
  for (const proxy of proxies.splice(0)) await proxy.close();
});
afterAll(() => bench.close());

const PATH = { path: '/version' };

async function started(proxy: Promise<TestProxy>): Promise<TestProxy> {
  proxies.push(await proxy);
  return proxy;
}

function through(proxyUrl: string, cluster: object = {}) {
  return bench.connect(bench.kubeconfig({ token: 'sesame' }, { 'proxy-url': proxyUrl, ...cluster }));
}

test('an HTTP proxy tunnels, and its connection is kept', async () => {
  const proxy = await started(connectProxy());
  const client = await through(`http://127.0.0.1:${proxy.port}`);
  await expect(client.getJson(PATH)).resolves.toEqual({ ok: true });
  await client.getJson(PATH);
  expect(proxy.asked).toEqual([`127.0.0.1:${bench.server.port}`]);
  expect(bench.server.seen[0]?.headers.authorization).toBe('Bearer sesame');
});

test('a client certificate passes through the tunnel', async () => {
  const proxy = await started(connectProxy());
  const { cert, key } = bench.authority.issue('alice');
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const user = { 'client-certificate-data': base64(cert), 'client-key-data': base64(key) };
  const file = bench.kubeconfig(user, { 'proxy-url': `http://127.0.0.1:${proxy.port}` });
  await (await bench.connect(file)).getJson(PATH);
  expect(bench.server.seen[0]?.clientName).toBe('alice');
});

test('the proxy gets its own credentials', async () => {
  const proxy = await started(connectProxy({ credentials: 'user:pa ss' }));
  await (await through(`http://user:pa%20ss@127.0.0.1:${proxy.port}`)).getJson(PATH);
  const wrong = await through(`http://user:hunter2@127.0.0.1:${proxy.port}`);
  const error: unknown = await wrong.getJson(PATH).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({
    code: 'proxy-refused',
    params: { status: 407, proxy: `http://127.0.0.1:${proxy.port}` },
  });
  expect(JSON.stringify(error)).not.toMatch(/hunter2|sesame/);
});

test('an HTTPS proxy has to prove itself', async () => {
  const known = await started(connectProxy({ pair: bench.authority.issue('proxy') }));
  await (await through(`https://127.0.0.1:${known.port}`)).getJson(PATH);
  expect(known.asked).toHaveLength(1);
  const expired = await started(connectProxy({ pair: bench.authority.issue('proxy', EXPIRED) }));
  const client = await through(`https://127.0.0.1:${expired.port}`);
  await expect(client.getJson(PATH)).rejects.toMatchObject({
    code: 'proxy-unreachable',
    params: { reason: 'CERT_HAS_EXPIRED' },
  });
  expect(expired.asked).toEqual([]);
});

test('SOCKS5 with an address and with a name, which the proxy resolves', async () => {
  const proxy = await started(socksProxy());
  const url = `socks5://127.0.0.1:${proxy.port}`;
  await (await through(url)).getJson(PATH);
  await (await through(url, { server: `https://localhost:${bench.server.port}` })).getJson(PATH);
  expect(proxy.asked).toEqual([`127.0.0.1:${bench.server.port}`, `localhost:${bench.server.port}`]);
});

test('SOCKS5 with credentials', async () => {
  const proxy = await started(socksProxy('user:secret'));
  await (await through(`socks5://user:secret@127.0.0.1:${proxy.port}`)).getJson(PATH);
  const refused = [
    ['user:hunter2@', 'wrong user name or password'],
    ['', 'it wants a way of logging in other than user name and password'],
  ];
  for (const [credentials, reason] of refused) {
    const client = await through(`socks5://${credentials}127.0.0.1:${proxy.port}`);
    await expect(client.getJson(PATH)).rejects.toMatchObject({
      code: 'proxy-unreachable',
      params: { reason },
    });
  }
});

test('a proxy that says nothing', async () => {
  const silent = createServer();
  const sockets: Socket[] = [];
  silent.on('connection', (socket) => sockets.push(socket));
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  try {
    for (const scheme of ['http', 'socks5']) {
      const url = `${scheme}://127.0.0.1:${(silent.address() as AddressInfo).port}`;
      const file = bench.kubeconfig({ token: 'sesame' }, { 'proxy-url': url });
      const client = await bench.connect(file, { timeouts: { connect: 200 } });
      const error = (await client.getJson(PATH).catch((thrown: unknown) => thrown)) as { code: string };
      expect(['connect-timeout', 'proxy-unreachable']).toContain(error.code);
    }
  } finally {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => silent.close(resolve));
  }
});

test('no proxy at all', async () => {
  const proxy = await started(connectProxy());
  await proxy.close();
  for (const scheme of ['http', 'socks5']) {
    const client = await through(`${scheme}://127.0.0.1:${proxy.port}`);
    await expect(client.getJson(PATH)).rejects.toMatchObject({
      code: 'proxy-unreachable',
      params: { reason: 'ECONNREFUSED', server: bench.server.url },
    });
  }
});

test('a plain server through a proxy', async () => {
  const plain = createHttpServer((_, response) => json(response, 200, { plain: true }));
  await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = plain.address() as AddressInfo;
    for (const [scheme, start] of [
      ['http', connectProxy],
      ['socks5', socksProxy],
    ] as const) {
      const proxy = await started(start());
      const server = `http://127.0.0.1:${port}`;
      const client = await through(`${scheme}://127.0.0.1:${proxy.port}`, { server });
      await expect(client.getJson(PATH)).resolves.toEqual({ plain: true });
      expect(proxy.asked).toEqual([`127.0.0.1:${port}`]);
    }
  } finally {
    plain.closeAllConnections();
    await new Promise((resolve) => plain.close(resolve));
  }
});

test('what is wrong with a certificate is seen through the proxy, too', async () => {
  const proxy = await started(connectProxy());
  const client = await through(`http://127.0.0.1:${proxy.port}`, { 'tls-server-name': 'other.example' });
  await expect(client.getJson(PATH)).rejects.toMatchObject({
    code: 'server-certificate-wrong-name',
    params: { host: 'other.example', names: ['localhost', '127.0.0.1'] },
  });
});

test('HTTPS_PROXY counts for a server that is not on this machine', async () => {
  const proxy = await started(connectProxy());
  const env = { HTTPS_PROXY: `127.0.0.1:${proxy.port}` };
  bench.server.handler = (_, response) => json(response, 200, { ok: true });
  const cluster = { server: 'https://api.kubestride.invalid:6443' };
  const client = await bench.connect(bench.kubeconfig({ token: 'sesame' }, cluster), { env });
  await client.getJson(PATH).catch(() => {});
  expect(proxy.asked).toEqual(['api.kubestride.invalid:6443']);
  await (await bench.connect(bench.kubeconfig({ token: 'sesame' }), { env })).getJson(PATH);
  expect(proxy.asked).toHaveLength(1);
});
