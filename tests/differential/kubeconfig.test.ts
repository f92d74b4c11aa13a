import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Agents } from '../../src/evidence/cluster/connection/agents.ts';
import { impersonationHeaders } from '../../src/evidence/cluster/connection/impersonation.ts';
import { loginFor } from '../../src/evidence/cluster/connection/login-for.ts';
import { proxyFromEnvironment } from '../../src/evidence/cluster/connection/proxy.ts';
import { routeTo } from '../../src/evidence/cluster/connection/route.ts';
import { findTarget } from '../../src/evidence/cluster/connection/target.ts';
import { KubeStrideError } from '../../src/kubernetes/errors.ts';
import { issue } from '../../testbed/certificates.ts';
import { hasGo } from './build-oracle.ts';
import { askOracle } from './oracle.ts';
import { Random } from './random.ts';

const SEED = Number(process.env['SEED'] ?? 4);
const ROUNDS = Number(process.env['ROUNDS'] ?? 1_000);

const folder = mkdtempSync(join(tmpdir(), 'kubestride-differential-'));
afterAll(() => rmSync(folder, { recursive: true }), 120_000);

const base64 = (text: string): string => Buffer.from(text).toString('base64');
/** A certificate and its key, which stand for every authority and client. */
const PAIR = issue({ commonName: 'test' });
const OTHER_KEY = issue({ commonName: 'other' }).key;
const EXEC_API = 'client.authentication.k8s.io/v1';

/** An id-token that is valid for an hour. */
const ID_TOKEN = (() => {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part({ exp: Math.floor(Date.now() / 1000) + 3600 })}.x`;
})();

/** Fields of one kind of thing, each there with some probability. */
function some(random: Random, fields: Readonly<Record<string, readonly unknown[]>>, share: number): object {
  const chosen = Object.entries(fields).filter(() => random.next() < share);
  return Object.fromEntries(chosen.map(([name, values]) => [name, random.pick(values)]));
}

function cluster(random: Random): object {
  const server = random.pick([
    'https://one.example:6443',
    'https://one.example/k8s/clusters/c-x',
    'https://one.example/k8s/clusters/c-x/?a=b',
    'https://10.0.0.1',
    'https://[fd00::1]:6443/',
    'http://one.example:8080',
    'one.example:8080',
    'one.example',
    'one.example/path',
    '',
    7,
  ]);
  const fields = {
    'certificate-authority': ['ca.pem', '../shared/ca.pem', 'missing.pem', ''],
    'certificate-authority-data': [base64(PAIR.certificate), base64('no certificate'), 'no base64', null],
    'insecure-skip-tls-verify': [true, true, false, 'yes'],
    'tls-server-name': ['kubernetes', ''],
    'proxy-url': ['http://proxy:3128', 'socks5://u:p@proxy:1080', 'ftp://proxy', 'proxy'],
    'disable-compression': [true],
    unknown: [{ a: 1 }],
  };
  return { server, ...some(random, fields, 0.12) };
}

function user(random: Random): object {
  const way = random.pick([
    { token: 'token' },
    { token: 'token', tokenFile: 'token' },
    { tokenFile: 'token' },
    { tokenFile: 'missing' },
    { username: 'u', password: 'p' },
    { username: 'u' },
    { 'client-certificate': 'client.pem', 'client-key': 'client.key' },
    { 'client-certificate': 'client.pem', 'client-key-data': base64(PAIR.key) },
    { 'client-certificate-data': base64(PAIR.certificate), 'client-key-data': base64(PAIR.key) },
    { 'client-certificate-data': base64(PAIR.certificate), 'client-key-data': base64(OTHER_KEY) },
    { 'client-certificate-data': base64(PAIR.certificate) },
    { exec: exec(random) },
    {
      'auth-provider': {
        name: 'oidc',
        config: { 'idp-issuer-url': 'https://i', 'client-id': 'c', 'id-token': ID_TOKEN },
      },
    },
    { 'auth-provider': { name: random.pick(['gcp', 'other', '']), config: {} } },
    {},
  ]);
  const fields = {
    token: ['other'],
    username: ['x'],
    exec: [exec(random)],
    'client-certificate': ['client.pem'],
    'client-key': ['client.key'],
    as: ['jane', 'jürgen'],
    'as-uid': ['1'],
    'as-groups': [['a', 'b'], ['c']],
    'as-user-extra': [{ 'example.com/Scopes': ['x', 'y'] }, { 'ä b': ['z'] }],
  };
  return { ...way, ...some(random, fields, 0.08) };
}

function exec(random: Random): object {
  const apiVersion = random.pick([EXEC_API, EXEC_API, `${EXEC_API}beta1`, `${EXEC_API}alpha1`, '']);
  const interactiveMode = random.pick(['Never', 'Never', 'IfAvailable', 'Sometimes', '']);
  const command = random.pick(['./plugin', '../shared/plugin', 'missing-plugin', '']);
  return {
    apiVersion,
    command,
    args: [apiVersion],
    ...(interactiveMode !== '' && { interactiveMode }),
    ...(random.next() < 0.2 && { env: [{ name: random.pick(['A', '']), value: 'b' }] }),
    ...(random.next() < 0.2 && { provideClusterInfo: true }),
  };
}

const NAMES = ['a', 'b', 'c'];

function config(random: Random): object {
  const entries = (field: string, make: () => object): object[] =>
    NAMES.filter(() => random.next() < 0.8)
      .concat(random.next() < 0.03 ? ['a'] : [])
      .map((name) => ({ name, [field]: make() }));
  const context = (): object => ({
    cluster: random.pick(NAMES),
    user: random.pick([...NAMES, '']),
    ...(random.next() < 0.4 && { namespace: random.pick(['team', 'default', '']) }),
  });
  return {
    apiVersion: 'v1',
    kind: 'Config',
    ...(random.next() < 0.6 && { 'current-context': random.pick([...NAMES, 'd']) }),
    clusters: entries('cluster', () => cluster(random)),
    users: entries('user', () => user(random)),
    contexts: entries('context', context),
  };
}

interface Question {
  readonly explicit: string;
  readonly files: readonly string[];
  readonly context: string;
}

function write(path: string, content: string): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

/** What kubeconfigs in `one` and `two` name, relative to their folder. */
function writeNeighbours(): void {
  for (const place of ['one', 'two', 'shared']) {
    for (const name of ['ca.pem', 'client.pem']) write(`${place}/${name}`, PAIR.certificate);
    write(`${place}/client.key`, PAIR.key);
    write(`${place}/token`, ` of-${place}\n`);
    const answer = `{"kind":"ExecCredential","apiVersion":"%s","status":{"token":"of-plugin"}}`;
    chmodSync(write(`${place}/plugin`, `#!/bin/sh\nprintf '${answer}' "$1"\n`), 0o755);
  }
}

