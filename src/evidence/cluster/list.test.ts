import { describe, expect, test } from 'vitest';
import { KubeStrideError } from '../../kubernetes/errors.ts';
import type { JsonObject } from '../../kubernetes/json.ts';
import type { ResourceList } from '../snapshot.ts';
import type { ApiClient } from './client.ts';
import { ListError, type ListOptions, type ListStep, listPages } from './list.ts';
import { type Answer, named, page, refusal, testServer } from './test-server.ts';

const PODS: ResourceList = { group: '', version: 'v1', resource: 'pods', kind: 'Pod', namespaced: true };
const SECRETS: ResourceList = { ...PODS, resource: 'secrets', kind: 'Secret' };
const NAMESPACES: ResourceList = { ...PODS, resource: 'namespaces', kind: 'Namespace', namespaced: false };

async function steps(client: ApiClient, list: ResourceList, options?: ListOptions): Promise<ListStep[]> {
  const found: ListStep[] = [];
  for await (const step of listPages(client, list, options)) found.push(step);
  return found;
}

/** `page(a,b)`, `restart`, `listed(100)`. */
function brief(found: readonly ListStep[]): string[] {
  return found.map((step) => {
    if (step.type === 'page')
      return `page(${step.items.map((item) => (item['metadata'] as JsonObject)['name']).join()})`;
    return step.type === 'listed' ? `listed(${step.resourceVersion})` : step.type;
  });
}

const expired = (token?: string) =>
  refusal(
    410,
    'Expired',
    'The provided continue parameter is too old',
    token === undefined ? {} : { continue: token },
  );

/** Answers by continue token, each of the answers of a token once, the last one again and again. */
function byToken(answers: Readonly<Record<string, readonly Answer[]>>) {
  const used = new Map<string, number>();
  return testServer(({ query }) => {
    const token = query?.['continue'] ?? '';
    const count = used.get(token) ?? 0;
    used.set(token, count + 1);
    const list = answers[token] ?? [];
    return list[Math.min(count, list.length - 1)];
  });
}

