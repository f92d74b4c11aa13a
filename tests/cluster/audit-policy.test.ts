import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import {
  type AuditedRequest,
  decideAudit,
  LEVELS,
  readAuditPolicy,
} from '../../src/engines/audit-policy/index.ts';
import type { JsonObject } from '../../src/kubernetes/json.ts';
import { type OwnControlPlane, startControlPlane } from '../../testbed/control-plane.ts';
import { Random } from '../differential/random.ts';
import { describeWithCluster } from './cluster.ts';

const SEED = Number(process.env['KUBESTRIDE_SEED'] ?? 20261123);
const ADMIN = { user: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] };
const NAMESPACE = 'audited';
const ACCOUNT = {
  user: `system:serviceaccount:${NAMESPACE}:default`,
  groups: ['system:serviceaccounts', `system:serviceaccounts:${NAMESPACE}`, 'system:authenticated'],
};

interface Request {
  readonly method: string;
  readonly path: string;
  readonly body?: JsonObject;
  readonly contentType?: string;
  /** What the audit policy is asked about, beside the user. */
  readonly asked: Partial<AuditedRequest>;
  /** A watch or a proxy: an event tells of its answer before it ends (k8s.io/kubernetes pkg/kubeapiserver, LongRunningFunc). */
  readonly isLong?: boolean;
}

const CORE = `/api/v1/namespaces/${NAMESPACE}`;
const APPS = `/apis/apps/v1/namespaces/${NAMESPACE}`;
const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const RBAC_GROUP = 'rbac.authorization.k8s.io';

const template = {
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'web', image: 'web' }] },
};

/** What a session asks for, each with the attributes that RequestInfo gives it. */
const SESSION: readonly Request[] = [
  { method: 'GET', path: '/healthz', asked: { verb: 'get', path: '/healthz' } },
  { method: 'GET', path: '/livez/ping', asked: { verb: 'get', path: '/livez/ping' } },
  { method: 'GET', path: '/version', asked: { verb: 'get', path: '/version' } },
  { method: 'GET', path: '/apis/apps', asked: { verb: 'get', path: '/apis/apps' } },
  { method: 'POST', path: '/nothing/here', asked: { verb: 'post', path: '/nothing/here' } },
  ...['secrets', 'configmaps', 'pods', 'serviceaccounts'].flatMap((resource): Request[] => {
    const asked = { resource, namespace: NAMESPACE };
    return [
      { method: 'GET', path: `${CORE}/${resource}`, asked: { ...asked, verb: 'list' } },
      { method: 'GET', path: `/api/v1/${resource}`, asked: { verb: 'list', resource } },
      { method: 'GET', path: `${CORE}/${resource}/one`, asked: { ...asked, verb: 'get', name: 'one' } },
      {
        method: 'DELETE',
        path: `${CORE}/${resource}/none`,
        asked: { ...asked, verb: 'delete', name: 'none' },
      },
    ];
  }),
  {
    method: 'POST',
    path: `${CORE}/secrets`,
    body: { metadata: { name: 'one' }, stringData: { password: 'x' } },
    asked: { verb: 'create', resource: 'secrets', namespace: NAMESPACE, name: 'one' },
  },
  {
    method: 'POST',
    path: `${CORE}/configmaps`,
    body: { metadata: { name: 'one' } },
    asked: { verb: 'create', resource: 'configmaps', namespace: NAMESPACE, name: 'one' },
  },
  {
    method: 'PATCH',
    path: `${CORE}/configmaps/one`,
    body: { data: { a: 'b' } },
    contentType: 'application/merge-patch+json',
    asked: { verb: 'patch', resource: 'configmaps', namespace: NAMESPACE, name: 'one' },
  },
  {
    method: 'GET',
    path: `${CORE}/configmaps?watch=true&timeoutSeconds=1`,
    asked: { verb: 'watch', resource: 'configmaps', namespace: NAMESPACE },
    isLong: true,
  },
  {
    method: 'DELETE',
    path: `${CORE}/configmaps?labelSelector=a%3Db`,
    asked: { verb: 'deletecollection', resource: 'configmaps', namespace: NAMESPACE },
  },
  {
    method: 'POST',
    path: `${CORE}/serviceaccounts/default/token`,
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} },
    asked: {
      verb: 'create',
      resource: 'serviceaccounts',
      subresource: 'token',
      namespace: NAMESPACE,
      name: 'default',
    },
  },
  {
    method: 'POST',
    path: `${APPS}/deployments`,
    body: { metadata: { name: 'web' }, spec: { selector: { matchLabels: { app: 'web' } }, template } },
    asked: { verb: 'create', apiGroup: 'apps', resource: 'deployments', namespace: NAMESPACE, name: 'web' },
  },
  {
    method: 'GET',
    path: `${APPS}/deployments/web/scale`,
    asked: {
      verb: 'get',
      apiGroup: 'apps',
      resource: 'deployments',
      subresource: 'scale',
      namespace: NAMESPACE,
      name: 'web',
    },
  },
  {
    method: 'PATCH',
    path: `${APPS}/deployments/web/scale`,
    body: { spec: { replicas: 2 } },
    contentType: 'application/merge-patch+json',
    asked: {
      verb: 'patch',
      apiGroup: 'apps',
      resource: 'deployments',
      subresource: 'scale',
      namespace: NAMESPACE,
      name: 'web',
    },
  },
  {
    method: 'GET',
    path: `${RBAC}/clusterroles`,
    asked: { verb: 'list', apiGroup: RBAC_GROUP, resource: 'clusterroles' },
  },
  {
    method: 'GET',
    path: `${RBAC}/clusterroles/cluster-admin`,
    asked: { verb: 'get', apiGroup: RBAC_GROUP, resource: 'clusterroles', name: 'cluster-admin' },
  },
  { method: 'GET', path: '/api/v1/namespaces', asked: { verb: 'list', resource: 'namespaces' } },
  {
    method: 'GET',
    path: `/api/v1/namespaces/${NAMESPACE}`,
    asked: { verb: 'get', resource: 'namespaces', namespace: NAMESPACE, name: NAMESPACE },
  },
  {
    method: 'GET',
    path: '/api/v1/nodes/none/proxy/pods',
    asked: { verb: 'get', resource: 'nodes', subresource: 'proxy', name: 'none' },
    isLong: true,
  },
];

