import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ApiResources } from '../../kubernetes/api-resources.ts';
import { readYaml } from '../../kubernetes/yaml/index.ts';
import { authorizationReason } from './authorization-reason.ts';
import { queryOf } from './filters.ts';
import { parseObjectReference } from './object-reference.ts';
import { readSaved, SHIPPED_IDS, shippedQuestion } from './saved.ts';
import { parseSubject } from './subject.ts';
import { history } from './test-history.ts';
import { ArrayReader } from './test-reader.ts';
import { parseSpan, parseWhen } from './when.ts';

const NOW = Date.UTC(2026, 10, 23, 20, 0, 0);
const HOUR = 3_600_000;

describe('a time in words', () => {
  it.each([
    ['now', NOW],
    ['2h', NOW - 2 * HOUR],
    ['15m ago', NOW - HOUR / 4],
    ['1d12h', NOW - 36 * HOUR],
    ['2 hours', NOW - 2 * HOUR],
    ['1 week ago', NOW - 7 * 24 * HOUR],
    ['1.5h', NOW - 1.5 * HOUR],
    ['today', Date.UTC(2026, 10, 23)],
    ['Yesterday', Date.UTC(2026, 10, 22)],
    ['2026-11-20', Date.UTC(2026, 10, 20)],
    ['2026-11-20 10:00+08:00', Date.UTC(2026, 10, 20, 2)],
    ['2026-11-20T10:00:00.123456Z', Date.UTC(2026, 10, 20, 10) + 123.456],
    ['2026-11-20T10:00:00-05:30', Date.UTC(2026, 10, 20, 15, 30)],
  ])('%s', (text, milliseconds) => {
    expect(parseWhen(text, NOW)).toBe(Math.round(milliseconds * 1000));
  });

  it('is read by the clock on the wall where it has no offset', () => {
    expect(parseWhen('2026-11-20 10:00', NOW, 480)).toBe(Date.UTC(2026, 10, 20, 2) * 1000);
    // 20:00 UTC is already the next day in Beijing.
    expect(parseWhen('today', NOW, 480)).toBe(Date.UTC(2026, 10, 23, 16) * 1000);
  });

  it.each([
    '',
    'h',
    '2',
    '2x',
    '2026-13-01',
    '2026-02-30',
    '2026-11-20T25:00',
    '2026-11-20 10:00+99:00',
    'ago',
    '-2h',
  ])('is not %j', (text) => expect(parseWhen(text, NOW)).toBeUndefined());

  it('adds up', () => {
    expect(parseSpan('1w2d3h4m5s6ms')).toBe(((9 * 24 + 3) * 60 + 4) * 60_000 + 5006);
  });
});

describe('an object', () => {
  const resources = new ApiResources();
  const read = (text: string) => {
    const found = parseObjectReference(text, resources);
    return found && [found.namespace, found.resources.join('|'), found.group, found.name, found.subresource];
  };

  it.each([
    ['shop/deploy/web', ['shop', 'deployments', 'apps', 'web', undefined]],
    ['po/web', [undefined, 'pods', '', 'web', undefined]],
    ['shop/pods/web/exec', ['shop', 'pods', '', 'web', 'exec']],
    ['pods/web/exec', [undefined, 'pods', '', 'web', 'exec']],
    ['ns/kube-system', [undefined, 'namespaces', '', 'kube-system', undefined]],
    [
      'ClusterRole/system:node',
      [undefined, 'clusterroles', 'rbac.authorization.k8s.io', 'system:node', undefined],
    ],
    ['secrets', [undefined, 'secrets', '', undefined, undefined]],
    ['a/ingresses.networking.k8s.io/x', ['a', 'ingresses', 'networking.k8s.io', 'x', undefined]],
    ['a/widgets.example.com/x', ['a', 'widgets|widgetses', 'example.com', 'x', undefined]],
    // Namespaces may be called as kinds are.
    ['secrets/pods/x', ['secrets', 'pods', '', 'x', undefined]],
  ])('%s', (text, expected) => expect(read(text)).toEqual(expected));

  it.each(['', '/', 'a//b', 'a/b/c/d/e', 'pods/'])('is not %j', (text) => expect(read(text)).toBeUndefined());
});

describe('a subject', () => {
  it.each([
    ['alice', { kind: 'user', name: 'alice' }],
    ['user:ip:odd', { kind: 'user', name: 'ip:odd' }],
    ['sa:shop/bot', { kind: 'user', name: 'system:serviceaccount:shop:bot' }],
    ['system:serviceaccount:shop:bot', { kind: 'user', name: 'system:serviceaccount:shop:bot' }],
    ['Group:devs', { kind: 'group', name: 'devs' }],
    ['ip:10.0.0.0/8', { kind: 'ip', name: '10.0.0.0/8' }],
    ['pod:shop/bot-0', { kind: 'pod', namespace: 'shop', name: 'bot-0' }],
  ])('%s', (text, expected) => expect(parseSubject(text)).toEqual(expected));

  it.each(['', 'sa:bot', 'pod:a/b/c', 'group:', 'ip:somewhere', 'ip:10.0.0.0/33'])('is not %j', (text) =>
    expect(parseSubject(text)).toBeUndefined(),
  );
});

