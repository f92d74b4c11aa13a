import { generateKeyPairSync, sign } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type ApiClient, ApiError } from '../../src/evidence/cluster/client.ts';
import { connect } from '../../src/evidence/cluster/connection/connect.ts';
import type { ConnectOptions } from '../../src/evidence/cluster/connection/options.ts';
import {
  connectProxy,
  socksProxy,
  type TestProxy,
} from '../../src/evidence/cluster/connection/test-proxies.ts';
import { urlOf } from '../../testbed/components.ts';
import { type OwnControlPlane, startControlPlane } from '../../testbed/control-plane.ts';
import { cluster, describeWithCluster, eventually, freshNamespace } from './cluster.ts';
import { adminFiles, base64, Kubeconfigs, textOf } from './kubeconfigs.ts';

const files = new Kubeconfigs();
const clients: ApiClient[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});
afterAll(() => files.remove());

async function login(kubeconfig: string, options: Partial<ConnectOptions> = {}): Promise<ApiClient> {
  const env = { PATH: process.env['PATH'] };
  const client = await connect({ kubeconfig, env, cwd: files.folder, ...options });
  clients.push(client);
  return client;
}

/** Whom the API server takes the client for; it says so when it refuses something. */
async function whoAmI(client: ApiClient, anonymous = false): Promise<string> {
  const error: unknown = await client
    .getJson({ path: '/api/v1/secrets', query: { limit: '1' }, anonymous })
    .catch((thrown: unknown) => thrown);
  if (!(error instanceof ApiError)) throw error;
  expect(error).toMatchObject({ status: 403, reason: 'Forbidden' });
  return /User "([^"]*)"/.exec(error.message)?.[1] ?? error.message;
}

describeWithCluster('logging in to a real API server', () => {
  let account = '';
  let token = '';
  beforeAll(async () => {
    account = `${await freshNamespace()}/default`;
    token = await cluster().serviceAccountToken(account as 'a/b');
  });
  const accountName = () => `system:serviceaccount:${account.replace('/', ':')}`;

  it('client certificates: files, data, and one that has expired', async () => {
    const admin = await login(files.write(cluster(), adminFiles(cluster())));
    expect(await admin.getJson({ path: '/api/v1/secrets' })).toMatchObject({ kind: 'SecretList' });
    expect(await whoAmI(await login(cluster().kubeconfigFor({ user: 'jane' })))).toBe('jane');
    const { certificate, key } = cluster().issue({ commonName: 'jim', usages: ['client'] });
    const data = { 'client-certificate-data': base64(certificate), 'client-key-data': base64(key) };
    expect(await whoAmI(await login(files.write(cluster(), data)))).toBe('jim');
    const notAfter = Date.now() - 60_000;
    const late = await login(cluster().kubeconfigFor({ user: 'jane', notAfter }));
    await expect(late.getJson({ path: '/api' })).rejects.toMatchObject({
      code: 'client-certificate-expired',
      params: { date: `${new Date(notAfter).toISOString().slice(0, 19)}.000Z` },
    });
  });

  it('a certificate of another authority, a void token: not logged in', async () => {
    const { certificate, key } = cluster().issue({ commonName: 'jane', usages: ['client'] }, 'etcd-ca');
    const data = { 'client-certificate-data': base64(certificate), 'client-key-data': base64(key) };
    for (const user of [data, { token: `${token}x` }]) {
      const client = await login(files.write(cluster(), user));
      await expect(client.getJson({ path: '/api' })).rejects.toMatchObject({ code: 'credentials-refused' });
    }
    // Servers from 1.19 on do not look at passwords.
    const password = await login(files.write(cluster(), { username: 'jane', password: 'secret' }));
    expect(await whoAmI(password)).toBe('system:anonymous');
  });

  it('a server that demands client certificates in the handshake, as etcd does', async () => {
    const { folder, portBase } = cluster();
    const etcd = { server: urlOf('etcd', portBase), ca: `${folder}/pki/etcd-ca.crt` };
    const client = await login(files.write(etcd, adminFiles(cluster())));
    await expect(client.getJson({ path: '/version' })).rejects.toMatchObject({
      code: 'client-certificate-refused',
    });
  });

  it('tokens: in the kubeconfig, and in a file that is exchanged', async () => {
    expect(await whoAmI(await login(files.write(cluster(), { token })))).toBe(accountName());
    const tokenFile = files.file('token', 'void');
    const client = await login(files.write(cluster(), { tokenFile }));
    writeFileSync(tokenFile, `${token}\n`);
    expect(await whoAmI(client)).toBe(accountName());
  });

  it('exec plugins: a token, a certificate', async () => {
    const plugin = (status: object) => {
      const apiVersion = 'client.authentication.k8s.io/v1';
      const answer = JSON.stringify({ apiVersion, kind: 'ExecCredential', status });
      const script = files.file('plugin.cjs', `process.stdout.write(${JSON.stringify(answer)})`);
      const exec = { apiVersion, command: process.execPath, args: [script], interactiveMode: 'Never' };
      return login(files.write(cluster(), { exec }));
    };
    expect(await whoAmI(await plugin({ token }))).toBe(accountName());
    const { certificate, key } = cluster().issue({ commonName: 'jane', usages: ['client'] });
    const pair = await plugin({ clientCertificateData: certificate, clientKeyData: key });
    expect(await whoAmI(pair)).toBe('jane');
  });

  it('impersonation, of whom the server judges', async () => {
    const as = (user: object) => login(files.write(cluster(), { ...adminFiles(cluster()), ...user }));
    const more = { 'as-uid': '1', 'as-user-extra': { 'example.com/reason': ['a%b', 'c'] } };
    expect(await whoAmI(await as({ as: 'jürgen', 'as-groups': ['dev', 'ops'], ...more }))).toBe('jürgen');
    const master = await as({ as: 'jane', 'as-groups': ['dev', 'system:masters'] });
    expect(await master.getJson({ path: '/api/v1/secrets' })).toMatchObject({ kind: 'SecretList' });
  });

  it('a stranger is a stranger, whoever is logged in', async () => {
    const admin = await login(cluster().kubeconfig);
    expect(await whoAmI(admin, true)).toBe('system:anonymous');
  });

  it('the service account of a pod', async () => {
    files.file('token', token);
    files.file('ca.crt', textOf(cluster().ca));
    files.file('namespace', account.split('/')[0] ?? '');
    const { hostname, port } = new URL(cluster().server);
    const env = { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port };
    const client = await login('', { env, serviceAccountFolder: files.folder });
    expect(await whoAmI(client)).toBe(accountName());
    expect(client.namespace).toBe(account.split('/')[0]);
  });

  it('proxies: CONNECT and SOCKS5, with a client certificate through them', async () => {
    const started: TestProxy[] = [await connectProxy({ credentials: 'u:p' }), await socksProxy('u:p')];
    try {
      for (const [index, scheme] of ['http', 'socks5'].entries()) {
        const url = `${scheme}://u:p@127.0.0.1:${started[index]?.port}`;
        const client = await login(files.write(cluster(), adminFiles(cluster()), { 'proxy-url': url }));
        expect(await client.getJson({ path: '/api/v1/secrets' })).toMatchObject({ kind: 'SecretList' });
        expect(started[index]?.asked).toEqual([new URL(cluster().server).host]);
      }
    } finally {
      for (const client of clients.splice(0)) client.close();
      for (const proxy of started) await proxy.close();
    }
  });
});

