import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { hasTruth, readTruth, truthCases, truthPath } from '../truth.ts';
import { hasGo } from './build-oracle.ts';
import { askOracle } from './oracle.ts';

interface Object {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

const FIELDS: Readonly<Record<string, string>> = {
  Role: 'roles',
  ClusterRole: 'clusterRoles',
  RoleBinding: 'roleBindings',
  ClusterRoleBinding: 'clusterRoleBindings',
};

/** All RBAC objects of a folder of manifests, Lists opened, namespaced ones without namespace put into `default`. */
function objectsOf(collection: string, folder: string): Record<string, Object[]> {
  const result: Record<string, Object[]> = Object.fromEntries(
    Object.values(FIELDS).map((field) => [field, []]),
  );
  const add = (object: (Object & { readonly items?: readonly Object[] }) | null): void => {
    if (object === null) return;
    for (const item of object.items ?? [])
      add({ ...item, kind: item.kind ?? object.kind.replace(/List$/, '') });
    const field = FIELDS[object.kind];
    if (field === undefined) return;
    const namespace = object.kind.startsWith('Cluster') ? {} : { namespace: 'default' };
    result[field]?.push({ ...object, metadata: { ...namespace, ...object.metadata } });
  };
  for (const name of readdirSync(truthPath(collection, folder), { recursive: true }) as string[]) {
    if (!/\.ya?ml$/.test(name)) continue;
    const text = readTruth(collection, join(folder, name)).toString('utf8');
    for (const document of parseAllDocuments(text)) add(document.toJS() as Object | null);
  }
  return result;
}

describe.skipIf(!hasGo() || !hasTruth('rbac-reference'))('the rbac operation of the oracle', () => {
  it('decides as the upstream authorizer did on manifests of real projects', async () => {
    const cases = truthCases('rbac-reference');
    const clusters = [...new Set(cases.map(({ cluster = '' }) => cluster))];
    const bootstrap = objectsOf('rbac-reference', 'data/bootstrap');
    const questions = clusters.map((cluster) => {
      const own = objectsOf('rbac-reference', `data/${cluster}`);
      return {
        ...Object.fromEntries(
          Object.values(FIELDS).map((field) => [field, [...(bootstrap[field] ?? []), ...(own[field] ?? [])]]),
        ),
        requests: cases
          .filter((row) => row['cluster'] === cluster)
          .map((row) => ({
            ...row,
            groups: row['groups']?.split(';'),
            resourceRequest: row['path'] === '',
          })),
      };
    });
    const answers = (await askOracle<object, { decision: string }[]>('rbac', questions)).flat();
    const rows = clusters.flatMap((cluster) => cases.filter((row) => row['cluster'] === cluster));
    expect(answers).toHaveLength(rows.length);
    expect(rows.filter((row) => row['expected'] === 'allow').length).toBeGreaterThan(1000);
    const wrong = rows.filter((row, index) => answers[index]?.decision !== row['expected']);
    expect(wrong.map((row) => row['case'])).toEqual([]);
  });
});

describe.skipIf(!hasGo() || !hasTruth('rbac-unit'))('the rbac operation of the oracle, unit tables', () => {
  it("decides as upstream's tests expect", async () => {
    const cases = truthCases('rbac-unit').filter(({ kind }) => kind === 'authorize');
    const answers = await askOracle<object, { decision: string }[]>(
      'rbac',
      cases.map(({ input = '', query = '' }) => ({
        ...JSON.parse(readTruth('rbac-unit', input).toString('utf8')),
        requests: [JSON.parse(query)],
      })),
    );
    expect(cases.length).toBeGreaterThan(10);
    expect(answers.map(([answer]) => answer?.decision)).toEqual(cases.map(({ expected }) => expected));
  });
});
