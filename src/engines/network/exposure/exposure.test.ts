import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../kubernetes/json.ts';
import type { PortSet } from '../ports.ts';
import { exposureOf, internet, object, pod, privateNetworks, service, ways } from './test-exposure.ts';

const BALANCER = { type: 'LoadBalancer', allocateLoadBalancerNodePorts: false };
const node = (...addresses: string[]) => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'n' },
  status: { addresses: addresses.map((address) => ({ type: 'InternalIP', address })) },
});
const policy = (app: string, from: JsonObject[] | undefined) =>
  object(
    'NetworkPolicy',
    app,
    {
      spec: {
        podSelector: { matchLabels: { app } },
        policyTypes: ['Ingress'],
        ingress: from === undefined ? [] : [{ from }],
      },
    },
    'networking.k8s.io/v1',
  );
const annotated = (raw: JsonObject, annotations: JsonObject): JsonObject => ({
  ...raw,
  metadata: { ...(raw['metadata'] as JsonObject), annotations },
});

describe('a load balancer', () => {
  const of = (raw: JsonObject, isCluster = false) =>
    exposureOf([pod('w'), raw], { isCluster }).workloads.get('w');

  test('is public without a word to the contrary', () => {
    expect(internet(of(service('w', BALANCER)))).toBe('80');
  });

  test('is private where an annotation or its address says so', () => {
    const internal = annotated(service('w', BALANCER), {
      'service.beta.kubernetes.io/azure-load-balancer-internal': 'true',
    });
    const given = {
      ...service('w', BALANCER),
      status: { loadBalancer: { ingress: [{ ip: '192.168.0.9' }] } },
    };
    for (const raw of [internal, given]) {
      expect(internet(of(raw))).toBe('');
      expect(privateNetworks(of(raw))).toBe('80');
    }
  });

  test('of a cluster without an address is unknown', () => {
    expect(ways(of(service('w', BALANCER), true))).toEqual([
      'cluster-ip 80:true',
      'load-balancer 80:unknown(no-address)',
    ]);
  });

  test.each([
    [['10.0.0.0/8'], '', '80'],
    [['8.8.8.0/24'], '80', ''],
    [['8.8.8.0/24', '10.0.0.0/8'], '80', '80'],
    [['0.0.0.0/0'], '80', '80'],
    [['2606:4700::/32'], '80', ''],
  ])('lets in %j', (loadBalancerSourceRanges, fromInternet, fromPrivate) => {
    const exposed = of(service('w', { ...BALANCER, loadBalancerSourceRanges }));
    expect([internet(exposed), privateNetworks(exposed)]).toEqual([fromInternet, fromPrivate]);
  });

  test('behind a firewall that is not seen is unknown', () => {
    const raw = annotated(service('w', BALANCER), {
      'service.beta.kubernetes.io/aws-load-balancer-security-groups': 'sg-1',
    });
    expect(ways(of(raw))).toContain('load-balancer 80:unknown(firewall)');
  });

  test('leads to a named port where the pod has one', () => {
    const raw = service('w', { ...BALANCER, ports: [{ port: 443, targetPort: 'https' }] });
    const withPort = pod('w', {}, [{ name: 'https', containerPort: 8443 }]);
    expect(internet(exposureOf([withPort, raw]).workloads.get('w'))).toBe('8443');
    expect(internet(exposureOf([pod('w'), raw]).workloads.get('w'))).toBe('');
  });
});

describe('at the address of a node', () => {
  const nodePort = service('w', { type: 'NodePort', externalTrafficPolicy: 'Local' });

  test.each<[string, JsonObject[], boolean, string, string]>([
    ['not known', [], false, '80?', ''],
    ['public', [node('10.0.0.1', '8.8.8.8')], true, '80', ''],
    ['private', [node('10.0.0.1')], true, '', '80'],
    ['of some nodes', [node('10.0.0.1')], false, '80?', ''],
  ])('%s', (_, nodes, isCluster, fromInternet, fromPrivate) => {
    const { workloads } = exposureOf([pod('w'), nodePort, ...nodes], { isCluster });
    expect(internet(workloads.get('w'))).toBe(fromInternet);
    expect(privateNetworks(workloads.get('w'))).toBe(fromPrivate);
  });

  test('a hostPort leads to its container port, except at a loopback address', () => {
    const ports = [
      { containerPort: 80, hostPort: 8080 },
      { containerPort: 90, hostPort: 9090, hostIP: '127.0.0.1' },
    ];
    const { workloads } = exposureOf([pod('w', {}, ports), node('8.8.8.8')], { isCluster: true });
    expect(internet(workloads.get('w'))).toBe('80');
    expect(workloads.get('w')!.ways[0]!.ports[0]).toMatchObject({ outside: 8080, isDeclared: true });
  });

  test('a pod on the network of its node opens whatever it listens on', () => {
    const w = pod('w', { hostNetwork: true }, [{ containerPort: 80 }]);
    const { workloads } = exposureOf([w, node('8.8.8.8')], { isCluster: true });
    const { ways: found, internet: from } = workloads.get('w')!;
    expect(from.allowed.ranges).toHaveLength(3);
    expect(found[0]!.ports.filter(({ isDeclared }) => isDeclared)).toMatchObject([{ target: { from: 80 } }]);
  });
});

