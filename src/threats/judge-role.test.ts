import { describe, expect, test } from 'vitest';
import { assess, type Evidence } from '../assessment/assess.ts';
import { BOOTSTRAP_OBJECTS } from '../engines/authorization/bootstrap.ts';
import { Cluster } from '../kubernetes/cluster.ts';
import type { JsonObject } from '../kubernetes/json.ts';
import { KubernetesObject } from '../kubernetes/object.ts';
import { rulesOfPeople } from './default-access.ts';
import { checks } from './generated/registry.ts';
import { holdingOf, judgeRole, rulesToJudge } from './judge-role.ts';

const GROUP = 'rbac.authorization.k8s.io';
const RULE = { apiGroups: [''], resources: ['secrets'], verbs: ['get', 'delete'] };
const POWERS = [
  {
    wanted: [{ group: '', resources: ['secrets'], verbs: ['get', 'list'] }],
    severity: { cluster: 'critical', unbound: 'low', namespace: 'medium' },
  },
] as const;
const NODES = [
  {
    wanted: [{ group: '', resources: ['nodes'], verbs: ['patch'] }],
    severity: { cluster: 'high', unbound: 'low', namespace: 'low' },
    isClusterScoped: true,
  },
] as const;

function cluster(objects: readonly JsonObject[], isComplete = false): Cluster {
  const read = objects.map((raw, document) => {
    const origin = {
      file: { path: 'rbac.yaml' },
      document,
      start: 0,
      end: 0,
      line: 1,
      column: 1,
      format: 'yaml' as const,
      within: '',
    };
    return new KubernetesObject({ apiVersion: `${GROUP}/v1`, ...raw }, origin);
  });
  return new Cluster(read, { isComplete });
}

const role = (rules: JsonObject[] = [RULE], metadata: JsonObject = {}): JsonObject => ({
  kind: 'ClusterRole',
  metadata: { name: 'reader', ...metadata },
  rules,
});

function bound(namespace: string | undefined, subjects: JsonObject[], to = 'reader'): JsonObject {
  return {
    kind: namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding',
    metadata: { name: 'b', ...(namespace === undefined ? {} : { namespace }) },
    roleRef: { kind: 'ClusterRole', name: to, apiGroup: GROUP },
    subjects,
  };
}

const user = (name: string) => ({ kind: 'User', name });
const group = (name: string) => ({ kind: 'Group', name });

function judged(objects: JsonObject[], isComplete = false, powers: Parameters<typeof judgeRole>[2] = POWERS) {
  const all = cluster(objects, isComplete);
  const verdict = judgeRole(all.roles[0]!, all, powers);
  if (verdict.verdict !== 'fail') return verdict.verdict;
  return verdict.failures.map(({ message, severity }) => `${message} ${severity}`).join();
}

describe('judgeRole', () => {
  test.each<[string, JsonObject[], string, string]>([
    ['nothing binds it', [], 'unbound low', 'pass'],
    ['a binding names nobody', [bound(undefined, [])], 'unbound low', 'pass'],
    ['an administrator holds it', [bound(undefined, [group('system:masters')])], 'unbound low', 'pass'],
    ['a namespace', [bound('shop', [user('ann')])], 'bound medium', 'bound medium'],
    ['kube-system', [bound('kube-system', [user('ann')])], 'bound critical', 'bound critical'],
    ['the cluster', [bound(undefined, [user('ann')])], 'bound critical', 'bound critical'],
  ])('where %s', (_, bindings, amongManifests, inCluster) => {
    expect(judged([role(), ...bindings])).toBe(amongManifests);
    expect(judged([role(), ...bindings], true)).toBe(inCluster);
  });

  test('a Role that nothing binds weighs what it weighs in its namespace', () => {
    const local = { ...role(), kind: 'Role', metadata: { name: 'reader', namespace: 'shop' } };
    expect(judged([local])).toBe('unbound medium');
    expect(judged([{ ...local, metadata: { name: 'reader', namespace: 'kube-system' } }])).toBe(
      'unbound low',
    );
  });

  test('cluster-scoped resources need a ClusterRoleBinding', () => {
    const rule = { apiGroups: [''], resources: ['nodes'], verbs: ['patch'] };
    const local = { ...role([rule]), kind: 'Role', metadata: { name: 'reader', namespace: 'shop' } };
    expect(judged([role([rule]), bound(undefined, [user('ann')])], false, NODES)).toBe('bound high');
    expect(judged([role([rule]), bound('kube-system', [user('ann')])], false, NODES)).toBe('bound low');
    expect(judged([role([rule]), bound('kube-system', [user('ann')])], true, NODES)).toBe('pass');
    expect(judged([local], false, NODES)).toBe('no-effect info');
  });

  test('leaves a rule to another check where it allows what that one looks for', () => {
    const unless = [{ group: '', resources: ['secrets'], verbs: ['delete'] }];
    expect(judged([role()], false, [{ ...POWERS[0], unless }])).toBe('pass');
  });

  test('weighs a rule once, by the worst of what it allows', () => {
    const less = { ...POWERS[0], severity: { unbound: 'info' } } as const;
    expect(judged([role()], false, [less, POWERS[0], less])).toBe('unbound low');
  });
});