function prepare(round: number, random: Random): Question {
  const text = (): string =>
    random.next() < 0.04 ? random.pick(['', '[]', 'a: [', '# nothing\n']) : JSON.stringify(config(random));
  const files = [write(`one/config-${round}`, text()), write(`two/config-${round}`, text())];
  if (random.next() < 0.2) files.unshift(join(folder, 'missing'));
  const explicit = random.next() < 0.2 ? random.pick(files) : '';
  return { explicit, files, context: random.next() < 0.4 ? random.pick([...NAMES, 'd']) : '' };
}

/** What both say of one question; only `error` where it is refused. */
type Answer = Readonly<Record<string, unknown>>;

/**
 * The one case in which we refuse what kubectl takes: a context that names a user who is not there. kubectl goes on as a
 * stranger, and the server's answers then mislead.
 */
const MISSING_USER = { error: 'missing user' };

interface Upstream {
  readonly error?: string;
  readonly headers: Readonly<Record<string, string[]>>;
  readonly [field: string]: unknown;
}

function upstreamAnswer(upstream: Upstream): Answer {
  if (upstream.error !== undefined) return { error: upstream.error };
  const { headers, server, ...fields } = upstream;
  const lower = Object.entries(headers).map(([name, values]) => [name.toLowerCase(), values] as const);
  // Requests join their path with or without the slash.
  const trimmed = String(server).replace(/\/$/, '');
  return {
    ...fields,
    server: trimmed,
    headers: Object.fromEntries(lower.filter(([name]) => name !== 'user-agent')),
  };
}

async function ourAnswer({ explicit, files, context }: Question): Promise<Answer> {
  const env = { KUBECONFIG: files.join(':'), PATH: process.env['PATH'] };
  try {
    const target = await findTarget({
      kubeconfig: explicit,
      context,
      env,
      cwd: folder,
      serviceAccountFolder: folder,
    });
    const { user, cluster } = target;
    const timeouts = { connect: 1000, idle: 1000, plugin: 60_000 };
    const route = await routeTo(cluster, env, timeouts.connect);
    const { server } = route;
    const login = await loginFor(target, route, {
      env,
      cwd: folder,
      terminal: false,
      timeouts,
      now: () => Date.now(),
      onNotice: () => {},
    }).current();
    new Agents(route).forLogin(login.certificate);
    const sent = { ...impersonationHeaders(user.impersonation), authorization: login.authorization };
    const secure = server.protocol === 'https:';
    const bytes = (data: Buffer | undefined): string | null => data?.toString('base64') ?? null;
    return {
      server: server.href.replace(/\/$/, ''),
      namespace: target.namespace ?? 'default',
      proxy: route.proxy?.href.replace(/\/$/, '') ?? '',
      headers: Object.fromEntries(
        Object.entries(sent)
          .filter(([, value]) => value !== undefined)
          .map(([name, value]) => [
            name.toLowerCase(),
            [value].flat().map((text) => Buffer.from(String(text), 'latin1').toString()),
          ]),
      ),
      insecure: secure && cluster.insecureSkipTlsVerify,
      serverName: secure ? cluster.tlsServerName : '',
      disableCompression: cluster.disableCompression,
      caFile: secure ? cluster.certificateAuthority : '',
      caData: secure ? bytes(cluster.certificateAuthorityData) : null,
      // Without a certificate a key means nothing.
      ...certificateOf(
        secure && (user.clientCertificate !== '' || user.clientCertificateData !== undefined),
        user,
        bytes,
      ),
    };
  } catch (error) {
    if (!(error instanceof KubeStrideError)) return { error: String(error) };
    const { code, params } = error;
    const missing = code === 'context-refers-to-nothing' && params['field'] === 'user';
    return missing ? MISSING_USER : { error: code, ...params };
  }
}

