import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../kubernetes/json.ts';
import type { RequestAttributes } from '../attributes.ts';
import { NodeAuthorizer } from './authorizer.ts';
import { NodeGraph } from './graph.ts';

const pod = (name: string, node: string, spec: JsonObject, metadata: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'ns', ...metadata },
  spec: { nodeName: node, ...spec },
});

const OBJECTS: JsonObject[] = [
  pod('web', 'node0', {
    serviceAccountName: 'account',
    initContainers: [{ envFrom: [{ secretRef: { name: 'env-secret' } }] }],
    containers: [{ env: [{ valueFrom: { configMapKeyRef: { name: 'env-config' } } }] }],
    volumes: [
      { name: 'claimed', persistentVolumeClaim: { claimName: 'claim' } },
      { name: 'scratch', ephemeral: {} },
      { name: 'all', projected: { sources: [{ secret: { name: 'projected-secret' } }] } },
    ],
    resourceClaims: [{ name: 'gpu', resourceClaimName: 'gpu-claim' }],
  }),
  pod('other', 'node1', { volumes: [{ secret: { secretName: 'other-secret' } }] }),
  pod(
    'mirror',
    'node0',
    { volumes: [{ secret: { secretName: 'mirrored-secret' } }] },
    { annotations: { 'kubernetes.io/config.mirror': '' } },
  ),
  pod('waiting', '', { volumes: [{ secret: { secretName: 'waiting-secret' } }] }),
  {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: 'volume' },
    spec: {
      claimRef: { namespace: 'ns', name: 'claim' },
      csi: {
        nodeStageSecretRef: { namespace: 'storage', name: 'stage' },
        controllerPublishSecretRef: { namespace: 'storage', name: 'controller' },
      },
    },
  },
  {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'VolumeAttachment',
    metadata: { name: 'attachment' },
    spec: { nodeName: 'node0' },
  },
];

const GRAPH = NodeGraph.of(OBJECTS);
const AUTHORIZER = new NodeAuthorizer(GRAPH, { isComplete: true });

interface Asked {
  readonly node?: string;
  readonly groups?: readonly string[];
  readonly selector?: string;
}

/** `verb resource[.group][/subresource] [namespace/]name`. */
function request(text: string, { node = 'node0', groups = ['system:nodes'], selector }: Asked = {}) {
  const [verb = '', what = '', where = ''] = text.split(' ');
  const [resource = '', subresource = ''] = what.split('/');
  const [plain = '', ...group] = resource.split('.');
  const [namespace, name] = where.includes('/') ? where.split('/') : ['', where];
  const attributes: RequestAttributes = {
    user: { name: `system:node:${node}`, groups },
    verb,
    isResourceRequest: true,
    apiGroup: group.join('.'),
    apiVersion: 'v1',
    resource: plain,
    subresource,
    namespace: namespace ?? '',
    name: name ?? '',
    path: '',
    ...(selector === undefined
      ? {}
      : { fieldSelector: [{ key: 'spec.nodeName', operator: 'In', values: [selector] }] }),
  };
  return attributes;
}