const STAGES = ['RequestReceived', 'ResponseStarted', 'ResponseComplete', 'Panic'];

/** Rules about what the session asks for. */
function randomPolicy(random: Random): JsonObject {
  const some = (values: readonly string[], chance: number) =>
    random.chance(chance)
      ? Array.from({ length: 1 + random.below(3) }, () => random.pick(values))
      : undefined;
  const rule = () => {
    const urls = random.chance(0.2)
      ? some(['/healthz', '/livez*', '/apis/*', '*', '/nothing/*'], 1)
      : undefined;
    const resources = () => ({
      group: random.pick(['', '', 'apps', RBAC_GROUP, '*']),
      resources: some(
        [
          'secrets',
          'configmaps',
          'pods',
          '*/scale',
          'deployments',
          'deployments/*',
          'serviceaccounts/token',
          'clusterroles',
          'namespaces',
          '*',
        ],
        0.9,
      ),
    });
    return {
      level: random.pick(LEVELS),
      users: some([ADMIN.user, ACCOUNT.user, 'somebody'], 0.15),
      userGroups: some(['system:masters', 'system:serviceaccounts', 'system:nodes'], 0.15),
      verbs: some(['get', 'list', 'watch', 'create', 'patch', 'delete', 'deletecollection', 'post'], 0.5),
      namespaces: urls === undefined ? some([NAMESPACE, '', 'default'], 0.3) : undefined,
      resources: urls === undefined && random.chance(0.7) ? [resources()] : undefined,
      nonResourceURLs: urls,
      omitStages: some(STAGES, 0.3),
    };
  };
  const rules = [...Array.from({ length: 14 }, rule), { level: random.pick(LEVELS) }];
  return JSON.parse(
    JSON.stringify({ apiVersion: 'audit.k8s.io/v1', kind: 'Policy', omitStages: some(STAGES, 0.3), rules }),
  ) as JsonObject;
}

interface Event {
  readonly auditID: string;
  readonly stage: string;
  readonly level: string;
  readonly requestObject?: unknown;
  readonly responseObject?: unknown;
}

const folder = mkdtempSync(join(tmpdir(), 'kubestride-audit-policy-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function session(plane: OwnControlPlane) {
  await plane.expect('POST', '/api/v1/namespaces', { metadata: { name: NAMESPACE } });
  await plane.expect('POST', `${CORE}/serviceaccounts`, { metadata: { name: 'default' } });
  const token = await plane.serviceAccountToken(`${NAMESPACE}/default`);
  const asked: { id: string; attributes: AuditedRequest; isLong: boolean }[] = [];
  for (const who of [ACCOUNT, ADMIN]) {
    for (const { method, path, body, contentType, asked: attributes, isLong = false } of SESSION) {
      const id = randomUUID();
      await plane.request(method, path, body, {
        headers: { 'audit-id': id },
        ...(contentType === undefined ? {} : { contentType }),
        ...(who === ACCOUNT ? { token } : {}),
      });
      const nowhere = { apiGroup: '', resource: '', subresource: '', namespace: '', name: '', path: '' };
      const isResourceRequest = attributes.path === undefined;
      asked.push({
        id,
        isLong,
        attributes: { verb: '', ...nowhere, ...who, isResourceRequest, ...attributes },
      });
    }
  }
  return asked;
}

describeWithCluster('the audit log of an API server', () => {
  it.each([0, 1])(`holds what the engine decides of its policy (seed ${SEED}, world %i)`, async (world) => {
    const document = randomPolicy(new Random(SEED + world));
    const file = join(folder, `policy-${world}.json`);
    writeFileSync(file, JSON.stringify(document));
    const { policy } = readAuditPolicy(document);
    const plane = await startControlPlane({
      auditPolicy: file,
      without: ['kcm', 'scheduler', 'kwok'],
      nodes: 0,
    });
    try {
      const asked = await session(plane);
      const events = new Map<string, Event[]>();
      for (const line of readFileSync(plane.auditLog, 'utf8').trim().split('\n').filter(Boolean)) {
        const event = JSON.parse(line) as Event;
        events.set(event.auditID, [...(events.get(event.auditID) ?? []), event]);
      }
      const levels = new Set<string>();
      for (const { id, attributes, isLong } of asked) {
        const { level, omitStages, rule } = decideAudit(policy!, attributes);
        levels.add(level);
        const found = events.get(id) ?? [];
        const stages = ['RequestReceived', ...(isLong ? ['ResponseStarted'] : []), 'ResponseComplete'];
        const expected =
          level === 'None' ? [] : stages.filter((stage) => !(omitStages as string[]).includes(stage));
        const label = JSON.stringify({ attributes, rule });
        expect(found.map((event) => `${event.stage} ${event.level}`).sort(), label).toEqual(
          expected.map((stage) => `${stage} ${level}`).sort(),
        );
        for (const event of found) {
          if (level === 'Metadata') expect(event.requestObject, label).toBeUndefined();
          if (level !== 'RequestResponse') expect(event.responseObject, label).toBeUndefined();
        }
      }
      expect(levels.size).toBeGreaterThan(1);
    } finally {
      await plane.stop();
    }
  });
}, []);
