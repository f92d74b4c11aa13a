import { describe, expect, test } from 'vitest';
import { Cluster } from '../kubernetes/cluster.ts';
import type { JsonObject } from '../kubernetes/json.ts';
import { KubernetesObject } from '../kubernetes/object.ts';
import { guardOf } from './edge-guard.ts';
import { edgeReach } from './edge-reach.ts';

const origin = { file: { path: '' }, document: 0, start: 0, end: 0, line: 1, column: 1, within: '' };

function object(apiVersion: string, kind: string, name: string, fields: JsonObject): JsonObject {
  const { annotations, ...rest } = fields;
  const metadata = { name, namespace: 'a', ...(annotations === undefined ? {} : { annotations }) };
  return { apiVersion, kind, metadata, ...rest };
}

function ask(entry: JsonObject, others: readonly JsonObject[]) {
  const objects = [entry, ...others].map((raw) => new KubernetesObject(raw, { ...origin, format: 'yaml' }));
  const cluster = new Cluster(objects);
  const guard = guardOf(objects[0]!, cluster);
  return { guard: guard.kind, reach: edgeReach(objects[0]!, cluster) };
}

const defaultBackend = { service: { name: 'web', port: { number: 80 } } };
const ingress = (annotations: JsonObject = {}, spec: JsonObject = {}) =>
  object('networking.k8s.io/v1', 'Ingress', 'web', { annotations, spec: { defaultBackend, ...spec } });
const route = (spec: JsonObject = {}) =>
  object('gateway.networking.k8s.io/v1', 'HTTPRoute', 'web', {
    spec: { parentRefs: [{ name: 'edge' }], rules: [{ backendRefs: [{ name: 'web', port: 80 }] }], ...spec },
  });
const middleware = (name: string, spec: JsonObject) =>
  object('traefik.io/v1alpha1', 'Middleware', name, { spec });
const service = (annotations: JsonObject = {}) =>
  object('v1', 'Service', 'web', { annotations, spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } });
const withPorts = (
  targetPort: number | string,
  ...ports: readonly [image: string, port: number, name: string][]
) => [
  object('v1', 'Service', 'web', { spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort }] } }),
  object('apps/v1', 'Deployment', 'web', {
    spec: {
      template: {
        metadata: { labels: { app: 'web' } },
        spec: {
          containers: ports.map(([image, containerPort, name]) => ({
            name,
            image,
            ports: [{ name, containerPort }],
          })),
        },
      },
    },
  }),
];
const pods = (...images: string[]) =>
  object('apps/v1', 'Deployment', 'web', {
    spec: {
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: images.map((image, index) => ({ name: `c${index}`, image })) },
      },
    },
  });
const policy = (spec: JsonObject) => object('security.istio.io/v1', 'AuthorizationPolicy', 'web', { spec });
const WITH = { source: { requestPrincipals: ['*'] } };
const WITHOUT = { source: { notRequestPrincipals: ['*'] } };
const demanding = { rules: [{ from: [{ source: { requestPrincipals: ['*'] } }] }] };

const TRAEFIK = 'traefik.ingress.kubernetes.io/router.middlewares';

