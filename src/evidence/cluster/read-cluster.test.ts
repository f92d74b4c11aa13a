import { describe, expect, test } from 'vitest';
import { KubeStrideError } from '../../kubernetes/errors.ts';
import type { Gap } from '../../kubernetes/gaps.ts';
import type { JsonObject } from '../../kubernetes/json.ts';
import type { SnapshotEvent } from '../snapshot.ts';
import type { ApiClient, ApiRequest } from './client.ts';
import { NEEDS } from './needs.ts';
import { type ReadClusterOptions, readCluster } from './read-cluster.ts';
import { type Answer, discoveryOf, named, page, refusal, testServer } from './test-server.ts';

const collectedAt = '2026-01-02T03:04:05Z';

async function read(client: ApiClient, options: Partial<ReadClusterOptions> = {}): Promise<SnapshotEvent[]> {
  const events: SnapshotEvent[] = [];
  for await (const event of readCluster(client, { collectedAt, ...options })) events.push(event);
  return events;
}

function gapsOf(events: readonly SnapshotEvent[]): Gap[] {
  return events.flatMap((event) => (event.type === 'gap' ? [event.gap] : []));
}

/** `Kind: a, b` for each list that came to its end. */
function listed(events: readonly SnapshotEvent[]): string[] {
  const names = new Map<string, string[]>();
  const ended: string[] = [];
  for (const event of events) {
    if (event.type === 'page') {
      const list = names.get(event.list.kind) ?? [];
      names.set(event.list.kind, list);
      list.push(...event.items.map((item) => String((item['metadata'] as { name: string }).name)));
    } else if (event.type === 'listed') {
      ended.push(`${event.list.kind}: ${names.get(event.list.kind)?.join(', ')}`);
    }
  }
  return ended;
}

/** What an aggregated API of Calico's is asked for. */
const OF_CALICO = [
  'NetworkPolicy',
  'GlobalNetworkPolicy',
  'NetworkSet',
  'GlobalNetworkSet',
  'Tier',
  'HostEndpoint',
];

const BUILT_IN = [
  '!/v1/namespaces/Namespace',
  '/v1/pods/Pod',
  '/v1/configmaps/ConfigMap',
  '/v1/secrets/Secret',
  'apps/v1/deployments/Deployment',
  '!rbac.authorization.k8s.io/v1/clusterroles/ClusterRole',
];

interface Lists {
  readonly [path: string]: Answer | ((request: ApiRequest) => Answer);
}

/** A server with aggregated discovery; lists that `lists` does not name are empty. */
function server(resources: readonly string[], lists: Lists = {}, stale: readonly string[] = []) {
  const { core, others } = discoveryOf(resources, stale);
  return testServer((request) => {
    const { path } = request;
    if (path === '/api' || path === '/apis') {
      expect(request.accept).toMatch(
        /^application\/json;g=apidiscovery\.k8s\.io;v=v2;as=APIGroupDiscoveryList/,
      );
      return path === '/api' ? core : others;
    }
    const answer = lists[path] ?? page([]);
    return typeof answer === 'function' ? answer(request) : answer;
  });
}

const forbidden = refusal(403, 'Forbidden', 'pods is forbidden: User "x" cannot list resource "pods"');
const unavailable = refusal(
  503,
  'ServiceUnavailable',
  'the server is currently unable\nto handle the request',
);
const NOT_ASKED: Gap = { group: '', resource: 'secrets', kind: 'Secret', reason: 'not-asked' };

