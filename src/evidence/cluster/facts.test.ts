import { describe, expect, test } from 'vitest';
import { ClusterFacts } from '../../kubernetes/cluster-facts.ts';
import { KubeStrideError } from '../../kubernetes/errors.ts';
import type { JsonObject } from '../../kubernetes/json.ts';
import { KubernetesObject } from '../../kubernetes/object.ts';
import { type ApiClient, ApiError, type ApiRequest } from './client.ts';
import { observeFacts } from './facts.ts';

const observedAt = '2026-11-23T12:00:00Z';

async function* nothing(): AsyncGenerator<Uint8Array> {}

/** An API server of which each answer is given; whatever is not is refused. */
function server(answers: Record<string, (request: ApiRequest) => JsonObject>, anonymous = 401) {
  const requests: ApiRequest[] = [];
  const client: ApiClient = {
    server: 'https://cluster.example.com:6443',
    context: 'example',
    namespace: undefined,
    send: async (request) => {
      requests.push(request);
      return { status: anonymous, headers: {}, body: nothing() };
    },
    getJson: async (request) => {
      requests.push(request);
      const answer = answers[request.path];
      if (answer === undefined) throw new ApiError(403, 'Forbidden', `no ${request.path}`);
      return answer(request);
    },
    close: () => {},
  };
  return { client, requests };
}

function read(document: JsonObject): ClusterFacts {
  const origin = {
    file: { path: 'x' },
    document: 0,
    start: 0,
    end: 0,
    line: 1,
    column: 1,
    format: 'json',
    within: '',
  };
  const facts = ClusterFacts.of(new KubernetesObject(document, origin as KubernetesObject['origin']));
  if (facts === undefined) throw new Error('no facts');
  return facts;
}

function node(name: string, more: JsonObject = {}): JsonObject {
  return {
    metadata: {
      name,
      labels: { 'eks.amazonaws.com/nodegroup': 'secret-name', 'kubernetes.io/hostname': name },
      ...more,
    },
    spec: { providerID: 'aws:///eu-west-1a/i-0123456789' },
    status: {
      nodeInfo: { kubeletVersion: 'v1.33.5-eks-3025e55', operatingSystem: 'linux', osImage: 'Linux' },
    },
  };
}

