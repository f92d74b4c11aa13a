import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { auditRules, broadGroup, coversResource, unlogged, WRITES } from './audit-policy-rules.ts';
import type { Json, JsonObject } from './json.ts';
import { KubernetesObject } from './object.ts';
import { readYaml } from './yaml/index.ts';

const origin = {
  file: { path: 'policy.yaml' },
  document: 0,
  start: 0,
  end: 0,
  line: 1,
  column: 1,
  format: 'yaml' as const,
  within: '',
};

const rules = (...items: Json[]) =>
  auditRules(new KubernetesObject({ apiVersion: 'audit.k8s.io/v1', kind: 'Policy', rules: items }, origin));

/** What is left out, as `path or end: resource verbs`. */
const silence = (items: Json[], requests: Parameters<typeof unlogged>[1]) =>
  [...unlogged(rules(...items), requests)].flatMap(([rule, byResource]) =>
    [...byResource].map(([resource, verbs]) => `${rule?.path ?? 'end'}: ${resource} ${[...verbs]}`),
  );

const secrets = [{ group: '', resource: 'secrets', verbs: ['get', 'create'] }];

/** Expectations from ruleMatches and ruleMatchesResource in k8s.io/apiserver pkg/audit/policy/checker.go. */
describe('which requests a policy leaves out', () => {
  test('the first rule for everyone decides, and no rule means None', () => {
    expect(silence([{ level: 'Metadata' }, { level: 'None' }], secrets)).toEqual([]);
    expect(silence([{ level: 'None' }, { level: 'Metadata' }], secrets)).toEqual([
      'rules[0]: secrets get,create',
    ]);
    expect(silence([{ level: 'Metadata', verbs: ['get'] }], secrets)).toEqual(['end: secrets create']);
    expect(silence([], secrets)).toEqual(['end: secrets get,create']);
  });

  test('all signed-in users are everyone; single users, namespaces and objects are not', () => {
    const metadata = { level: 'Metadata' };
    const none = (fields: JsonObject) => silence([{ level: 'None', ...fields }, metadata], secrets);
    expect(none({ userGroups: ['system:authenticated'] })).toHaveLength(1);
    expect(none({ users: ['system:kube-proxy'] })).toEqual([]);
    expect(none({ userGroups: ['system:nodes'] })).toEqual([]);
    expect(none({ namespaces: ['kube-system'] })).toEqual([]);
    expect(none({ resources: [{ group: '', resources: ['secrets'], resourceNames: ['a'] }] })).toEqual([]);
    expect(none({ nonResourceURLs: ['*'] })).toEqual([]);
  });

  test('a broad group is noted, and later rules still decide for the others', () => {
    const masters = { level: 'None', userGroups: ['system:masters'], verbs: ['create'] };
    expect(silence([masters, { level: 'None', verbs: ['create'] }, { level: 'Metadata' }], secrets)).toEqual([
      'rules[0]: secrets create',
      'rules[1]: secrets create',
    ]);
    expect(silence([{ level: 'Metadata' }, masters], secrets)).toEqual([]);
    expect(broadGroup(rules(masters)[0]!)).toBe('system:masters');
    expect(broadGroup(rules({ ...masters, users: ['admin'] })[0]!)).toBeUndefined();
  });
});

test.each([
  [{ group: '' }, 'secrets', true],
  [{ group: '*', resources: ['secrets'] }, 'secrets', true],
  [{ group: 'apps', resources: ['secrets'] }, 'secrets', false],
  [{ group: '', resources: ['pods'] }, 'pods/exec', false],
  [{ group: '', resources: ['pods/*'] }, 'pods/exec', true],
  [{ group: '', resources: ['*/exec'] }, 'pods/exec', true],
  [{ group: '', resources: ['*'] }, 'pods/exec', true],
  [{ group: '', resources: ['pods/exec'] }, 'pods', false],
])('%j covers %s: %s', (entry, resource, covered) => {
  expect(coversResource(rules({ level: 'None', resources: [entry] })[0]!, '', resource)).toBe(covered);
});

test('wrong types are passed over', () => {
  expect(
    silence([null, 3, { level: 7, verbs: 'get', resources: [null, { resources: {} }] }], secrets),
  ).toEqual([]);
});

/** The policy that Google's test clusters run with leaves out no change for everyone. */
test('the policy of kube-up leaves out no changes', () => {
  const file = '../shared/truth/k8s-docs-facts/data/gce-audit-policy.yaml';
  if (!existsSync(file)) {
    process.stderr.write('\nSKIPPED: ../shared/truth absent; the policy of kube-up was not judged.\n');
    return;
  }
  const [document] = [...readYaml(readFileSync(file))];
  const policy = new KubernetesObject(document?.value as JsonObject, origin);
  expect(auditRules(policy).length).toBeGreaterThan(10);
  expect(unlogged(auditRules(policy), WRITES).size).toBe(0);
});
