import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../kubernetes/json.ts';
import {
  type AuditedRequest,
  type AuditFinding,
  decideAudit,
  lintAuditPolicy,
  readAuditPolicy,
} from './index.ts';

function policyOf(...rules: Json[]) {
  return readAuditPolicy({ apiVersion: 'audit.k8s.io/v1', kind: 'Policy', rules }).policy!;
}

function lint(...rules: Json[]): AuditFinding[] {
  return lintAuditPolicy(policyOf(...rules));
}

const of = <K extends AuditFinding['kind']>(findings: readonly AuditFinding[], kind: K) =>
  findings.filter((finding): finding is Extract<AuditFinding, { kind: K }> => finding.kind === kind);

const ALL = { level: 'RequestResponse' };

describe('rules that nothing is left for', () => {
  const unreachable = (...rules: Json[]) => of(lint(...rules), 'unreachable');

  test('behind one that matches everything', () => {
    expect(unreachable(ALL, { level: 'None', users: ['alice'] })).toEqual([
      { kind: 'unreachable', rule: 1, before: [0] },
    ]);
  });

  test('behind several that match it together', () => {
    const reads = { level: 'None', verbs: ['get', 'list', 'watch'] };
    const writes = { level: 'None', verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'] };
    const pods = { level: 'Metadata', resources: [{ group: '', resources: ['pods'] }] };
    expect(unreachable(reads, writes, pods)).toEqual([{ kind: 'unreachable', rule: 2, before: [0, 1] }]);
    expect(unreachable(reads, pods)).toEqual([]);
  });

  test('behind the group that every user is in', () => {
    const signedIn = { level: 'None', userGroups: ['system:authenticated'] };
    expect(unreachable(signedIn, { level: 'Metadata', users: ['alice'] })).toHaveLength(1);
    expect(unreachable(signedIn, { level: 'Metadata', users: ['system:anonymous'] })).toEqual([]);
    expect(unreachable(signedIn, ALL)).toEqual([]);
    const accounts = { level: 'None', userGroups: ['system:serviceaccounts:shop'] };
    expect(
      unreachable(accounts, { level: 'Metadata', users: ['system:serviceaccount:shop:web'] }),
    ).toHaveLength(1);
  });

  test('not where a subresource, a namespace, a name or a path is left', () => {
    const pods = { level: 'None', resources: [{ group: '', resources: ['pods'] }] };
    const all = { level: 'None', resources: [{ group: '' }] };
    const logs = { level: 'Metadata', resources: [{ group: '', resources: ['pods/log'] }] };
    expect(unreachable(pods, logs)).toEqual([]);
    expect(unreachable(all, logs)).toHaveLength(1);
    expect(unreachable({ ...all, namespaces: ['shop'] }, logs)).toEqual([]);
    expect(unreachable({ ...all, namespaces: ['shop'] }, { ...logs, namespaces: ['shop'] })).toHaveLength(1);
    const named = {
      level: 'None',
      resources: [{ group: '', resources: ['pods/log'], resourceNames: ['a'] }],
    };
    expect(unreachable(named, logs)).toEqual([]);
    const health = { level: 'None', nonResourceURLs: ['/healthz*'] };
    expect(unreachable(health, { level: 'Metadata', nonResourceURLs: ['/healthz/etcd'] })).toHaveLength(1);
    expect(
      unreachable(
        { level: 'None', nonResourceURLs: ['/healthz'] },
        { level: 'Metadata', nonResourceURLs: ['/healthz*'] },
      ),
    ).toEqual([]);
    expect(unreachable({ level: 'None', nonResourceURLs: ['*'] }, ALL)).toEqual([]);
  });

  test('whatever is asked, never decide (seed 20261123)', () => {
    const some = (...values: string[]) => fc.subarray(values, { minLength: 1 });
    const rule = fc.record(
      {
        level: fc.constantFrom('None', 'Metadata'),
        users: some('alice', 'system:anonymous', 'system:serviceaccount:a:b'),
        userGroups: some('system:authenticated', 'system:unauthenticated', 'devs'),
        verbs: some('get', 'list', 'create', 'delete'),
        namespaces: some('', 'a'),
        resources: fc.array(
          fc.record(
            {
              group: fc.constantFrom('', 'apps', '*'),
              resources: some('pods', 'pods/log', 'pods/*', '*/log', '*'),
              resourceNames: some('x'),
            },
            { requiredKeys: ['group', 'resources'] },
          ),
          { minLength: 1, maxLength: 2 },
        ),
      },
      { requiredKeys: ['level'] },
    );
    const user = fc.constantFrom(
      ['alice', ['system:authenticated']],
      ['bob', ['devs', 'system:authenticated']],
      ['system:anonymous', ['system:unauthenticated']],
      [
        'system:serviceaccount:a:b',
        ['system:serviceaccounts', 'system:serviceaccounts:a', 'system:authenticated'],
      ],
    );
    const request = fc
      .record({
        user,
        verb: fc.constantFrom('get', 'list', 'watch', 'create', 'delete'),
        isResourceRequest: fc.constantFrom(true, true, true, false),
        apiGroup: fc.constantFrom('', 'apps', 'batch'),
        resource: fc.constantFrom('pods', 'jobs'),
        subresource: fc.constantFrom('', 'log', 'scale'),
        namespace: fc.constantFrom('', 'a', 'b'),
        name: fc.constantFrom('', 'x', 'y'),
      })
      .map(
        ({ user: [name, groups], ...rest }) => ({ ...rest, user: name, groups, path: '' }) as AuditedRequest,
      );
    fc.assert(
      fc.property(
        fc.array(rule, { minLength: 2, maxLength: 6 }),
        fc.array(request, { minLength: 20, maxLength: 60 }),
        (rules, requests) => {
          const policy = policyOf(...(rules as Json[]));
          const dead = of(lintAuditPolicy(policy), 'unreachable').map(({ rule: index }) => index);
          for (const each of requests) expect(dead).not.toContain(decideAudit(policy, each).rule);
        },
      ),
      { seed: 20261123, numRuns: 400 },
    );
  });
});

test('values that match nothing', () => {
  const findings = lint({
    level: 'Metadata',
    users: ['system:*'],
    verbs: ['get', '*', 'GET'],
    namespaces: ['kube-*'],
    resources: [{ group: '', resources: ['pods', 'pods/*', '*/scale', '*', 'pod*', 'Pods'] }],
  });
  expect(of(findings, 'matches-nothing').map(({ path, value }) => `${path} ${value}`)).toEqual([
    'rules[0].users[0] system:*',
    'rules[0].namespaces[0] kube-*',
    'rules[0].verbs[1] *',
    'rules[0].verbs[2] GET',
    'rules[0].resources[0].resources[4] pod*',
    'rules[0].resources[0].resources[5] Pods',
  ]);
});

test('credentials in bodies', () => {
  const leaks = (...rules: Json[]) =>
    of(lint(...rules), 'leak').map(
      ({ resource, verbs, level, rule }) => `${rule} ${resource} ${verbs.join()} ${level}`,
    );
  expect(leaks({ level: 'Request' })).toEqual([
    '0 secrets create,update,patch Request',
    '0 configmaps create,update,patch Request',
    '0 tokenreviews create Request',
  ]);
  expect(leaks(ALL)).toContain('0 serviceaccounts/token create RequestResponse');
  expect(leaks(ALL)).toContain('0 secrets get,list,watch,create,update,patch RequestResponse');
  const guarded = {
    level: 'Metadata',
    resources: [
      { group: '', resources: ['secrets', 'configmaps', 'serviceaccounts/token'] },
      { group: 'authentication.k8s.io', resources: ['tokenreviews'] },
    ],
  };
  expect(leaks(guarded, ALL)).toEqual([]);
});

describe('what an investigation would miss', () => {
  test('nothing, where every body is logged', () => {
    expect(of(lint(ALL), 'gap')).toEqual([]);
  });

  test('bodies, where Metadata is all', () => {
    const gaps = of(lint({ level: 'Metadata' }), 'gap');
    expect(gaps.map(({ need }) => need)).toContain('rights-changed');
    expect(gaps.map(({ need }) => need)).not.toContain('secrets-read');
    expect(
      gaps.every(({ level, needed, rule }) => level === 'Metadata' && needed === 'Request' && rule === 0),
    ).toBe(true);
  });

  test('what a rule silences for some', () => {
    const gaps = of(lint({ level: 'None', userGroups: ['system:masters'] }, ALL), 'gap');
    expect(new Set(gaps.flatMap(({ actors }) => actors))).toEqual(new Set(['administrator']));
    expect(gaps.every(({ rule, level }) => rule === 0 && level === 'None')).toBe(true);
  });

  test('all of it, without a rule that matches', () => {
    const gaps = of(lint({ level: 'Metadata', users: ['nobody'] }), 'gap');
    expect(gaps.map(({ need }) => need)).toContain('strangers');
    expect(gaps.every(({ rule }) => rule === undefined)).toBe(true);
  });
});

test('stages', () => {
  expect(of(lint({ ...ALL, omitStages: ['ResponseComplete'] }), 'no-outcome')).toEqual([
    { kind: 'no-outcome', rule: 0, stages: ['ResponseComplete'] },
  ]);
  expect(of(lint(ALL), 'received-too')).toHaveLength(1);
  expect(of(lint({ ...ALL, omitStages: ['RequestReceived'] }), 'received-too')).toEqual([]);
});
