import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Bench, json, status } from './test-api-server.ts';
import { EXPIRED } from './test-certificates.ts';

let bench: Bench;
beforeAll(async () => {
  bench = new Bench();
  await bench.server.listen();
});
beforeEach(() => bench.reset());
afterAll(() => bench.close());

const PATH = { path: '/api/v1/pods' };

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

test('a client certificate, as data and as files beside the kubeconfig', async () => {
  const { cert, key } = bench.authority.issue('alice');
  const data = { 'client-certificate-data': base64(cert), 'client-key-data': base64(key) };
  await (await bench.connect(bench.kubeconfig(data))).getJson(PATH);
  bench.file('alice.pem', cert);
  bench.file('alice.key', key);
  const files = { 'client-certificate': 'alice.pem', 'client-key': './alice.key' };
  await (await bench.connect(bench.kubeconfig(files))).getJson(PATH);
  expect(bench.server.seen.map(({ clientName }) => clientName)).toEqual(['alice', 'alice']);
  expect(bench.server.seen[0]?.headers.authorization).toBeUndefined();
});

test('a certificate whose key is another one is refused before anything is sent', async () => {
  const { cert } = bench.authority.issue('alice');
  const { key } = bench.authority.issue('bob');
  const user = { 'client-certificate-data': base64(cert), 'client-key-data': base64(key) };
  await expect(bench.connect(bench.kubeconfig(user))).rejects.toMatchObject({
    code: 'client-certificate-unusable',
    params: { user: 'me' },
  });
});

test('a token', async () => {
  await (await bench.connect(bench.kubeconfig({ token: 'sesame' }))).getJson(PATH);
  expect(bench.server.seen[0]?.headers.authorization).toBe('Bearer sesame');
});

test('user name and password', async () => {
  await (await bench.connect(bench.kubeconfig({ username: 'alice', password: 'pä:ss' }))).getJson(PATH);
  expect(bench.server.seen[0]?.headers.authorization).toBe(`Basic ${base64('alice:pä:ss')}`);
});

test('a token file counts before the token, is read again after a while, and at once after a 401', async () => {
  const file = bench.file('token', 'first\n');
  const client = await bench.connect(bench.kubeconfig({ token: 'old', tokenFile: 'token' }));
  await client.getJson(PATH);
  writeFileSync(file, 'second\n');
  await client.getJson(PATH);
  bench.clock.time += 60_000;
  await client.getJson(PATH);
  writeFileSync(file, 'third');
  bench.server.handler = ({ headers }, response) =>
    headers.authorization === 'Bearer third'
      ? json(response, 200, { ok: true })
      : json(response, 401, status(401, 'Unauthorized'));
  await client.getJson(PATH);
  const tokens = bench.server.seen.map(({ headers }) => headers.authorization?.replace('Bearer ', ''));
  expect(tokens).toEqual(['first', 'first', 'second', 'second', 'third']);
});

test('a 401 that stays is said once, without a second try', async () => {
  bench.server.handler = (_, response) => json(response, 401, status(401, 'Unauthorized'));
  const client = await bench.connect(bench.kubeconfig({ token: 'sesame' }));
  await expect(client.getJson(PATH)).rejects.toMatchObject({
    code: 'credentials-refused',
    params: { user: 'me', server: bench.server.url },
  });
  expect(bench.server.seen).toHaveLength(1);
});

test('an expired client certificate is the reason that is given for a 401', async () => {
  bench.server.handler = (_, response) => json(response, 401, status(401, 'Unauthorized'));
  const { cert, key } = bench.authority.issue('alice', EXPIRED);
  const data = { 'client-certificate-data': base64(cert), 'client-key-data': base64(key) };
  const client = await bench.connect(bench.kubeconfig(data));
  await expect(client.getJson(PATH)).rejects.toMatchObject({ code: 'client-certificate-expired' });
});

