import { afterAll, beforeAll, expect, it } from 'vitest';
import { BOOTSTRAP_OBJECTS } from '../../src/engines/authorization/bootstrap.ts';
import {
  AuthorizerChain,
  NodeAuthorizer,
  NodeGraph,
  RbacAuthorizer,
  RbacWorld,
  RefusedReview,
  type RequestAttributes,
  readReview,
} from '../../src/engines/authorization/index.ts';
import type { JsonObject } from '../../src/kubernetes/json.ts';
import { type OwnControlPlane, startControlPlane } from '../../testbed/control-plane.ts';
import { Random } from '../differential/random.ts';
import { RandomAccess } from '../differential/random-access.ts';
import { RandomNodes } from '../differential/random-nodes.ts';
import { RandomRbac } from '../differential/random-rbac.ts';
import { ruleText, sortedSet } from '../differential/rbac-compare.ts';
import { aboutPods, essence, LISTS, nameOf, pathOf, sameReason, specOf } from './authorization-objects.ts';
import { caseCount, caseTimeout, inParallel } from './cases.ts';
import { describeWithCluster, eventually } from './cluster.ts';
import { nodeBasics, nodeObjects, type Posted } from './node-objects.ts';

const SEED = Number(process.env['KUBESTRIDE_SEED'] ?? 20261124);
const REVIEWS = caseCount(3000);
const RULES_REVIEWS = Math.ceil(REVIEWS / 20);
const SIZE = {
  clusterRoles: 80,
  roles: 80,
  clusterRoleBindings: 60,
  roleBindings: 400,
  names: 6,
  subjects: 6,
};
const PODS = 25;

const NODE_LISTS = {
  Pod: '/api/v1/pods',
  PersistentVolume: '/api/v1/persistentvolumes',
  ResourceSlice: '/apis/resource.k8s.io/v1/resourceslices',
  VolumeAttachment: '/apis/storage.k8s.io/v1/volumeattachments',
};

/** What of the reviews was answered how; refused are those that are no valid questions. */
interface Tally {
  readonly reviews: number;
  allowed: number;
  refused: number;
  byNode: number;
}