function certificateOf(
  used: boolean,
  user: Awaited<ReturnType<typeof findTarget>>['user'],
  bytes: (data: Buffer | undefined) => string | null,
): object {
  if (!used) return { certFile: '', certData: null, keyFile: '', keyData: null };
  return {
    certFile: user.clientCertificate,
    certData: bytes(user.clientCertificateData),
    keyFile: user.clientKey,
    keyData: bytes(user.clientKeyData),
  };
}

describe.skipIf(!hasGo())('kubeconfigs, against client-go', () => {
  it(`${ROUNDS} random kubeconfigs (seed ${SEED})`, async () => {
    const random = new Random(SEED);
    writeNeighbours();
    const questions = Array.from({ length: ROUNDS }, (_, round) => prepare(round, random));
    const upstream = await askOracle<Question, Upstream>('kubeconfig', questions);
    const disagreements: object[] = [];
    let accepted = 0;
    for (const [index, question] of questions.entries()) {
      const theirs = upstreamAnswer(upstream[index] as Upstream);
      const ours = await ourAnswer(question);
      if (!('error' in theirs)) accepted++;
      if (ours === MISSING_USER) {
        expect(theirs['headers'] ?? {}).not.toHaveProperty('authorization');
        continue;
      }
      if ('error' in ours && 'error' in theirs) continue;
      if (JSON.stringify(sorted(ours)) !== JSON.stringify(sorted(theirs))) {
        disagreements.push({ question, ours, theirs });
      }
    }
    expect(disagreements.slice(0, 5), `seed ${SEED}, ${disagreements.length} in all`).toEqual([]);
    expect(accepted).toBeGreaterThan(ROUNDS / 20);
  });

  it('proxies of the environment', async () => {
    const random = new Random(SEED);
    const rules = [
      ...[
        '*',
        '',
        ' ',
        'example.com',
        '.example.com',
        '*.example.com',
        'example.com:443',
        'Example.COM',
        'com',
      ],
      ...[
        '10.0.0.0/8',
        '10.1.2.3',
        '10.1.2.3:6443',
        'fd00::/8',
        '[fd00::7]',
        '[fd00::7]:6443',
        'fd00::7',
        '10.0.0.0/33',
      ],
      ...['localhost', ':443', '.', '10.', '0.0.0.0/0', '::/0', 'a.example.com:6443', '[::ffff:10.1.2.3]'],
    ];
    const hosts = [
      ...[
        'example.com',
        'a.example.com',
        'badexample.com',
        'example.org',
        'localhost',
        'localhost.localdomain',
      ],
      ...[
        '10.1.2.3',
        '11.1.2.3',
        '127.0.0.1',
        '127.1.2.3',
        '[fd00::7]',
        '[fe80::1]',
        '[::1]',
        '[::ffff:10.1.2.3]',
      ],
    ];
    const questions = Array.from({ length: 5_000 }, () => ({
      url: `${random.pick(['https', 'https', 'http'])}://${random.pick(hosts)}${random.pick(['', ':6443', ':443'])}/`,
      https: random.pick([
        'http://proxy:3128',
        'https://proxy',
        'socks5://proxy:1080',
        'proxy:3128',
        'proxy',
        '',
      ]),
      http: random.pick(['http://other:3128', '']),
      no: Array.from({ length: random.below(4) }, () => random.pick(rules)).join(random.pick([',', ', '])),
    }));
    const answers = await askOracle<object, { proxy: string }>('proxy', questions);
    const disagreements = questions.flatMap((question, index) => {
      const { url, https, http, no } = question;
      const env = { HTTPS_PROXY: https, HTTP_PROXY: http, NO_PROXY: no };
      const ours = proxyFromEnvironment(new URL(url), env)?.href.replace(/\/$/, '') ?? '';
      const theirs = answers[index]?.proxy;
      return ours === theirs ? [] : [{ question, ours, theirs }];
    });
    expect(disagreements.slice(0, 10), `seed ${SEED}, ${disagreements.length} in all`).toEqual([]);
  });
});

function sorted(value: object): object {
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, inner]) => [key, isMap(inner) ? sorted(inner) : inner] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function isMap(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