test('external IPs are as public as they are, and headless Services have none', () => {
  const of = (spec: JsonObject) => exposureOf([pod('w'), service('w', spec)]).workloads.get('w');
  expect(internet(of({ externalIPs: ['8.8.8.8'] }))).toBe('80');
  expect(privateNetworks(of({ externalIPs: ['10.0.0.9'] }))).toBe('80');
  expect(ways(of({ clusterIP: 'None', externalIPs: ['8.8.8.8'] }))).toEqual(['headless 80:true']);
});

describe('policies', () => {
  test('see the client where its address is kept', () => {
    const local = service('w', { ...BALANCER, externalTrafficPolicy: 'Local' });
    const of = (from: JsonObject[] | undefined) =>
      internet(exposureOf([pod('w'), local, policy('w', from)]).workloads.get('w'));
    expect(of(undefined)).toBe('');
    expect(of([{ ipBlock: { cidr: '10.0.0.0/8' } }])).toBe('');
    expect(of([{ ipBlock: { cidr: '0.0.0.0/0' } }])).toBe('80');
    expect(of([{ podSelector: {} }])).toBe('');
  });

  test('may see a node where it is not', () => {
    const cluster = service('w', BALANCER);
    const { workloads } = exposureOf([pod('w'), cluster, policy('w', undefined)]);
    expect(ways(workloads.get('w'))).toEqual(['cluster-ip 80:false', 'load-balancer 80:unknown(rewritten)']);
  });

  test('never stop the node', () => {
    const { workloads } = exposureOf([pod('w'), policy('w', undefined)]);
    const { node: from, anyNamespace } = workloads.get('w')!;
    expect(from.allowed.ranges).toHaveLength(3);
    expect(anyNamespace.allowed.isEmpty).toBe(true);
  });
});

describe('from any namespace', () => {
  const everywhere = { namespaceSelector: {} };
  const labelled = { matchLabels: { role: 'client' } };
  const unlabelled = { matchExpressions: [{ key: 'role', operator: 'DoesNotExist' }] };
  const of = (...from: JsonObject[]) => {
    const exposed = exposureOf([pod('w'), service('w', {}), policy('w', from)]).workloads.get('w')!;
    const { anyNamespace, byLabels } = exposed;
    const size = (set: PortSet) => (set.isEmpty ? 'none' : 'all');
    return [size(anyNamespace.allowed), size(byLabels), ways(exposed)[0]];
  };

  test.each<[string, JsonObject, string, string, string]>([
    ['every pod', everywhere, 'all', 'none', 'true'],
    ['pods with a label', { ...everywhere, podSelector: labelled }, 'none', 'all', 'named'],
    ['pods without it', { ...everywhere, podSelector: unlabelled }, 'none', 'all', 'named'],
    ['namespaces with a label', { namespaceSelector: labelled }, 'none', 'none', 'named'],
    ['pods of its own namespace', { podSelector: {} }, 'none', 'none', 'named'],
    ['addresses', { ipBlock: { cidr: '0.0.0.0/0' } }, 'none', 'none', 'false'],
  ])('%s', (_, from, every, byLabels, through) => {
    expect(of(from)).toEqual([every, byLabels, `cluster-ip 80:${through}`]);
  });

  test('a policy of administrators that stops some stops what is open to every pod', () => {
    const admin = {
      apiVersion: 'policy.networking.k8s.io/v1alpha1',
      kind: 'AdminNetworkPolicy',
      metadata: { name: 'd' },
      spec: {
        priority: 1,
        subject: { namespaces: {} },
        ingress: [{ action: 'Deny', from: [{ namespaces: labelled }] }],
      },
    };
    const { anyNamespace, byLabels } = exposureOf([pod('w'), admin]).workloads.get('w')!;
    expect(anyNamespace.allowed.isEmpty).toBe(true);
    expect(byLabels.ranges).toHaveLength(3);
  });
});

