import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bind, World } from '../src/engines/authorization/escalation/test-world.ts';
import { asArray, asObject, asString, type JsonObject } from '../src/kubernetes/json.ts';
import { readYaml } from '../src/kubernetes/yaml/index.ts';
import { Tally } from './oracles/tally.ts';
import { hasTruth, readTruth, truthCases, truthPath } from './truth.ts';

const EDGES = 'kubehound-edges';
const CATALOGUES = 'rbac-risk-catalogues';

const OF_CONTAINERS =
  'edges of the other kinds, which are about containers, nodes, tokens in them and what single accounts have: tests name three of them one by one (tests/escalation-truth.test.ts)';

/** What the API server does not grant by the entry alone. */
const NO_POWER: Readonly<Record<string, string>> = {
  'kubiscan/risky-any-verb-groups':
    'groups are impersonated together with a user, never alone (kubernetes.io, Authenticating, "User impersonation")',
  'kubiscan/risky-impersonate-groups':
    'groups are impersonated together with a user, never alone (kubernetes.io, Authenticating, "User impersonation")',
  'rbac-police/approve_csrs':
    'a request is approved in its subresource and for a signer (kubernetes.io, Certificates and Certificate Signing Requests, "Authorization")',
};

/** `role::binding` of a set of permissions, to the subject of the binding. */
function subjectsOf(objects: readonly JsonObject[]): Map<string, string> {
  return new Map(
    objects
      .filter(({ kind }) => kind === 'RoleBinding' || kind === 'ClusterRoleBinding')
      .map((binding) => {
        const name = asString(asObject(binding['metadata'])?.['name']);
        const role = asString(asObject(binding['roleRef'])?.['name']);
        const { kind, namespace, name: own } = asObject(asArray(binding['subjects'])?.[0]) ?? {};
        return [
          `${role}::${name}`,
          `${kind} ${kind === 'ServiceAccount' ? `${namespace ?? 'default'}/` : ''}${own}`,
        ];
      }),
  );
}

describe.skipIf(!hasTruth(EDGES))('the edges that KubeHound expects on its test cluster', () => {
  const folder = 'data/test/setup/test-cluster/attacks';
  const objects = () =>
    readdirSync(truthPath(EDGES, folder)).flatMap((file) =>
      [...readYaml(readTruth(EDGES, join(folder, file)))].flatMap(({ value }) => {
        const object = asObject(value);
        return object === undefined ? [] : [object];
      }),
    );

  it('of roles that bind themselves to others, and none where the API server refuses the binding', async () => {
    const all = objects();
    const world = new World(all, { isComplete: false });
    const subjects = subjectsOf(all);
    const binds = (set: string) => {
      const [kind = '', name = ''] = subjects.get(set)!.split(' ');
      const [namespace, own] = name.includes('/') ? name.split('/') : [undefined, name];
      const at = world.graph.find({ kind: kind as 'User', namespace, name: own! })!;
      return world.graph.network.edges[at]!.some(({ way }) => way?.startsWith('bind-'));
    };
    const tally = new Tally(EDGES, 'ROLE_BIND');
    for (const row of truthCases(EDGES)) {
      if (row['edge'] === 'ROLE_BIND')
        await tally.compare(row['case']!, () => (binds(row['src']!) ? [] : ['binds nothing']));
      else tally.leaveOut(OF_CONTAINERS);
    }
    expect(tally.finish()).toEqual([]);
    const expected = truthCases(EDGES).filter(({ edge }) => edge === 'ROLE_BIND');
    expect(new Set(expected.map(({ src }) => src)).size).toBeGreaterThan(4);
    const refused = [...subjects.keys()].filter((set) => set.includes('-fail'));
    expect(refused.length).toBeGreaterThan(2);
    expect(refused.filter(binds)).toEqual([]);
  });

  it('of pods that are created, and of commands in pods', () => {
    const world = new World(objects(), { isComplete: false });
    expect(world.path('ServiceAccount default/pod-create-sa', 'node')).toBe('create-pod > Node ');
    expect(world.path('ServiceAccount default/pod-exec-sa', 'node')).toMatch(/^exec > Node $/);
    expect(world.path('ServiceAccount default/pod-patch-sa', 'node')).toMatch(/^change-pod > Node $/);
    // The API server asks in no namespace whether users may be impersonated, so the Role gives nothing.
    expect(world.path('ServiceAccount default/impersonate-sa', 'cluster-admin')).toBe('');
  });
});

describe.skipIf(!hasTruth(CATALOGUES))('what rbac-police and KubiScan call risky', () => {
  it('is a power of whoever holds it', async () => {
    const list = (text: string | undefined) => (text ?? '').split(';').filter((each) => each !== '');
    const rows = truthCases(CATALOGUES).filter(({ verbs, resources }) => verbs !== '' && resources !== '');
    const groups = new Set(rows.map(({ group }) => group!));
    expect(groups.size).toBeGreaterThan(40);
    const isPower = (group: string): boolean => {
      const own = rows.filter((row) => row['group'] === group);
      const role: JsonObject = {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRole',
        metadata: { name: 'risky' },
        rules: own.map(({ verbs, resources, apiGroups }) => ({
          verbs: list(verbs),
          resources: list(resources),
          apiGroups: list(apiGroups).map((each) => (each === '""' ? '' : each)),
        })),
      };
      const { graph } = new World([role, bind('risky', 'User eve')], { bootstrap: true, isComplete: false });
      const at = graph.find({ kind: 'User', namespace: undefined, name: 'eve' })!;
      const edges = graph.network.edges[at]!.filter(({ way }) => way !== 'member-of');
      return edges.length > 0 || graph.effectsOf(at).length > 0;
    };
    const tally = new Tally(CATALOGUES, 'risky rights');
    for (const group of groups) {
      const reason = NO_POWER[group];
      if (reason !== undefined && !isPower(group)) tally.leaveOut(reason);
      else await tally.compare(group, () => (isPower(group) ? [] : ['gives no power']));
    }
    expect(tally.finish()).toEqual([]);
    expect(Object.keys(NO_POWER).filter(isPower)).toEqual([]);
  });
});