describe('holdingOf', () => {
  const first = (objects: JsonObject[]) => {
    const all = cluster(objects);
    return holdingOf(all.roles[0]!, all);
  };

  test('names bindings and subjects, and counts those left out', () => {
    const subjects = ['a', 'b', 'c', 'd', 'e'].map(user);
    expect(first([role(), bound('shop', subjects)]).seen).toBe(
      'RoleBinding shop/b (User a, User b, User c, +2)',
    );
  });

  test('follows a role into one that it is aggregated into, also one that every API server has', () => {
    const labels = { 'rbac.authorization.k8s.io/aggregate-to-edit': 'true' };
    const holding = first([role([RULE], { labels }), bound('shop', [group('developers')], 'edit')]);
    expect(holding.reach).toBe('namespace');
    expect(holding.seen).toBe('RoleBinding shop/b → ClusterRole edit (Group developers)');
  });
});

describe('what every API server creates', () => {
  const basic = (rules: JsonObject[]) => cluster([role(rules, { name: 'system:basic-user' })]).roles[0]!;
  const own = {
    apiGroups: ['authorization.k8s.io'],
    resources: ['selfsubjectaccessreviews'],
    verbs: ['create'],
  };

  test('is known by its rules, not by its label', () => {
    expect(rulesOfPeople(basic([own]))).toEqual([]);
    expect(rulesOfPeople(basic([own, RULE])).map(({ path }) => path)).toEqual(['rules[1]']);
    const labels = { 'kubernetes.io/bootstrapping': 'rbac-defaults' };
    expect(rulesOfPeople(cluster([role([RULE], { labels })]).roles[0]!)).toHaveLength(1);
  });

  test('holds nothing new, but whom somebody adds to its bindings does', () => {
    const controller = 'system:controller:node-controller';
    const account = { kind: 'ServiceAccount', name: 'node-controller', namespace: 'kube-system' };
    const binding = (...subjects: JsonObject[]) => ({
      ...bound(undefined, subjects, controller),
      metadata: { name: controller },
    });
    const judgedWith = (...subjects: JsonObject[]) =>
      judged([role([RULE], { name: controller }), binding(...subjects)], true);
    expect(judgedWith(account)).toBe('pass');
    expect(judgedWith(account, user('mallory'))).toBe('bound critical');
  });

  test('aggregated roles are judged where their rules are stated', () => {
    const aggregated = { ...role(), aggregationRule: { clusterRoleSelectors: [{}] } };
    expect(rulesToJudge(cluster([aggregated]).roles[0]!)).toEqual([]);
  });
});

describe('in a whole assessment', () => {
  const access = checks.filter(({ subject }) => subject === 'role' || subject === 'binding');
  const evidence = (raws: readonly JsonObject[], rest: Partial<Evidence>): Evidence => ({
    objects: cluster(raws).objects,
    documents: raws.length,
    notKubernetes: [],
    unread: [],
    ...rest,
  });

  test('nothing is told of what an API server creates for itself', () => {
    for (const isComplete of [true, false]) {
      const report = assess(evidence(BOOTSTRAP_OBJECTS, { isComplete }), { checks: access });
      expect(report.findings.map(({ check, object }) => `${check.id} ${object.name}`)).toEqual([]);
    }
  });

  test('a dangerous role is not called harmless where its bindings were not shown', () => {
    const kind = 'ClusterRoleBinding';
    const gap = { group: GROUP, resource: 'clusterrolebindings', kind, reason: 'forbidden' } as const;
    const harmless = role([{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }], { name: 'harmless' });
    const hidden = evidence([role(), harmless], { isComplete: true, gaps: [gap] });
    const report = assess(hidden, { checks: access.filter(({ id }) => id === 'rbac-read-secrets') });
    expect(report.findings).toEqual([]);
    const undecided = report.notAssessed.filter((entry) => entry.kind === 'undecided');
    expect(undecided.map(({ object }) => object.name)).toEqual(['reader']);
  });
});