/** An OpenID Connect provider on loopback that signs with RS256. */
class Issuer {
  readonly #keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  readonly #server: ReturnType<typeof createServer>;
  grants = 0;

  constructor(pair: { certificate: string; key: string }) {
    this.#server = createServer({ cert: pair.certificate, key: pair.key }, (request, response) => {
      const documents: Record<string, () => object> = {
        '/.well-known/openid-configuration': () => ({
          issuer: this.url,
          jwks_uri: `${this.url}/keys`,
          token_endpoint: `${this.url}/token`,
          id_token_signing_alg_values_supported: ['RS256'],
        }),
        '/keys': () => ({
          keys: [{ ...this.#keys.publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256', use: 'sig' }],
        }),
        '/token': () => ({ id_token: this.token(600, ++this.grants) }),
      };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(documents[request.url ?? '']?.()));
    });
  }

  get url(): string {
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  listen(): Promise<void> {
    return new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  token(seconds: number, generation = 0): string {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: this.url,
      aud: 'kubestride',
      sub: `jane-${generation}`,
      iat: now,
      exp: now + seconds,
    };
    const text = `${part({ alg: 'RS256', typ: 'JWT', kid: 'one' })}.${part(claims)}`;
    return `${text}.${sign('sha256', Buffer.from(text), this.#keys.privateKey).toString('base64url')}`;
  }
}

describeWithCluster('OpenID Connect against a real API server', () => {
  let issuer: Issuer;
  let own: OwnControlPlane | undefined;
  beforeAll(async () => {
    issuer = new Issuer(cluster().issue({ commonName: 'idp', hosts: ['127.0.0.1'], usages: ['server'] }));
    await issuer.listen();
    own = await startControlPlane({
      without: ['kcm', 'scheduler', 'kwok'],
      apiServerFlags: [
        `--oidc-issuer-url=${issuer.url}`,
        '--oidc-client-id=kubestride',
        '--oidc-username-prefix=oidc:',
        `--oidc-ca-file=${cluster().ca}`,
      ],
    });
  });
  afterAll(async () => {
    await own?.stop();
    await issuer.close();
  });

  it('a valid id-token, then a refreshed one', async () => {
    if (own === undefined) throw new Error('no control plane');
    const config = {
      'idp-issuer-url': issuer.url,
      'client-id': 'kubestride',
      'idp-certificate-authority': cluster().ca,
    };
    const controlPlane = own;
    const jane = (more: object) =>
      login(files.write(controlPlane, { 'auth-provider': { name: 'oidc', config: { ...config, ...more } } }));
    const valid = await jane({ 'id-token': issuer.token(600) });
    // The API server fetches the provider's keys in the background, and refuses every token until it has them.
    const name = await eventually(() => whoAmI(valid).catch(() => undefined));
    expect(name).toBe('oidc:jane-0');
    expect(issuer.grants).toBe(0);
    const expired = await jane({ 'id-token': issuer.token(-60), 'refresh-token': 'refresh' });
    expect(await whoAmI(expired)).toBe('oidc:jane-1');
    expect(await whoAmI(expired)).toBe('oidc:jane-1');
    expect(issuer.grants).toBe(1);
  });
});