describe('paging', () => {
  test('follows continue tokens to the end', async () => {
    const client = byToken({
      '': [page([named('a'), named('b')], { token: 't1', resourceVersion: '7' })],
      t1: [page([named('c')], { token: 't2', resourceVersion: '7' })],
      t2: [page([named('d')], { resourceVersion: '7' })],
    });
    expect(brief(await steps(client, PODS))).toEqual(['page(a,b)', 'page(c)', 'page(d)', 'listed(7)']);
    expect(client.asked).toEqual([
      '/api/v1/pods?limit=500',
      '/api/v1/pods?limit=500&continue=t1',
      '/api/v1/pods?limit=500&continue=t2',
    ]);
  });

  test('says of each object what it is, whatever it says itself', async () => {
    const client = byToken({
      '': [page([named('a'), { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'b' } }])],
    });
    const list = { ...PODS, group: 'projectcalico.org', version: 'v3', kind: 'NetworkPolicy' };
    const [first] = await steps(client, list);
    expect(first).toEqual({
      type: 'page',
      items: [
        { ...named('a'), apiVersion: 'projectcalico.org/v3', kind: 'NetworkPolicy' },
        { metadata: { name: 'b' }, apiVersion: 'projectcalico.org/v3', kind: 'NetworkPolicy' },
      ],
    });
  });

  test('takes null for an empty list, and nothing else', async () => {
    const empty = { metadata: { resourceVersion: '3' }, items: null };
    expect(brief(await steps(byToken({ '': [empty] }), PODS))).toEqual(['page()', 'listed(3)']);
    await expect(steps(byToken({ '': [{ kind: 'Status' }] }), PODS)).rejects.toThrow(ListError);
  });

  test('asks for one namespace, and for its own object by name', async () => {
    const client = byToken({ '': [page([])] });
    await steps(client, PODS, { namespace: 'a b' });
    await steps(client, NAMESPACES, { namespace: 'shop' });
    await steps(client, { ...NAMESPACES, resource: 'nodes', kind: 'Node' }, { namespace: 'shop' });
    expect(client.asked).toEqual([
      '/api/v1/namespaces/a%20b/pods?limit=500',
      '/api/v1/namespaces?limit=500&fieldSelector=metadata.name=shop',
      '/api/v1/nodes?limit=500',
    ]);
  });

  test('asks for the EndpointSlices that Kubernetes does not make of a selector', async () => {
    const client = byToken({ '': [page([], { token: 'more' })], more: [page([])] });
    const slices = { ...PODS, group: 'discovery.k8s.io', resource: 'endpointslices', kind: 'EndpointSlice' };
    await steps(client, slices);
    const selector = 'labelSelector=endpointslice.kubernetes.io/managed-by!=endpointslice-controller.k8s.io';
    expect(client.asked).toEqual([
      `/apis/discovery.k8s.io/v1/endpointslices?limit=500&${selector}`,
      `/apis/discovery.k8s.io/v1/endpointslices?limit=500&continue=more&${selector}`,
    ]);
  });

  test('a key __proto__ stays a key', async () => {
    const label = JSON.parse('{"__proto__":{"polluted":true},"constructor":"x"}') as JsonObject;
    const client = byToken({ '': [page([{ metadata: { name: 'a', labels: label }, data: label }])] });
    for (const list of [PODS, SECRETS]) {
      const [first] = await steps(client, list);
      const item = first?.type === 'page' ? first.items[0]! : {};
      expect(Object.keys(item['data'] as JsonObject)).toEqual(['__proto__', 'constructor']);
      expect((item as { polluted?: boolean }).polluted).toBeUndefined();
      expect((item['data'] as JsonObject)['polluted']).toBeUndefined();
    }
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test('stops asking where nobody reads on', async () => {
    const signals: (AbortSignal | undefined)[] = [];
    const client = testServer(({ signal }) => {
      signals.push(signal);
      return page([named('a')], { token: `t${signals.length}` });
    });
    for await (const step of listPages(client, PODS)) if (step.type === 'page') break;
    expect(signals.map((signal) => signal?.aborted)).toEqual([true, true]);
  });

  test('a server without an end is left', async () => {
    let count = 0;
    const client: ApiClient = {
      ...testServer(() => undefined),
      getJson: () => Promise.resolve(page([], { token: `t${count++}` }) as JsonObject),
    };
    await expect(steps(client, PODS)).rejects.toThrow('the list has no end');
  });
});

describe('a list that changes while it is read', () => {
  const first = page([named('a')], { token: 't1', resourceVersion: '7' });

  test('goes on with the token of the 410', async () => {
    const client = byToken({
      '': [first],
      t1: [expired('later')],
      later: [page([named('b')], { resourceVersion: '9' })],
    });
    expect(brief(await steps(client, PODS))).toEqual(['page(a)', 'page(b)', 'listed(7)']);
  });

  test('begins again where the 410 brings none', async () => {
    const again = page([named('a'), named('x')], { token: 't2', resourceVersion: '9' });
    const client = byToken({
      '': [first, again],
      t1: [expired()],
      t2: [page([named('b')], { resourceVersion: '9' })],
    });
    expect(brief(await steps(client, PODS))).toEqual([
      'page(a)',
      'restart',
      'page(a,x)',
      'page(b)',
      'listed(9)',
    ]);
  });

  test('begins again for who needs one moment, token or not', async () => {
    const client = byToken({
      '': [first, page([named('z')], { resourceVersion: '9' })],
      t1: [expired('later')],
    });
    expect(brief(await steps(client, PODS, { consistent: true }))).toEqual([
      'page(a)',
      'restart',
      'page(z)',
      'listed(9)',
    ]);
  });

  test('is left after three new beginnings', async () => {
    const client = byToken({ '': [first], t1: [expired()] });
    await expect(steps(client, PODS)).rejects.toThrow(ListError);
    expect(client.asked).toHaveLength(8);
  });
});

test('objects of 1.5 MB come in smaller pages', async () => {
  const size = 1.5 * 2 ** 20;
  const total = 40;
  const client = testServer(({ query }, maxBytes) => {
    const start = Number(query?.['continue'] ?? 0);
    const end = Math.min(total, start + Number(query?.['limit']));
    if ((end - start) * size > maxBytes) return new KubeStrideError('cluster-answer-too-large');
    const items = Array.from({ length: end - start }, (_, i) => named(`c${start + i}`));
    return page(items, end === total ? {} : { token: String(end) });
  });
  const found = await steps(client, PODS);
  const names = found.flatMap((step) => (step.type === 'page' ? step.items : []));
  expect(names).toHaveLength(total);
  expect(client.asked.map((path) => /limit=(\d+)/.exec(path)?.[1])).toEqual([
    '500',
    '62',
    ...Array<string>(6).fill('7'),
  ]);
});

test('an object that is too large by itself is an error', async () => {
  const client = testServer(() => new KubeStrideError('cluster-answer-too-large'));
  await expect(steps(client, PODS)).rejects.toThrow(KubeStrideError);
  expect(client.asked.map((path) => /limit=(\d+)/.exec(path)?.[1])).toEqual(['500', '62', '7', '1']);
});

test('no value of a Secret is left, wherever it stands', async () => {
  const secret = {
    metadata: {
      name: 'token',
      labels: { app: 'web' },
      annotations: {
        'kubernetes.io/service-account.name': 'builder',
        'kubectl.kubernetes.io/last-applied-configuration': '{"data":{"password":"aHVudGVyMg=="}}',
        note: 'hunter2',
      },
    },
    type: 'Opaque',
    immutable: true,
    data: { password: 'aHVudGVyMg==', 'tls.key': 'aHVudGVyMg==' },
    stringData: { other: 'hunter2' },
  };
  const [first] = await steps(byToken({ '': [page([secret])] }), SECRETS);
  expect(JSON.stringify(first)).not.toMatch(/hunter2|aHVudGVyMg/);
  expect(first).toEqual({
    type: 'page',
    items: [
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: {
          name: 'token',
          labels: { app: 'web' },
          annotations: {
            'kubernetes.io/service-account.name': 'builder',
            'kubectl.kubernetes.io/last-applied-configuration': '',
            note: '',
          },
        },
        type: 'Opaque',
        immutable: true,
        data: { password: '', 'tls.key': '' },
        stringData: { other: '' },
      },
    ],
  });
});
