import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { assess } from '../src/assessment/assess.ts';
import type { JsonObject } from '../src/kubernetes/json.ts';
import { KubernetesObject } from '../src/kubernetes/object.ts';
import { SEVERITIES, type Severity } from '../src/threats/define-check.ts';
import { checks } from '../src/threats/generated/registry.ts';
import { hasTruth, truthCases } from './truth.ts';

const CATALOGUES = 'rbac-risk-catalogues';
const PEERS = '../shared/peers/peer-checks.csv';
/** What kubesplaining says of access; its other rules are about pods, networks and admission. */
const OF_ACCESS = /^KUBE-(?:PRIVESC|RBAC|LP|SA|CSR|CLOUD|CONFUSED|SECRETS-CROSSNS|ESCAPE-CONTROLPLANE)\b/;

const hasPeers = existsSync(PEERS);
if (!hasPeers) process.stderr.write(`\nSKIPPED: ${PEERS} is absent; ids were not compared.\n\n`);

/** The ids of the tables of the guide, as `tool/id`, with the reason of each row. */
function withoutCheck(file: string): Map<string, string> {
  const rows = [...readFileSync(file, 'utf8').matchAll(/^\| ([a-z-]+) \| (.+) \| (.+) \|$/gm)];
  return new Map(
    rows.flatMap(([, tool, ids = '', reason = '']) =>
      [...ids.matchAll(/`([^`]+)`/g)].map(([, id]): [string, string] => [`${tool}/${id}`, reason]),
    ),
  );
}

describe.skipIf(!hasPeers || !hasTruth(CATALOGUES))('ids of the catalogues', () => {
  const spoken = new Set(
    checks.flatMap(({ equivalents }) =>
      Object.entries(equivalents).flatMap(([tool, ids]) => ids.map((id) => `${tool}/${id}`)),
    ),
  );
  const ofPeers = readFileSync(hasPeers ? PEERS : '/dev/null', 'utf8')
    .split('\n')
    .map((line) => line.split(',').slice(0, 2).join('/'))
    .filter((id) => id.startsWith('rbac-police/') || OF_ACCESS.test(id.replace(/^kubesplaining\//, '')));
  const ofKubiScan = hasPeers
    ? truthCases(CATALOGUES).flatMap(({ source, name }) =>
        source === 'KubiScan' ? [`kubiscan/${name}`] : [],
      )
    : [];
  const all = [...new Set([...ofPeers, ...ofKubiScan])];

  test('each has a check, or the guide says why not', () => {
    const reasons = withoutCheck('docs/rbac-catalogues.md');
    expect(all.length).toBeGreaterThan(100);
    expect(all.filter((id) => !spoken.has(id) && !reasons.has(id))).toEqual([]);
    expect([...reasons.keys()].filter((id) => spoken.has(id))).toEqual([]);
  });

  test('the guide names the same ids in both languages', () => {
    const [english, chinese] = ['docs/rbac-catalogues.md', 'docs/rbac-catalogues.zh-CN.md'].map(withoutCheck);
    expect([...chinese!.keys()]).toEqual([...english!.keys()]);
  });
});

/** What the catalogue computes and the index therefore leaves empty or short, from the descriptions in it. */
const COMPLETED: Readonly<Record<string, { verbs?: string[]; resources?: string[] }>> = {
  'rbac-police/approve_csrs': { verbs: ['create', 'approve', 'update'] },
  'rbac-police/assign_sa': { verbs: ['create'], resources: ['pods'] },
  'rbac-police/bind_roles': { resources: ['clusterroles'] },
  'rbac-police/cluster_admin': { verbs: ['*'], resources: ['*'] },
  'rbac-police/control_webhooks': {
    verbs: ['create', 'update', 'patch'],
    resources: ['validatingwebhookconfigurations', 'mutatingwebhookconfigurations'],
  },
  'rbac-police/eks_modify_aws_auth': { verbs: ['update', 'patch'] },
  'rbac-police/escalate_roles': { resources: ['clusterroles'] },
  'rbac-police/impersonate': { resources: ['users', 'groups', 'serviceaccounts'] },
  'rbac-police/issue_token_secrets': { verbs: ['create', 'update', 'patch'] },
  'rbac-police/modify_node_status': { verbs: ['update', 'patch'] },
  'rbac-police/modify_pod_status': { verbs: ['update', 'patch'] },
  'rbac-police/modify_pods': { verbs: ['update', 'patch'] },
  'rbac-police/modify_service_status_cve_2020_8554': { verbs: ['update', 'patch'] },
  'rbac-police/pods_ephemeral_ctrs': { verbs: ['update', 'patch'] },
  'rbac-police/retrieve_token_secrets': { verbs: ['get'] },
};

/** Half of a pair of rules that the catalogue calls risky together, and what the half is worth. */
const HALVES: Readonly<Record<string, Severity>> = {
  // Anybody with `view` may do this; what is told is the wildcard in the API group.
  'kubiscan/risky-attach-pods#2': 'low',
  'kubiscan/risky-exec-pods#2': 'low',
  // Without `bind`, the API server lets nobody grant more than they have.
  'kubiscan/risky-create-clusterrolebinding-clusterrole': 'medium',
  'kubiscan/risky-create-rolebinding-clusterrole': 'medium',
  'kubiscan/risky-create-rolebinding-role': 'medium',
};

const GROUP = 'rbac.authorization.k8s.io';
const isAtLeast = (found: Severity | undefined, wanted: Severity) =>
  found !== undefined && SEVERITIES.indexOf(found) <= SEVERITIES.indexOf(wanted);

function rule(row: Record<string, string>): JsonObject {
  const list = (column: string) => (row[column] ?? '').split(';').filter((value) => value !== '');
  const given = COMPLETED[row['case'] ?? ''] ?? {};
  const group = row['apiGroups'] === '""' || row['apiGroups'] === '' ? '' : (row['apiGroups'] ?? '');
  return {
    apiGroups: [group],
    resources: given.resources ?? list('resources'),
    verbs: given.verbs ?? list('verbs'),
  };
}

/** The worst finding about a ClusterRole with these rules. */
function worst(
  rules: JsonObject[],
  isBound: boolean,
  others: readonly JsonObject[] = [],
): Severity | undefined {
  const raws: JsonObject[] = [
    { apiVersion: `${GROUP}/v1`, kind: 'ClusterRole', metadata: { name: 'risky' }, rules },
    ...others,
  ];
  if (isBound)
    raws.push({
      apiVersion: `${GROUP}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: 'risky' },
      roleRef: { apiGroup: GROUP, kind: 'ClusterRole', name: 'risky' },
      subjects: [{ kind: 'ServiceAccount', namespace: 'shop', name: 'app' }],
    });
  const objects = raws.map((raw, document) => {
    const place = { document, start: 0, end: 0, line: 1, column: 1, format: 'yaml' as const, within: '' };
    return new KubernetesObject(raw, { file: { path: 'rbac.yaml' }, ...place });
  });
  const evidence = { objects, documents: objects.length, notKubernetes: [], unread: [] };
  const { findings } = assess(evidence, { checks });
  const found = findings
    .filter(({ object }) => object.kind === 'ClusterRole')
    .map(({ severity }) => severity);
  return SEVERITIES.find((severity) => found.includes(severity));
}