// k8s.io/kubernetes plugin/pkg/auth/authorizer/node/node_authorizer_test.go
describe('a kubelet', () => {
  test.each([
    'get secrets ns/env-secret',
    'watch secrets ns/projected-secret',
    'list configmaps ns/env-config',
    'get persistentvolumeclaims ns/claim',
    'get persistentvolumeclaims ns/web-scratch',
    'patch persistentvolumeclaims/status ns/claim',
    'get persistentvolumes volume',
    'get secrets storage/stage',
    'get resourceclaims.resource.k8s.io ns/gpu-claim',
    'get volumeattachments.storage.k8s.io attachment',
    'create serviceaccounts/token ns/account',
    'get serviceaccounts ns/account',
    'get pods ns/web',
    'list pods ns/web',
    'get pods ns/mirror',
    'create pods/eviction ns/other',
    'update pods/status ns/other',
    'create leases.coordination.k8s.io kube-node-lease/',
    'update leases.coordination.k8s.io kube-node-lease/node0',
    'delete csinodes.storage.k8s.io node0',
    'create resourceslices.resource.k8s.io any',
    'get nodes node0',
    'patch nodes node1',
    'list services ns/',
    'create certificatesigningrequests.certificates.k8s.io',
  ])('may %s', (text) => {
    expect(AUTHORIZER.authorize(request(text))).toEqual({ decision: 'allow', reason: '' });
  });

  const UNRELATED = "no relationship found between node 'node0' and this object";

  test.each([
    ['get secrets ns/other-secret', UNRELATED],
    ['get secrets ns/mirrored-secret', UNRELATED],
    ['get secrets ns/waiting-secret', UNRELATED],
    ['get secrets storage/controller', UNRELATED],
    ['get pods ns/other', UNRELATED],
    ['list secrets ns/', 'No Object name found'],
    ['list secrets env-secret', 'can only read namespaced object of this type'],
    ['update secrets ns/env-secret', 'can only read resources of this type'],
    ['list persistentvolumes volume', 'can only get individual resources of this type'],
    ['get persistentvolumeclaims/status ns/claim', 'can only get/update/patch this type'],
    ['list serviceaccounts ns/account', 'can only create tokens for individual service accounts'],
    ['create serviceaccounts ns/account', 'can only create token subresource of serviceaccount'],
    ['list pods', 'can only list/watch pods with spec.nodeName field selector'],
    [
      'get leases.coordination.k8s.io ns/node0',
      'can only access leases in the "kube-node-lease" system namespace',
    ],
    ['get nodes', "node 'node0' cannot read all nodes, only its own Node object"],
    ['get nodes node1', "node 'node0' cannot read 'node1', only its own Node object"],
    ['patch csinodes.storage.k8s.io/status node0', 'CSINode status access requires CSIVolumeHealth feature'],
    ['delete services ns/a', ''],
  ])('may not %s', (text, reason) => {
    expect(AUTHORIZER.authorize(request(text))).toEqual({ decision: 'no-opinion', reason });
  });

  test.each([
    ['list pods', 'node0', 'allow'],
    ['watch pods', 'node1', 'no-opinion'],
    ['deletecollection resourceslices.resource.k8s.io', 'node0', 'allow'],
    ['deletecollection resourceslices.resource.k8s.io', 'node1', 'no-opinion'],
    ['list podcertificaterequests.certificates.k8s.io ns/', 'node0', 'allow'],
  ])('that asks to %s of %s gets %s', (text, selector, decision) => {
    expect(AUTHORIZER.authorize(request(text, { selector })).decision).toBe(decision);
  });

  test('is one only in the group of nodes', () => {
    const answer = AUTHORIZER.authorize(request('get nodes node0', { groups: ['system:authenticated'] }));
    expect(answer).toEqual({ decision: 'no-opinion', reason: '' });
  });

  test('has a name', () => {
    expect(AUTHORIZER.authorize(request('list services', { node: '' })).reason).toBe(
      'unknown node for user "system:node:"',
    );
  });
});

describe('where not everything was seen', () => {
  const partly = new NodeAuthorizer(GRAPH, { isComplete: false });

  test.each([
    ['get secrets ns/env-secret', 'allow'],
    ['get secrets ns/other-secret', 'unknown'],
    ['update secrets ns/env-secret', 'no-opinion'],
  ])('the answer to %s is %s', (text, decision) => {
    expect(partly.authorize(request(text)).decision).toBe(decision);
  });

  test('what is unknown is not put as a no', () => {
    expect(partly.authorize(request('get secrets ns/other-secret')).reason).toMatch(
      /^not all pods and volumes were seen/,
    );
  });
});

describe('a graph', () => {
  test('is made of the last object of a name', () => {
    const moved = NodeGraph.of([...OBJECTS, pod('web', 'node1', { serviceAccountName: 'account' })]);
    expect(moved.leadsTo('Secret', 'ns', 'env-secret', 'node1')).toBe(false);
    expect(moved.leadsTo('ServiceAccount', 'ns', 'account', 'node1')).toBe(true);
    expect(moved.leadsTo('ServiceAccount', 'ns', 'account', 'node0')).toBe(false);
  });

  test('takes odd objects for what they are not', () => {
    const odd: JsonObject[] = [
      {},
      { apiVersion: 'v1', kind: 'Pod' },
      { apiVersion: 'example.com/v1', kind: 'Pod', metadata: { name: 'p' }, spec: { nodeName: 'node0' } },
      pod('p', 'node0', { volumes: 'none', containers: [null, 1], imagePullSecrets: [{}, { name: 5 }] }),
      { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: 'v' }, spec: { claimRef: null } },
    ];
    expect(NodeGraph.of(odd).leadsTo('Pod', 'ns', 'p', 'node0')).toBe(true);
  });
});
