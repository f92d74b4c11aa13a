import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Notice } from './options.ts';
import { Bench, json, status, TestApiServer } from './test-api-server.ts';

let bench: Bench;
let provider: TestApiServer;
beforeAll(async () => {
  bench = new Bench();
  provider = new TestApiServer(bench.authority.issue('idp'), bench.authority.cert);
  await bench.server.listen();
  await provider.listen();
});
beforeEach(() => {
  bench.reset();
  provider.seen.length = 0;
  forms.length = 0;
});
afterAll(async () => {
  await provider.close();
  await bench.close();
});

const PATH = { path: '/version' };
const forms: Record<string, string>[] = [];

function jwt(secondsFromNow: number, more: object = {}): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part({ exp: Math.floor(bench.clock.time / 1000) + secondsFromNow, ...more })}.x`;
}

function kubeconfig(config: object, more: object = {}): string {
  return bench.kubeconfig({
    'auth-provider': {
      name: 'oidc',
      config: {
        'idp-issuer-url': `${provider.url}/realm/`,
        'client-id': 'kubernetes',
        'idp-certificate-authority-data': Buffer.from(bench.authority.cert).toString('base64'),
        ...config,
      },
    },
    ...more,
  });
}

type Grant = (form: Record<string, string>, request: IncomingMessage, response: ServerResponse) => void;

/** A provider with discovery; `grant` answers at its token endpoint. */
function serve(grant: Grant): void {
  provider.handler = (request, response) => {
    if (request.url === '/realm/.well-known/openid-configuration') {
      json(response, 200, { token_endpoint: `${provider.url}/token` });
      return;
    }
    let body = '';
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', () => {
      const form = Object.fromEntries(new URLSearchParams(body));
      forms.push(form);
      grant(form, request, response);
    });
  };
}

function tokens(): (string | undefined)[] {
  return bench.server.seen.map(({ headers }) => headers.authorization?.replace('Bearer ', ''));
}

test('the id-token is used while it is valid, without asking the provider', async () => {
  const token = jwt(60);
  await (await bench.connect(kubeconfig({ 'id-token': token }))).getJson(PATH);
  expect(tokens()).toEqual([token]);
  expect(provider.seen).toEqual([]);
});

test('ten seconds before its end it is renewed, once for all requests; nothing is written', async () => {
  const notices: Notice[] = [];
  const renewed = jwt(3600, { sub: 'renewed' });
  serve((form, _, response) =>
    json(response, 200, { id_token: renewed, refresh_token: `${form['refresh_token']}-next` }),
  );
  const config = { 'id-token': jwt(9), 'refresh-token': 'refresh', 'client-secret': 's:ecret' };
  const client = await bench.connect(kubeconfig(config), { onNotice: (notice) => notices.push(notice) });
  await Promise.all([client.getJson(PATH), client.getJson(PATH)]);
  expect(tokens()).toEqual([renewed, renewed]);
  expect(forms).toEqual([{ grant_type: 'refresh_token', refresh_token: 'refresh' }]);
  expect(provider.seen[1]?.headers).toMatchObject({
    authorization: `Basic ${Buffer.from('kubernetes:s%3Aecret').toString('base64')}`,
    'content-type': 'application/x-www-form-urlencoded',
  });
  expect(notices).toEqual([expect.objectContaining({ code: 'refresh-token-replaced', user: 'me' })]);
  // The next renewal uses what the provider gave.
  bench.clock.time += 3_600_000;
  await client.getJson(PATH);
  expect(forms[1]).toMatchObject({ refresh_token: 'refresh-next' });
});

test('a provider that wants the client in the body gets it there', async () => {
  serve((form, _, response) =>
    form['client_id'] === 'kubernetes' && form['client_secret'] === 'secret'
      ? json(response, 200, { id_token: jwt(60) })
      : json(response, 401, { error: 'invalid_client' }),
  );
  const client = await bench.connect(kubeconfig({ 'refresh-token': 'r', 'client-secret': 'secret' }));
  await expect(client.getJson(PATH)).resolves.toEqual({ ok: true });
});

test('a 401 makes it renew once', async () => {
  const renewed = jwt(60, { sub: 'renewed' });
  serve((_form, _request, response) => json(response, 200, { id_token: renewed }));
  bench.server.handler = ({ headers }, response) =>
    headers.authorization === `Bearer ${renewed}`
      ? json(response, 200, { ok: true })
      : json(response, 401, status(401, 'Unauthorized'));
  const client = await bench.connect(kubeconfig({ 'id-token': jwt(60), 'refresh-token': 'r' }));
  await expect(client.getJson(PATH)).resolves.toEqual({ ok: true });
  expect(forms).toHaveLength(1);
});

test('a token of the user goes before the provider, which is not asked', async () => {
  await (await bench.connect(kubeconfig({}, { token: 'own' }))).getJson(PATH);
  expect(tokens()).toEqual(['own']);
});

test.each([
  ['no refresh token', {}, undefined, { code: 'oidc-login-expired' }],
  [
    'a refresh token that is void',
    { 'refresh-token': 'hunter2' },
    (response: ServerResponse) =>
      json(response, 400, { error: 'invalid_grant', error_description: 'hunter2 is void' }),
    { code: 'oidc-refresh-failed', params: { problem: 'invalid_grant', status: 400 } },
  ],
  [
    'an answer without id_token',
    { 'refresh-token': 'hunter2' },
    (response: ServerResponse) => json(response, 200, { access_token: 'hunter2' }),
    { code: 'oidc-refresh-failed', params: { problem: 'no-id-token' } },
  ],
])('%s', async (_, config, answer, expected) => {
  serve((_form, _request, response) => answer?.(response));
  const client = await bench.connect(kubeconfig({ 'id-token': jwt(-5), ...config }));
  const error: unknown = await client.getJson(PATH).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject(expected);
  expect(JSON.stringify(error)).not.toContain('hunter2');
  expect(bench.server.seen).toEqual([]);
});

test('a provider that is not trusted, and one that would get the token in plain text', async () => {
  const untrusted = { 'idp-certificate-authority-data': undefined, 'refresh-token': 'r' };
  await expect((await bench.connect(kubeconfig(untrusted))).getJson(PATH)).rejects.toMatchObject({
    code: 'server-certificate-unknown-issuer',
  });
  const plain = { 'idp-issuer-url': 'http://idp.example', 'refresh-token': 'r' };
  await expect((await bench.connect(kubeconfig(plain))).getJson(PATH)).rejects.toMatchObject({
    code: 'oidc-refresh-failed',
    params: { problem: 'not-https' },
  });
});

test('other providers have been removed from Kubernetes', async () => {
  const file = bench.kubeconfig({ 'auth-provider': { name: 'gcp', config: { 'access-token': 'hunter2' } } });
  await expect(bench.connect(file)).rejects.toMatchObject({
    code: 'auth-provider-unknown',
    params: { provider: 'gcp', user: 'me' },
  });
  await expect(bench.connect(kubeconfig({ 'client-id': '' }))).rejects.toMatchObject({
    code: 'kubeconfig-field-invalid',
    params: { path: 'users[me].user.auth-provider.config.client-id', expected: 'required' },
  });
  await expect(
    bench.connect(kubeconfig({ 'id-token': 'no-jwt' })).then((client) => client.getJson(PATH)),
  ).rejects.toMatchObject({ code: 'kubeconfig-field-invalid', params: { expected: 'token' } });
});
