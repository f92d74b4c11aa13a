import { describe, expect, it } from 'vitest';
import type { EventRecord } from '../../record.ts';
import { entriesOf } from '../entry.ts';
import { chainTo } from '../how.ts';
import { Investigation } from '../investigation.ts';
import { account, type Deed, history, request, seen } from '../test-history.ts';
import { ArrayReader } from '../test-reader.ts';

/** `kind certainty user`, of what led to the last record. */
async function ledTo(records: readonly EventRecord[]): Promise<string[]> {
  const investigation = new Investigation(new ArrayReader(records));
  const last = entriesOf(records).at(-1)!;
  const { links } = await chainTo(investigation, [last], { depth: 1 });
  return links.map(({ kind, certainty, from }) => `${kind} ${certainty} ${from.user}`).sort();
}

const bot = account('shop', 'bot');
const GC = account('kube-system', 'generic-garbage-collector');
const use: Deed = {
  at: 50,
  user: bot,
  verb: 'list',
  resource: 'secrets',
  namespace: 'shop',
  ips: ['203.0.113.9'],
  agent: 'curl/8.5',
};

describe('tokens', () => {
  const read = (more: Partial<Deed>): Deed => ({
    at: 10,
    user: 'mallory',
    verb: 'get',
    resource: 'secrets',
    namespace: 'shop',
    name: 'bot-token',
    ...more,
  });

  it('may have been read from the address where they are used', async () => {
    expect(await ledTo(history(read({ ips: ['203.0.113.9'] }), use))).toEqual([
      'secret-read possible mallory',
    ]);
    expect(await ledTo(history(read({ ips: ['10.0.0.5'] }), use))).toEqual([]);
    expect(await ledTo(history(read({ ips: ['203.0.113.9'], namespace: 'other' }), use))).toEqual([]);
    expect(await ledTo(history(read({ ips: ['203.0.113.9'], code: 403, decision: 'forbid' }), use))).toEqual(
      [],
    );
    expect(await ledTo(history(read({ ips: ['203.0.113.9'], at: 60 }), use).reverse())).toEqual([]);
  });

  it('of the old kind name the Secret that they are from', async () => {
    const legacy: Deed = {
      ...use,
      annotations: { 'authentication.k8s.io/legacy-token-manual-secret': 'bot-token' },
    };
    expect(await ledTo(history(read({}), read({ name: 'other', user: 'carol' }), legacy))).toEqual([
      'secret-read possible mallory',
    ]);
  });

  it('are not laid to the charge of kubelets, who fetch them for pods', async () => {
    const issue: Deed = {
      at: 5,
      user: 'system:node:n1',
      groups: ['system:nodes'],
      verb: 'create',
      resource: 'serviceaccounts:token',
      namespace: 'shop',
      name: 'bot',
      code: 201,
      annotations: { 'authentication.kubernetes.io/issued-credential-id': 'JTI=a' },
    };
    expect(await ledTo(history(issue, { ...use, credential: 'token JTI=a' }))).toEqual([]);
    expect(
      await ledTo(history({ ...issue, user: 'mallory' }, { ...use, credential: 'token JTI=a' })),
    ).toEqual(['token-issued proven mallory']);
  });
});

