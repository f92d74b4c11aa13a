import { expect, test } from 'vitest';
import { readYaml } from '../../kubernetes/yaml/index.ts';
import { NEEDS } from './needs.ts';
import { type PermissionRole, type PermissionWords, permissions, permissionsYaml } from './permissions.ts';

/** Whether the roles allow the request, as RBAC decides: any rule that matches. */
function allows(roles: readonly PermissionRole[], verb: string, group: string, resource: string): boolean {
  return roles.some(({ rules }) =>
    rules.some(
      ({ rule }) =>
        rule.verbs.includes(verb) && rule.apiGroups?.includes(group) && rule.resources?.includes(resource),
    ),
  );
}

const everything = (roles: readonly PermissionRole[]) =>
  roles.flatMap(({ rules }) =>
    rules.flatMap(({ rule }) =>
      (rule.resources ?? []).flatMap((resource) =>
        rule.verbs.map((verb) => `${verb} ${rule.apiGroups?.join()}/${resource}`),
      ),
    ),
  );

test('grants the lists that are needed, and nothing else', () => {
  const roles = permissions();
  const needed = NEEDS.filter(({ kind }) => kind !== 'Secret').map(
    ({ group, resource }) => `list ${group}/${resource}`,
  );
  expect(everything(roles).sort()).toEqual([...new Set(needed)].sort());
  expect(roles.map(({ kind }) => kind)).toEqual(['ClusterRole']);
});

test('no right but to read, and to no Secret, unless asked for', () => {
  for (const options of [{}, { watch: true }, { namespace: 'shop', watch: true }]) {
    const granted = everything(permissions(options));
    expect(granted.filter((each) => !/^(list|watch) /.test(each))).toEqual([]);
    expect(granted.filter((each) => /secrets|\*|\/proxy/.test(each))).toEqual([]);
  }
  expect(allows(permissions({ secrets: true }), 'list', '', 'secrets')).toBe(true);
  expect(allows(permissions({ secrets: true }), 'get', '', 'secrets')).toBe(false);
  expect(allows(permissions({ watch: true }), 'watch', 'apps', 'deployments')).toBe(true);
  expect(allows(permissions({ kubeletConfiguration: true }), 'get', '', 'nodes/proxy')).toBe(true);
});

test('for one namespace: a Role in it, and cluster-wide only what is in none', () => {
  const [clusterRole, role] = permissions({ namespace: 'shop', secrets: true });
  expect(role).toMatchObject({ kind: 'Role', metadata: { name: 'kubestride', namespace: 'shop' } });
  const namespaced = NEEDS.filter((need) => need.namespaced).map(
    ({ group, resource }) => `list ${group}/${resource}`,
  );
  expect(everything([role!]).sort()).toEqual([...new Set(namespaced)].sort());
  const wide = everything([clusterRole!]);
  expect(wide.filter((each) => namespaced.includes(each))).toEqual([]);
  const namespaces = clusterRole!.rules.filter(({ rule }) => rule.resources?.includes('namespaces'));
  expect(namespaces.map(({ rule }) => [rule.resources, rule.resourceNames])).toEqual([
    [['namespaces'], ['shop']],
  ]);
});

test('rules are by API group, their resources sorted', () => {
  const [{ rules }] = permissions() as [PermissionRole];
  const groups = rules.flatMap(({ rule }) => rule.apiGroups ?? []);
  expect(groups).toEqual([...new Set(groups)].sort());
  for (const { rule } of rules) expect(rule.resources ?? []).toEqual([...(rule.resources ?? [])].sort());
});

test('the text is the same roles, with words', () => {
  const topic = new Proxy({} as PermissionWords['topic'], { get: (_, name) => [`for ${String(name)}`] });
  for (const options of [{}, { namespace: 'true', secrets: true, watch: true, kubeletConfiguration: true }]) {
    const roles = permissions(options);
    const text = permissionsYaml(roles, { introduction: ['Two', 'lines'], topic });
    expect(text.startsWith('# Two\n# lines\napiVersion: ')).toBe(true);
    expect(text).toContain('  # for server\n  - nonResourceURLs:\n      - "/api"\n');
    const documents = [...readYaml(Buffer.from(text))].map(({ value }) => value);
    expect(documents).toEqual(roles.map((role) => ({ ...role, rules: role.rules.map(({ rule }) => rule) })));
  }
});
