import { describe, expect, test } from 'vitest';
import { rawEvent } from '../../evidence/audit-log/test-events.ts';
import { Cluster } from '../../kubernetes/cluster.ts';
import type { JsonObject } from '../../kubernetes/json.ts';
import { KubernetesObject } from '../../kubernetes/object.ts';
import { ArrayReader } from '../questions/test-reader.ts';
import { changesByHand, handOf, toolOf } from './changes-by-hand.ts';
import { API_ORIGIN, recordOf } from './test-usage.ts';

const deployment = (name: string, metadata: JsonObject = {}): JsonObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { namespace: 'shop', name, ...metadata },
});
const BY_HELM = {
  annotations: { 'meta.helm.sh/release-name': 'shop', 'meta.helm.sh/release-namespace': 'shop' },
};
const BY_ARGO = { annotations: { 'argocd.argoproj.io/tracking-id': 'shop-prod:apps/Deployment:shop/web' } };
const BY_FLUX = {
  labels: {
    'kustomize.toolkit.fluxcd.io/name': 'apps',
    'kustomize.toolkit.fluxcd.io/namespace': 'flux-system',
  },
};

let ids = 0;
const change = (name: string, changes: JsonObject = {}) =>
  rawEvent({
    auditID: `h${ids++}`,
    verb: 'patch',
    requestURI: `/apis/apps/v1/namespaces/shop/deployments/${name}?fieldManager=kubectl-edit`,
    userAgent: 'kubectl/v1.37.2 (linux/amd64) kubernetes/abc',
    objectRef: { apiGroup: 'apps', apiVersion: 'v1', resource: 'deployments', namespace: 'shop', name },
    ...changes,
  });

async function found(
  events: readonly JsonObject[],
  objects: readonly JsonObject[] | undefined,
  options?: Parameters<typeof changesByHand>[2],
) {
  const cluster =
    objects === undefined
      ? undefined
      : new Cluster(objects.map((raw) => new KubernetesObject(raw, API_ORIGIN, [])));
  return changesByHand(new ArrayReader(events.map((each) => recordOf(each))), cluster, options);
}

test('tells who changed what somebody else keeps, with the event', async () => {
  const event = change('web');
  const { changes, more } = await found([event], [deployment('web', BY_ARGO)]);
  expect(more).toBe(false);
  expect(changes).toEqual([
    {
      key: `${event['auditID']} ResponseComplete`,
      auditId: event['auditID'],
      time: Date.parse(event['requestReceivedTimestamp'] as string) * 1000,
      cluster: 'c1',
      hand: 'person',
      tool: 'kubectl',
      user: 'jane',
      impersonated: '',
      address: '10.0.0.7',
      agent: 'kubectl/v1.37.2 (linux/amd64) kubernetes/abc',
      verb: 'patch',
      object: { group: 'apps', resource: 'deployments', subresource: '', namespace: 'shop', name: 'web' },
      keepers: [{ by: 'argocd', name: 'shop-prod', evidence: 'stated' }],
      seenIn: 'cluster',
    },
  ]);
});

test.each<[string, JsonObject, unknown]>([
  ['Helm', BY_HELM, { by: 'helm', name: 'shop/shop', evidence: 'stated' }],
  ['Flux', BY_FLUX, { by: 'flux', name: 'flux-system/apps', evidence: 'stated' }],
  [
    'a controller',
    {
      ownerReferences: [
        { kind: 'Job', name: 'not-it' },
        { kind: 'Rollout', name: 'web', controller: true },
      ],
    },
    { by: 'controller', name: 'Rollout/web', evidence: 'stated' },
  ],
  [
    'who set its fields',
    { managedFields: [{ manager: 'argocd-controller', operation: 'Apply', fieldsV1: { 'f:spec': {} } }] },
    { by: 'argocd', name: 'argocd-controller', evidence: 'manager' },
  ],
])('knows %s', async (_, metadata, keeper) => {
  const { changes } = await found([change('web')], [deployment('web', metadata)]);
  expect(changes[0]?.keepers).toEqual([keeper]);
});

test('of what nobody keeps tells only where all is asked for, and of what was not seen always', async () => {
  const events = [change('web'), change('own'), change('gone')];
  const objects = [deployment('web', BY_HELM), deployment('own', { labels: { app: 'own' } })];
  const names = async (...args: Parameters<typeof found>) =>
    (await found(...args)).changes.map(({ object, seenIn }) => `${object.name} ${seenIn}`).sort();
  expect(await names(events, objects)).toEqual(['gone not-seen', 'web cluster']);
  expect(await names(events, objects, { all: true })).toEqual([
    'gone not-seen',
    'own cluster',
    'web cluster',
  ]);
  expect(await names(events, undefined)).toEqual(['gone not-seen', 'own not-seen', 'web not-seen']);
  expect((await found(events, undefined, { limit: 2 })).more).toBe(true);
});

