import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import {
  RbacAuthorizer,
  RbacWorld,
  type RequestAttributes,
  uncovered,
} from '../src/engines/authorization/index.ts';
import { asObject, type JsonObject } from '../src/kubernetes/json.ts';
import { readYaml } from '../src/kubernetes/yaml/index.ts';
import { Tally } from './oracles/tally.ts';
import { hasTruth, readTruth, truthCases, truthPath } from './truth.ts';

const REFERENCE = 'rbac-reference';
const UNIT = 'rbac-unit';

function attributes(parts: { readonly [field: string]: unknown }): RequestAttributes {
  const text = (field: string) => (parts[field] as string | undefined) ?? '';
  return {
    user: { name: text('user'), groups: (parts['groups'] as string[] | null) ?? [] },
    verb: text('verb'),
    isResourceRequest: parts['resourceRequest'] === true,
    apiGroup: text('apiGroup'),
    apiVersion: '*',
    resource: text('resource'),
    subresource: text('subresource'),
    namespace: text('namespace'),
    name: text('name'),
    path: text('path'),
  };
}

/** Every object in the manifests of a folder, Lists opened. */
function objectsOf(folder: string): JsonObject[] {
  const files = (readdirSync(truthPath(REFERENCE, folder), { recursive: true }) as string[]).filter((file) =>
    /\.ya?ml$/.test(file),
  );
  const objects = files.flatMap((file) =>
    [...readYaml(readTruth(REFERENCE, join(folder, file)))].map(({ value }) => asObject(value)),
  );
  return objects.flatMap((object) => {
    if (object === undefined) return [];
    return Array.isArray(object['items']) ? (object['items'] as JsonObject[]) : [object];
  });
}

function decide(authorizer: RbacAuthorizer, row: Record<string, string>): string {
  const asked = attributes({
    ...row,
    groups: row['groups']?.split(';'),
    resourceRequest: row['path'] === '',
  });
  return authorizer.authorize(asked).decision;
}

for (const [title, bootstrap] of [
  ['the roles in the manifests', false],
  ['its own copy of the roles of every API server', true],
] as const) {
  test.skipIf(!hasTruth(REFERENCE))(
    `decides as the upstream authorizer on real projects, with ${title}`,
    async () => {
      const cases = truthCases(REFERENCE);
      const authorizers = new Map<string, RbacAuthorizer>();
      const tally = new Tally(REFERENCE, `decisions, with ${title}`);
      let allowed = 0;
      for (const row of cases) {
        await tally.compare(row['case']!, () => {
          const wrong: string[] = [];
          const cluster = row['cluster'] ?? '';
          let authorizer = authorizers.get(cluster);
          if (authorizer === undefined) {
            const objects = [
              ...objectsOf(`data/${cluster}`),
              ...(bootstrap ? [] : objectsOf('data/bootstrap')),
            ];
            authorizer = new RbacAuthorizer(RbacWorld.of(objects, { bootstrap }));
            authorizers.set(cluster, authorizer);
          }
          const decision = decide(authorizer, row);
          if (decision === 'allow') allowed++;
          if (decision !== row['expected']) wrong.push(`${row['expected']}, got ${decision}`);
          return wrong;
        });
      }
      expect(tally.finish()).toEqual([]);
      expect(cases.length).toBeGreaterThanOrEqual(12_000);
      expect(allowed).toBeGreaterThan(1000);
    },
  );
}

/** The rbac-unit files hold lists by kind, without the kind on the objects. */
function worldOf(input: string): RbacWorld {
  const lists = JSON.parse(readTruth(UNIT, input).toString('utf8')) as Record<string, JsonObject[] | null>;
  const objects = Object.entries(lists).flatMap(([field, list]) =>
    (list ?? []).map((object) => ({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: KINDS[field]!,
      ...object,
    })),
  );
  return RbacWorld.of(objects, { bootstrap: false });
}

const KINDS: Readonly<Record<string, string>> = {
  roles: 'Role',
  clusterRoles: 'ClusterRole',
  roleBindings: 'RoleBinding',
  clusterRoleBindings: 'ClusterRoleBinding',
};

