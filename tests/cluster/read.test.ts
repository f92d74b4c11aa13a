import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { NEEDS } from '../../src/evidence/cluster/needs.ts';
import { asObject } from '../../src/kubernetes/json.ts';
import { cluster, describeWithCluster, eventually, freshNamespace } from './cluster.ts';
import { FaultProxy } from './fault-proxy.ts';
import {
  admin,
  BUILT_IN,
  brief,
  CRDS,
  closeClients,
  create,
  definitionOf,
  files,
  login,
  nameOf,
  RBAC,
  read,
  SECRETS,
  type Seen,
  takeBack,
  undo,
} from './reading.ts';

const APISERVICES = '/apis/apiregistration.k8s.io/v1/apiservices';

let namespace = '';

describeWithCluster('reading a real cluster', () => {
  beforeAll(async () => {
    namespace = await freshNamespace();
  });
  afterEach(closeClients);
  afterAll(takeBack);

  it('shows what is there', async () => {
    await create(`/api/v1/namespaces/${namespace}/configmaps`, {
      metadata: { name: 'seen' },
      data: { a: 'b' },
    });
    await create(`/api/v1/namespaces/${namespace}/secrets`, {
      metadata: { name: 'seen' },
      data: { a: 'aHVudGVyMg==' },
    });
    const { events, gaps, listed } = await read(await admin(), { secrets: true });
    expect(gaps).toEqual([]);
    const builtIn = BUILT_IN.map(nameOf);
    expect(listed.filter((each) => builtIn.includes(each))).toEqual(builtIn);
    const items = events.flatMap((event) => (event.type === 'page' ? event.items : []));
    const found = items.filter(
      (item) =>
        asObject(item['metadata'])?.['name'] === 'seen' &&
        asObject(item['metadata'])?.['namespace'] === namespace,
    );
    expect(found.map(({ apiVersion, kind, data }) => ({ apiVersion, kind, data }))).toEqual([
      { apiVersion: 'v1', kind: 'ConfigMap', data: { a: 'b' } },
      { apiVersion: 'v1', kind: 'Secret', data: { a: '' } },
    ]);
    expect(JSON.stringify(items.filter(({ kind }) => kind === 'Secret'))).not.toContain('aHVudGVyMg');
  });

  it('of one namespace shows that one, and what is in none', async () => {
    const { events } = await read(await admin(), { namespace });
    const items = events.flatMap((event) => (event.type === 'page' ? event.items : []));
    const namespaces = new Set(items.map((item) => asObject(item['metadata'])?.['namespace']));
    expect(namespaces).toEqual(new Set([undefined, namespace]));
    const own = items
      .filter(({ kind }) => kind === 'Namespace')
      .map((item) => asObject(item['metadata'])?.['name']);
    expect(own).toEqual([namespace]);
    expect(items.some(({ kind }) => kind === 'ClusterRole')).toBe(true);
  });

  it('marks a broken aggregated API where something that is needed may be in it', async () => {
    for (const [version, group] of [
      ['v3', 'projectcalico.org'],
      ['v1beta1', 'metrics.k8s.io'],
    ] as const) {
      await create(APISERVICES, {
        metadata: { name: `${version}.${group}` },
        spec: {
          group,
          version,
          groupPriorityMinimum: 100,
          versionPriority: 100,
          insecureSkipTLSVerify: true,
          service: { namespace, name: 'nobody' },
        },
      });
    }
    const client = await admin();
    const broken = [
      '/Secret not-asked',
      ...NEEDS.filter(({ group }) => group === 'projectcalico.org')
        .map(({ kind }) => `projectcalico.org/${kind} unavailable`)
        .sort(),
    ];
    expect(broken.length).toBeGreaterThan(2);
    const { listed } = await eventually(async () => {
      const seen = await read(client);
      return JSON.stringify(brief(seen.gaps)) === JSON.stringify(broken) ? seen : undefined;
    });
    expect(listed).toContain('apiregistration.k8s.io/APIService');
    expect(listed).toContain('networking.k8s.io/NetworkPolicy');
    for (const each of undo.splice(-2)) await each();
    await eventually(async () => brief((await read(client)).gaps).length === 1);
  });

  it('marks a kind that is served in unknown versions only', async () => {
    const need = NEEDS.find(({ kind }) => kind === 'ScaledObject')!;
    await create(CRDS, definitionOf(need, 'v9'));
    const client = await admin();
    const gaps = await eventually(async () => {
      const seen = await read(client);
      return seen.gaps.length > 1 ? seen.gaps : undefined;
    });
    expect(gaps[1]).toEqual({
      group: 'keda.sh',
      resource: 'scaledobjects',
      kind: 'ScaledObject',
      reason: 'unknown-version',
      detail: 'v9',
    });
    await undo.pop()?.();
    await eventually(async () => (await read(client)).gaps.length === 1);
  });

  describe('a server that fails meanwhile', () => {
    let proxy: FaultProxy;
    let token = '';

    /** Waiting between attempts passes at once. */
    async function readThroughProxy(): Promise<Seen> {
      const kubeconfig = files.write({ ...cluster(), server: proxy.url }, { token });
      let waited = 0;
      const clock = {
        now: () => Date.now() + waited,
        sleep: async (milliseconds: number) => {
          waited += milliseconds;
        },
        random: () => 0.5,
      };
      return read(await login(kubeconfig, clock));
    }

    beforeAll(async () => {
      await create(`${RBAC}/clusterrolebindings`, {
        metadata: { name: `read-${namespace}` },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
        subjects: [{ kind: 'ServiceAccount', name: 'default', namespace }],
      });
      token = await cluster().serviceAccountToken(`${namespace}/default`);
      const hosts = ['127.0.0.1'];
      const { certificate, key } = cluster().issue({ commonName: 'proxy', hosts, usages: ['server'] });
      proxy = await FaultProxy.start({ target: cluster().server, cert: certificate, key });
    });
    afterEach(() => proxy.heal());
    afterAll(() => proxy.close());

    it('in one list: that list is a part, the others are whole', async () => {
      const whole = await readThroughProxy();
      expect(brief(whole.gaps)).toEqual([SECRETS]);
      proxy.plan({ match: ({ path }) => path === '/api/v1/configmaps', cutAfter: 2000 });
      const { gaps, listed } = await readThroughProxy();
      expect(brief(gaps)).toEqual(['/ConfigMap incomplete', SECRETS]);
      expect(listed).toEqual(whole.listed.filter((each) => each !== '/ConfigMap'));
    });

    it('once for each list: nothing is missing', async () => {
      const failed = new Set<string>();
      const match = ({ path }: { path: string }) => failed.size < failed.add(path).size;
      proxy.plan({ match, status: 503, reason: 'ServiceUnavailable' });
      expect(brief((await readThroughProxy()).gaps)).toEqual([SECRETS]);
      expect(failed.size).toBeGreaterThan(BUILT_IN.length);
    });

    it.each([
      ['5xx for everything', { status: 500, reason: 'InternalError' }],
      ['connections that close', { reset: true }],
    ])('for good (%s): the rest is not asked for one by one', async (_name, fault) => {
      const { listed } = await readThroughProxy();
      const before = proxy.log.length;
      proxy.plan({ match: ({ path }) => !/^\/apis?$/.test(path) && path !== '/api/v1/namespaces', ...fault });
      const { gaps } = await readThroughProxy();
      expect(new Set(gaps.map(({ reason }) => reason))).toEqual(new Set(['not-asked', 'incomplete']));
      expect(gaps).toHaveLength(listed.length);
      expect(proxy.log.length - before).toBeLessThan(45);
    });
  });
});
