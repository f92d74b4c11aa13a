import { expect, test } from 'vitest';
import { assess } from '../../src/assessment/assess.ts';
import { LiveAssessment } from '../../src/assessment/live-assessment.ts';
import { spoken } from '../../src/assessment/test-spoken.ts';
import type { ApiClient } from '../../src/evidence/cluster/client.ts';
import { connect } from '../../src/evidence/cluster/connection/connect.ts';
import { readCluster } from '../../src/evidence/cluster/read-cluster.ts';
import { followCluster } from '../../src/evidence/cluster/watch/follow-cluster.ts';
import { keepForChecks, PendingChanges } from '../../src/evidence/pending-changes.ts';
import { evidenceOf } from '../../src/evidence/snapshot-evidence.ts';
import type { JsonObject } from '../../src/kubernetes/json.ts';
import { checks } from '../../src/threats/generated/registry.ts';
import { Random } from '../differential/random.ts';
import { cluster, describeWithCluster, freshNamespace } from './cluster.ts';

const SEED = 20261123;
const CHANGES = Number(process.env['KUBESTRIDE_CASES'] ?? 3000);
const ROUNDS = 6;
const AT_ONCE = 8;
const NAMES = ['a', 'b', 'c', 'd'];

interface Place {
  readonly path: string;
  readonly body: JsonObject;
}

function podSpec(random: Random): JsonObject {
  return {
    terminationGracePeriodSeconds: 0,
    serviceAccountName: random.pick(['default', 'default', 'a', 'b']),
    ...(random.chance(0.2) ? { hostNetwork: true } : {}),
    containers: [
      {
        name: 'main',
        image: random.pick(['nginx', 'nginx:1.27', 'r.example/app:2']),
        ...(random.chance(0.3) ? { securityContext: { privileged: true } } : {}),
        ...(random.chance(0.3) ? { resources: { limits: { memory: '64Mi', cpu: '1' } } } : {}),
      },
    ],
  };
}

/** Any object whose state decides on its own verdicts or on those of others. */
function anyObject(random: Random, namespaces: readonly string[]): Place {
  const namespace = random.pick(namespaces);
  const name = random.pick(NAMES);
  const labels = { app: random.pick(['a', 'b']) };
  const metadata = { name, namespace };
  const account = { kind: 'ServiceAccount', name: random.pick(NAMES), namespace: random.pick(namespaces) };
  const of = (root: string, resource: string, apiVersion: string, kind: string, more: JsonObject): Place => ({
    path: `${root}/namespaces/${namespace}/${resource}`,
    body: { apiVersion, kind, metadata, ...more },
  });
  const rbac = 'rbac.authorization.k8s.io';
  const template = { metadata: { labels: { ...labels, set: name } }, spec: podSpec(random) };
  const makers: (() => Place)[] = [
    () =>
      of('/apis/apps/v1', 'deployments', 'apps/v1', 'Deployment', {
        spec: { replicas: random.pick([0, 1, 2]), selector: { matchLabels: { set: name } }, template },
      }),
    () =>
      of('/api/v1', 'pods', 'v1', 'Pod', {
        metadata: { ...metadata, name: `pod-${name}`, labels },
        spec: podSpec(random),
      }),
    () =>
      of('/apis/networking.k8s.io/v1', 'networkpolicies', 'networking.k8s.io/v1', 'NetworkPolicy', {
        spec: {
          podSelector: random.pick<JsonObject>([{}, { matchLabels: labels }]),
          policyTypes: random.pick([['Ingress'], ['Ingress', 'Egress']]),
        },
      }),
    () =>
      of('/api/v1', 'services', 'v1', 'Service', {
        spec: { type: random.pick(['ClusterIP', 'LoadBalancer']), selector: labels, ports: [{ port: 80 }] },
      }),
    () =>
      of('/apis/policy/v1', 'poddisruptionbudgets', 'policy/v1', 'PodDisruptionBudget', {
        spec: { minAvailable: 1, selector: { matchLabels: labels } },
      }),
    () =>
      of('/api/v1', 'serviceaccounts', 'v1', 'ServiceAccount', {
        automountServiceAccountToken: random.chance(0.5),
      }),
    () =>
      of('/api/v1', 'configmaps', 'v1', 'ConfigMap', {
        data: { [random.pick(['k', 'password'])]: 'hunter2secret' },
      }),
    () =>
      of('/api/v1', 'resourcequotas', 'v1', 'ResourceQuota', { spec: { hard: { 'count/jobs.batch': '9' } } }),
    () =>
      of(`/apis/${rbac}/v1`, 'roles', `${rbac}/v1`, 'Role', {
        rules: [{ apiGroups: [''], resources: ['secrets'], verbs: [random.pick(['get', '*'])] }],
      }),
    () =>
      of(`/apis/${rbac}/v1`, 'rolebindings', `${rbac}/v1`, 'RoleBinding', {
        roleRef: { apiGroup: rbac, kind: 'Role', name },
        subjects: [account],
      }),
    () => ({
      path: `/apis/${rbac}/v1/clusterroles`,
      body: {
        apiVersion: `${rbac}/v1`,
        kind: 'ClusterRole',
        metadata: { name: `${namespaces[0]}-${name}` },
        rules: [{ apiGroups: ['*'], resources: ['*'], verbs: [random.pick(['get', '*'])] }],
      },
    }),
    () => ({
      path: `/apis/${rbac}/v1/clusterrolebindings`,
      body: {
        apiVersion: `${rbac}/v1`,
        kind: 'ClusterRoleBinding',
        metadata: { name: `${namespaces[0]}-${name}` },
        roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: `${namespaces[0]}-${name}` },
        subjects: [account],
      },
    }),
  ];
  return random.pick(makers)();
}