test('impersonation headers as client-go writes them', async () => {
  const client = await bench.connect(
    bench.kubeconfig({
      token: 'sesame',
      as: 'système',
      'as-uid': '42',
      'as-groups': ['one', 'two'],
      'as-user-extra': { 'example.com/scopes': ['read', 'list'], 'a%b': ['c'] },
    }),
  );
  await client.getJson(PATH);
  const raw = bench.server.seen[0]?.rawHeaders ?? [];
  const sent = raw.flatMap((name, index) =>
    index % 2 === 0 && /^impersonate/i.test(name) ? [[name.toLowerCase(), raw[index + 1]]] : [],
  );
  expect(sent).toEqual([
    ['impersonate-user', Buffer.from('système').toString('latin1')],
    ['impersonate-uid', '42'],
    ['impersonate-group', 'one'],
    ['impersonate-group', 'two'],
    ['impersonate-extra-example.com%2fscopes', 'read'],
    ['impersonate-extra-example.com%2fscopes', 'list'],
    ['impersonate-extra-a%25b', 'c'],
  ]);
});

test('an anonymous request carries nothing of the user, not even a connection', async () => {
  const { cert, key } = bench.authority.issue('alice');
  const user = {
    'client-certificate-data': base64(cert),
    'client-key-data': base64(key),
    token: 'sesame',
    as: 'bob',
  };
  const client = await bench.connect(bench.kubeconfig(user));
  await client.getJson(PATH);
  await client.getJson({ ...PATH, anonymous: true });
  const [known, stranger] = bench.server.seen;
  expect(known?.clientName).toBe('alice');
  expect(stranger?.clientName).toBe('');
  expect(stranger?.headers).not.toHaveProperty('authorization');
  expect(stranger?.headers).not.toHaveProperty('impersonate-user');
});

test('a plain server gets no credentials, a server with a path gets the path', async () => {
  const seen: (string | undefined)[] = [];
  const plain = createServer((request, response) => {
    seen.push(request.url, request.headers.authorization);
    json(response, 200, { ok: true });
  });
  await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
  try {
    const server = `http://127.0.0.1:${(plain.address() as AddressInfo).port}/k8s/clusters/c-x/`;
    const kubeconfig = bench.kubeconfig({ token: 'sesame' }, { server });
    const client = await bench.connect(kubeconfig);
    await client.getJson({ path: '/api/v1/pods', query: { limit: '500', continue: 'a b' } });
    expect(seen).toEqual(['/k8s/clusters/c-x/api/v1/pods?limit=500&continue=a+b', undefined]);
    expect(client.server).toBe(server.slice(0, -1));
  } finally {
    await new Promise((resolve) => plain.close(resolve));
  }
});

test('no secret is found in the client, however it is printed', async () => {
  const { cert, key } = bench.authority.issue('alice');
  const client = await bench.connect(
    bench.kubeconfig({
      token: 'sesame-open',
      'client-certificate-data': base64(cert),
      'client-key-data': base64(key),
    }),
  );
  await client.getJson(PATH);
  const shown = inspect(client, { depth: 20, showHidden: true }) + JSON.stringify(client);
  expect(shown).not.toContain('sesame');
  expect(shown).not.toContain('PRIVATE KEY');
});

test('in the cluster the service account logs in, and a kubeconfig goes before it', async () => {
  bench.file('token', 'of-the-pod');
  bench.file('ca.crt', bench.authority.cert);
  bench.file('namespace', 'team\n');
  const env = {
    KUBERNETES_SERVICE_HOST: '127.0.0.1',
    KUBERNETES_SERVICE_PORT: String(bench.server.port),
    HOME: join(bench.folder, 'nobody'),
  };
  const client = await bench.connect('', { env, serviceAccountFolder: bench.folder });
  await client.getJson(PATH);
  expect(bench.server.seen[0]?.headers.authorization).toBe('Bearer of-the-pod');
  expect(client).toMatchObject({ context: undefined, namespace: 'team', server: bench.server.url });
  const named = await bench.connect(bench.kubeconfig({ token: 'of-the-file' }), {
    env,
    serviceAccountFolder: bench.folder,
  });
  expect(named.context).toBe('test');
});
