import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ApiClient } from '../../src/evidence/cluster/client.ts';
import { connect } from '../../src/evidence/cluster/connection/connect.ts';
import { listPages } from '../../src/evidence/cluster/list.ts';
import { Picture } from '../../src/evidence/cluster/watch/test-picture.ts';
import {
  type ClusterWatch,
  type WatchOptions,
  watchCluster,
} from '../../src/evidence/cluster/watch/watch.ts';
import type { ResourceList } from '../../src/evidence/snapshot.ts';
import { asObject, type JsonObject } from '../../src/kubernetes/json.ts';
import { urlOf } from '../../testbed/components.ts';
import { type ControlPlane, type OwnControlPlane, startControlPlane } from '../../testbed/control-plane.ts';
import { Random } from '../differential/random.ts';
import { describeWithCluster, eventually } from './cluster.ts';
import { FaultProxy, tooManyRequests } from './fault-proxy.ts';

const CONFIG_MAPS = listOf('', 'configmaps', 'ConfigMap', true);
const ROLES = listOf('rbac.authorization.k8s.io', 'clusterroles', 'ClusterRole', false);
const DEPLOYMENTS = listOf('apps', 'deployments', 'Deployment', true);
const DEFINITIONS = listOf(
  'apiextensions.k8s.io',
  'customresourcedefinitions',
  'CustomResourceDefinition',
  false,
);
const WIDGETS = listOf('example.test', 'widgets', 'Widget', true);
const CHANGED = [CONFIG_MAPS, ROLES, DEPLOYMENTS];
const SEED = 20261123;

function listOf(group: string, resource: string, kind: string, namespaced: boolean): ResourceList {
  return { group, version: 'v1', resource, kind, namespaced };
}

function pathOf(list: ResourceList, name = ''): string {
  const root = list.group === '' ? '/api/v1' : `/apis/${list.group}/v1`;
  return `${root}${list.namespaced ? '/namespaces/default' : ''}/${list.resource}${name === '' ? '' : `/${name}`}`;
}

function bodyOf(list: ResourceList, name: string, note: string): object {
  const metadata = { name, annotations: { note } };
  if (list !== DEPLOYMENTS) return { metadata };
  const template = {
    metadata: { labels: { app: name } },
    spec: { containers: [{ name: 'c', image: 'example.test/image:1' }] },
  };
  return { metadata, spec: { replicas: 0, selector: { matchLabels: { app: name } }, template } };
}

function start(
  client: ApiClient,
  lists: readonly ResourceList[],
  options: WatchOptions = {},
): Picture<ClusterWatch> {
  return new Picture((signal) => watchCluster(client, lists, { ...options, signal }));
}

/** Random creations, changes and deletions, several at a time; each has its answer when this ends. */
async function change({ request }: ControlPlane, random: Random, times: number): Promise<void> {
  const one = async (): Promise<void> => {
    const list = random.pick(CHANGED);
    const name = `made-${random.below(40)}`;
    const note = `${random.below(1000)} ü 🦭`.repeat(1 + random.below(40));
    const what = random.below(3);
    if (what === 0) await request('DELETE', pathOf(list, name));
    else if (what === 1) await request('POST', pathOf(list), bodyOf(list, name, note));
    else {
      await request('PATCH', pathOf(list, name), bodyOf(list, name, note), {
        contentType: 'application/merge-patch+json',
      });
    }
  };
  for (let i = 0; i < times; i += 8) await Promise.all(Array.from({ length: 8 }, one));
}

/** `namespace/name` to `uid@resourceVersion`, as a fresh list shows it. */
async function listed(client: ApiClient, list: ResourceList): Promise<Map<string, string>> {
  const objects = new Map<string, string>();
  const text = (metadata: JsonObject | undefined, field: string): string => String(metadata?.[field] ?? '');
  for await (const step of listPages(client, list, { consistent: true })) {
    for (const item of step.type === 'page' ? step.items : []) {
      const metadata = asObject(item['metadata']);
      const key = `${text(metadata, 'namespace')}/${text(metadata, 'name')}`;
      objects.set(key, `${text(metadata, 'uid')}@${text(metadata, 'resourceVersion')}`);
    }
  }
  return objects;
}

// Lists of ConfigMaps are answered from etcd, so that what etcd has compacted away is gone for them.
const FLAGS = ['--watch-cache-sizes=configmaps#0'];

