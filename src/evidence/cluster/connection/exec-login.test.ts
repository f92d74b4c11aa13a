import { chmodSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Notice } from './options.ts';
import { Bench, json, status } from './test-api-server.ts';

let bench: Bench;
beforeAll(async () => {
  bench = new Bench();
  await bench.server.listen();
});
beforeEach(() => bench.reset());
afterAll(() => bench.close());

const PATH = { path: '/version' };
const V1 = 'client.authentication.k8s.io/v1';

/** A plugin in JavaScript; `credential(status)` prints an answer. */
function plugin(code: string, more: object = {}): string {
  const script = bench.file(
    'plugin.cjs',
    `const { appendFileSync, readFileSync, existsSync } = require('node:fs');
     const credential = (status, apiVersion = ${JSON.stringify(V1)}) =>
       console.log(JSON.stringify({ kind: 'ExecCredential', apiVersion, status }));
     ${code}`,
  );
  const exec = {
    apiVersion: V1,
    command: process.execPath,
    args: [script],
    interactiveMode: 'Never',
    ...more,
  };
  return bench.kubeconfig({ exec });
}

function tokens(): (string | undefined)[] {
  return bench.server.seen.map(({ headers }) => headers.authorization);
}

test('a token is asked for once and kept until it expires', async () => {
  const counter = join(bench.folder, 'counter');
  const client = await bench.connect(
    plugin(
      `appendFileSync(process.env.COUNTER, 'x');
       const n = readFileSync(process.env.COUNTER, 'utf8').length;
       credential({ token: 'token-' + n, expirationTimestamp: process.env.END });`,
      {
        env: [
          { name: 'COUNTER', value: counter },
          { name: 'END', value: new Date(bench.clock.time + 600_000).toISOString() },
        ],
      },
    ),
  );
  await Promise.all([client.getJson(PATH), client.getJson(PATH)]);
  await client.getJson(PATH);
  bench.clock.time += 601_000;
  await client.getJson(PATH);
  expect(tokens()).toEqual(['Bearer token-1', 'Bearer token-1', 'Bearer token-1', 'Bearer token-2']);
});

test('a 401 makes it run again, once', async () => {
  const counter = join(bench.folder, 'counter-401');
  const client = await bench.connect(
    plugin(`appendFileSync(${JSON.stringify(counter)}, 'x');
            credential({ token: 'token-' + readFileSync(${JSON.stringify(counter)}, 'utf8').length });`),
  );
  bench.server.handler = ({ headers }, response) =>
    headers.authorization === 'Bearer token-2'
      ? json(response, 200, { ok: true })
      : json(response, 401, status(401, 'Unauthorized'));
  await expect(client.getJson(PATH)).resolves.toEqual({ ok: true });
  bench.server.handler = (_, response) => json(response, 401, status(401, 'Unauthorized'));
  await expect(client.getJson(PATH)).rejects.toMatchObject({ code: 'credentials-refused' });
  expect(tokens()).toEqual(['Bearer token-1', 'Bearer token-2', 'Bearer token-2', 'Bearer token-3']);
});

test('it is told of the cluster where it asks for it, as client-go writes it', async () => {
  const kubeconfig = bench.kubeconfig(
    {
      exec: {
        apiVersion: V1,
        command: process.execPath,
        args: [
          bench.file(
            'tell.cjs',
            `const info = JSON.parse(process.env.KUBERNETES_EXEC_INFO);
             console.log(JSON.stringify({ ...info, status: { token: Buffer.from(JSON.stringify(info)).toString('base64') } }));`,
          ),
        ],
        interactiveMode: 'IfAvailable',
        provideClusterInfo: true,
      },
    },
    {
      'tls-server-name': 'localhost',
      extensions: [{ name: 'client.authentication.k8s.io/exec', extension: { audience: '06e3fbd18de8' } }],
    },
  );
  await (await bench.connect(kubeconfig)).getJson(PATH);
  const told = Buffer.from(tokens()[0]?.replace('Bearer ', '') ?? '', 'base64').toString();
  expect(JSON.parse(told)).toEqual({
    kind: 'ExecCredential',
    apiVersion: V1,
    spec: {
      cluster: {
        server: bench.server.url,
        'tls-server-name': 'localhost',
        'certificate-authority-data': Buffer.from(bench.authority.cert).toString('base64'),
        config: { audience: '06e3fbd18de8' },
      },
      interactive: false,
    },
  });
});