const FIELDS = ['verbs', 'apiGroups', 'resources', 'resourceNames', 'nonResourceURLs'] as const;
type Rule = Record<(typeof FIELDS)[number], readonly string[]>;

function complete(rules: readonly Partial<Rule>[] | null): Rule[] {
  return (rules ?? []).map(
    (rule) => Object.fromEntries(FIELDS.map((field) => [field, rule[field] ?? []])) as Rule,
  );
}

const asSet = (items: readonly unknown[]) => items.map((item) => JSON.stringify(item)).sort();

/** What the engine answers to a case, in the form of what is expected, and that; lists as sets. */
const ANSWERS: Record<
  string,
  (row: Record<string, string>, query: Record<string, unknown>) => [unknown, unknown]
> = {
  authorize: (row, query) => [
    new RbacAuthorizer(worldOf(row['input']!)).authorize(attributes(query)).decision,
    row['expected'],
  ],
  'who-can': (row, query) => {
    const asked = attributes(query);
    const superUser = query['superUser'] === '' ? [] : [{ kind: 'User', name: query['superUser'] }];
    const holders = new RbacAuthorizer(worldOf(row['input']!)).whoCan(asked);
    const expected = JSON.parse(row['expected']!) as JsonObject[];
    return [
      asSet([...superUser, ...holders.map(({ subject: { kind, name } }) => ({ kind, name }))]),
      asSet(expected.map(({ kind, name }) => ({ kind, name }))),
    ];
  },
  'rules-for': (row, query) => {
    const { user } = attributes(query);
    const held = new RbacAuthorizer(worldOf(row['input']!)).rulesFor(user, query['namespace'] as string);
    const rules = held.map(({ rule }) => Object.fromEntries(FIELDS.map((field) => [field, rule[field]])));
    return [asSet(rules), asSet(complete(JSON.parse(row['expected']!) as Partial<Rule>[] | null))];
  },
  'subject-match': (row, query) => {
    const namespace = query['namespace'] as string;
    const metadata = { name: 'all', ...(namespace !== '' && { namespace }) };
    const [role, binding] =
      namespace === '' ? ['ClusterRole', 'ClusterRoleBinding'] : ['Role', 'RoleBinding'];
    const apiVersion = 'rbac.authorization.k8s.io/v1';
    const objects = [
      { apiVersion, kind: role!, metadata, rules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }] },
      {
        apiVersion,
        kind: binding!,
        metadata,
        subjects: query['subjects'] as JsonObject[],
        roleRef: { kind: role!, name: 'all' },
      },
    ];
    const asked = attributes({ ...query, resourceRequest: true, verb: 'get', resource: 'pods' });
    const { decision } = new RbacAuthorizer(RbacWorld.of(objects, { bootstrap: false })).authorize(asked);
    return [decision === 'allow', JSON.parse(row['expected']!)];
  },
  'rule-coverage (escalation check)': (row, query) => {
    const rules = (field: string) => complete(query[field] as Partial<Rule>[] | null);
    const left = uncovered(rules('ownerRules'), rules('servantRules'));
    const expected = JSON.parse(row['expected']!) as { covered: boolean; uncovered: Partial<Rule>[] };
    return [
      { covered: left.length === 0, uncovered: asSet(complete(left)) },
      { covered: expected.covered, uncovered: asSet(complete(expected.uncovered)) },
    ];
  },
};

test.skipIf(!hasTruth(UNIT))('answers every unit case of upstream', async () => {
  const cases = truthCases(UNIT);
  const tally = new Tally(UNIT, 'unit cases');
  const kinds = new Set<string>();
  for (const row of cases) {
    await tally.compare(row['case']!, () => {
      const wrong: string[] = [];
      const kind = row['kind']!;
      kinds.add(kind);
      const [answer, expected] = ANSWERS[kind]!(row, JSON.parse(row['query']!) as Record<string, unknown>);
      if (!isDeepStrictEqual(answer, expected))
        wrong.push(`${JSON.stringify(answer)}, not ${JSON.stringify(expected)}`);
      return wrong;
    });
  }
  expect(tally.finish()).toEqual([]);
  expect(cases.length).toBeGreaterThanOrEqual(40);
  expect([...kinds].sort()).toEqual(Object.keys(ANSWERS).sort());
});