/** What the description of an entry takes for granted. */
const SURROUNDINGS: Readonly<Record<string, readonly JsonObject[]>> = {
  'rbac-police/eks_modify_aws_auth': [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'aws-auth', namespace: 'kube-system' } },
  ],
  // An account that is equivalent to an administrator.
  'rbac-police/assign_sa': [
    {
      apiVersion: `${GROUP}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: 'operator' },
      roleRef: { apiGroup: GROUP, kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ kind: 'ServiceAccount', namespace: 'operators', name: 'operator' }],
    },
  ],
};

describe.skipIf(!hasTruth(CATALOGUES))('what experts call risky', () => {
  // An annotation of a service account and no rule: cloud-identity-service-account.
  const rows = hasTruth(CATALOGUES)
    ? truthCases(CATALOGUES).filter((row) => row['case'] !== 'rbac-police/providerIAM')
    : [];
  const groups = new Map<string, Record<string, string>[]>();
  for (const row of rows) groups.set(row['group'] ?? '', [...(groups.get(row['group'] ?? '') ?? []), row]);
  const severityOf = (row: Record<string, string>) => (row['severity'] ?? '').toLowerCase() as Severity;
  const around = (name: string) => SURROUNDINGS[name] ?? [];

  test('is complete', () => {
    expect(rows.length).toBeGreaterThan(60);
    for (const row of rows) {
      expect(rule(row), row['case']).not.toMatchObject({ verbs: [] });
      expect(rule(row), row['case']).not.toMatchObject({ resources: [] });
    }
  });

  test('has a finding of at least that severity where it holds in the whole cluster', () => {
    const missed = [...groups].flatMap(([name, its]) => {
      const wanted = severityOf(its[0]!);
      const found = worst(its.map(rule), true, around(name));
      return isAtLeast(found, wanted) ? [] : [`${name}: ${found}, not ${wanted}`];
    });
    expect(missed).toEqual([]);
  });

  test('has one for each rule alone, halves of a pair aside', () => {
    const missed = rows.flatMap((row) => {
      const name = row['case'] ?? '';
      const found = worst([rule(row)], true, around(name));
      if (Object.hasOwn(HALVES, name)) return found === HALVES[name] ? [] : [`${name}: ${found}`];
      return isAtLeast(found, severityOf(row)) ? [] : [`${name}: ${found}`];
    });
    expect(missed).toEqual([]);
  });

  test('has one that is less by one step at most, and never worse, where no binding is among the sources', () => {
    for (const [name, its] of groups) {
      const found = worst(its.map(rule), false, around(name));
      const oneLess = SEVERITIES[SEVERITIES.indexOf(severityOf(its[0]!)) + 1]!;
      expect(isAtLeast(found, oneLess), `${name}: ${found}`).toBe(true);
      expect(isAtLeast(worst(its.map(rule), true, around(name)), found!), name).toBe(true);
    }
  });
});