/** Creates it, or replaces or deletes what is there. */
async function change(random: Random, namespaces: readonly string[]): Promise<void> {
  const { request } = cluster();
  if (random.chance(0.05)) {
    const labels = random.chance(0.5)
      ? { 'pod-security.kubernetes.io/warn': 'restricted', owner: 'team' }
      : {};
    const path = `/api/v1/namespaces/${random.pick(namespaces)}`;
    const { body } = await request('GET', path);
    await request('PUT', path, { ...body, metadata: { ...body.metadata, labels } });
    return;
  }
  const { path, body } = anyObject(random, namespaces);
  const item = `${path}/${(body['metadata'] as JsonObject)['name']}`;
  if (random.chance(0.25)) {
    await request('DELETE', item, { propagationPolicy: 'Background' });
    return;
  }
  const created = await request('POST', path, body);
  if (created.status === 409) await request('PUT', item, body);
}

/** Follows the cluster for as long as the test runs. */
class Follower {
  readonly assessment = new LiveAssessment({ checks });
  readonly #pending = new PendingChanges();
  readonly #ending = new AbortController();
  readonly #followed: Promise<void>;
  /** How often something was judged anew. */
  assessed = 0;

  constructor(client: ApiClient) {
    this.#followed = this.#follow(client);
  }

  async #follow(client: ApiClient): Promise<void> {
    const events = followCluster(client, { keep: keepForChecks, signal: this.#ending.signal });
    for await (const batch of events) for (const event of batch) this.#pending.take(event);
  }

  assess(): void {
    if (!this.#pending.isComplete) return;
    this.assessed++;
    this.assessment.apply(this.#pending.drain());
  }

  async end(): Promise<void> {
    this.#ending.abort();
    await this.#followed;
  }
}

async function fresh(client: ApiClient) {
  const evidence = await evidenceOf(readCluster(client, { collectedAt: '2026-11-23T00:00:00Z' }));
  return spoken(assess(evidence, { checks }));
}

/** What one fresh reading of the cluster and the followed state both say; the last pair where they do not get there. */
async function settled(client: ApiClient, follower: Follower) {
  let pair = { live: {} as unknown, read: {} as unknown };
  for (let attempt = 0; attempt < 30; attempt++) {
    await new Promise((resolve) => setTimeout(resolve, 400));
    follower.assess();
    const { coverage, ...live } = spoken(follower.assessment.report());
    const { coverage: ofReading, ...read } = await fresh(client);
    const counts = ({ objects, applicable, evaluated, byThreat }: typeof coverage) => ({
      objects,
      applicable,
      evaluated,
      byThreat,
    });
    pair = { live: { ...live, ...counts(coverage) }, read: { ...read, ...counts(ofReading) } };
    if (JSON.stringify(pair.live) === JSON.stringify(pair.read)) return pair;
  }
  return pair;
}

describeWithCluster('an assessment that follows a real cluster', () => {
  test(`equals a fresh scan after ${CHANGES} random changes (seed ${SEED})`, async () => {
    const random = new Random(SEED);
    const namespaces = [await freshNamespace(), await freshNamespace(), await freshNamespace()];
    const client = await connect({ kubeconfig: cluster().kubeconfig, env: {}, cwd: '.' });
    const follower = new Follower(client);
    try {
      for (let round = 0; round < ROUNDS; round++) {
        for (let done = 0; done < CHANGES / ROUNDS; done += AT_ONCE) {
          await Promise.all(Array.from({ length: AT_ONCE }, () => change(random, namespaces)));
          if (random.chance(0.05)) follower.assess();
        }
        const { live, read } = await settled(client, follower);
        expect(live).toEqual(read);
      }
      expect(follower.assessed).toBeGreaterThan(ROUNDS);
    } finally {
      await follower.end();
      client.close();
    }
  }, 300_000);
});
