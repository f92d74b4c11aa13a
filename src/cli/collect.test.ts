import { generateKeyPairSync } from 'node:crypto';
import {
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readBundle } from '../evidence/bundle/index.ts';
import type { SnapshotEvent } from '../evidence/snapshot.ts';
import en from '../locales/cli.en.ts';
import { collect } from './collect.ts';
import type { CollectFlags } from './commands/collect.ts';
import { type Context, EXIT } from './context.ts';
import type { StreamSink } from './streams.ts';

const folder = mkdtempSync(join(tmpdir(), 'kubestride-collect-'));
let server: Server;
let forbidden: ReadonlySet<string> = new Set();

const POD = {
  metadata: { name: 'web', namespace: 'shop' },
  spec: { containers: [{ name: 'web', image: 'web' }] },
};
const SECRET = {
  metadata: { name: 's', namespace: 'shop' },
  type: 'Opaque',
  data: { password: 'cGxhbnRlZA==' },
};

/** Core group only, as every API server has it. */
function answer(path: string): [status: number, body: object] {
  const resource = (name: string, kind: string) => ({
    name,
    kind,
    namespaced: true,
    singularName: '',
    verbs: ['get', 'list'],
  });
  const list = (...items: object[]) => ({
    kind: 'List',
    apiVersion: 'v1',
    metadata: { resourceVersion: '7' },
    items,
  });
  if (forbidden.has(path)) {
    const status = {
      kind: 'Status',
      apiVersion: 'v1',
      status: 'Failure',
      reason: 'Forbidden',
      message: 'no',
      code: 403,
    };
    return [403, status];
  }
  switch (path) {
    case '/api':
      return [200, { kind: 'APIVersions', versions: ['v1'] }];
    case '/apis':
      return [200, { kind: 'APIGroupList', apiVersion: 'v1', groups: [] }];
    case '/api/v1':
      return [
        200,
        {
          kind: 'APIResourceList',
          groupVersion: 'v1',
          resources: [
            resource('pods', 'Pod'),
            resource('secrets', 'Secret'),
            resource('services', 'Service'),
          ],
        },
      ];
    case '/api/v1/pods':
      return [200, list(POD)];
    case '/api/v1/secrets':
      return [200, list(SECRET)];
    case '/api/v1/services':
      return [200, list()];
    default:
      return [404, { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'NotFound', code: 404 }];
  }
}

beforeAll(async () => {
  server = createServer((request, response) => {
    const [status, body] = answer(new URL(request.url ?? '/', 'http://x').pathname);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  writeFileSync(
    join(folder, 'kubeconfig'),
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'here',
      clusters: [{ name: 'c', cluster: { server: `http://127.0.0.1:${port}` } }],
      contexts: [{ name: 'here', context: { cluster: 'c', user: 'u' } }],
      users: [{ name: 'u', user: {} }],
    }),
  );
  const manifest = join(folder, 'node/etc/kubernetes/manifests/etcd.yaml');
  mkdirSync(dirname(manifest), { recursive: true });
  writeFileSync(manifest, 'apiVersion: v1\nkind: Pod\nmetadata: {name: etcd}\n');
  mkdirSync(join(folder, 'empty'));
});

afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function run(flags: Partial<CollectFlags>): Promise<{ exit: number; stderr: string }> {
  const said: string[] = [];
  const sink = { write: (text: string) => void said.push(text), isTerminal: false } as unknown as StreamSink;
  const context: Context = {
    process: { stdout: { write: () => {} }, stderr: { write: () => {} } },
    terminal: { stdin: createReadStream('/dev/null'), stdout: sink, stderr: sink, env: {}, cwd: folder },
    language: 'en',
    words: en,
    program: 'kubestride',
    exitCode: EXIT.clean,
  };
  const exit = await collect(context, {
    cluster: false,
    node: false,
    secrets: false,
    kubeletConfig: false,
    output: 'x.kse',
    ...flags,
  });
  return { exit, stderr: said.join('') };
}

