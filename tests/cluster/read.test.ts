import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ApiClient } from '../../src/evidence/cluster/client.ts';
import { connect } from '../../src/evidence/cluster/connection/connect.ts';
import { NEEDS, type Need } from '../../src/evidence/cluster/needs.ts';
import {
  type PermissionOptions,
  type PermissionRole,
  permissions,
} from '../../src/evidence/cluster/permissions.ts';
import { type ReadClusterOptions, readCluster } from '../../src/evidence/cluster/read-cluster.ts';
import type { SnapshotEvent } from '../../src/evidence/snapshot.ts';
import type { Gap } from '../../src/kubernetes/gaps.ts';
import { asObject, type JsonObject } from '../../src/kubernetes/json.ts';
import { BUILT_IN_SCHEMA } from '../../src/kubernetes/schema/index.ts';
import { cluster, describeWithCluster, eventually, freshNamespace } from './cluster.ts';
import { FaultProxy } from './fault-proxy.ts';
import { Kubeconfigs } from './kubeconfigs.ts';

const collectedAt = '2026-01-02T03:04:05Z';
const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const APISERVICES = '/apis/apiregistration.k8s.io/v1/apiservices';
const files = new Kubeconfigs();
const clients: ApiClient[] = [];
/** Taken back in reverse order after all tests: the control plane is shared. */
const undo: (() => Promise<unknown>)[] = [];

async function login(kubeconfig: string): Promise<ApiClient> {
  const client = await connect({ kubeconfig, env: {}, cwd: files.folder });
  clients.push(client);
  return client;
}

const admin = () => login(cluster().kubeconfig);
const as = (user: string) => login(cluster().kubeconfigFor({ user }));

interface Seen {
  readonly events: readonly SnapshotEvent[];
  readonly gaps: readonly Gap[];
  /** `group/Kind` of each list that came to its end. */
  readonly listed: readonly string[];
}

async function read(client: ApiClient, options: Partial<ReadClusterOptions> = {}): Promise<Seen> {
  const events: SnapshotEvent[] = [];
  for await (const event of readCluster(client, { collectedAt, ...options })) events.push(event);
  return {
    events,
    gaps: events.flatMap((event) => (event.type === 'gap' ? [event.gap] : [])),
    listed: events.flatMap((event) =>
      event.type === 'listed' ? [`${event.list.group}/${event.list.kind}`] : [],
    ),
  };
}

const brief = (gaps: readonly Gap[]) =>
  gaps.map(({ group, kind, reason }) => `${group}/${kind} ${reason}`).sort();
const SECRETS = '/Secret not-asked';

async function create(collection: string, object: JsonObject): Promise<void> {
  await cluster().expect('POST', collection, object);
  undo.push(() =>
    cluster().request('DELETE', `${collection}/${String(asObject(object['metadata'])?.['name'])}`),
  );
}

function definitionOf({ group, kind, resource, namespaced }: Need, version: string): JsonObject {
  return {
    metadata: {
      name: `${resource}.${group}`,
      // Without this the API server takes none of a group of the project's own.
      annotations: { 'api-approved.kubernetes.io': 'unapproved, testing only' },
    },
    spec: {
      group,
      names: { kind, plural: resource, singular: kind.toLowerCase() },
      scope: namespaced ? 'Namespaced' : 'Cluster',
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        },
      ],
    },
  };
}

/** What every server of this release has, and what it has with the definitions of others; nothing has PodSecurityPolicy any more. */
const BUILT_IN = NEEDS.filter(({ group, kind, versions: [version] }) => {
  const apiVersion = group === '' ? version! : `${group}/${version}`;
  return BUILT_IN_SCHEMA.checkObject({ apiVersion, kind }).known;
});
const SERVED = NEEDS.filter(({ kind }) => kind !== 'PodSecurityPolicy');
const CUSTOM = SERVED.filter((need) => !BUILT_IN.includes(need));
const nameOf = ({ group, kind }: Pick<Need, 'group' | 'kind'>) => `${group}/${kind}`;
const isSecret = ({ kind }: Need) => kind === 'Secret';

/** Roles and bindings for a user of its own; what is granted can be changed. */
async function grant(user: string, roles: readonly PermissionRole[]): Promise<void> {
  for (const { kind, metadata, rules, apiVersion } of roles) {
    const scope = metadata.namespace === undefined ? RBAC : `${RBAC}/namespaces/${metadata.namespace}`;
    const resource = `${kind.toLowerCase()}s`;
    const name = `${metadata.name}-${user}`;
    await create(`${scope}/${resource}`, {
      apiVersion,
      kind,
      metadata: { name },
      rules: rules.map(({ rule }) => rule) as never,
    });
    await create(`${scope}/${resource.replace('roles', 'rolebindings')}`, {
      metadata: { name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name },
      subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: user }],
    });
  }
}

let namespace = '';

