import fc from 'fast-check';
import { expect, test } from 'vitest';
import { apiObject } from '../evidence/snapshot-evidence.ts';
import type { JsonObject } from '../kubernetes/json.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import { checks } from '../threats/generated/registry.ts';
import { assess } from './assess.ts';
import { LiveAssessment } from './live-assessment.ts';
import { spoken } from './test-spoken.ts';

const SEED = 20261124;

/** Checks that look beyond their subject at what leads to it, what stands before it, and what policies and meshes say. */
const ASKED = checks.filter(({ id }) =>
  /network|mesh|edge|internet|namespace|debug|ssh|mutual|peer-auth|request-auth|reach|metadata|tenant|etcd/.test(
    id,
  ),
);

type State = Map<string, KubernetesObject>;
type Step = (state: State) => void;

let uids = 0;

function put(
  apiVersion: string,
  kind: string,
  namespace: string | undefined,
  name: string,
  body: JsonObject,
): Step {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  return (state) => {
    const key = `${group}/${kind}/${namespace ?? ''}/${name}`;
    const uid = state.get(key)?.metadata['uid'] ?? `uid-${++uids}`;
    const at = namespace === undefined ? { name } : { name, namespace };
    const metadata = { ...(body['metadata'] as JsonObject | undefined), ...at, uid };
    const resource = `${kind.toLowerCase()}s`;
    const list = { group: group!, version: version!, resource, kind, namespaced: namespace !== undefined };
    state.set(key, apiObject(list, { ...body, apiVersion, kind, metadata }));
  };
}

const namespace = fc.constantFrom('shop', 'istio-system');
const name = fc.constantFrom('a', 'b');
const app = fc.constantFrom({ app: 'a' }, { app: 'b' });
const backend = (service: string) => ({ service: { name: service, port: { number: 80 } } });

