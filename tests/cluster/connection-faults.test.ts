import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { ApiClient } from '../../src/evidence/cluster/client.ts';
import { connect } from '../../src/evidence/cluster/connection/connect.ts';
import type { ConnectOptions } from '../../src/evidence/cluster/connection/options.ts';
import { cluster, describeWithCluster, freshNamespace } from './cluster.ts';
import { brokenAggregatedApi, expiredContinue, FaultProxy, tooManyRequests } from './fault-proxy.ts';
import { Kubeconfigs } from './kubeconfigs.ts';

const PODS = { path: '/api/v1/pods' };
const NODES = { path: '/api/v1/nodes' };
const files = new Kubeconfigs();
const clients: ApiClient[] = [];
let proxy: FaultProxy;
let token = '';

/** Seconds that waiting would have taken. */
let slept = 0;
const clock: NonNullable<ConnectOptions['clock']> = {
  now: () => Date.now() + slept * 1000,
  sleep: async (milliseconds) => {
    slept += milliseconds / 1000;
  },
  random: () => 0.5,
};

async function through(server: string, options: Partial<ConnectOptions> = {}): Promise<ApiClient> {
  const kubeconfig = files.write({ ...cluster(), server }, { token });
  const client = await connect({ kubeconfig, env: {}, cwd: files.folder, clock, ...options });
  clients.push(client);
  return client;
}