describeWithCluster('informers of a real API server', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kubestride-watch-'));
  let plane: OwnControlPlane;
  let proxy: FaultProxy;
  let direct: ApiClient;
  let client: ApiClient;

  beforeAll(async () => {
    plane = await startControlPlane({ folder, without: ['kcm', 'scheduler', 'kwok'], apiServerFlags: FLAGS });
    const { certificate: cert, key } = plane.issue({
      commonName: 'proxy',
      hosts: ['127.0.0.1'],
      usages: ['server'],
    });
    const login = { cert: readFileSync(plane.certificate, 'utf8'), key: readFileSync(plane.key, 'utf8') };
    proxy = await FaultProxy.start({ target: plane.server, cert, key, login, seed: SEED });
    const behindProxy = join(folder, 'proxy.conf');
    const kubeconfig = readFileSync(plane.kubeconfig, 'utf8');
    writeFileSync(behindProxy, kubeconfig.replaceAll(plane.server, proxy.url), { mode: 0o600 });
    client = await connect({ kubeconfig: behindProxy, env: {}, cwd: folder });
    direct = await connect({ kubeconfig: plane.kubeconfig, env: {}, cwd: folder });
  });

  afterAll(async () => {
    client?.close();
    direct?.close();
    await proxy?.close();
    await plane?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function untilEqual(picture: Picture<ClusterWatch>, lists: readonly ResourceList[]): Promise<void> {
    const fresh = await Promise.all(lists.map((list) => listed(direct, list)));
    await eventually(
      async () => lists.every((list, i) => isSame(picture.contents(list), fresh[i]!)),
      40,
    ).catch(() => {});
    for (const [i, list] of lists.entries()) expect(picture.contents(list), list.resource).toEqual(fresh[i]);
    expect(picture.faults).toEqual([]);
  }

  it('show what a fresh list shows, after thousands of changes over connections that break', async () => {
    const random = new Random(SEED);
    await change(plane, random, 200);
    // Quiet watches are given up after 3 s without a byte, so that those that the proxy silences are found in time.
    const picture = start(client, CHANGED, { idleTimeout: 3000 });
    await eventually(async () => picture.synced.size === CHANGED.length);
    const isWatch = ({ query }: { query: URLSearchParams }): boolean => query.has('watch');
    for (let round = 0; round < 12; round++) {
      proxy.heal();
      proxy.plan({ match: isWatch, probability: 0.6, cutAfter: random.below(20_000) });
      proxy.plan({ match: isWatch, probability: 0.3, stallAfter: random.below(10_000) });
      proxy.plan({
        probability: 0.3,
        times: 3,
        ...random.pick([{ status: 500 }, { status: 503 }, { reset: true }]),
      });
      proxy.plan(tooManyRequests(1, { probability: 0.2, times: 2 }));
      await change(plane, random, 250);
      if (random.below(2) === 0) proxy.disconnect();
    }
    proxy.heal();
    const watches = proxy.log.filter(({ query }) => query.includes('watch=true'));
    // Each list was watched anew at least twice; how often depends on how fast the machine is.
    expect(watches.length).toBeGreaterThan(2 * CHANGED.length);
    await untilEqual(picture, CHANGED);
    await picture.stop();
  });

  it('list anew after a real 410 of a compacted etcd', async () => {
    const random = new Random(SEED + 1);
    const picture = start(client, [CONFIG_MAPS]);
    await eventually(async () => picture.synced.has(CONFIG_MAPS));
    proxy.plan({ match: ({ query }) => query.has('watch'), status: 503 });
    proxy.disconnect();
    await change(plane, random, 200);
    compact(plane, (await direct.getJson({ path: pathOf(CONFIG_MAPS) }))['metadata']);
    proxy.log.length = 0;
    proxy.heal();
    await untilEqual(picture, [CONFIG_MAPS]);
    expect(proxy.log.some(({ query, status }) => query.includes('watch=true') && status === 200)).toBe(true);
    expect(proxy.log.some(({ query }) => query.includes('limit='))).toBe(true);
    await picture.stop();
  });

  it('go on after the API server was started anew', async () => {
    const random = new Random(SEED + 2);
    const picture = start(direct, CHANGED, { degradedAfter: 1000 });
    await eventually(async () => picture.synced.size === CHANGED.length);
    await change(plane, random, 100);
    await plane.stop({ keep: true });
    await eventually(async () => picture.events.some(({ type }) => type === 'degraded'));
    plane = await startControlPlane({ folder, without: ['kcm', 'scheduler', 'kwok'], apiServerFlags: FLAGS });
    await change(plane, random, 100);
    await untilEqual(picture, CHANGED);
    await eventually(async () => picture.events.filter(({ type }) => type === 'recovered').length > 0);
    await picture.stop();
  });

  it('hear of a new kind, and of its end', async () => {
    let stale = 0;
    const picture = start(client, [DEFINITIONS], { onDiscoveryStale: () => stale++ });
    await eventually(async () => picture.synced.has(DEFINITIONS));
    const versions = [
      { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } },
    ];
    await plane.expect('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'widgets.example.test' },
      spec: {
        group: 'example.test',
        scope: 'Namespaced',
        names: { plural: 'widgets', kind: 'Widget' },
        versions,
      },
    });
    await eventually(async () => stale > 0);
    picture.watch.update([DEFINITIONS, WIDGETS]);
    await eventually(async () => picture.synced.has(WIDGETS));
    const widget = { apiVersion: 'example.test/v1', kind: 'Widget', metadata: { name: 'w' } };
    await eventually(async () => (await plane.request('POST', pathOf(WIDGETS), widget)).status === 201);
    await eventually(async () => picture.contents(WIDGETS).has('default/w'));
    await plane.expect(
      'DELETE',
      '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.example.test',
    );
    await eventually(async () => picture.contents(WIDGETS).size === 0);
    await picture.stop();
  });

  it('end within a moment, with all connections', async () => {
    proxy.log.length = 0;
    const picture = start(client, CHANGED);
    const isWatch = ({ query }: { query: string }): boolean => query.includes('watch=true');
    await eventually(async () => proxy.log.filter(isWatch).length === CHANGED.length);
    const before = performance.now();
    await picture.stop();
    expect(performance.now() - before).toBeLessThan(1000);
    const { length } = proxy.log;
    await sleep(500);
    expect(proxy.log).toHaveLength(length);
  });
}, []);

function isSame(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): boolean {
  return one.size === other.size && [...one].every(([key, value]) => other.get(key) === value);
}

/** As `etcdctl compact` of an administrator, or the API server's own every five minutes. */
function compact({ folder, programs, portBase }: ControlPlane, metadata: unknown): void {
  const { resourceVersion } = metadata as { resourceVersion: string };
  const pki = join(folder, 'pki');
  execFileSync(join(programs, 'etcdctl'), [
    `--endpoints=${urlOf('etcd', portBase)}`,
    `--cacert=${join(pki, 'etcd-ca.crt')}`,
    `--cert=${join(pki, 'etcd-client.crt')}`,
    `--key=${join(pki, 'etcd-client.key')}`,
    'compact',
    resourceVersion,
  ]);
}