describeWithCluster('reading a real cluster', () => {
  beforeAll(async () => {
    namespace = await freshNamespace();
  });
  afterEach(() => {
    for (const client of clients.splice(0)) client.close();
  });
  afterAll(async () => {
    for (const each of undo.reverse()) await each();
    // Later files must not find half of it.
    const own = CUSTOM.map(({ resource, group }) => `${resource}.${group}`);
    await eventually(async () => {
      const { items } = await cluster().expect('GET', CRDS);
      return !items.some((item: { metadata: { name: string } }) => own.includes(item.metadata.name));
    });
    files.remove();
  });

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
      ...['GlobalNetworkPolicy', 'NetworkPolicy'].map((kind) => `projectcalico.org/${kind} unavailable`),
    ];
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

  describe('with every kind that is asked for', () => {
    const user = `reader-${Date.now().toString(36)}`;

    beforeAll(async () => {
      for (const need of CUSTOM) await create(CRDS, definitionOf(need, need.versions[0]!));
      const client = await admin();
      const all = SERVED.filter((need) => !isSecret(need)).map(nameOf);
      await eventually(async () => {
        const { listed, gaps } = await read(client);
        return gaps.length === 1 && all.every((each) => listed.includes(each));
      });
    });

    /** Until the authorizer has heard of it. */
    async function gapsAs(
      name: string,
      expected: readonly string[],
      options: Partial<ReadClusterOptions> = {},
    ) {
      const client = await as(name);
      let gaps: readonly Gap[] = [];
      await eventually(async () => {
        gaps = (await read(client, options)).gaps;
        return JSON.stringify(brief(gaps)) === JSON.stringify(expected);
      }, 10).catch(() => {});
      expect(brief(gaps)).toEqual(expected);
      return gaps;
    }

    it.each<[string, PermissionOptions & { namespace?: string }, string[]]>([
      ['as printed', {}, [SECRETS]],
      ['with Secrets', { secrets: true }, []],
      ['for one namespace', { namespace: 'default' }, [SECRETS]],
      ['for one namespace with Secrets', { namespace: 'default', secrets: true }, []],
    ])('the permissions %s suffice', async (name, options, gaps) => {
      const own = `${user}-${name.replaceAll(' ', '-').toLowerCase()}`;
      await grant(own, permissions(options));
      await gapsAs(own, gaps, options as Partial<ReadClusterOptions>);
    });

    it('each rule that is missing is just its gaps', async () => {
      const own = `${user}-each`;
      const [role] = permissions();
      await grant(own, [role!]);
      const path = `${RBAC}/clusterroles/kubestride-${own}`;
      for (const missing of role!.rules) {
        const rules = role!.rules.filter((each) => each !== missing).map(({ rule }) => rule);
        await cluster().expect('PUT', path, { metadata: { name: `kubestride-${own}` }, rules });
        const { apiGroups = [], resources = [] } = missing.rule;
        const hidden = SERVED.filter(
          ({ group, resource }) => apiGroups.includes(group) && resources.includes(resource),
        ).map((need) => `${nameOf(need)} forbidden`);
        const gaps = await gapsAs(own, [SECRETS, ...hidden].sort());
        for (const { reason, detail } of gaps) {
          if (reason === 'forbidden') expect(detail).toContain(`User "${own}" cannot list resource`);
        }
      }
    });

    it('half of the lists are refused: the other half is read', async () => {
      const own = `${user}-half`;
      const [role] = permissions();
      const half = role!.rules.filter((_, index) => index % 2 === 0);
      await grant(own, [{ ...role!, rules: half }]);
      const isGranted = ({ group }: Need) => half.some(({ rule }) => rule.apiGroups?.includes(group));
      const needs = SERVED.filter((need) => !isSecret(need));
      const hidden = needs.filter((need) => !isGranted(need)).map((need) => `${nameOf(need)} forbidden`);
      await gapsAs(own, [SECRETS, ...hidden].sort());
      const { listed } = await read(await as(own));
      expect(listed).toEqual(needs.filter(isGranted).map(nameOf));
    });

    it('discovery is refused: what is needed is asked for by its usual names', async () => {
      const path = `${RBAC}/clusterrolebindings/system:discovery`;
      const { metadata, roleRef, subjects } = await cluster().expect('GET', path);
      const put = (to: unknown) =>
        cluster().expect('PUT', path, {
          metadata: { ...metadata, resourceVersion: '' },
          roleRef,
          subjects: to,
        });
      const own = `${user}-undiscovered`;
      const [role] = permissions({ secrets: true });
      await grant(own, [{ ...role!, rules: role!.rules.filter(({ topics }) => !topics.includes('server')) }]);
      await put([]);
      try {
        const client = await as(own);
        await eventually(async () =>
          client.getJson({ path: '/apis' }).then(
            () => false,
            () => true,
          ),
        );
        const { gaps, listed } = await read(client, { secrets: true });
        expect(gaps).toEqual([]);
        expect(listed).toEqual(SERVED.map(nameOf));
      } finally {
        await put(subjects);
      }
    });

    it('objects of 1.5 MB come in pages that bound memory', async () => {
      const path = `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/workflows`;
      const big = 'x'.repeat(1.45 * 2 ** 20);
      for (let index = 0; index < 8; index++) {
        await create(path, {
          apiVersion: 'argoproj.io/v1alpha1',
          kind: 'Workflow',
          metadata: { name: `big-${index}` },
          spec: { big },
        });
      }
      const { events, gaps } = await read(await admin(), { namespace, maxPageBytes: 8 * 2 ** 20 });
      expect(brief(gaps)).toEqual([SECRETS]);
      const pages = events.flatMap((event) =>
        event.type === 'page' && event.list.kind === 'Workflow' ? [event.items.length] : [],
      );
      expect(pages.reduce((sum, each) => sum + each, 0)).toBe(8);
      expect(pages.length).toBeGreaterThan(1);
      for (const each of undo.splice(-8)) await each();
    });
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
      const client = await connect({ kubeconfig, env: {}, cwd: files.folder, clock });
      clients.push(client);
      return read(client);
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
      proxy.plan({ probability: 0.3, times: 15, status: 503, reason: 'ServiceUnavailable' });
      expect(brief((await readThroughProxy()).gaps)).toEqual([SECRETS]);
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
