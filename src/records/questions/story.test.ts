import { describe, expect, it } from 'vitest';
import { ApiResources } from '../../kubernetes/api-resources.ts';
import { parseObjectReference } from './object-reference.ts';
import { story } from './story.ts';
import { parseSubject } from './subject.ts';
import { account, history, rbacReason, seen } from './test-history.ts';
import { ArrayReader } from './test-reader.ts';

const object = (text: string) => parseObjectReference(text, new ApiResources())!;

describe('the story of something', () => {
  const reader = new ArrayReader([
    ...history(
      { at: 0, user: 'alice', verb: 'create', resource: 'pods', namespace: 'shop', name: 'web', code: 201 },
      ...Array.from({ length: 20 }, (_, at) => ({
        at: 2 + at,
        user: 'prometheus',
        verb: 'get',
        resource: 'pods',
        namespace: 'shop',
        name: 'web',
      })),
      {
        at: 50,
        user: 'mallory',
        verb: 'create',
        resource: 'pods:exec',
        namespace: 'shop',
        name: 'web',
        code: 101,
        stages: ['RequestReceived', 'ResponseStarted', 'ResponseComplete'],
      },
    ),
    seen(1, {
      source: 'event',
      verb: 'Scheduled',
      resource: 'pods',
      namespace: 'shop',
      name: 'web',
      reason: 'Scheduled',
      message: 'assigned',
    }),
    seen(51, {
      source: 'command',
      verb: 'execve',
      namespace: 'shop',
      pod: 'web',
      message: 'cat /etc/passwd',
      node: 'n1',
      user: 'root',
    }),
    seen(52, {
      source: 'lifecycle',
      verb: 'oom-killed',
      resource: 'pods',
      namespace: 'shop',
      name: 'web',
      reason: 'OOMKilled',
      node: 'n1',
    }),
    ...Array.from({ length: 30 }, (_, at) =>
      seen(10 + at, {
        source: 'log',
        verb: 'line',
        namespace: 'shop',
        pod: 'web',
        container: 'app',
        node: 'n1',
        message: 'hello',
      }),
    ),
    seen(53, {
      source: 'event',
      verb: 'Killing',
      resource: 'pods',
      namespace: 'other',
      name: 'web',
      reason: 'Killing',
    }),
  ]);

  it('puts all sources on one time line, folds what is alike, and counts lines of logs', async () => {
    const { told, lines, six } = await story(reader, { about: { object: object('shop/pods/web') } });
    expect(told.map(({ entry, times }) => `${entry.source} ${entry.user} ${entry.verb} ×${times}`)).toEqual([
      'audit alice create ×1',
      'event  Scheduled ×1',
      'audit prometheus get ×20',
      'audit mallory create ×1',
      'command root execve ×1',
      'lifecycle  oom-killed ×1',
    ]);
    expect(lines).toMatchObject([{ source: 'log', pod: 'web', container: 'app', lines: 30 }]);
    expect(six.when!.first).toBeLessThan(six.when!.last);
    expect(six.how.links.map(({ kind, from }) => `${kind} ${from.user}`)).toEqual([
      'pod-entered mallory',
      'pod-created alice',
    ]);
  });

  it('says that nothing was recorded on nodes where somebody went into a pod', async () => {
    const bare = new ArrayReader(
      history({
        at: 0,
        user: 'mallory',
        verb: 'create',
        resource: 'pods:exec',
        namespace: 'shop',
        name: 'web',
        code: 101,
      }),
    );
    const { unknown } = await story(bare, { about: { object: object('shop/pods/web') } });
    expect(unknown).toContainEqual({ question: 'how', reason: 'no-node-records' });
    expect(unknown).toContainEqual({ question: 'who', reason: 'before-first-record' });
    const told = await story(reader, { about: { object: object('shop/pods/web') } });
    expect(told.unknown).not.toContainEqual({ question: 'how', reason: 'no-node-records' });
    expect(told.unknown).not.toContainEqual({ question: 'who', reason: 'before-first-record' });
  });

  it('tells of a binding what it let others do', async () => {
    const used = new ArrayReader(
      history(
        {
          at: 0,
          user: 'root',
          groups: ['system:masters'],
          verb: 'create',
          resource: 'rbac.authorization.k8s.io/rolebindings',
          namespace: 'shop',
          name: 'ops',
          code: 201,
        },
        {
          at: 5,
          user: 'bob',
          verb: 'delete',
          resource: 'pods',
          namespace: 'shop',
          name: 'x',
          reason: rbacReason('RoleBinding "ops/shop"', 'Role "ops"', 'User "bob"'),
        },
        {
          at: 6,
          user: 'eve',
          verb: 'delete',
          resource: 'pods',
          namespace: 'test',
          name: 'x',
          reason: rbacReason('RoleBinding "ops/test"', 'Role "ops"', 'User "eve"'),
        },
      ),
    );
    const { told } = await story(used, {
      about: { finding: { check: 'x', fingerprint: 'f', object: object('shop/rolebinding/ops') } },
    });
    expect(told.map(({ entry }) => entry.user)).toEqual(['root', 'bob']);
  });

  it('tells of a Deployment what was seen of pods that carry its name, as possible', async () => {
    const many = new ArrayReader([
      seen(0, {
        source: 'lifecycle',
        verb: 'oom-killed',
        resource: 'pods',
        namespace: 'shop',
        name: 'web-5d9f7c8b6d-x2k4z',
      }),
      seen(1, {
        source: 'lifecycle',
        verb: 'oom-killed',
        resource: 'pods',
        namespace: 'shop',
        name: 'web-admin-5d9f7c8b6d-x2k4z',
      }),
    ]);
    const { told } = await story(many, { about: { object: object('shop/deploy/web') } });
    expect(told.map(({ entry, certainty }) => [entry.object!.name, certainty])).toEqual([
      ['web-5d9f7c8b6d-x2k4z', 'possible'],
    ]);
  });

  it('tells of a subject what it did, also on nodes', async () => {
    const bot = account('shop', 'bot');
    const both = new ArrayReader([
      ...history({ at: 0, user: bot, pod: 'bot-0', verb: 'list', resource: 'secrets', namespace: 'shop' }),
      seen(1, {
        source: 'command',
        verb: 'execve',
        namespace: 'shop',
        pod: 'bot-0',
        message: 'id',
        user: 'root',
      }),
    ]);
    const { told } = await story(both, { about: { subject: parseSubject('pod:shop/bot-0')! } });
    expect(told.map(({ entry }) => entry.source)).toEqual(['audit', 'command']);
  });

  it('names the part of the store that cannot be read', async () => {
    const damage = [{ part: 'segments/1', reason: 'checksum', events: 5, from: 0, to: 1 }];
    const broken = new ArrayReader(
      history({ at: 0, user: 'a', verb: 'delete', resource: 'pods', namespace: 's', name: 'x' }),
      damage,
    );
    const told = await story(broken, { about: { object: object('s/pods/x') } });
    expect(told.damage).toEqual(damage);
    expect(told.unknown).toContainEqual({ question: 'what', reason: 'damage' });
  });
});
