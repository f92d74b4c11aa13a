import { describe, expect, it } from 'vitest';
import { KubernetesObject } from '../../kubernetes/object.ts';
import { ask } from './ask.ts';
import { binding, byRoot, granted, killer, object, RBAC } from './test-granted.ts';
import { account, type Deed, history } from './test-history.ts';
import { ArrayReader } from './test-reader.ts';

describe('why it was allowed', () => {
  const why = async (...deeds: readonly Deed[]) =>
    (await ask(new ArrayReader(history(...deeds)), { ask: 'why', about: { object: object('a/pods/x') } }))
      .grounds![0]!;

  it('joins the reason to the binding and role of that time, the rule, and who made them', async () => {
    const grounds = await why(...granted, {
      at: 30,
      user: 'eve',
      verb: 'delete',
      resource: `${RBAC}/clusterrolebindings`,
      name: 'bob-kills',
    });
    expect(grounds.binding).toMatchObject({ known: 'stood', writing: { user: 'eve', verb: 'create' } });
    expect(grounds.role).toMatchObject({ known: 'stood', writing: { user: 'root' } });
    expect(grounds.rule).toMatchObject({ path: 'rules[1]', verbs: ['delete'] });
    expect(grounds.before!.binding).toMatchObject({
      object: { name: 'eve-admin' },
      writing: { user: 'root' },
    });
    expect(grounds.before!.role).toMatchObject({ known: 'bootstrap', object: { name: 'cluster-admin' } });
    expect(grounds.before!.before!.said).toEqual({ by: 'masters' });
    expect(grounds.unknown).toEqual([]);
  });

  it('says that a binding is known by name only, and why', async () => {
    const [, , , deed] = granted;
    expect(await why(deed!)).toMatchObject({
      binding: { known: 'unknown', reason: 'before-first-record' },
      unknown: ['before-first-record'],
    });
    const bare = granted.map(({ response: _, ...rest }) => rest);
    expect(await why(...bare)).toMatchObject({
      binding: { known: 'unknown', reason: 'level-metadata-no-body', writing: { user: 'eve' } },
    });
  });

  it('does not take a later role for the one that stood then', async () => {
    const later = { ...killer, rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }] };
    const grounds = await why(...granted, {
      at: 25,
      ...byRoot,
      verb: 'update',
      resource: `${RBAC}/clusterroles`,
      name: 'killer',
      response: later,
    });
    expect(grounds.rule).toMatchObject({ path: 'rules[1]', verbs: ['delete'] });
  });

  it('says that a binding had been removed where the records show that', async () => {
    const grounds = await why(...granted, {
      at: 15,
      user: 'eve',
      verb: 'delete',
      resource: `${RBAC}/clusterrolebindings`,
      name: 'bob-kills',
    });
    expect(grounds.binding).toMatchObject({ known: 'deleted', writing: { verb: 'delete' } });
  });

  it('shows a snapshot as what it is: of another time, and of its cluster', async () => {
    const [, , , deed] = granted;
    const origin = {
      file: { path: 'x' },
      document: 0,
      start: 0,
      end: 0,
      line: 1,
      column: 1,
      format: 'yaml',
      within: '',
    } as const;
    const objects = [binding('bob-kills', 'killer', 'bob'), killer].map(
      (raw) => new KubernetesObject(raw, origin),
    );
    const of = async (cluster: string) =>
      (
        await ask(
          new ArrayReader(history(deed!)),
          { ask: 'why', about: { object: object('a/pods/x') } },
          { snapshot: { cluster, time: 7, objects } },
        )
      ).grounds![0]!;
    expect(await of('prod')).toMatchObject({
      binding: { known: 'snapshot', asOf: 7 },
      role: { known: 'snapshot' },
      rule: { path: 'rules[1]' },
    });
    expect(await of('test')).toMatchObject({ binding: { known: 'unknown' } });
  });

  it('names the roles whose rules an aggregated role takes over', async () => {
    const label = { 'example.com/aggregate': 'true' };
    const whole = { ...killer, aggregationRule: { clusterRoleSelectors: [{ matchLabels: label }] } };
    const part = (name: string, labels: Record<string, string>): Deed => ({
      at: 2,
      user: 'eve',
      verb: 'create',
      resource: `${RBAC}/clusterroles`,
      name,
      code: 201,
      response: { ...killer, metadata: { name, labels } },
    });
    const grounds = await why(...granted, part('part', label), part('other', {}), {
      at: 5,
      user: account('kube-system', 'clusterrole-aggregation-controller'),
      verb: 'patch',
      resource: `${RBAC}/clusterroles`,
      name: 'killer',
      response: whole,
    });
    expect(grounds.rule).toMatchObject({ path: 'rules[1]' });
    expect(grounds.aggregated).toMatchObject([{ object: { name: 'part' }, writing: { user: 'eve' } }]);
  });

  it('does not guess what a patch made of a binding', async () => {
    const [, , , deed] = granted;
    const patched: Deed = {
      at: 15,
      user: 'eve',
      verb: 'patch',
      resource: `${RBAC}/clusterrolebindings`,
      name: 'bob-kills',
      request: { subjects: [] },
    };
    expect(await why(patched, deed!)).toMatchObject({
      binding: { known: 'unknown', reason: 'changed-without-body', writing: { verb: 'patch' } },
    });
  });

  it('gives no ground where none is told', async () => {
    expect(
      await why({ at: 0, user: 'bob', verb: 'delete', resource: 'pods', namespace: 'a', name: 'x' }),
    ).toMatchObject({ said: { by: 'silent' }, unknown: ['no-reason-told'] });
    expect(
      await why({
        at: 0,
        user: 'bob',
        verb: 'delete',
        resource: 'pods',
        namespace: 'a',
        name: 'x',
        decision: '',
      }),
    ).toMatchObject({ said: undefined, unknown: ['no-annotation'] });
  });
});