test('sees in an answer how the object was, though it is another now, and believes no patch', async () => {
  const body = { ...deployment('web', BY_HELM) };
  const answered = change('web', { level: 'RequestResponse', responseObject: body });
  const patched = change('web', { level: 'Request', requestObject: { metadata: { labels: { a: 'b' } } } });
  const created = change('web', {
    level: 'Request',
    verb: 'create',
    responseStatus: { code: 201 },
    requestObject: body,
  });
  const status = change('web', {
    level: 'RequestResponse',
    verb: 'delete',
    responseObject: { kind: 'Status', metadata: {} },
  });
  const seen = async (event: JsonObject, objects?: JsonObject[]) =>
    (await found([event], objects, { all: true })).changes.map(({ seenIn, keepers }) => [
      seenIn,
      keepers.length,
    ])[0];
  expect(await seen(answered, [deployment('web')])).toEqual(['body', 1]);
  expect(await seen(patched)).toEqual(['not-seen', 0]);
  expect(await seen(patched, [deployment('web', BY_ARGO)])).toEqual(['cluster', 1]);
  expect(await seen(created)).toEqual(['body', 1]);
  expect(await seen(status)).toEqual(['not-seen', 0]);
});

describe('leaves out', () => {
  const objects = [deployment('web', BY_HELM)];
  test.each<[string, JsonObject]>([
    ['reads', { verb: 'get' }],
    ['what did not work', { responseStatus: { code: 409 } }],
    ['dry runs', { requestURI: '/apis/apps/v1/namespaces/shop/deployments/web?dryRun=All&x=1' }],
    ['beginnings', { stage: 'RequestReceived', responseStatus: { code: 200 } }],
    [
      'the status',
      {
        objectRef: {
          apiGroup: 'apps',
          resource: 'deployments',
          subresource: 'status',
          namespace: 'shop',
          name: 'web',
        },
      },
    ],
    [
      'questions',
      {
        verb: 'create',
        objectRef: { apiGroup: 'authorization.k8s.io', resource: 'selfsubjectaccessreviews' },
      },
    ],
    [
      'a controller',
      {
        user: { username: 'system:serviceaccount:kube-system:deployment-controller' },
        userAgent: 'kube-controller-manager/v1',
      },
    ],
    [
      'Argo CD',
      {
        user: { username: 'system:serviceaccount:argocd:argocd-application-controller' },
        userAgent: 'argocd-application-controller/v3',
      },
    ],
    ['Helm, whoever starts it', { userAgent: 'Helm/3.18.0' }],
    ['the scheduler', { user: { username: 'system:kube-scheduler' }, userAgent: 'kube-scheduler/v1.37.2' }],
  ])('%s', async (_, changes) => {
    expect((await found([change('web', changes)], objects, { all: true })).changes).toEqual([]);
  });
});

test.each([
  ['jane', 'kubectl/v1.37.2', 'person'],
  ['jane', 'something/1', 'person'],
  ['jane', 'Helm/3.18', undefined],
  ['system:anonymous', 'curl/8.5', 'person'],
  ['system:serviceaccount:ci:deploy', 'kubectl/v1.37.2', 'tool'],
  ['system:serviceaccount:ci:deploy', 'curl/8.5', 'tool'],
  ['system:serviceaccount:ci:deploy', 'deployer/v0.0.0 (linux/amd64) kubernetes/$Format', undefined],
  ['system:node:n1', 'kubelet/v1.37.2', undefined],
  ['system:node:n1', 'curl/8.5', 'tool'],
  ['system:kube-proxy', 'kube-proxy/v1', undefined],
])('%s with %s is %s', (user, agent, hand) => {
  expect(handOf(user, agent)).toBe(hand);
});

test.each([
  ['kubectl-rollout/v1.2', 'kubectl'],
  ['k9s/v0.50.9 (linux/amd64) kubernetes/x', 'k9s'],
  ['Mozilla/5.0 (X11; Linux x86_64) Lens/2025', 'lens'],
  ['Mozilla/5.0 (X11; Linux x86_64) Gecko', 'browser'],
  ['xkubectl/v1', ''],
  ['my-operator/v1 curl/8', ''],
])('%s is %s', (agent, tool) => {
  expect(toolOf(agent)).toBe(tool);
});