describe('a range of addresses', () => {
  const SEED = 57;
  const octets = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255));
  const number = (of: readonly number[]) => of.reduce((sum, octet) => sum * 256 + octet, 0);

  it('holds what the bits say', async () => {
    await fc.assert(
      fc.asyncProperty(
        octets,
        octets,
        fc.integer({ min: 1, max: 32 }),
        fc.nat(2 ** 31),
        async (base, far, length, within) => {
          const size = 2 ** (32 - length);
          const start = Math.floor(number(base) / size) * size;
          // Half of them are inside.
          const at = within % 2 === 0 ? start + (within % size) : number(far);
          const address = [24, 16, 8, 0].map((shift) => Math.floor(at / 2 ** shift) % 256).join('.');
          const records = history({ at: 0, user: 'u', verb: 'get', ips: ['2001:db8::1', address] });
          const { query } = queryOf({ addresses: [`${base.join('.')}/${length}`] });
          const { events } = await new ArrayReader(records).select(query);
          expect(events.length === 1).toBe(at >= start && at < start + size);
        },
      ),
      { seed: SEED, numRuns: 300 },
    );
  });
});

describe('what an authorizer said', () => {
  it.each([
    [
      'RBAC: allowed by ClusterRoleBinding "x" of ClusterRole "y" to User "z"',
      { kind: 'ClusterRoleBinding', namespace: '', name: 'x' },
      { kind: 'ClusterRole', namespace: '', name: 'y' },
      { kind: 'User', namespace: '', name: 'z' },
    ],
    [
      'RBAC: allowed by RoleBinding "read/shop" of Role "reader" to ServiceAccount "bot/shop"',
      { kind: 'RoleBinding', namespace: 'shop', name: 'read' },
      { kind: 'Role', namespace: 'shop', name: 'reader' },
      { kind: 'ServiceAccount', namespace: 'shop', name: 'bot' },
    ],
    [
      'RBAC: allowed by RoleBinding "read/shop" of ClusterRole "view" to Group "a/b"',
      { kind: 'RoleBinding', namespace: 'shop', name: 'read' },
      { kind: 'ClusterRole', namespace: '', name: 'view' },
      { kind: 'Group', namespace: '', name: 'a/b' },
    ],
    [
      // A user may be called so that his name looks like another reason.
      String.raw`RBAC: allowed by ClusterRoleBinding "x" of ClusterRole "y" to User "a\" of ClusterRole \"cluster-admin\\\t\u00a0"`,
      { kind: 'ClusterRoleBinding', namespace: '', name: 'x' },
      { kind: 'ClusterRole', namespace: '', name: 'y' },
      { kind: 'User', namespace: '', name: 'a" of ClusterRole "cluster-admin\\\t\u00a0' },
    ],
  ])('%s', (reason, binding, role, subject) => {
    expect(authorizationReason(reason, 'u', [])).toEqual({ by: 'rbac', binding, role, subject });
  });

  it('tells who gives no reason', () => {
    expect(authorizationReason('', 'root', ['system:masters'])).toEqual({ by: 'masters' });
    expect(authorizationReason('', 'system:node:n1', ['system:nodes'])).toEqual({ by: 'node' });
    expect(authorizationReason('', 'alice', [])).toEqual({ by: 'silent' });
    expect(authorizationReason('access granted by IAM permissions.', 'a', [])).toMatchObject({ by: 'other' });
  });
});

describe('saved questions', () => {
  const read = (text: string) =>
    readSaved([...readYaml(new TextEncoder().encode(text))][0]!.value, {
      resources: new ApiResources(),
      now: NOW,
    });

  it('are read from a file', () => {
    const { questions, problems } = read(`
questions:
  prod-deletions: { verbs: [delete, deletecollection], namespaces: prod, since: 7d, codes: [200] }
  who-broke-it: { ask: who, object: prod/deploy/web, reads: true }
  bot: { ask: where, subject: sa:prod/bot, limit: 5 }
`);
    expect(problems).toEqual([]);
    expect(questions).toMatchObject([
      {
        name: 'prod-deletions',
        question: {
          ask: 'find',
          from: (NOW - 7 * 24 * HOUR) * 1000,
          filters: { namespaces: ['prod'], codes: ['200'] },
        },
      },
      { name: 'who-broke-it', question: { ask: 'who', reads: true, object: { name: 'web' } } },
      { name: 'bot', question: { ask: 'where', about: { subject: { kind: 'user' } }, limit: 5 } },
    ]);
  });

  it('are refused with the place of what is wrong, and the others can be asked', () => {
    const { questions, problems } = read(`
questions:
  a: { verb: [get] }
  b: { ask: when }
  c: { ask: who }
  d: { since: later, addresses: [nowhere], reads: maybe }
  e: 7
  fine: {}
`);
    expect(questions.map(({ name }) => name)).toEqual(['fine']);
    expect(problems.map(({ path, problem }) => `${path} ${problem}`).sort()).toEqual([
      'questions.a.verb unknown-field',
      'questions.b.ask unknown-question',
      'questions.c.object missing',
      'questions.d.addresses matches-nothing',
      'questions.d.reads wrong-type',
      'questions.d.since no-time',
      'questions.e wrong-type',
    ]);
    expect(read('x: 1').problems).toMatchObject([{ problem: 'no-questions' }]);
  });

  it('that are shipped mean something', () => {
    for (const id of SHIPPED_IDS) expect(queryOf(shippedQuestion(id).filters!).problems).toEqual([]);
  });
});