describe('a cluster that answers', () => {
  test('is read in the order of the needs, source and facts first', async () => {
    const client = server(BUILT_IN, {
      '/api/v1/pods': (request) =>
        request.query?.['continue'] === undefined ? page([named('p1')], { token: 't' }) : page([named('p2')]),
      '/api/v1/namespaces': page([{ metadata: { name: 'default' } }]),
    });
    const facts = {
      apiVersion: 'kubestride.evidence/v1',
      kind: 'ClusterFacts',
      metadata: { name: 'cluster' },
    };
    const events = await read(client, { facts: () => Promise.resolve(facts) });
    expect(events.slice(0, 3)).toEqual([
      {
        type: 'source',
        source: { kind: 'cluster', server: 'https://cluster.example:6443', context: 'test', collectedAt },
      },
      { type: 'facts', facts },
      { type: 'gap', gap: NOT_ASKED },
    ]);
    expect(listed(events)).toEqual([
      'Namespace: default',
      'Pod: p1, p2',
      'ConfigMap: ',
      'Deployment: ',
      'ClusterRole: ',
    ]);
    expect(gapsOf(events)).toEqual([NOT_ASKED]);
    expect(client.asked.filter((path) => path.includes('secret'))).toEqual([]);
  });

  test('is read in one namespace, and for what is in none', async () => {
    const client = server(BUILT_IN);
    const [source] = await read(client, { namespace: 'shop' });
    expect(source).toMatchObject({ source: { namespace: 'shop' } });
    expect(client.asked.slice(2).sort()).toEqual([
      '/api/v1/namespaces/shop/configmaps?limit=500',
      '/api/v1/namespaces/shop/pods?limit=500',
      '/api/v1/namespaces?limit=500&fieldSelector=metadata.name=shop',
      '/apis/apps/v1/namespaces/shop/deployments?limit=500',
      '/apis/rbac.authorization.k8s.io/v1/clusterroles?limit=500',
    ]);
  });

  test('shows Secrets only where they are asked for', async () => {
    const client = server(BUILT_IN, {
      '/api/v1/secrets': page([named('s', { data: { a: 'aHVudGVyMg==' } })]),
    });
    const events = await read(client, { secrets: true });
    expect(listed(events)).toContain('Secret: s');
    expect(gapsOf(events)).toEqual([]);
    expect(JSON.stringify(events)).not.toContain('aHVudGVyMg');
  });

  test('is read for some kinds alone', async () => {
    const client = server(BUILT_IN);
    const kinds = new Set(['/Pod', 'rbac.authorization.k8s.io/ClusterRole', '/Secret']);
    const events = await read(client, { kinds });
    expect(client.asked.slice(2).sort()).toEqual([
      '/api/v1/pods?limit=500',
      '/apis/rbac.authorization.k8s.io/v1/clusterroles?limit=500',
    ]);
    // Secrets are not read for being named, since they are on demand.
    expect(gapsOf(events)).toEqual([NOT_ASKED]);
  });

  test('may be empty', async () => {
    const events = await read(server([]));
    expect(events.map(({ type }) => type)).toEqual(['source', 'gap']);
  });

  test('is left at once by who stops reading', async () => {
    const signals: (AbortSignal | undefined)[] = [];
    const { core, others } = discoveryOf(BUILT_IN);
    const client = testServer(({ path, signal }) => {
      if (path === '/api' || path === '/apis') return path === '/api' ? core : others;
      signals.push(signal);
      if (path === '/api/v1/namespaces') return page([]);
      return new Promise<Answer>((_, reject) =>
        signal?.addEventListener('abort', () => reject(signal.reason)),
      );
    });
    for await (const event of readCluster(client, { collectedAt })) if (event.type === 'page') break;
    expect(signals.length).toBeGreaterThan(1);
    expect(signals.map((signal) => signal?.aborted)).toEqual(signals.map(() => true));
  });

  test('is left where the user says so', async () => {
    const stop = new AbortController();
    const client = server(BUILT_IN, {
      '/api/v1/pods': () => {
        stop.abort();
        return new Error('aborted');
      },
    });
    await expect(read(client, { signal: stop.signal })).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('tells how far it is', async () => {
    const progress: string[] = [];
    await read(server(BUILT_IN, { '/api/v1/pods': page([named('a'), named('b')]) }), {
      onProgress: ({ listsDone, lists, objects }) => progress.push(`${listsDone}/${lists} ${objects}`),
    });
    expect(progress.at(0)).toBe('0/5 0');
    expect(progress.at(-1)).toBe('5/5 2');
  });
});

describe('versions', () => {
  test('the best of those that are served and known', async () => {
    const client = server([
      'autoscaling/v1/horizontalpodautoscalers/HorizontalPodAutoscaler',
      'autoscaling/v2/horizontalpodautoscalers/HorizontalPodAutoscaler',
      'batch/v1beta1/cronjobs/CronJob',
      'gateway.networking.k8s.io/v2/gateways/Gateway',
      'gateway.networking.k8s.io/v1beta1/gateways/Gateway',
    ]);
    await read(client);
    expect(client.asked.slice(2).sort()).toEqual([
      '/apis/autoscaling/v2/horizontalpodautoscalers?limit=500',
      '/apis/batch/v1beta1/cronjobs?limit=500',
      '/apis/gateway.networking.k8s.io/v1beta1/gateways?limit=500',
    ]);
  });

  test('a kind in unknown versions only is a gap', async () => {
    const events = await read(
      server(['argoproj.io/v2/rollouts/Rollout', 'argoproj.io/v3alpha1/rollouts/Rollout']),
    );
    expect(gapsOf(events)).toEqual([
      NOT_ASKED,
      {
        group: 'argoproj.io',
        resource: 'rollouts',
        kind: 'Rollout',
        reason: 'unknown-version',
        detail: 'v2, v3alpha1',
      },
    ]);
  });

  test('names of resources are those of the server', async () => {
    const client = server(['argoproj.io/v1alpha1/argo rollouts/Rollout']);
    await read(client);
    expect(client.asked.at(-1)).toBe('/apis/argoproj.io/v1alpha1/argo%20rollouts?limit=500');
  });
});

describe('lists that are refused', () => {
  test('half of them: each is a gap with the words of the server, the others are read', async () => {
    const client = server(BUILT_IN, {
      '/api/v1/pods': forbidden,
      '/apis/apps/v1/deployments': refusal(403, 'Forbidden', 'deployments.apps is forbidden'),
    });
    const events = await read(client);
    expect(listed(events)).toEqual(['Namespace: ', 'ConfigMap: ', 'ClusterRole: ']);
    expect(gapsOf(events).slice(1)).toEqual([
      {
        group: '',
        resource: 'pods',
        kind: 'Pod',
        reason: 'forbidden',
        detail: 'pods is forbidden: User "x" cannot list resource "pods"',
      },
      {
        group: 'apps',
        resource: 'deployments',
        kind: 'Deployment',
        reason: 'forbidden',
        detail: 'deployments.apps is forbidden',
      },
    ]);
  });

  test('in one namespace: the gap names it, unless the kind is in none', async () => {
    const client = server(BUILT_IN, {
      '/api/v1/namespaces/shop/pods': forbidden,
      '/apis/rbac.authorization.k8s.io/v1/clusterroles': forbidden,
    });
    const gaps = gapsOf(await read(client, { namespace: 'shop' })).slice(1);
    expect(gaps.map(({ kind, namespace }) => [kind, namespace])).toEqual([
      ['Pod', 'shop'],
      ['ClusterRole', undefined],
    ]);
  });
});

describe('broken aggregated APIs', () => {
  test('are a gap where something that is needed may be in them', async () => {
    const stale = ['projectcalico.org/v3', 'metrics.k8s.io/v1beta1'];
    const events = await read(server(BUILT_IN, {}, stale));
    expect(gapsOf(events).slice(1)).toEqual(
      OF_CALICO.map((kind) => ({
        group: 'projectcalico.org',
        resource: `${kind.toLowerCase()}s`.replace(/ys$/, 'ies'),
        kind,
        reason: 'unavailable',
        detail: 'projectcalico.org/v3: Stale',
      })),
    );
    expect(listed(events)).toHaveLength(5);
  });

  test('that discovery still remembers are asked, and do not stop the others', async () => {
    const custom = ['Rollout/rollouts', 'Workflow/workflows', 'WorkflowTemplate/workflowtemplates'].map(
      (each) => `argoproj.io/v1alpha1/${each.split('/').reverse().join('/')}`,
    );
    const paths = custom.map((each) => `/apis/argoproj.io/v1alpha1/${each.split('/')[2]}`);
    const client = server(
      [...BUILT_IN, ...custom, 'tekton.dev/v1/tasks/Task'],
      Object.fromEntries(paths.map((path) => [path, unavailable])),
      ['argoproj.io/v1alpha1'],
    );
    const events = await read(client);
    expect(listed(events).at(-1)).toBe('Task: ');
    expect(
      gapsOf(events)
        .slice(1)
        .map(({ kind, reason, detail }) => [kind, reason, detail]),
    ).toEqual([
      ...['ClusterWorkflowTemplate', 'CronWorkflow'].map((kind) => [
        kind,
        'unavailable',
        'argoproj.io/v1alpha1: Stale',
      ]),
      ['Rollout', 'unavailable', 'the server is currently unable to handle the request'],
      ['Workflow', 'unavailable', 'the server is currently unable to handle the request'],
      ['WorkflowTemplate', 'unavailable', 'the server is currently unable to handle the request'],
    ]);
  });
});

describe('a server that fails meanwhile', () => {
  const cut = new KubeStrideError('connection-cut', {}, { cause: new Error('read ECONNRESET') });

  test('in the middle of a list: what was read stays, and is marked as a part', async () => {
    const client = server(BUILT_IN, {
      '/api/v1/pods': ({ query }) =>
        query?.['continue'] === undefined ? page([named('p1')], { token: 't' }) : cut,
    });
    const events = await read(client);
    expect(events.filter((event) => event.type === 'page' && event.list.kind === 'Pod')).toHaveLength(1);
    expect(gapsOf(events).slice(1)).toEqual([
      {
        group: '',
        resource: 'pods',
        kind: 'Pod',
        reason: 'incomplete',
        detail: 'connection-cut: read ECONNRESET',
      },
    ]);
    expect(listed(events)).toEqual(['Namespace: ', 'ConfigMap: ', 'Deployment: ', 'ClusterRole: ']);
  });

  test.each([
    ['no answer', cut],
    ['5xx', refusal(500, 'InternalError', 'etcdserver: request timed out')],
  ])('for good (%s): is not asked forever', async (_name, error) => {
    const all = NEEDS.filter(({ group }) => !group.includes('.') || group.endsWith('.k8s.io')).map(
      ({ group, versions, resource, kind }) => `${group}/${versions[0]}/${resource}/${kind}`,
    );
    const { core, others } = discoveryOf(all);
    const client = testServer(({ path }) => (path === '/api' ? core : path === '/apis' ? others : error));
    const gaps = gapsOf(await read(client)).slice(1);
    expect(gaps).toHaveLength(all.length - 1);
    expect(new Set(gaps.map(({ reason }) => reason))).toEqual(new Set(['incomplete']));
    // Three lists must have failed; those under way at that time make it a few more.
    expect(client.asked.length).toBeLessThanOrEqual(2 + 6);
  });

  test('before anything is read: the error itself', async () => {
    for (const error of [cut, refusal(401, 'Unauthorized', 'Unauthorized')]) {
      await expect(read(testServer(() => error))).rejects.toBe(error);
    }
  });
});

describe('discovery without aggregation', () => {
  const list = (resources: readonly JsonObject[]): JsonObject => ({
    kind: 'APIResourceList',
    resources: [...resources],
  });
  const verbs = ['get', 'list'];

  test('asks version by version, of the groups that matter', async () => {
    const client = testServer(({ path }) => {
      switch (path) {
        case '/api':
          return { kind: 'APIVersions', versions: ['v1'] };
        case '/apis':
          return {
            kind: 'APIGroupList',
            groups: [
              { name: 'apps', versions: [{ groupVersion: 'apps/v1', version: 'v1' }] },
              { name: 'coordination.k8s.io', versions: [{ version: 'v1' }] },
              { name: 'projectcalico.org', versions: [{ version: 'v3' }] },
            ],
          };
        case '/api/v1':
          return list([
            { name: 'pods', namespaced: true, kind: 'Pod', verbs },
            { name: 'pods/log', namespaced: true, kind: 'Pod', verbs: ['get'] },
            { name: 'namespaces', namespaced: false, kind: 'Namespace', verbs },
          ]);
        case '/apis/apps/v1':
          return list([{ name: 'deployments', namespaced: true, kind: 'Deployment', verbs }]);
        case '/apis/projectcalico.org/v3':
          return unavailable;
        default:
          return page([]);
      }
    });
    const events = await read(client, { secrets: true });
    expect(listed(events)).toEqual(['Namespace: ', 'Pod: ', 'Deployment: ']);
    expect(client.asked).not.toContain('/apis/coordination.k8s.io/v1');
    expect(gapsOf(events).map(({ kind, reason, detail }) => [kind, reason, detail])).toEqual(
      OF_CALICO.map((kind) => [
        kind,
        'unavailable',
        'projectcalico.org/v3: the server is currently unable to handle the request',
      ]),
    );
  });

  test('refused altogether: lists are asked for by their usual names, in every version', async () => {
    const client = testServer(({ path }) => {
      if (path === '/api' || path === '/apis') return refusal(403, 'Forbidden', 'no');
      if (path === '/api/v1/configmaps') return forbidden;
      return /^\/api\/v1\/|^\/apis\/apps\/v1\/|cronjobs/.test(path) && path !== '/apis/batch/v1/cronjobs'
        ? page([])
        : undefined;
    });
    const events = await read(client, { secrets: true });
    expect(listed(events)).toContain('Pod: ');
    expect(listed(events)).toContain('CronJob: ');
    expect(events.find((event) => event.type === 'listed' && event.list.kind === 'CronJob')).toMatchObject({
      list: { version: 'v1beta1' },
    });
    // What no version of is known to the server is not there: that is no gap.
    expect(gapsOf(events).map(({ kind, reason }) => [kind, reason])).toEqual([['ConfigMap', 'forbidden']]);
  });
});