describe('what went into a pod', () => {
  const going: Deed = {
    at: 10,
    user: 'mallory',
    verb: 'get',
    resource: 'pods:exec',
    namespace: 'shop',
    name: 'bot-0',
    code: 101,
  };
  const inPod: Deed = { ...use, pod: 'bot-0' };

  it('is held against what its token does afterwards, for a day', async () => {
    expect(await ledTo(history(going, inPod))).toEqual(['pod-entered possible mallory']);
    expect(await ledTo(history(going, { ...inPod, at: 3 * 24 * 60 }))).toEqual([]);
  });

  it('is held against it for longer where the token does what it never did before', async () => {
    const usual: Deed = { ...inPod, at: 1, ips: ['10.1.0.4'], agent: 'bot/1.0' };
    const later = 3 * 24 * 60;
    expect(await ledTo(history(usual, going, { ...inPod, at: later }))).toEqual([
      'pod-entered possible mallory',
    ]);
    expect(await ledTo(history(usual, going, { ...usual, at: later }))).toEqual([]);
  });

  it('counts only where it got in, and only for that pod', async () => {
    expect(await ledTo(history({ ...going, code: 403, decision: 'forbid' }, inPod))).toEqual([]);
    expect(await ledTo(history({ ...going, name: 'bot-1' }, inPod))).toEqual([]);
    expect(await ledTo(history({ ...going, namespace: 'other' }, inPod))).toEqual([]);
    expect(await ledTo(history({ ...going, cluster: 'test' }, inPod))).toEqual([]);
    expect(await ledTo(history({ ...going, resource: 'pods:log', code: 200 }, inPod))).toEqual([]);
  });

  it('counts while it goes on, before its end is recorded', async () => {
    expect(await ledTo(history({ ...going, stages: ['RequestReceived'] }, inPod))).toEqual([
      'pod-entered possible mallory',
    ]);
  });

  it('does not mix up a pod with its successor of the same name', async () => {
    const made = (at: number, user: string, uid: string): Deed => ({
      at,
      user,
      verb: 'create',
      resource: 'pods',
      namespace: 'shop',
      name: 'bot-0',
      code: 201,
      response: { kind: 'Pod', metadata: { name: 'bot-0', uid } },
    });
    const token: Deed = { ...inPod, extra: { 'authentication.kubernetes.io/pod-uid': ['first'] } };
    expect(await ledTo(history(made(1, 'carol', 'first'), token))).toEqual(['pod-created proven carol']);
    expect(await ledTo(history(made(1, 'carol', 'first'), made(2, 'dave', 'second'), token))).toEqual([
      'pod-created proven carol',
    ]);
    expect(await ledTo(history(made(2, 'dave', 'second'), token))).toEqual([]);
  });
});

describe('what controllers do', () => {
  const removed: Deed = {
    at: 20,
    user: GC,
    verb: 'delete',
    resource: 'pods',
    namespace: 'shop',
    name: 'web-77574cfbf6-86p99',
  };

  it('is for whoever deleted the owner that an Event names', async () => {
    const records = [
      seen(1, {
        source: 'event',
        verb: 'SuccessfulCreate',
        api_group: 'apps',
        resource: 'replicasets',
        namespace: 'shop',
        name: 'web-77574cfbf6',
        message: 'Created pod: web-77574cfbf6-86p99',
      }),
      ...history(
        {
          at: 19,
          user: 'alice',
          verb: 'delete',
          resource: 'apps/replicasets',
          namespace: 'shop',
          name: 'web-77574cfbf6',
        },
        removed,
      ),
    ];
    expect(await ledTo(records)).toEqual(['garbage-collected possible alice']);
  });

  it('is for whoever deleted the namespace', async () => {
    const emptied: Deed = {
      at: 20,
      user: account('kube-system', 'namespace-controller'),
      verb: 'deletecollection',
      resource: 'pods',
      namespace: 'shop',
    };
    const deletion: Deed = {
      at: 10,
      user: 'alice',
      verb: 'delete',
      resource: 'namespaces',
      namespace: 'shop',
      name: 'shop',
    };
    expect(await ledTo(history(deletion, emptied))).toEqual(['namespace-deleted proven alice']);
    expect(await ledTo(history({ ...deletion, name: 'other', namespace: 'other' }, emptied))).toEqual([]);
    expect(await ledTo(history({ ...deletion, code: 403, decision: 'forbid' }, emptied))).toEqual([]);
  });

  it('is told by the agent where all controllers are one user', async () => {
    const shared: Deed = {
      ...removed,
      user: 'system:kube-controller-manager',
      agent: `kube-controller-manager/v1.37.2/${GC}`,
    };
    expect(
      await ledTo(
        history(
          {
            at: 10,
            user: 'alice',
            verb: 'delete',
            resource: 'apps/replicasets',
            namespace: 'shop',
            name: 'web-77574cfbf6',
          },
          shared,
        ),
      ),
    ).toEqual(['garbage-collected possible alice']);
  });

  it('may be recorded a little before its cause, where clocks differ', async () => {
    const cause: Deed = {
      at: 20 + 0.5 / 60,
      user: 'alice',
      verb: 'delete',
      resource: 'apps/replicasets',
      namespace: 'shop',
      name: 'web-77574cfbf6',
    };
    const investigation = new Investigation(new ArrayReader(history(cause, removed)));
    const { links } = await chainTo(investigation, entriesOf(request(removed)), { depth: 1 });
    expect(links.map(({ from }) => from.user)).toEqual(['alice']);
  });

  it('that a pod of the same name was deleted before says nothing of its successor', async () => {
    const kubelet: Deed = {
      at: 30,
      user: 'system:node:n1',
      groups: ['system:nodes'],
      verb: 'delete',
      resource: 'pods',
      namespace: 'shop',
      name: 'db-0',
    };
    const deletion: Deed = {
      at: 5,
      user: 'alice',
      verb: 'delete',
      resource: 'pods',
      namespace: 'shop',
      name: 'db-0',
    };
    const bound: Deed = {
      at: 10,
      user: 'system:kube-scheduler',
      verb: 'create',
      resource: 'pods:binding',
      namespace: 'shop',
      name: 'db-0',
      code: 201,
    };
    expect(await ledTo(history(deletion, kubelet))).toEqual(['deletion-finished proven alice']);
    expect(await ledTo(history(deletion, bound, kubelet))).toEqual([]);
    const evicted: Deed = {
      at: 20,
      user: 'bob',
      verb: 'create',
      resource: 'pods:eviction',
      namespace: 'shop',
      name: 'db-0',
      code: 201,
    };
    expect(await ledTo(history(deletion, bound, evicted, kubelet))).toEqual(['deletion-finished proven bob']);
  });
});