// It needs a server of its own: what it grants to everyone would be granted in the tests of other files too.
describeWithCluster('the authorization engine, against the API server', () => {
  let own: OwnControlPlane;
  /** What the server took of the world, as it was sent. */
  const taken: JsonObject[] = [];
  const random = new Random(SEED);
  const maker = new RandomRbac(random, SIZE);

  async function listed(lists: Readonly<Record<string, string>>): Promise<JsonObject[]> {
    const all = await Promise.all(
      Object.entries(lists).map(async ([kind, path]) => {
        const { apiVersion, items } = await own.expect('GET', path);
        return (items as JsonObject[]).map((item) => ({ ...item, apiVersion, kind }));
      }),
    );
    return all.flat();
  }

  async function post({ path, object }: Posted): Promise<number> {
    const { status } = await own.request('POST', path, object);
    return status;
  }

  /** Waits until the controller has filled all aggregated roles as we say that it does. */
  async function expectAggregated(): Promise<number> {
    const aggregated = new Map(
      RbacWorld.of(taken)
        .roles.filter(({ object }) => object['aggregationRule'] !== undefined)
        .map(({ object, rules }) => [nameOf(object), sortedSet(rules.map(ruleText))]),
    );
    const rulesThere = async (): Promise<[string, string[]][]> =>
      (await listed({ ClusterRole: LISTS['ClusterRole']! }))
        .filter((role) => aggregated.has(nameOf(role)))
        .map((role) => [nameOf(role), sortedSet(((role['rules'] ?? []) as JsonObject[]).map(ruleText))]);
    const ours = [...aggregated].sort();
    await eventually(
      async () => JSON.stringify((await rulesThere()).sort()) === JSON.stringify(ours),
      120,
    ).catch(async () => expect((await rulesThere()).sort(), `seed ${SEED}`).toEqual(ours));
    return ours.length;
  }

  /** The authorizers that the testbed's API server is started with, on everything that it has. */
  async function chain(): Promise<{ authorizer: AuthorizerChain; objects: JsonObject[] }> {
    const objects = await listed(LISTS);
    const graph = NodeGraph.of(await listed(NODE_LISTS));
    const links = [
      { name: 'node', authorizer: new NodeAuthorizer(graph, { isComplete: true }) },
      { name: 'rbac', authorizer: new RbacAuthorizer(RbacWorld.of(objects, { bootstrap: false })) },
    ];
    return { authorizer: new AuthorizerChain(links), objects };
  }

  /** Asks the server and us, and fails where that is not the same. */
  async function compareReviews(requests: readonly RequestAttributes[]): Promise<Tally> {
    const { authorizer, objects } = await chain();
    const alone = new Map<string, RbacAuthorizer>();
    const roles = objects.filter(({ kind }) => kind === 'Role' || kind === 'ClusterRole');
    const bindings = new Map(objects.map((object) => [nameOf(object), object]));
    const tally: Tally = { reviews: requests.length, allowed: 0, refused: 0, byNode: 0 };
    const wrong: string[] = [];
    await inParallel(requests, async (request) => {
      const spec = specOf(request);
      const { status, body } = await own.request(
        'POST',
        '/apis/authorization.k8s.io/v1/subjectaccessreviews',
        { spec },
      );
      const tell = (ours: unknown) =>
        wrong.push(`seed ${SEED}: ${JSON.stringify({ spec, ours, server: body.status ?? body.message })}`);
      let read: ReturnType<typeof readReview>;
      try {
        read = readReview({ spec });
      } catch (error) {
        if (!(error instanceof RefusedReview)) throw error;
        tally.refused++;
        if (status === 201) tell(error.message);
        return;
      }
      const answer = authorizer.authorize(read.attributes);
      if (status !== 201 || (body.status.allowed === true) !== (answer.decision === 'allow')) {
        tell(answer.decision);
        return;
      }
      if (answer.decision === 'allow') tally.allowed++;
      if (answer.by === 'node') tally.byNode++;
      const reason: string = body.status.reason ?? '';
      if (sameReason(reason, answer.reason)) return;
      // The server comes to bindings in any order; the one that it names has to be enough for us as well.
      const [, kind, name, namespace] =
        /^RBAC: allowed by (\w+) "([^"/]*)(?:\/([^"]*))?" /.exec(reason) ?? [];
      const binding = bindings.get(JSON.stringify([kind, namespace, name]));
      if (binding === undefined) {
        tell(answer.reason);
        return;
      }
      const key = nameOf(binding);
      if (!alone.has(key)) {
        alone.set(key, new RbacAuthorizer(RbacWorld.of([...roles, binding], { bootstrap: false })));
      }
      const byIt = alone.get(key)!.authorize(read.attributes).reason;
      if (byIt !== reason) tell(byIt);
    });
    expect(wrong.slice(0, 5), `${wrong.length} disagreements`).toEqual([]);
    expect(tally.allowed).toBeGreaterThan(requests.length * 0.05);
    expect(tally.allowed).toBeLessThan(requests.length * 0.95);
    return tally;
  }

  beforeAll(async () => {
    // Other controllers would change what is compared.
    const controllers = ['clusterrole-aggregation', 'serviceaccount', 'root-ca-certificate-publisher'];
    own = await startControlPlane({
      without: ['scheduler', 'kwok'],
      controllerManagerFlags: [`--controllers=${controllers.map((name) => `${name}-controller`).join()}`],
    });
  });
  afterAll(() => own?.stop());

  it('knows the roles and bindings that every API server creates', async () => {
    // The controller fills aggregated roles as soon as it runs.
    const unfilled = (await listed(LISTS)).map((object) =>
      object['aggregationRule'] === undefined ? object : { ...object, rules: null },
    );
    expect(BOOTSTRAP_OBJECTS.length).toBeGreaterThan(120);
    expect(unfilled.map(essence).sort()).toEqual(BOOTSTRAP_OBJECTS.map(essence).sort());
    expect(await expectAggregated()).toBe(3);
  });

  it(`takes aggregated roles for what the controller makes of them (seed ${SEED})`, {
    timeout: 200_000,
  }, async () => {
    for (const name of ['a', 'b', 'n0', 'n1', 'n2', 'n3', 'n4', 'n5']) {
      await own.expect('POST', '/api/v1/namespaces', { metadata: { name } });
    }
    const world = maker.world();
    const statuses = await inParallel(world, async (object) => {
      const status = await post({ path: pathOf(object), object });
      if (status === 201) taken.push(object);
      return status;
    });
    expect(Math.max(...statuses)).toBeLessThan(500);
    expect(taken.length).toBeGreaterThan(world.length / 3);
    const aggregated = await expectAggregated();
    process.stdout.write(
      `authorization: seed ${SEED}, ${taken.length} of ${world.length} objects taken, ${aggregated} aggregated roles\n`,
    );
    expect(aggregated).toBeGreaterThan(3);
  });

  it(
    `answers SubjectAccessReviews as the server does (seed ${SEED})`,
    async () => {
      await untilSeen();
      const access = new RandomAccess(random, maker.vocabulary, await listed(LISTS));
      const requests = Array.from({ length: REVIEWS / 2 }, () => access.request());
      process.stdout.write(`SubjectAccessReviews: ${JSON.stringify(await compareReviews(requests))}\n`);
    },
    caseTimeout(REVIEWS),
  );

  it(
    `answers for nodes with pods as the server does (seed ${SEED})`,
    async () => {
      const basics = await inParallel(nodeBasics(), post);
      expect(basics.every((status) => status === 201)).toBe(true);
      const objects = nodeObjects(random, PODS);
      const refused = (await inParallel(objects, post)).filter((status) => status !== 201).length;
      expect(refused).toBeLessThan(objects.length / 4);
      await untilSeen();
      const nodes = new RandomNodes(random);
      const requests = Array.from({ length: REVIEWS / 2 }, (_, index) =>
        index % 2 === 0 ? nodes.request() : aboutPods(random, nodes.request()),
      );
      const tally = await compareReviews(requests);
      process.stdout.write(`nodes: ${objects.length - refused} objects, ${JSON.stringify(tally)}\n`);
      expect(tally.byNode).toBeGreaterThan(REVIEWS / 20);
    },
    caseTimeout(REVIEWS),
  );

  it(`lists the rules of users as the server does (seed ${SEED})`, async () => {
    const objects = await listed(LISTS);
    const engine = new RbacAuthorizer(RbacWorld.of(objects, { bootstrap: false }));
    const access = new RandomAccess(random, maker.vocabulary, objects);
    const everyone = ['system:authenticated'];
    const asked = Array.from({ length: RULES_REVIEWS }, () => access.request()).filter(
      // Nobody can ask as a user without name, system:anonymous gets one more group, and system:masters may do everything
      // whatever the rules say.
      ({ user, namespace }) =>
        !['', 'system:anonymous'].includes(user.name) &&
        namespace !== '' &&
        !user.groups.includes('system:masters'),
    );
    let rules = 0;
    await inParallel(asked, async ({ user, namespace }) => {
      const groups = [...new Set([...user.groups.filter((group) => group !== ''), ...everyone])];
      const { status, body } = await own.request(
        'POST',
        '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews',
        { spec: { namespace } },
        { headers: { 'impersonate-user': user.name, 'impersonate-group': groups } },
      );
      const where = `seed ${SEED}: ${JSON.stringify([user.name, groups, namespace])} ${body.message}`;
      expect(status, where).toBe(201);
      const held = engine.rulesFor({ name: user.name, groups }, namespace).map(({ rule }) => rule);
      const texts = (list: readonly object[]) => sortedSet(list.map((rule) => ruleText(rule as JsonObject)));
      const { resourceRules, nonResourceRules } = body.status;
      const ours = held.flatMap((rule) => [
        ...(rule.resources.length > 0 ? [{ ...rule, nonResourceURLs: [] }] : []),
        ...(rule.nonResourceURLs.length > 0
          ? [{ verbs: rule.verbs, nonResourceURLs: rule.nonResourceURLs }]
          : []),
      ]);
      expect(texts(ours), where).toEqual(texts([...resourceRules, ...nonResourceRules]));
      rules += resourceRules.length + nonResourceRules.length;
    });
    process.stdout.write(`rules reviews: ${asked.length}, with ${rules} rules\n`);
    expect(rules).toBeGreaterThan(asked.length);
  });

  it('follows aggregated roles as they grow', { timeout: 200_000 }, async () => {
    const grown = ['view', 'edit', 'admin'].map((target): JsonObject => {
      const labels = { [`rbac.authorization.k8s.io/aggregate-to-${target}`]: 'true' };
      const rules = [{ apiGroups: ['late.io'], resources: [`for-${target}`], verbs: ['get'] }];
      return {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRole',
        metadata: { name: `late-${target}`, labels },
        rules,
      };
    });
    for (const object of grown) await own.expect('POST', pathOf(object), object);
    taken.push(...grown);
    await expectAggregated();
    const admin = (await listed(LISTS)).find((object) => nameOf(object) === '["ClusterRole",null,"admin"]');
    expect(JSON.stringify(admin)).toContain('for-view');
  });

  /** What was made last is known to the authorizers: a binding to a role each of all kinds, and a pod. */
  async function untilSeen(): Promise<void> {
    const name = `sentinel-${Date.now()}`;
    const subjects = [{ kind: 'User', name, apiGroup: 'rbac.authorization.k8s.io' }];
    const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }];
    for (const cluster of [false, true]) {
      const kind = cluster ? 'ClusterRole' : 'Role';
      const metadata = cluster ? { name } : { name, namespace: 'n0' };
      const roleRef = { kind, name, apiGroup: 'rbac.authorization.k8s.io' };
      for (const object of [
        { kind, metadata, rules },
        { kind: `${kind}Binding`, metadata, subjects, roleRef },
      ]) {
        await own.expect('POST', pathOf(object), object);
        taken.push({ apiVersion: 'rbac.authorization.k8s.io/v1', ...object });
      }
      const resourceAttributes = { verb: 'get', resource: 'pods', namespace: cluster ? '' : 'n0' };
      await eventually(async () => {
        const spec = { user: name, resourceAttributes };
        const { status } = await own.expect('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
          spec,
        });
        return status.allowed;
      });
    }
  }
}, ['kcm']);
