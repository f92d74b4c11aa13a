import { describe, expect, it } from 'vitest';
import { ask } from './ask.ts';
import { binding, granted, object, RBAC } from './test-granted.ts';
import { account, type Deed, history, rbacReason, seen } from './test-history.ts';
import { ArrayReader } from './test-reader.ts';

describe('how it came to that', () => {
  it('leads from a binding back through a stolen token to an exec', async () => {
    const bot = account('shop', 'bot');
    const inPod = {
      user: bot,
      pod: 'bot-0',
      credential: 'JTI=t1',
      extra: { 'authentication.kubernetes.io/pod-uid': ['p-9'] },
    };
    const botPod = { kind: 'Pod', apiVersion: 'v1', metadata: { name: 'bot-0', uid: 'p-9' } };
    const reader = new ArrayReader([
      ...history(
        {
          at: 0,
          user: 'carol',
          verb: 'create',
          resource: 'pods',
          namespace: 'shop',
          name: 'bot-0',
          code: 201,
          response: botPod,
        },
        {
          at: 1,
          ...inPod,
          verb: 'list',
          resource: 'configmaps',
          namespace: 'shop',
          agent: 'bot/1.0',
          ips: ['10.1.0.9'],
        },
        {
          at: 100,
          user: 'mallory',
          verb: 'create',
          resource: 'pods:exec',
          namespace: 'shop',
          name: 'bot-0',
          code: 101,
          uri: '/api/v1/namespaces/shop/pods/bot-0/exec?command=sh&command=-c&command=id',
          ips: ['203.0.113.9'],
        },
        {
          at: 103,
          ...inPod,
          verb: 'create',
          resource: `${RBAC}/clusterrolebindings`,
          name: 'back-door',
          code: 201,
          agent: 'curl/8.5',
          ips: ['203.0.113.9'],
          response: binding('back-door', 'cluster-admin', 'mallory'),
        },
        {
          at: 110,
          user: 'mallory',
          verb: 'delete',
          resource: 'namespaces',
          namespace: 'prod',
          name: 'prod',
          reason: rbacReason(
            'ClusterRoleBinding "back-door"',
            'ClusterRole "cluster-admin"',
            'User "mallory"',
          ),
        },
      ),
      seen(100.1, {
        source: 'command',
        verb: 'execve',
        namespace: 'shop',
        pod: 'bot-0',
        message: 'sh -c id',
        node: 'n1',
      }),
    ]);
    const { chain } = await ask(reader, { ask: 'how', about: { object: object('ns/prod') } });
    expect(chain!.steps.map(({ user, verb }) => `${user} ${verb}`)).toEqual([
      'carol create',
      'mallory create',
      ' execve',
      `${bot} create`,
      'mallory delete',
    ]);
    const by = (kind: string) => chain!.links.filter((link) => link.kind === kind);
    expect(by('binding-written')).toMatchObject([{ certainty: 'proven', from: { user: bot } }]);
    const [entered] = by('pod-entered').filter(({ to }) => to === by('binding-written')[0]!.from.id);
    expect(entered).toMatchObject({ certainty: 'possible', from: { user: 'mallory' } });
    expect(entered!.evidence.map(({ id }) => id)).toEqual(['pod-name', 'new-address', 'new-agent']);
    expect(
      by('pod-created').some(({ certainty, from }) => certainty === 'proven' && from.user === 'carol'),
    ).toBe(true);
    expect(by('pod-entered').some(({ evidence }) => evidence.some(({ id }) => id === 'same-command'))).toBe(
      true,
    );
    expect(chain!.cut).toBe(false);
  });

  it('proves whose token it was by the id that was issued', async () => {
    const bot = account('shop', 'bot');
    const issue: Deed = {
      at: 0,
      user: 'mallory',
      verb: 'create',
      resource: 'serviceaccounts:token',
      namespace: 'shop',
      name: 'bot',
      code: 201,
      annotations: { 'authentication.kubernetes.io/issued-credential-id': 'JTI=7f-1' },
    };
    const other: Deed = {
      ...issue,
      at: 1,
      user: 'carol',
      annotations: { 'authentication.kubernetes.io/issued-credential-id': 'JTI=7f-12' },
    };
    const use: Deed = {
      at: 5,
      user: bot,
      verb: 'delete',
      resource: 'pods',
      namespace: 'a',
      name: 'x',
      credential: 'JTI=7f-1',
    };
    const { chain } = await ask(new ArrayReader(history(issue, other, use)), {
      ask: 'how',
      about: { object: object('a/pods/x') },
    });
    expect(chain!.links).toMatchObject([
      { kind: 'token-issued', certainty: 'proven', from: { user: 'mallory' } },
    ]);
  });

  it('takes nothing from another cluster for a cause', async () => {
    const [, , made, used] = granted;
    const { chain } = await ask(new ArrayReader(history({ ...made!, cluster: 'test' }, used!)), {
      ask: 'how',
      about: { object: object('a/pods/x') },
    });
    expect(chain!.links).toEqual([]);
  });

  it('ends where things lead to each other', async () => {
    const self = rbacReason('ClusterRoleBinding "loop"', 'ClusterRole "cluster-admin"', 'User "eve"');
    const write = (at: number): Deed => ({
      at,
      user: 'eve',
      verb: 'update',
      resource: `${RBAC}/clusterrolebindings`,
      name: 'loop',
      reason: self,
    });
    const { chain } = await ask(
      new ArrayReader(history(...Array.from({ length: 50 }, (_, at) => write(at)))),
      { ask: 'how', about: { object: object('clusterrolebinding/loop') } },
    );
    expect(chain!.steps.length).toBeLessThanOrEqual(50);
  });
});
