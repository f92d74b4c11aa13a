import { describe, expect, test } from 'vitest';
import { assess } from '../src/assessment/assess.ts';
import { isObject, type JsonObject } from '../src/kubernetes/json.ts';
import { KubernetesObject } from '../src/kubernetes/object.ts';
import { readYaml } from '../src/kubernetes/yaml/index.ts';
import { SEVERITIES, type Severity } from '../src/threats/define-check.ts';
import { checks } from '../src/threats/generated/registry.ts';
import { hasTruth, readTruth, truthCases } from './truth.ts';

const FIXTURES = 'psa-fixtures';
const NEWEST = 'v1.37';
const OWN = checks.filter(({ threat }) => threat === 'elevation-of-privilege');
/** `level/control` to the checks that speak of it, keys in lower case as upstream names its fixtures. */
const BY_CONTROL = new Map<string, string[]>();
for (const { id, frameworks } of OWN) {
  for (const control of frameworks.pss ?? []) {
    const key = control.toLowerCase();
    BY_CONTROL.set(key, [...(BY_CONTROL.get(key) ?? []), id]);
  }
}

function findingsOf(raws: readonly unknown[]) {
  const objects = raws.filter(isObject).map((raw, document) => {
    const origin = {
      file: { path: 'input.yaml' },
      document,
      start: 0,
      end: 0,
      line: 1,
      column: 1,
      format: 'yaml' as const,
      within: '',
    };
    return new KubernetesObject(raw as JsonObject, origin);
  });
  const evidence = { objects, documents: objects.length, notKubernetes: [], unread: [] };
  const report = assess(evidence, { checks: OWN });
  for (const entry of report.notAssessed) {
    if (entry.kind === 'undecided') expect(entry.reason, entry.check.id).not.toBe('check-error');
  }
  return report.findings;
}

const weight = (severity: Severity) => SEVERITIES.indexOf(severity);
const isAtLeast = (severity: Severity, bar: Severity) => weight(severity) <= weight(bar);
const pods = (input: string) => [...readYaml(readTruth(FIXTURES, input))].map(({ value }) => value);

describe.skipIf(!hasTruth(FIXTURES))('upstream fixtures of the Pod Security Standards', () => {
  const newest = truthCases(FIXTURES).filter(({ version }) => version === NEWEST);

  test('what a control denies, a check that names the control reports', () => {
    const silent: string[] = [];
    let looked = 0;
    for (const row of newest.filter(({ expected }) => expected === 'deny')) {
      const speakers = BY_CONTROL.get(`${row['level']}/${row['check']}`);
      if (speakers === undefined) continue;
      looked++;
      const found = findingsOf(pods(row['input'] ?? ''));
      if (!found.some(({ check }) => speakers.includes(check.id))) silent.push(row['case'] ?? '');
    }
    expect(looked).toBeGreaterThan(20);
    expect(silent).toEqual([]);
  });

  test('a pod that `restricted` allows has no finding of medium or above', () => {
    const allowed = newest.filter(({ level, expected }) => level === 'restricted' && expected === 'allow');
    expect(allowed.length).toBeGreaterThan(5);
    const loud = allowed.flatMap((row) =>
      findingsOf(pods(row['input'] ?? ''))
        .filter(({ severity }) => isAtLeast(severity, 'medium'))
        .map(({ check }) => `${row['case']}: ${check.id}`),
    );
    expect(loud).toEqual([]);
  });

  test('a pod that `baseline` allows has no finding of high or above', () => {
    const allowed = newest.filter(({ level, expected }) => level === 'baseline' && expected === 'allow');
    expect(allowed.length).toBeGreaterThan(5);
    const loud = allowed.flatMap((row) =>
      findingsOf(pods(row['input'] ?? ''))
        .filter(({ severity }) => isAtLeast(severity, 'high'))
        .map(({ check }) => `${row['case']}: ${check.id}`),
    );
    expect(loud).toEqual([]);
  });
});