describe('what asks clients who they are', () => {
  test.each<[string, JsonObject, JsonObject[], string]>([
    ['nothing', ingress(), [], 'open'],
    ['basic authentication', ingress({ 'nginx.ingress.kubernetes.io/auth-type': 'basic' }), [], 'guarded'],
    ['an empty address', ingress({ 'nginx.ingress.kubernetes.io/auth-url': '' }), [], 'open'],
    ['Cognito', ingress({ 'alb.ingress.kubernetes.io/auth-type': 'cognito' }), [], 'guarded'],
    ['none of them', ingress({ 'alb.ingress.kubernetes.io/auth-type': 'none' }), [], 'open'],
    [
      'a snippet',
      ingress({ 'nginx.ingress.kubernetes.io/configuration-snippet': 'auth_request /a;' }),
      [],
      'guarded',
    ],
    [
      'a setting for all Ingresses',
      ingress({}, { ingressClassName: 'nginx' }),
      [object('v1', 'ConfigMap', 'controller', { data: { 'global-auth-url': 'https://a' } })],
      'guarded',
    ],
    [
      'the same, of an Ingress that names no class',
      ingress(),
      [object('v1', 'ConfigMap', 'controller', { data: { 'global-auth-url': 'https://a' } })],
      'unknown',
    ],
    [
      'one that the Ingress is left out of',
      ingress({ 'nginx.ingress.kubernetes.io/enable-global-auth': 'false' }),
      [object('v1', 'ConfigMap', 'controller', { data: { 'global-auth-url': 'https://a' } })],
      'open',
    ],
    [
      'one of another controller',
      ingress({}, { ingressClassName: 'haproxy' }),
      [object('v1', 'ConfigMap', 'controller', { data: { 'global-auth-url': 'https://a' } })],
      'open',
    ],
    [
      'a middleware',
      ingress({ [TRAEFIK]: 'a-login@kubernetescrd' }),
      [middleware('login', { forwardAuth: {} })],
      'guarded',
    ],
    [
      'another middleware',
      ingress({ [TRAEFIK]: 'a-login@kubernetescrd' }),
      [middleware('login', { headers: {} })],
      'open',
    ],
    ['one that was not seen', ingress({ [TRAEFIK]: 'a-login@kubernetescrd' }), [], 'unknown'],
    [
      'a chain',
      ingress({ [TRAEFIK]: 'a-chain@kubernetescrd' }),
      [
        middleware('chain', { chain: { middlewares: [{ name: 'login' }] } }),
        middleware('login', { basicAuth: {} }),
      ],
      'guarded',
    ],
    [
      'a chain that leads back to itself',
      ingress({ [TRAEFIK]: 'a-chain@kubernetescrd' }),
      [middleware('chain', { chain: { middlewares: [{ name: 'chain' }] } })],
      'unknown',
    ],
    [
      'a chain of many chains',
      ingress({ [TRAEFIK]: 'a-chain0@kubernetescrd' }),
      [
        ...Array.from({ length: 60 }, (_, index) =>
          middleware(`chain${index}`, {
            chain: { middlewares: [{ name: `chain${index + 1}` }, { name: `chain${index + 1}` }] },
          }),
        ),
        middleware('chain60', { headers: {} }),
      ],
      'open',
    ],
    [
      'a chain in another namespace, whose links are there too',
      ingress({ [TRAEFIK]: 'b-chain@kubernetescrd' }),
      [
        {
          ...middleware('chain', { chain: { middlewares: [{ name: 'login' }] } }),
          metadata: { name: 'chain', namespace: 'b' },
        },
        { ...middleware('login', { basicAuth: {} }), metadata: { name: 'login', namespace: 'b' } },
      ],
      'guarded',
    ],
    [
      'a plugin of Kong',
      ingress({ 'konghq.com/plugins': 'limit, login' }),
      [
        object('configuration.konghq.com/v1', 'KongPlugin', 'limit', { plugin: 'rate-limiting' }),
        object('configuration.konghq.com/v1', 'KongPlugin', 'login', { plugin: 'openid-connect' }),
      ],
      'guarded',
    ],
    ['plugins that were not seen', ingress({ 'konghq.com/plugins': 'login' }), [], 'unknown'],
    [
      'a policy for the Gateway',
      route(),
      [
        object('gateway.envoyproxy.io/v1alpha1', 'SecurityPolicy', 'login', {
          spec: { targetRefs: [{ kind: 'Gateway', name: 'edge' }], oidc: {} },
        }),
      ],
      'guarded',
    ],
    [
      'a policy about something else',
      route(),
      [
        object('gateway.envoyproxy.io/v1alpha1', 'SecurityPolicy', 'cors', {
          spec: { targetRef: { kind: 'HTTPRoute', name: 'web' }, cors: {} },
        }),
      ],
      'open',
    ],
    [
      'Identity-Aware Proxy',
      ingress(),
      [
        service({ 'cloud.google.com/backend-config': '{"default": "iap"}' }),
        object('cloud.google.com/v1', 'BackendConfig', 'iap', { spec: { iap: { enabled: true } } }),
      ],
      'guarded',
    ],
    [
      'a proxy in the pods',
      ingress(),
      [service(), pods('example.com/a', 'quay.io/oauth2-proxy/oauth2-proxy:v7')],
      'guarded',
    ],
    ['pods without one', ingress(), [service(), pods('example.com/a')], 'open'],
    [
      'a proxy at the port to which the Service leads',
      ingress(),
      withPorts(
        'login',
        ['example.com/a', 8080, 'web'],
        ['quay.io/oauth2-proxy/oauth2-proxy', 4180, 'login'],
      ),
      'guarded',
    ],
    [
      'a proxy beside it',
      ingress(),
      withPorts(8080, ['example.com/a', 8080, 'web'], ['quay.io/oauth2-proxy/oauth2-proxy', 4180, 'login']),
      'open',
    ],
    [
      'a policy of Istio beside one that allows more',
      ingress(),
      [
        service(),
        pods('example.com/a'),
        policy(demanding),
        object('security.istio.io/v1', 'AuthorizationPolicy', 'all', { spec: { rules: [{}] } }),
      ],
      'partly',
    ],
    [
      'a policy of Istio that refuses, beside one that allows more',
      ingress(),
      [
        service(),
        pods('example.com/a'),
        policy({ action: 'DENY', rules: [{ from: [WITHOUT] }] }),
        object('security.istio.io/v1', 'AuthorizationPolicy', 'all', { spec: { rules: [{}] } }),
      ],
      'guarded',
    ],
    [
      'a policy of Istio for pods in no mesh',
      ingress(),
      [
        service(),
        pods('example.com/a'),
        policy(demanding),
        { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a' } },
      ],
      'open',
    ],
    ...(
      [
        ['for one path', 'DENY', [{ from: [WITHOUT], to: [{ operation: { paths: ['/a'] } }] }], 'partly'],
        [
          'for one namespace',
          'DENY',
          [{ from: [{ source: { ...WITHOUT.source, namespaces: ['a'] } }] }],
          'partly',
        ],
        [
          'on a condition',
          'DENY',
          [{ from: [WITHOUT], when: [{ key: 'source.ip', values: ['1.1.1.1'] }] }],
          'partly',
        ],
        ['by a claim', 'DENY', [{ when: [{ key: 'request.auth.claims[a]', notValues: ['b'] }] }], 'guarded'],
        [
          'beside another rule',
          'ALLOW',
          [...demanding.rules, { to: [{ operation: { paths: ['/'] } }] }],
          'partly',
        ],
        ['beside another source', 'ALLOW', [{ from: [WITH, { source: { namespaces: ['a'] } }] }], 'partly'],
        [
          'by a claim or nothing',
          'ALLOW',
          [{ when: [{ key: 'request.auth.claims[a]', values: ['b'] }] }],
          'guarded',
        ],
        ['from elsewhere', 'CUSTOM', [{}], 'guarded'],
        ['from elsewhere for one path', 'CUSTOM', [{ to: [{ operation: { paths: ['/a'] } }] }], 'partly'],
      ] satisfies [string, string, JsonObject[], string][]
    ).map(([name, action, rules, expected]): [string, JsonObject, JsonObject[], string] => [
      `a token that is demanded ${name} (${action})`,
      ingress(),
      [service(), pods('example.com/a'), policy({ action, rules })],
      expected,
    ]),
    [
      'a policy of Istio for the pods',
      ingress(),
      [service(), pods('example.com/a'), policy(demanding)],
      'guarded',
    ],
    [
      'one that demands no token',
      ingress(),
      [service(), pods('example.com/a'), policy({ rules: [{}] })],
      'open',
    ],
    [
      'one for other pods',
      ingress(),
      [service(), pods('example.com/a'), policy({ selector: { matchLabels: { app: 'b' } }, ...demanding })],
      'open',
    ],
    [
      'one that refuses requests without a token',
      ingress(),
      [
        service(),
        pods('example.com/a'),
        policy({ action: 'DENY', rules: [{ from: [{ source: { notRequestPrincipals: ['*'] } }] }] }),
      ],
      'guarded',
    ],
    [
      'one for the Gateway',
      route(),
      [
        policy({ targetRefs: [{ kind: 'Gateway', name: 'edge' }], ...demanding }),
        object('gateway.networking.k8s.io/v1', 'Gateway', 'edge', { spec: {} }),
      ],
      'guarded',
    ],
  ])('%s', (_, entry, others, expected) => {
    expect(ask(entry, others).guard).toBe(expected);
  });

  test('of several Services behind an entry, all have to', () => {
    const both = route({
      rules: [
        {
          backendRefs: [
            { name: 'web', port: 80 },
            { name: 'other', port: 80 },
          ],
        },
      ],
    });
    expect(ask(both, [service(), pods('quay.io/oauth2-proxy/oauth2-proxy')]).guard).toBe('open');
  });
});

test.each<[string, JsonObject, JsonObject[], string]>([
  ['an Ingress', ingress(), [], 'internet'],
  ['one of a private class', ingress({}, { ingressClassName: 'tailscale' }), [], 'private'],
  ['one whose class says it', ingress({}, { ingressClassName: 'alb' }), [], 'unknown'],
  ['a route of a Gateway that was not seen', route(), [], 'internet'],
  [
    'one of a private Gateway',
    route(),
    [
      object('gateway.networking.k8s.io/v1', 'Gateway', 'edge', {
        spec: { gatewayClassName: 'gke-l7-rilb' },
      }),
    ],
    'private',
  ],
  ['one within a mesh', route({ parentRefs: [{ kind: 'Service', name: 'web' }] }), [], 'none'],
  [
    'a VirtualService without a gateway',
    object('networking.istio.io/v1', 'VirtualService', 'web', {
      spec: { hosts: ['web'], gateways: ['mesh'] },
    }),
    [],
    'none',
  ],
  [
    'one of a gateway inside of the cluster',
    object('networking.istio.io/v1', 'VirtualService', 'web', { spec: { gateways: ['edge'] } }),
    [object('networking.istio.io/v1', 'Gateway', 'edge', { spec: { selector: { app: 'web' } } }), service()],
    'none',
  ],
])('who reaches %s', (_, entry, others, expected) => {
  expect(ask(entry, others).reach).toBe(expected);
});