test('a client certificate, and another connection when it changes', async () => {
  const pairs = ['alice', 'bob'].map((name) => bench.authority.issue(name));
  const file = bench.file('pairs.json', pairs);
  const counter = join(bench.folder, 'counter-cert');
  const client = await bench.connect(
    plugin(`const pairs = JSON.parse(readFileSync(${JSON.stringify(file)}, 'utf8'));
            const { cert, key } = pairs[existsSync(${JSON.stringify(counter)}) ? 1 : 0];
            appendFileSync(${JSON.stringify(counter)}, 'x');
            credential({ clientCertificateData: cert, clientKeyData: key, expirationTimestamp: new Date(Date.now() + 60_000) });`),
  );
  await client.getJson(PATH);
  bench.clock.time += 120_000;
  await client.getJson(PATH);
  expect(bench.server.seen.map(({ clientName }) => clientName)).toEqual(['alice', 'bob']);
  expect(tokens()).toEqual([undefined, undefined]);
});

test('v1beta1 needs no interactiveMode; the answer may be YAML, the command a name in PATH', async () => {
  const command = 'kubestride-test-plugin';
  const beta = 'client.authentication.k8s.io/v1beta1';
  const answer = `apiVersion: ${beta}\nkind: ExecCredential\nstatus:\n  token: yaml\n`;
  chmodSync(bench.file(command, `#!/bin/sh\nprintf '%s' '${answer}'\n`), 0o755);
  const client = await bench.connect(bench.kubeconfig({ exec: { apiVersion: beta, command } }), {
    env: { PATH: `${bench.folder}:/usr/bin:/bin` },
  });
  await client.getJson(PATH);
  expect(tokens()).toEqual(['Bearer yaml']);
});

test('a relative command is one beside the kubeconfig; arguments go through no shell', async () => {
  const script =
    '#!/bin/sh\nprintf \'{"kind":"ExecCredential","apiVersion":"%s","status":{"token":"%s"}}\' "$2" "$1"\n';
  chmodSync(bench.file('beside', script), 0o755);
  const exec = { apiVersion: V1, command: './beside', args: ['$(id);*', V1], interactiveMode: 'Never' };
  const client = await bench.connect(bench.kubeconfig({ exec }), { cwd: dirname(bench.folder) });
  await client.getJson(PATH);
  expect(tokens()).toEqual(['Bearer $(id);*']);
});

test('a client certificate in the kubeconfig makes the plugin unnecessary, as for kubectl', async () => {
  const { cert, key } = bench.authority.issue('alice');
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const exec = { apiVersion: V1, command: '/does/not/exist', interactiveMode: 'Never' };
  const data = { 'client-certificate-data': base64(cert), 'client-key-data': base64(key) };
  await (await bench.connect(bench.kubeconfig({ exec, ...data }))).getJson(PATH);
  expect(bench.server.seen[0]?.clientName).toBe('alice');
});

test('its lines on standard error are passed on, one at a time', async () => {
  const said: Notice[] = [];
  const client = await bench.connect(
    plugin(
      `process.stderr.write('open https://login.example\\ncode: ${'x'.repeat(1000)}\\n'); credential({ token: 'a' });`,
    ),
    { onNotice: (notice) => said.push(notice) },
  );
  await client.getJson(PATH);
  expect(said.map((notice) => (notice.code === 'plugin-said' ? notice.line : ''))).toEqual([
    'open https://login.example',
    expect.stringMatching(/^code: x{200,}…$/),
  ]);
});