describe('observeFacts', () => {
  test('reads nodes page by page and keeps of them what tells versions and distribution', async () => {
    const { client, requests } = server({
      '/version': () => ({ gitVersion: 'v1.33.5-eks-3025e55', major: '1', minor: '33+', odd: { a: 1 } }),
      '/apis': () => ({ groups: [{ name: 'apps' }, { name: 7 }, 'x'] }),
      '/api/v1/nodes': ({ query }) =>
        query?.['continue'] === 'next'
          ? { items: [node('b')], metadata: {} }
          : { items: [node('a')], metadata: { continue: 'next' } },
    });
    const document = await observeFacts(client, { observedAt });
    const facts = read(document);
    expect(facts.nodes?.map(({ name, provider, marks }) => [name, provider, marks])).toEqual([
      ['a', 'aws', ['eks.amazonaws.com/nodegroup']],
      ['b', 'aws', ['eks.amazonaws.com/nodegroup']],
    ]);
    expect(facts.distribution).toMatchObject({ id: 'eks', isManaged: true });
    expect(JSON.stringify(document)).not.toMatch(/secret-name|i-0123456789|odd/);
    expect(requests.filter(({ path }) => path === '/api/v1/nodes').map(({ query }) => query)).toEqual([
      { limit: '500' },
      { limit: '500', continue: 'next' },
    ]);
    expect(facts.unseen.map(({ fact }) => fact)).toEqual(['flags']);
  });

  test('asks as a stranger without ever reading lists of objects', async () => {
    const { client, requests } = server({});
    await observeFacts(client, { observedAt });
    const asked = requests.filter(({ anonymous }) => anonymous);
    expect(asked.map(({ path }) => path)).toContain('/api/v1/secrets');
    for (const { path, query } of asked)
      expect(query).toEqual(path.startsWith('/api/v1/') ? { limit: '1' } : undefined);
  });

  test('does not wait for the end of a long answer', async () => {
    const { client } = server({});
    let ended = 0;
    const endless = async function* (): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield new Uint8Array(4096);
      } finally {
        ended++;
      }
    };
    const facts = read(
      await observeFacts(
        { ...client, send: async () => ({ status: 200, headers: {}, body: endless() }) },
        { observedAt },
      ),
    );
    expect(ended).toBe(facts.anonymous.length);
    expect(facts.anonymous.every(({ status }) => status === 200)).toBe(true);
  });

  test('hides the password of an address among the flags', async () => {
    const { client } = server({
      '/flagz': () => ({ flags: { 'etcd-servers': '[https://me:pa55@etcd:2379,http://b@c]', port: 1 } }),
    });
    expect(read(await observeFacts(client, { observedAt })).flags).toEqual({
      'etcd-servers': '[https://etcd:2379,http://c]',
    });
  });

  test('names what it could not have, whatever went wrong', async () => {
    const fail = (error: Error) => () => {
      throw error;
    };
    const { client } = server({
      '/version': fail(new ApiError(503, 'ServiceUnavailable', 'later\nmaybe')),
      '/apis': fail(new KubeStrideError('cluster-answer-too-large')),
      '/flagz': fail(new ApiError(404, 'NotFound', 'none')),
      '/api/v1/nodes': () => ({ items: 'odd', metadata: 'odd' }),
    });
    const facts = read(
      await observeFacts({ ...client, send: () => Promise.reject(new Error('cut')) }, { observedAt }),
    );
    expect(facts.unseen.map(({ fact, reason }) => [fact, reason])).toEqual([
      ['flags', 'unavailable'],
      ['groups', 'incomplete'],
      ['version', 'unavailable'],
    ]);
    expect(facts.unseen[2]?.detail).toBe('later maybe');
    expect(facts.nodes).toEqual([]);
    expect(facts.gitVersion).toBeUndefined();
    expect(facts.anonymous.every(({ status }) => status === undefined)).toBe(true);
  });

  test('asks kubelets only where it is told to, and groups nodes with the same configuration', async () => {
    const open = { authentication: { anonymous: { enabled: true } }, readOnlyPort: 10255 };
    const configurations: Record<string, string> = {
      a: JSON.stringify({
        kubeletconfig: { ...open, staticPodURLHeader: { Authorization: ['Bearer abc'] } },
      }),
      b: JSON.stringify({ kubeletconfig: {} }),
      c: JSON.stringify({ kubeletconfig: { ...open, maxPods: 7 } }),
      d: 'odd',
    };
    const { client } = server({
      '/api/v1/nodes': () => ({ items: [...Object.keys(configurations), 'e'].map((name) => node(name)) }),
    });
    const asked: string[] = [];
    const send: ApiClient['send'] = async ({ path, anonymous }) => {
      const name = /^\/api\/v1\/nodes\/([a-z])\/proxy\/configz$/.exec(path)?.[1];
      if (name === undefined || anonymous) return { status: 401, headers: {}, body: nothing() };
      asked.push(name);
      const text = configurations[name];
      const body = async function* () {
        yield new TextEncoder().encode(text ?? 'no');
      };
      return { status: text === undefined ? 502 : 200, headers: {}, body: body() };
    };
    await observeFacts({ ...client, send }, { observedAt });
    expect(asked).toEqual([]);
    const document = await observeFacts({ ...client, send }, { observedAt, kubelets: true });
    const facts = read(document);
    expect(asked.sort()).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(facts.kubelets.map(({ nodes, configuration }) => [nodes, configuration])).toEqual([
      [['a', 'c'], open],
      [['b'], {}],
    ]);
    expect(JSON.stringify(document)).not.toContain('Bearer');
    const unseen = facts.unseen.filter(({ fact }) => fact === 'kubelets');
    expect(unseen.map(({ reason }) => reason)).toEqual(['unavailable', 'unavailable']);
    expect(unseen.some(({ detail }) => detail === '1 × status 502')).toBe(true);
  });

  test('stops asking kubelets of which none answers', async () => {
    const names = Array.from({ length: 200 }, (_, index) => `n${index}`);
    const { client } = server({ '/api/v1/nodes': () => ({ items: names.map((name) => node(name)) }) });
    let asked = 0;
    const send: ApiClient['send'] = async ({ path }) => {
      if (path.endsWith('/configz')) asked++;
      return { status: 403, headers: {}, body: nothing() };
    };
    const facts = read(await observeFacts({ ...client, send }, { observedAt, kubelets: true }));
    expect(asked).toBeLessThan(40);
    expect(facts.kubelets).toEqual([]);
    expect(facts.unseen.filter(({ fact }) => fact === 'kubelets').map(({ reason }) => reason)).toContain(
      'forbidden',
    );
  });

  test('ends where the user ends it', async () => {
    const { client } = server({});
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(observeFacts(client, { observedAt, signal })).rejects.toThrow('enough');
  });
});

test('a document of another shape tells nothing and does not throw', () => {
  const spec = {
    observedAt: 7,
    version: [],
    anonymous: { a: 1 },
    nodes: ['x', null, { marks: 'x' }],
    flags: [],
    unseen: 'x',
  };
  const facts = read({ apiVersion: 'kubestride.evidence/v1', kind: 'ClusterFacts', spec });
  expect(facts.observedAt).toBeUndefined();
  expect(facts.version).toBeUndefined();
  expect(facts.anonymous).toEqual([]);
  expect(facts.nodes?.map(({ at }) => at)).toEqual(['spec.nodes[2].kubeletVersion']);
  expect(facts.distribution.id).toBe('unknown');
  expect(facts.unseen).toEqual([]);
});