describeWithCluster('faults between client and API server', () => {
  beforeAll(async () => {
    const namespace = await freshNamespace();
    const account = `${namespace}/default` as const;
    await cluster().expect('POST', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
      metadata: { name: `view-${namespace}` },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ kind: 'ServiceAccount', name: 'default', namespace }],
    });
    token = await cluster().serviceAccountToken(account);
    const { certificate, key } = cluster().issue({
      commonName: 'fault-proxy',
      hosts: ['127.0.0.1'],
      usages: ['server'],
    });
    proxy = await FaultProxy.start({ target: cluster().server, cert: certificate, key, seed: 7 });
  });
  afterEach(() => {
    for (const client of clients.splice(0)) client.close();
    proxy.heal();
    proxy.log.length = 0;
    slept = 0;
  });
  afterAll(async () => {
    await proxy.close();
    files.remove();
  });

  it('nothing happens where nothing is planned', async () => {
    const client = await through(proxy.url);
    expect(await client.getJson(PODS)).toMatchObject({ kind: 'PodList' });
    expect(await client.getJson({ path: '/version' })).toHaveProperty('gitVersion');
  });

  it('a page that is cut in the middle is read again, and an error where it is cut each time', async () => {
    const client = await through(proxy.url);
    const whole = await client.getJson(NODES);
    proxy.plan({ cutAfter: 500, times: 2 });
    const { items } = (await client.getJson(NODES)) as { items: unknown[] };
    expect(items).toHaveLength((whole['items'] as unknown[]).length);
    proxy.heal();
    proxy.plan({ cutAfter: 500 });
    await expect(client.getJson(NODES)).rejects.toMatchObject({
      code: 'connection-cut',
      params: { server: proxy.url, path: NODES.path },
    });
  });

  it('a storm of 5xx over 300 requests ends soon, and the client recovers after it', async () => {
    proxy.plan({ status: 503, reason: 'ServiceUnavailable' });
    const client = await through(proxy.url);
    for (let n = 0; n < 300; n++) {
      await expect(client.getJson(PODS)).rejects.toMatchObject({ status: 503, reason: 'ServiceUnavailable' });
    }
    expect(slept).toBeLessThan(60);
    expect(proxy.log.length).toBeLessThan(600);
    proxy.heal();
    slept += 10;
    expect(await client.getJson(PODS)).toMatchObject({ kind: 'PodList' });
  });

  it('a third of all requests failing in one way or the other is not noticed (seeded)', async () => {
    proxy.plan({ status: 500, probability: 0.12 });
    proxy.plan({ cutAfter: 300, probability: 0.12 });
    proxy.plan({ ...tooManyRequests(1), probability: 0.12 });
    const client = await through(proxy.url);
    for (let n = 0; n < 60; n++) expect(await client.getJson(PODS)).toMatchObject({ kind: 'PodList' });
    expect(proxy.log.length).toBeGreaterThan(70);
  });

  it('a server that has too much to do is left alone as long as it asks', async () => {
    proxy.plan(tooManyRequests(9, { times: 2 }));
    expect(await (await through(proxy.url)).getJson(PODS)).toMatchObject({ kind: 'PodList' });
    expect(slept).toBe(18);
  });

  it('a slow answer is waited for, a silent one is not', async () => {
    const client = await through(proxy.url, { timeouts: { idle: 500 } });
    proxy.plan({ delay: 200, times: 1 });
    expect(await client.getJson(PODS)).toMatchObject({ kind: 'PodList' });
    for (const fault of [{ hang: true }, { stallAfter: 200 }]) {
      proxy.heal();
      proxy.plan(fault);
      await expect(client.getJson(NODES)).rejects.toMatchObject({
        code: 'server-too-slow',
        params: { seconds: 0.5, path: NODES.path },
      });
    }
  });

  it('a network that breaks and comes back', async () => {
    const client = await through(proxy.url);
    await client.getJson(PODS);
    proxy.disconnect();
    expect(await client.getJson(PODS)).toMatchObject({ kind: 'PodList' });
    proxy.plan({ reset: true, times: 3 });
    expect(await client.getJson(PODS)).toMatchObject({ kind: 'PodList' });
  });

  it('a continue token that has expired is not tried again', async () => {
    proxy.plan(expiredContinue());
    const client = await through(proxy.url);
    const page = await client.getJson({ ...NODES, query: { limit: '2' } });
    const next = String((page['metadata'] as { continue?: string }).continue);
    await expect(client.getJson({ ...NODES, query: { limit: '2', continue: next } })).rejects.toMatchObject({
      status: 410,
      reason: 'Expired',
    });
    expect(proxy.log).toHaveLength(2);
    proxy.heal();
    expect(await client.getJson({ ...NODES, query: { limit: '2', continue: next } })).toMatchObject({
      kind: 'NodeList',
    });
  });

  it('a broken aggregated API fails by itself', async () => {
    proxy.plan(brokenAggregatedApi('metrics.k8s.io'));
    const client = await through(proxy.url);
    const metrics = { path: '/apis/metrics.k8s.io/v1beta1/nodes' };
    await expect(client.getJson(metrics)).rejects.toMatchObject({
      status: 503,
      reason: '',
      message: 'service unavailable',
    });
    expect(await client.getJson(PODS)).toMatchObject({ kind: 'PodList' });
  });

  it('certificates of the server: expired, of another authority, for another name', async () => {
    const behind = async (...request: Parameters<ReturnType<typeof cluster>['issue']>) => {
      const { certificate, key } = cluster().issue(...request);
      const own = await FaultProxy.start({ target: cluster().server, cert: certificate, key });
      try {
        const client = await through(own.url);
        return (await client.getJson(PODS).catch((error: unknown) => error)) as object;
      } finally {
        expect(own.log).toEqual([]);
        await own.close();
      }
    };
    const server = { commonName: 'server', hosts: ['127.0.0.1'], usages: ['server'] } as const;
    const notAfter = Date.parse('2026-01-02T03:04:05Z');
    const notBefore = notAfter - 1000;
    expect(await behind({ ...server, notBefore, notAfter })).toMatchObject({
      code: 'server-certificate-expired',
      params: { date: '2026-01-02T03:04:05.000Z' },
    });
    expect(await behind(server, 'etcd-ca')).toMatchObject({ code: 'server-certificate-unknown-issuer' });
    expect(await behind({ ...server, hosts: ['api.example'] })).toMatchObject({
      code: 'server-certificate-wrong-name',
      params: { host: '127.0.0.1', names: ['api.example'] },
    });
  });

  it('nothing listens', async () => {
    const free = createServer();
    await new Promise<void>((resolve) => free.listen(0, '127.0.0.1', resolve));
    const { port } = free.address() as AddressInfo;
    await new Promise((resolve) => free.close(resolve));
    const client = await through(`https://127.0.0.1:${port}`);
    await expect(client.getJson(PODS)).rejects.toMatchObject({ code: 'server-refuses-connection' });
    expect(slept).toBe(0);
  });
});