describe('webhooks', () => {
  it('that altered a request lead to who set them up', async () => {
    const hook: Deed = {
      at: 1,
      user: 'mallory',
      verb: 'create',
      resource: 'admissionregistration.k8s.io/mutatingwebhookconfigurations',
      name: 'side',
      code: 201,
    };
    const key = 'mutation.webhook.admission.k8s.io/round_0_index_0';
    const made = (mutated: boolean): Deed => ({
      at: 9,
      user: 'alice',
      verb: 'create',
      resource: 'pods',
      namespace: 'shop',
      name: 'x',
      code: 201,
      annotations: { [key]: JSON.stringify({ configuration: 'side', webhook: 'w', mutated }) },
    });
    expect(await ledTo(history(hook, made(true)))).toEqual(['webhook-written proven mallory']);
    expect(await ledTo(history(hook, made(false)))).toEqual([]);
  });
});

describe('nodes', () => {
  it("may have been reached from pods that have their files, where a kubelet's identity is used by something else", async () => {
    const pod = (spec: object): Deed => ({
      at: 1,
      user: 'mallory',
      verb: 'create',
      resource: 'pods',
      namespace: 'shop',
      name: 'x',
      code: 201,
      request: { kind: 'Pod', spec } as never,
    });
    const asNode = (agent: string): Deed => ({
      at: 9,
      user: 'system:node:n1',
      groups: ['system:nodes'],
      verb: 'list',
      resource: 'secrets',
      agent,
    });
    const host = { volumes: [{ name: 'h', hostPath: { path: '/' } }] };
    expect(await ledTo(history(pod(host), asNode('curl/8.5')))).toEqual(['node-reached possible mallory']);
    expect(await ledTo(history(pod({ ...host, nodeName: 'n2' }), asNode('curl/8.5')))).toEqual([]);
    expect(await ledTo(history(pod(host), asNode('kubelet/v1.37.2')))).toEqual([]);
    expect(await ledTo(history(pod({}), asNode('curl/8.5')))).toEqual([]);
  });
});