const step: fc.Arbitrary<Step> = fc.oneof(
  fc
    .record({
      namespace,
      name,
      app,
      image: fc.constantFrom(
        'postgres:16',
        'prom/prometheus:v2',
        'grafana/grafana:11',
        'quay.io/oauth2-proxy/oauth2-proxy:v7',
      ),
      args: fc.constantFrom([], ['--pprof-addr=:6060'], ['sshd']),
      inject: fc.constantFrom({}, { 'sidecar.istio.io/inject': 'false' }),
    })
    .map((of) =>
      put('apps/v1', 'Deployment', of.namespace, of.name, {
        spec: {
          selector: { matchLabels: of.app },
          template: {
            metadata: { labels: { ...of.app, ...of.inject } },
            spec: { containers: [{ name: 'c', image: of.image, args: [...of.args], ports: [] }] },
          },
        },
      }),
    ),
  fc
    .record({
      namespace,
      name,
      app,
      type: fc.constantFrom('ClusterIP', 'NodePort', 'LoadBalancer'),
      port: fc.constantFrom(5432, 9090, 3000, 6060, 22),
      address: fc.constantFrom('10.0.0.1', '8.8.8.8'),
    })
    .map((of) =>
      put('v1', 'Service', of.namespace, of.name, {
        spec: { selector: of.app, type: of.type, ports: [{ port: 80, targetPort: of.port }] },
        status: { loadBalancer: { ingress: [{ ip: of.address }] } },
      }),
    ),
  fc
    .tuple(
      namespace,
      name,
      fc.constantFrom<JsonObject>(
        {},
        { 'nginx.ingress.kubernetes.io/auth-url': 'https://a' },
        { 'traefik.ingress.kubernetes.io/router.middlewares': 'shop-a@kubernetescrd' },
      ),
    )
    .map(([at, service, annotations]) =>
      put('networking.k8s.io/v1', 'Ingress', at, service, {
        metadata: { annotations },
        spec: { defaultBackend: backend(service) },
      }),
    ),
  fc.tuple(namespace, name).map(([at, service]) =>
    put('gateway.networking.k8s.io/v1', 'HTTPRoute', at, service, {
      spec: { parentRefs: [{ name: 'a' }], rules: [{ backendRefs: [{ name: service, port: 80 }] }] },
    }),
  ),
  fc.tuple(namespace, fc.constantFrom('gke-l7-rilb', 'envoy')).map(([at, gatewayClassName]) =>
    put('gateway.networking.k8s.io/v1', 'Gateway', at, 'a', {
      spec: { gatewayClassName, listeners: [{ name: 'http', protocol: 'HTTP', port: 80 }] },
    }),
  ),
  fc.tuple(namespace, name).map(([at, route]) =>
    put('gateway.envoyproxy.io/v1alpha1', 'SecurityPolicy', at, 'a', {
      spec: { targetRef: { kind: 'HTTPRoute', name: route }, jwt: {} },
    }),
  ),
  fc
    .constantFrom<JsonObject>({ forwardAuth: {} }, { headers: {} })
    .map((spec) => put('traefik.io/v1alpha1', 'Middleware', 'shop', 'a', { spec })),
  fc.tuple(namespace, name).map(([at, service]) =>
    put('networking.istio.io/v1', 'VirtualService', at, service, {
      spec: { hosts: ['*'], gateways: ['a'], http: [{ route: [{ destination: { host: service } }] }] },
    }),
  ),
  fc
    .constantFrom('a', 'b')
    .map((istio) => put('networking.istio.io/v1', 'Gateway', 'shop', 'a', { spec: { selector: { istio } } })),
  fc
    .tuple(namespace, fc.constantFrom({}, { matchLabels: { app: 'a' } }), fc.boolean())
    .map(([at, podSelector, opens]) =>
      put('networking.k8s.io/v1', 'NetworkPolicy', at, 'a', {
        spec: { podSelector, policyTypes: ['Ingress'], ...(opens ? { ingress: [{}] } : {}) },
      }),
    ),
  fc
    .tuple(namespace, fc.constantFrom<JsonObject>({}, { 'istio-injection': 'enabled' }))
    .map(([at, labels]) => put('v1', 'Namespace', undefined, at, { metadata: { labels } })),
  fc
    .constantFrom('10.0.0.2', '9.9.9.9')
    .map((address) =>
      put('v1', 'Node', undefined, 'n', { status: { addresses: [{ type: 'ExternalIP', address }] } }),
    ),
  fc
    .tuple(namespace, fc.constantFrom('STRICT', 'PERMISSIVE'))
    .map(([at, mode]) =>
      put('security.istio.io/v1', 'PeerAuthentication', at, 'a', { spec: { mtls: { mode } } }),
    ),
  namespace.map((at) =>
    put('security.istio.io/v1', 'RequestAuthentication', at, 'a', { spec: { jwtRules: [{ issuer: 'a' }] } }),
  ),
  fc
    .tuple(namespace, fc.constantFrom<JsonObject>({}, { from: [{ source: { requestPrincipals: ['*'] } }] }))
    .map(([at, rule]) =>
      put('security.istio.io/v1', 'AuthorizationPolicy', at, 'a', { spec: { rules: [rule] } }),
    ),
  fc
    .constantFrom<JsonObject>(
      { 'global-auth-url': 'https://a' },
      { 'enable-policy': 'never' },
      { mesh: 'rootNamespace: shop' },
    )
    .map((data) =>
      put('v1', 'ConfigMap', 'istio-system', 'mesh' in data ? 'istio' : 'cilium-config', { data }),
    ),
  fc.constantFrom('flannel/flannel:v1', 'cilium/cilium:v1').map((image) =>
    put('apps/v1', 'DaemonSet', 'istio-system', 'net', {
      spec: {
        selector: { matchLabels: { app: 'net' } },
        template: { metadata: { labels: { app: 'net' } }, spec: { containers: [{ name: 'c', image }] } },
      },
    }),
  ),
  {
    weight: 6,
    arbitrary: fc.nat().map(
      (n): Step =>
        (state) =>
          void state.delete([...state.keys()].sort()[n % Math.max(1, state.size)] ?? ''),
    ),
  },
);

function inOrder(state: State): KubernetesObject[] {
  const keyed = [...state.values()].map((object) => {
    const { group, kind, namespace: at, name: own } = object;
    return [`${group}/${kind}`, `${at ?? ''}/${own}`, object] as const;
  });
  return keyed
    .sort(([a, b], [c, d]) => (a === c ? (b < d ? -1 : 1) : a < c ? -1 : 1))
    .map(([, , object]) => object);
}

test(`what leads to a workload and what stands before it is judged anew when it changes (seed ${SEED})`, () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(step, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 10 }),
      (batches) => {
        const state: State = new Map();
        const live = new LiveAssessment({ checks: ASKED });
        for (const steps of batches) {
          const before = new Map(state);
          for (const each of steps) each(state);
          const set = [...state].filter(([key, each]) => before.get(key) !== each).map(([, each]) => each);
          const removed = [...before]
            .filter(([key]) => !state.has(key))
            .map(([, { group, kind, namespace: at = '', name: own }]) => ({
              group,
              kind,
              namespace: at,
              name: own,
            }));
          live.apply({ set, removed, gaps: [], lists: 1 });
          const objects = inOrder(state);
          const seen = {
            objects,
            documents: objects.length,
            notKubernetes: [],
            unread: [],
            isComplete: true,
            lists: 1,
            gaps: [],
          };
          expect(spoken(live.report())).toEqual(spoken(assess(seen, { checks: ASKED })));
        }
      },
    ),
    { seed: SEED, numRuns: 25 },
  );
});