describe('rights weigh by how they are bound', () => {
  const GROUP = 'rbac.authorization.k8s.io';
  const rbac = (kind: string, name: string, rest: JsonObject, namespace?: string) => ({
    apiVersion: `${GROUP}/v1`,
    kind,
    metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
    ...rest,
  });
  const role = (kind: string, rule: JsonObject, namespace?: string) =>
    rbac(kind, 'r', { rules: [rule] }, namespace);
  const bind = (kind: string, namespace?: string, roleName = 'r', subject: JsonObject = {}) =>
    rbac(
      kind,
      'b',
      {
        roleRef: { apiGroup: GROUP, kind: 'ClusterRole', name: roleName },
        subjects: [{ kind: 'ServiceAccount', name: 'app', namespace: 'shop', ...subject }],
      },
      namespace,
    );
  const core = (resource: string, ...verbs: string[]) => ({ apiGroups: [''], resources: [resource], verbs });
  const everything = { apiGroups: ['*'], resources: ['*'], verbs: ['*'] };

  test.each<[string, JsonObject[], string, Severity | undefined]>([
    [
      'cluster-wide secrets',
      [role('ClusterRole', core('secrets', 'list')), bind('ClusterRoleBinding')],
      'rbac-read-secrets',
      'critical',
    ],
    [
      'secrets of a namespace',
      [role('ClusterRole', core('secrets', 'list')), bind('RoleBinding', 'shop')],
      'rbac-read-secrets',
      'medium',
    ],
    [
      'secrets of kube-system',
      [role('ClusterRole', core('secrets', 'list')), bind('RoleBinding', 'kube-system')],
      'rbac-read-secrets',
      'critical',
    ],
    ['secrets, unbound', [role('ClusterRole', core('secrets', 'list'))], 'rbac-read-secrets', 'high'],
    [
      'everything, cluster-wide',
      [role('ClusterRole', everything), bind('ClusterRoleBinding')],
      'wildcard-rbac',
      'critical',
    ],
    ['everything in a namespace', [role('Role', everything, 'shop')], 'wildcard-rbac', 'medium'],
    [
      'everything is one concern',
      [role('ClusterRole', everything), bind('ClusterRoleBinding')],
      'rbac-read-secrets',
      undefined,
    ],
    [
      'the wildcard of an extension',
      [role('ClusterRole', { ...everything, apiGroups: ['example.com'] }), bind('ClusterRoleBinding')],
      'wildcard-rbac',
      'low',
    ],
    [
      'every verb on one resource',
      [role('ClusterRole', core('configmaps', '*')), bind('ClusterRoleBinding')],
      'wildcard-rbac',
      'medium',
    ],
    [
      'workloads in a namespace',
      [role('Role', core('pods', 'create'), 'shop')],
      'rbac-create-workloads',
      'low',
    ],
    [
      'workloads everywhere',
      [role('ClusterRole', core('pods', 'create')), bind('ClusterRoleBinding')],
      'rbac-create-workloads',
      'high',
    ],
    [
      'exec everywhere',
      [role('ClusterRole', core('pods/exec', 'create')), bind('ClusterRoleBinding')],
      'rbac-pod-exec',
      'high',
    ],
    [
      'port forwarding in a namespace',
      [role('Role', core('pods/portforward', 'create'), 'shop')],
      'rbac-pod-exec',
      'low',
    ],
    [
      'nodes through a RoleBinding',
      [role('ClusterRole', core('nodes/proxy', 'get')), bind('RoleBinding', 'shop')],
      'rbac-node-proxy',
      'low',
    ],
    ['nodes through a Role', [role('Role', core('nodes/proxy', 'get'), 'shop')], 'rbac-node-proxy', 'info'],
    [
      'impersonation everywhere',
      [role('ClusterRole', core('users', 'impersonate')), bind('ClusterRoleBinding')],
      'rbac-escalation-verbs',
      'critical',
    ],
    [
      'impersonation of one user',
      [
        role('ClusterRole', { ...core('users', 'impersonate'), resourceNames: ['ann'] }),
        bind('ClusterRoleBinding'),
      ],
      'rbac-escalation-verbs',
      'low',
    ],
    [
      'impersonation of the masters',
      [
        role('ClusterRole', { ...core('groups', 'impersonate'), resourceNames: ['system:masters'] }),
        bind('ClusterRoleBinding'),
      ],
      'rbac-escalation-verbs',
      'critical',
    ],
    [
      'cluster-admin',
      [bind('ClusterRoleBinding', undefined, 'cluster-admin')],
      'cluster-admin-binding',
      'critical',
    ],
    [
      'cluster-admin for a person',
      [bind('ClusterRoleBinding', undefined, 'cluster-admin', { kind: 'User', name: 'ann' })],
      'cluster-admin-binding',
      'high',
    ],
    [
      'edit everywhere',
      [bind('ClusterRoleBinding', undefined, 'edit')],
      'powerful-default-role-bound',
      'critical',
    ],
    [
      'a role of a controller in a namespace',
      [bind('RoleBinding', 'shop', 'system:controller:deployment-controller')],
      'powerful-default-role-bound',
      'low',
    ],
    [
      'workloads everywhere, with an administrator to become',
      [
        role('ClusterRole', core('pods', 'create')),
        bind('ClusterRoleBinding'),
        { ...bind('ClusterRoleBinding', undefined, 'cluster-admin'), metadata: { name: 'c' } },
      ],
      'rbac-create-workloads',
      'critical',
    ],
    [
      'images of pods everywhere, with an administrator to become',
      [
        role('ClusterRole', core('pods', 'patch')),
        bind('ClusterRoleBinding'),
        { ...bind('ClusterRoleBinding', undefined, 'cluster-admin'), metadata: { name: 'c' } },
      ],
      'rbac-create-workloads',
      'high',
    ],
    [
      'cluster-admin of a namespace',
      [bind('RoleBinding', 'shop', 'cluster-admin')],
      'cluster-admin-binding',
      'medium',
    ],
    [
      'cluster-admin by default',
      [bind('ClusterRoleBinding', undefined, 'cluster-admin', { name: 'default' })],
      'cluster-admin-binding',
      'critical',
    ],
    [
      'anybody',
      [bind('ClusterRoleBinding', undefined, 'view', { kind: 'User', name: 'system:anonymous' })],
      'anonymous-binding',
      'critical',
    ],
    [
      'everybody as cluster-admin',
      [
        bind('ClusterRoleBinding', undefined, 'cluster-admin', {
          kind: 'Group',
          name: 'system:authenticated',
        }),
      ],
      'authenticated-group-binding',
      'critical',
    ],
    [
      'everybody as cluster-admin is one concern',
      [
        bind('ClusterRoleBinding', undefined, 'cluster-admin', {
          kind: 'Group',
          name: 'system:authenticated',
        }),
      ],
      'cluster-admin-binding',
      undefined,
    ],
    [
      'everybody reads',
      [
        role('ClusterRole', core('pods', 'list')),
        bind('ClusterRoleBinding', undefined, 'r', { kind: 'Group', name: 'system:authenticated' }),
      ],
      'authenticated-group-binding',
      'medium',
    ],
    [
      'impersonation of uids everywhere',
      [
        role('ClusterRole', { ...core('uids', 'impersonate'), apiGroups: ['authentication.k8s.io'] }),
        bind('ClusterRoleBinding'),
      ],
      'rbac-escalation-verbs',
      'low',
    ],
    [
      'impersonation of an extra field everywhere',
      [
        role('ClusterRole', {
          ...core('userextras/scopes', 'impersonate'),
          apiGroups: ['authentication.k8s.io'],
        }),
        bind('ClusterRoleBinding'),
      ],
      'rbac-escalation-verbs',
      'low',
    ],
    [
      'cluster-admin for a service account by its user name',
      [
        bind('ClusterRoleBinding', undefined, 'cluster-admin', {
          kind: 'User',
          name: 'system:serviceaccount:shop:app',
        }),
      ],
      'cluster-admin-binding',
      'critical',
    ],
    [
      'cluster-admin for the nodes',
      [bind('ClusterRoleBinding', undefined, 'cluster-admin', { kind: 'Group', name: 'system:nodes' })],
      'cluster-admin-binding',
      'critical',
    ],
    [
      'cluster-admin for what only looks like a service account',
      [
        bind('ClusterRoleBinding', undefined, 'cluster-admin', {
          kind: 'User',
          name: 'system:serviceaccount:app',
        }),
      ],
      'cluster-admin-binding',
      'high',
    ],
    [
      'edit everywhere for a service account by its user name',
      [
        bind('ClusterRoleBinding', undefined, 'edit', {
          kind: 'User',
          name: 'system:serviceaccount:shop:app',
        }),
      ],
      'powerful-default-role-bound',
      'critical',
    ],
    [
      'system:authenticated has edit',
      [bind('ClusterRoleBinding', undefined, 'edit', { kind: 'Group', name: 'system:authenticated' })],
      'authenticated-group-binding',
      'critical',
    ],
    [
      'system:serviceaccounts:shop has edit',
      [bind('ClusterRoleBinding', undefined, 'edit', { kind: 'Group', name: 'system:serviceaccounts:shop' })],
      'authenticated-group-binding',
      'high',
    ],
    [
      'system:authenticated has view',
      [bind('ClusterRoleBinding', undefined, 'view', { kind: 'Group', name: 'system:authenticated' })],
      'authenticated-group-binding',
      'high',
    ],
    [
      'everybody creates jobs',
      [
        role('ClusterRole', { apiGroups: ['batch'], resources: ['jobs'], verbs: ['create'] }),
        bind('ClusterRoleBinding', undefined, 'r', { kind: 'Group', name: 'system:serviceaccounts' }),
      ],
      'authenticated-group-binding',
      'critical',
    ],
    [
      'every verb on workloads is one concern of wildcard-rbac',
      [
        role('ClusterRole', { apiGroups: ['apps'], resources: ['statefulsets'], verbs: ['*'] }),
        bind('ClusterRoleBinding'),
      ],
      'wildcard-rbac',
      'critical',
    ],
    [
      'every verb on workloads is one concern of rbac-create-workloads',
      [
        role('ClusterRole', { apiGroups: ['apps'], resources: ['statefulsets'], verbs: ['*'] }),
        bind('ClusterRoleBinding'),
      ],
      'rbac-create-workloads',
      undefined,
    ],
    [
      'what nothing matches',
      [role('ClusterRole', { ...everything, resources: ['*/*'] }), bind('ClusterRoleBinding')],
      'wildcard-rbac',
      'info',
    ],
    [
      'what nothing matches beside what does',
      [role('ClusterRole', { ...everything, resources: ['*/*', 'pods'] }), bind('ClusterRoleBinding')],
      'wildcard-rbac',
      'critical',
    ],
  ])('%s', (_, objects, id, severity) => {
    expect(findingsOf(objects).find(({ check }) => check.id === id)?.severity).toBe(severity);
  });
});

test('wrong types anywhere end in no error', () => {
  const wrong = [1, 'a', true, null, [], {}, [1], ['a'], [[{}]], { a: 1 }];
  for (const value of wrong) {
    for (const field of ['rules', 'roleRef', 'subjects', 'aggregationRule', 'metadata']) {
      for (const kind of ['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding']) {
        findingsOf([
          { apiVersion: 'rbac.authorization.k8s.io/v1', kind, metadata: { name: 'a' }, [field]: value },
        ]);
      }
    }
    for (const field of [
      'securityContext',
      'nodeSelector',
      'affinity',
      'tolerations',
      'containers',
      'runtimeClassName',
    ]) {
      const containers = [
        { name: 'a', securityContext: value },
        { securityContext: { capabilities: value } },
      ];
      const raw = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'a', labels: value, annotations: value },
      };
      findingsOf([{ ...raw, spec: { hostNetwork: true, containers, [field]: value } }]);
      findingsOf([
        {
          ...raw,
          spec: { containers: [{ securityContext: { seLinuxOptions: value, seccompProfile: value } }] },
        },
      ]);
    }
    findingsOf([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a', labels: value } }]);
  }
});