async function events(file = 'x.kse'): Promise<SnapshotEvent[]> {
  const all: SnapshotEvent[] = [];
  for await (const event of readBundle(join(folder, file))) all.push(event);
  return all;
}

describe('collect', () => {
  test('writes what the cluster and the node show, for the user alone', async () => {
    forbidden = new Set();
    const { exit, stderr } = await run({
      cluster: true,
      kubeconfig: 'kubeconfig',
      secrets: true,
      node: true,
      root: 'node',
    });
    expect(stderr).toMatch(/wrote x\.kse: 0\.0 MB, sha256 [0-9a-f]{64}/);
    expect(stderr).toMatch(/cluster http:\/\/127\.0\.0\.1:\d+: 2 objects of \d+ lists/);
    expect(stderr).toMatch(/node .+: 1 files read/);
    expect(exit).toBe(EXIT.clean);
    expect(statSync(join(folder, 'x.kse')).mode & 0o777).toBe(0o600);
    const shown = await events();
    expect(shown.filter(({ type }) => type === 'source')).toHaveLength(2);
    const items = shown.flatMap((event) => (event.type === 'page' ? event.items : []));
    expect(items).toContainEqual({ ...POD, apiVersion: 'v1', kind: 'Pod' });
    expect(JSON.stringify(items)).not.toContain('cGxhbnRlZA');
    expect(shown.some((event) => event.type === 'file' && event.path.endsWith('etcd.yaml'))).toBe(true);
    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  test('names lists that are refused, and answers 2', async () => {
    forbidden = new Set(['/api/v1/services']);
    const { exit, stderr } = await run({ cluster: true, kubeconfig: 'kubeconfig' });
    expect(stderr).toContain('not read: services (the API server refused the list)');
    expect(stderr).not.toContain('not read: secrets');
    expect(exit).toBe(EXIT.notEvaluated);
    expect((await events()).filter(({ type }) => type === 'gap').length).toBeGreaterThan(0);
  });

  test('answers 2 where a node has nothing of Kubernetes', async () => {
    const { exit, stderr } = await run({ node: true, root: 'empty' });
    expect(stderr).toContain(`nothing of Kubernetes was found below ${join(folder, 'empty')}`);
    expect(exit).toBe(EXIT.notEvaluated);
  });

  test('signs, and says with which key', async () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    writeFileSync(join(folder, 'key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const { stderr } = await run({ node: true, root: 'node', sign: 'key.pem' });
    expect(stderr).toMatch(/signed by the key sha256:[0-9a-f]{64}/);
  });

  test('leaves the old bundle where a new one cannot be had', async () => {
    writeFileSync(join(folder, 'old.kse'), 'old');
    forbidden = new Set(['/api', '/apis', '/api/v1', '/api/v1/pods']);
    server.closeAllConnections();
    const gone = JSON.parse(readFileSync(join(folder, 'kubeconfig'), 'utf8'));
    gone.clusters[0].cluster.server = 'http://127.0.0.1:1';
    writeFileSync(join(folder, 'gone'), JSON.stringify(gone));
    await expect(run({ cluster: true, kubeconfig: 'gone', output: 'old.kse' })).rejects.toThrow();
    expect(readFileSync(join(folder, 'old.kse'), 'utf8')).toBe('old');
    await expect(run({ cluster: true, kubeconfig: 'gone', output: 'new.kse' })).rejects.toThrow();
    expect(existsSync(join(folder, 'new.kse'))).toBe(false);
  });

  test.each<[string, Partial<CollectFlags>]>([
    ['say what to collect', {}],
    ['--root needs --node', { cluster: true, root: '/' }],
    ['--context needs --cluster', { node: true, context: 'x' }],
    ['"nowhere" is no folder', { node: true, root: 'nowhere' }],
    ['the folder "absent" does not exist', { node: true, output: 'absent/x.kse' }],
    ['cannot read "absent.pem"', { node: true, sign: 'absent.pem' }],
  ])('refuses: %s', async (message, flags) => {
    const error = (await run(flags).catch((thrown: unknown) => thrown)) as { say(words: typeof en): string };
    expect(error.say(en)).toContain(message);
  });
});
