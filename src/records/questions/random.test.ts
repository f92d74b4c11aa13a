import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ApiResources } from '../../kubernetes/api-resources.ts';
import { ask } from './ask.ts';
import { parseObjectReference } from './object-reference.ts';
import type { Question } from './question.ts';
import { story } from './story.ts';
import { parseSubject } from './subject.ts';
import { account, type Deed, request } from './test-history.ts';
import { ArrayReader } from './test-reader.ts';

const SEED = 20261123;
const RBAC = 'rbac.authorization.k8s.io';

/** Few names, so that much meets. Times go back as well: records come as they like. */
const deed: fc.Arbitrary<Deed> = fc
  .record({
    at: fc.nat(200),
    user: fc.constantFrom(
      'alice',
      'mallory',
      account('shop', 'bot'),
      account('kube-system', 'generic-garbage-collector'),
      account('kube-system', 'replicaset-controller'),
      'system:node:n1',
      'system:anonymous',
      '',
    ),
    impersonated: fc.constantFrom('', '', '', 'alice'),
    verb: fc.constantFrom('get', 'list', 'create', 'update', 'patch', 'delete', 'deletecollection'),
    resource: fc.constantFrom(
      'pods',
      'pods:exec',
      'secrets',
      'apps/replicasets',
      'apps/deployments',
      'namespaces',
      'serviceaccounts:token',
      `${RBAC}/clusterrolebindings`,
      `${RBAC}/clusterroles`,
    ),
    namespace: fc.constantFrom('shop', 'shop', 'test', ''),
    name: fc.constantFrom('web', 'web-77574cfbf6', 'web-77574cfbf6-86p99', 'bot', 'shop', ''),
    code: fc.constantFrom(200, 201, 403, 404, 500),
    cluster: fc.constantFrom('prod', 'prod', 'other'),
    credential: fc.constantFrom('', 'token JTI=1', 'token JTI=2'),
    pod: fc.constantFrom('', '', 'web'),
    auditId: fc.constantFrom('same', 'one', 'two', 'three', 'four', 'five'),
    stages: fc.constantFrom(
      ['ResponseComplete'],
      ['RequestReceived'],
      ['RequestReceived', 'ResponseStarted', 'ResponseComplete'],
    ),
    reason: fc.constantFrom(
      '',
      '',
      'RBAC: allowed by ClusterRoleBinding "web" of ClusterRole "bot" to User "alice"',
      'RBAC: allowed by ClusterRoleBinding "bot" of ClusterRole "web" to Group "x"',
    ),
    request: fc.constantFrom<Deed['request']>(
      undefined,
      undefined,
      {
        kind: 'Pod',
        metadata: {
          name: 'web',
          ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-77574cfbf6', uid: 'u' }],
        },
      },
      { kind: 'ClusterRole', metadata: 7 },
      { kind: 3 } as never,
    ),
    annotations: fc.constantFrom<Record<string, string>>(
      {},
      { 'authentication.kubernetes.io/issued-credential-id': 'JTI=1' },
    ),
  })
  .map(({ request: body, ...rest }) => ({
    ...rest,
    ...(body === undefined ? {} : { request: body }),
    decision: rest.code === 403 ? 'forbid' : 'allow',
  }));
const deeds = fc.array(deed, { minLength: 1, maxLength: 40 });

const resources = new ApiResources();
const pod = parseObjectReference('shop/pods/web', resources)!;
const questions: readonly Question[] = [
  { ask: 'who', object: pod },
  { ask: 'who', object: parseObjectReference('ns/shop', resources)!, reads: true, limit: 3 },
  { ask: 'what', subject: parseSubject('alice')! },
  { ask: 'where', about: { subject: parseSubject('sa:shop/bot')! } },
  { ask: 'why', about: { object: pod } },
  { ask: 'how', about: { object: parseObjectReference('shop/secrets/web', resources)! } },
  { ask: 'find', filters: { verbs: ['write'] }, limit: 5 },
];

/** What is asked for, by reading the history itself: no two requests of it are the same. */
function namesPod({ resource = '', namespace, name, verb, cluster }: Deed): boolean {
  return (
    resource.split(':')[0] === 'pods' &&
    namespace === 'shop' &&
    name === 'web' &&
    cluster !== undefined &&
    (!['get', 'list', 'watch'].includes(verb) || (resource === 'pods:exec' && verb === 'get'))
  );
}

describe('whatever happened', () => {
  it('is answered without a failure, in JSON, with causes before what they cause and in the same cluster', async () => {
    await fc.assert(
      fc.asyncProperty(deeds, async (all) => {
        const reader = new ArrayReader(all.flatMap(request));
        for (const question of questions) {
          const answer = await ask(reader, question);
          expect(JSON.parse(JSON.stringify(answer))).toEqual(answer);
          expect(answer.told.length).toBeLessThanOrEqual(question.limit ?? 100);
          const entries = [
            ...answer.told.map(({ entry }) => entry),
            ...(answer.behind ?? []),
            ...(answer.chain?.steps ?? []),
          ];
          const known = new Map(entries.map((entry) => [entry.id, entry]));
          for (const link of [...(answer.links ?? []), ...(answer.chain?.links ?? [])]) {
            const to = known.get(link.to)!;
            expect(link.from.id).not.toBe(link.to);
            expect(link.from.cluster).toBe(to.cluster);
            // Within the difference of clocks that is allowed for.
            expect(link.from.time).toBeLessThanOrEqual(to.end + 1_000_000);
            expect(link.evidence.length).toBeGreaterThan(0);
          }
        }
        const told = await story(reader, { about: { object: pod } });
        expect(JSON.parse(JSON.stringify(told))).toEqual(told);
      }),
      { seed: SEED, numRuns: 150 },
    );
  });

  it('is all told that names the object, and nothing that names another', async () => {
    await fc.assert(
      fc.asyncProperty(deeds, async (all) => {
        const distinct = [
          ...new Map(all.map((each, at) => [at, { ...each, auditId: `${each.auditId}-${at}` }])).values(),
        ];
        const reader = new ArrayReader(distinct.flatMap(request));
        const { told } = await ask(reader, { ask: 'who', object: pod, limit: 1000 });
        const direct = told.filter(
          ({ relation, entry }) =>
            relation === 'direct' && entry.object?.name === 'web' && entry.verb !== 'deletecollection',
        );
        const times = direct.reduce((sum, each) => sum + each.times, 0);
        expect(times).toBe(
          distinct.filter((each) => namesPod(each) && each.verb !== 'deletecollection').length,
        );
      }),
      { seed: SEED, numRuns: 300 },
    );
  });
});