test.each([
  [
    'plugin-failed',
    `console.log('tok-secret'); console.error('no session'); process.exit(3)`,
    { status: '3', line: 'no session' },
  ],
  [
    'plugin-failed',
    `process.kill(process.pid, 'SIGTERM'); setTimeout(() => {}, 1000)`,
    { status: 'SIGTERM', line: '' },
  ],
  ['plugin-answer-invalid', `console.log('tok-secret is not JSON: {')`, { problem: 'no-credential' }],
  ['plugin-answer-invalid', `credential(undefined)`, { problem: 'no-status' }],
  ['plugin-answer-invalid', `credential({})`, { problem: 'empty-status' }],
  [
    'plugin-answer-invalid',
    `credential({ token: 'tok-secret' }, '${V1}beta1')`,
    { problem: 'other-version' },
  ],
  ['plugin-answer-invalid', `credential({ token: 'tok-secret\\r\\nx: y' })`, { problem: 'bad-token' }],
  [
    'plugin-answer-invalid',
    `credential({ token: 'tok-secret', expirationTimestamp: 'soon' })`,
    { problem: 'bad-expiry' },
  ],
  ['plugin-answer-invalid', `credential({ clientKeyData: 'tok-secret' })`, { problem: 'half-a-pair' }],
  [
    'plugin-answer-invalid',
    `credential({ clientCertificateData: 'x', clientKeyData: 'tok-secret' })`,
    { problem: 'bad-pair' },
  ],
  ['plugin-answer-invalid', `process.stdout.write('tok-secret'.repeat(300_000))`, { problem: 'too-much' }],
  ['plugin-timeout', `setTimeout(() => credential({ token: 'late' }), 10_000)`, { seconds: 1 }],
])('%s: %s', async (code, script, params) => {
  const client = await bench.connect(plugin(script), {
    timeouts: { plugin: code === 'plugin-timeout' ? 500 : 20_000 },
  });
  const error: unknown = await client.getJson(PATH).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code, params: { user: 'me', command: process.execPath, ...params } });
  expect(JSON.stringify(error)).not.toContain('tok-secret');
  expect(bench.server.seen).toHaveLength(0);
});

test('a plugin that failed does not run again for each request', async () => {
  const counter = join(bench.folder, 'counter-failed');
  const client = await bench.connect(
    plugin(`appendFileSync(${JSON.stringify(counter)}, 'x'); process.exit(1);`),
  );
  const failing = Array.from({ length: 5 }, () => client.getJson(PATH));
  for (const request of failing) await expect(request).rejects.toMatchObject({ code: 'plugin-failed' });
  await expect(client.getJson(PATH)).rejects.toMatchObject({ code: 'plugin-failed' });
  expect(readFileSync(counter, 'utf8')).toBe('x');
});

test('a plugin that is not installed: the hint is part of the message', async () => {
  const exec = {
    apiVersion: V1,
    command: 'no-such-plugin',
    interactiveMode: 'Never',
    installHint: 'Install it\n  with: brew install no-such-plugin',
  };
  const client = await bench.connect(bench.kubeconfig({ exec }), { env: { PATH: '/usr/bin' } });
  await expect(client.getJson(PATH)).rejects.toMatchObject({
    code: 'plugin-not-found',
    params: { command: 'no-such-plugin', hint: 'Install it with: brew install no-such-plugin' },
  });
});

test.each([
  ['Never', true, false],
  ['IfAvailable', true, true],
  ['IfAvailable', false, false],
  ['Always', true, true],
])(
  'interactiveMode %s where there is a terminal: %s, interactive: %s',
  async (interactiveMode, terminal, expected) => {
    const script = `const { spec } = JSON.parse(process.env.KUBERNETES_EXEC_INFO); credential({ token: 'interactive-' + spec.interactive });`;
    await (await bench.connect(plugin(script, { interactiveMode }), { terminal })).getJson(PATH);
    expect(tokens()).toEqual([`Bearer interactive-${expected}`]);
  },
);

test('interactiveMode Always needs a terminal', async () => {
  const client = await bench.connect(plugin(`credential({ token: 'a' })`, { interactiveMode: 'Always' }));
  await expect(client.getJson(PATH)).rejects.toMatchObject({ code: 'plugin-needs-terminal' });
});

test.each([
  [{ apiVersion: 'client.authentication.k8s.io/v1alpha1' }, { code: 'plugin-version-unknown' }],
  [{ interactiveMode: undefined }, { params: { path: 'users[me].user.exec.interactiveMode' } }],
  [{ command: '' }, { params: { path: 'users[me].user.exec.command', expected: 'required' } }],
  [
    { env: [{ name: '', value: 'x' }] },
    { params: { path: 'users[me].user.exec.env', expected: 'required' } },
  ],
])('a kubeconfig with %j is refused at once', async (more, expected) => {
  await expect(bench.connect(plugin('', more))).rejects.toMatchObject(expected);
});