describe('an Ingress', () => {
  const ingress = (name: string, annotations: JsonObject = {}) =>
    annotated(
      object(
        'Ingress',
        name,
        { spec: { defaultBackend: { service: { name, port: { number: 80 } } } } },
        'networking.k8s.io/v1',
      ),
      annotations,
    );
  const controller = (name: string, labels: JsonObject, spec: JsonObject = {}): JsonObject => ({
    ...pod(name, spec),
    metadata: { name, namespace: 'ingress', labels },
  });
  const nginx = { 'app.kubernetes.io/name': 'ingress-nginx', 'app.kubernetes.io/component': 'controller' };
  const fromIngress = [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ingress' } } }];

  test('opens what policies let anybody reach', () => {
    const { workloads } = exposureOf([pod('w'), service('w', {}), ingress('w')]);
    expect(internet(workloads.get('w'))).toBe('80');
  });

  test('is served by a controller among the sources', () => {
    const rest = [pod('w'), service('w', {}), ingress('w'), policy('w', fromIngress)];
    expect(internet(exposureOf([...rest, controller('c', nginx)]).workloads.get('w'))).toBe('80');
    const other = { ...controller('c', nginx), metadata: { name: 'c', namespace: 'b', labels: nginx } };
    expect(internet(exposureOf([...rest, other]).workloads.get('w'))).toBe('');
  });

  test('without one it is unknown whom the policies mean', () => {
    const { workloads } = exposureOf([pod('w'), service('w', {}), ingress('w'), policy('w', fromIngress)]);
    expect(ways(workloads.get('w'))).toContain('ingress 80:unknown(proxy)');
  });

  test('a controller on the network of a node is where the node is', () => {
    const host = controller('c', nginx, { hostNetwork: true });
    const rest = [pod('w'), service('w', {}), ingress('w'), policy('w', undefined)];
    expect(ways(exposureOf([...rest, host]).workloads.get('w'))).toContain('ingress 80:unknown(own-node)');
    expect(ways(exposureOf([...rest, controller('c', nginx)]).workloads.get('w'))).toContain(
      'ingress 80:false',
    );
  });

  test.each<[JsonObject, string, string]>([
    [{ 'alb.ingress.kubernetes.io/scheme': 'internal' }, '', '80'],
    [{ 'kubernetes.io/ingress.class': 'gce-internal' }, '', '80'],
    [{ 'kubernetes.io/ingress.class': 'alb' }, '80?', ''],
    [{ 'nginx.ingress.kubernetes.io/whitelist-source-range': '10.0.0.0/8,172.16.0.1' }, '', '80'],
    [{ 'nginx.ingress.kubernetes.io/whitelist-source-range': '8.8.8.8' }, '80', ''],
  ])('%j', (annotations, fromInternet, fromPrivate) => {
    const exposed = exposureOf([pod('w'), service('w', {}), ingress('w', annotations)]).workloads.get('w');
    expect([internet(exposed), privateNetworks(exposed)]).toEqual([fromInternet, fromPrivate]);
  });

  test('may follow an alias into another namespace', () => {
    const alias = object('Service', 'e', {
      spec: { type: 'ExternalName', externalName: 'w.a.svc.cluster.local' },
    });
    const { workloads, loose } = exposureOf([pod('w'), service('w', {}), alias, ingress('e')]);
    expect(ways(workloads.get('w'))).toEqual([
      'cluster-ip 80:true',
      'external-name 80:true',
      'ingress 80:unknown(alias)',
    ]);
    expect(loose).toEqual([]);
  });

  test('that leads nowhere is named', () => {
    const reasons = (...objects: JsonObject[]) => exposureOf(objects).loose.map(({ reason }) => reason);
    expect(reasons(ingress('w'))).toEqual(['no-service']);
    expect(reasons(ingress('w'), service('w', {}))).toEqual(['no-pods']);
    expect(reasons(ingress('w'), service('w', { selector: {} }))).toEqual(['no-endpoints']);
    expect(reasons(ingress('w'), service('w', { ports: [{ port: 81 }] }), pod('w'))).toEqual(['no-port']);
  });
});

describe('a Service without a selector', () => {
  const bare = service('w', { ...BALANCER, selector: {}, ports: [{ name: 'http', port: 80 }] });
  const slice = (endpoint: JsonObject): JsonObject => ({
    ...object('EndpointSlice', 'w-1', {}, 'discovery.k8s.io/v1'),
    metadata: { name: 'w-1', namespace: 'a', labels: { 'kubernetes.io/service-name': 'w' } },
    endpoints: [endpoint],
    ports: [{ name: 'http', port: 8080 }],
  });
  const running = { ...pod('p'), status: { podIPs: [{ ip: '10.2.0.7' }] } };

  test.each<[string, JsonObject]>([
    ['by name', slice({ addresses: ['10.9.9.9'], targetRef: { kind: 'Pod', name: 'p' } })],
    ['by address', slice({ addresses: ['10.2.0.7'] })],
    [
      'in Endpoints',
      object('Endpoints', 'w', {
        subsets: [{ addresses: [{ ip: '10.2.0.7' }], ports: [{ name: 'http', port: 8080 }] }],
      }),
    ],
  ])('has the pods that are listed %s', (_, listed) => {
    const { workloads, loose } = exposureOf([running, bare, listed]);
    expect(internet(workloads.get('p'))).toBe('8080');
    expect(loose).toEqual([]);
  });

  test('leads elsewhere where the addresses are no pod', () => {
    const { loose } = exposureOf([running, bare, slice({ addresses: ['192.0.2.1'] })]);
    expect(loose.map(({ reason }) => reason)).toEqual(['elsewhere']);
  });
});

describe('a route of the Gateway API', () => {
  const route = (parent: JsonObject, backend: JsonObject = {}) =>
    object(
      'HTTPRoute',
      'r',
      { spec: { parentRefs: [parent], rules: [{ backendRefs: [{ name: 'w', port: 80, ...backend }] }] } },
      'gateway.networking.k8s.io/v1',
    );
  const gateway = (namespace: string, listener: JsonObject, fields: JsonObject = {}): JsonObject => ({
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    metadata: { name: 'g', namespace },
    spec: { gatewayClassName: 'c', listeners: [{ name: 'http', port: 80, ...listener }] },
    ...fields,
  });
  const of = (...objects: JsonObject[]) =>
    exposureOf([pod('w'), service('w', {}), ...objects]).workloads.get('w');

  test.each<[string, JsonObject, JsonObject, string]>([
    ['in the namespace of the Gateway', gateway('a', {}), { name: 'g' }, '80'],
    ['in another', gateway('b', {}), { name: 'g', namespace: 'b' }, ''],
    [
      'in another that is admitted',
      gateway('b', { allowedRoutes: { namespaces: { from: 'All' } } }),
      { name: 'g', namespace: 'b' },
      '80',
    ],
    [
      'in one that a selector admits',
      gateway('b', {
        allowedRoutes: {
          namespaces: { from: 'Selector', selector: { matchLabels: { 'kubernetes.io/metadata.name': 'a' } } },
        },
      }),
      { name: 'g', namespace: 'b' },
      '80',
    ],
    ['at a listener that there is not', gateway('a', {}), { name: 'g', sectionName: 'https' }, ''],
    ['of a mesh', gateway('a', {}), { kind: 'Service', group: '', name: 'w' }, ''],
    ['at a Gateway that is not seen', gateway('a', {}), { name: 'other' }, '80'],
  ])('%s', (_, served, parent, expected) => {
    expect(internet(of(served, route(parent)))).toBe(expected);
  });

  test('is private behind a private address', () => {
    const status = { addresses: [{ type: 'IPAddress', value: '10.0.0.9' }] };
    const exposed = of(gateway('a', {}, { status }), route({ name: 'g' }));
    expect([internet(exposed), privateNetworks(exposed)]).toEqual(['', '80']);
  });

  test('needs leave to refer to another namespace', () => {
    const other: JsonObject = {
      ...route({ name: 'g' }, { namespace: 'a' }),
      metadata: { name: 'r', namespace: 'b' },
    };
    const grant = object(
      'ReferenceGrant',
      'grant',
      {
        spec: {
          from: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', namespace: 'b' }],
          to: [{ group: '', kind: 'Service' }],
        },
      },
      'gateway.networking.k8s.io/v1beta1',
    );
    expect(ways(of(gateway('b', {}), other))).toContain('gateway-route 80:unknown(reference-grant)');
    expect(ways(of(gateway('b', {}), other, grant))).toContain('gateway-route 80:true');
  });
});
