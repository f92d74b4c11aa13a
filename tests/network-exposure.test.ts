import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeBundle } from '../src/evidence/bundle/index.ts';
import type { SnapshotEvent } from '../src/evidence/snapshot.ts';

const folder = mkdtempSync(join(tmpdir(), 'kubestride-exposure-'));
const command = join(import.meta.dirname, '../bin/kubestride.js');

function exposure(...line: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, 'network', 'exposure', ...line], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], LANG: 'C' },
  });
  return { status, stdout, stderr };
}

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

const WEB = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - { name: web, image: web, ports: [{ name: http, containerPort: 8080 }] }
`;
const BALANCER = `apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec:
  type: LoadBalancer
  allocateLoadBalancerNodePorts: false
  selector: { app: web }
  ports:
    - { name: https, port: 443, targetPort: http }
    - { name: metrics, port: 9090 }
`;
const POLICY = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: web, namespace: shop }
spec:
  podSelector: {}
  ingress:
    - from: [{ namespaceSelector: {} }]
      ports: [{ port: http }]
    - from: [{ ipBlock: { cidr: 8.8.8.0/24 } }]
      ports: [{ port: http }]
`;

beforeAll(() => {
  write('open/app.yaml', `${WEB}---\n${BALANCER}`);
  write('kept/app.yaml', `${WEB}---\n${BALANCER}  externalTrafficPolicy: Local\n---\n${POLICY}`);
  write('rewritten/app.yaml', `${WEB}---\n${BALANCER}---\n${POLICY}`);
  write('inside/app.yaml', `${WEB}---\n${BALANCER.replace(/ {2}type.*\n.*\n/, '')}`);
  write('loose/app.yaml', `${WEB}---\n${BALANCER.replace('app: web }', 'app: wep }')}`);
  write(
    'istio/app.yaml',
    `${WEB}---\napiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: { name: web, namespace: shop }\nspec: {}\n`,
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const tcp = (port: number) => ({ protocol: 'TCP', from: port, to: port });

describe('in text', () => {
  test('each way in with the ports at both ends, and by which object', () => {
    const { status, stdout, stderr } = exposure('open');
    expect(stdout.split('\n')).toEqual([
      'shop/web[Deployment]',
      '  from the internet: TCP 8080; TCP 9090, which no container declares',
      '  from any namespace: TCP 8080; every other port, which no container declares',
      '  from its node: TCP 8080; every other port, which no container declares',
      '    cluster IP Service shop/web (open/app.yaml:11), inside the cluster: 443 → TCP 8080; TCP 9090 (declared by no container)',
      '    load balancer Service shop/web (open/app.yaml:15): 443 → TCP 8080; TCP 9090 (declared by no container)',
      '',
    ]);
    expect(stderr).toBe(
      'kubestride: 1 of 1 workloads can be reached from the internet; of 0 something is unknown\n',
    );
    expect(status).toBe(0);
  });

  test('in Chinese', () => {
    expect(exposure('open', '--lang', 'zh-CN').stdout).toContain(
      '  来自互联网: TCP 8080; TCP 9090，没有容器声明\n',
    );
  });

  test('what is open and ends nowhere is named, and is no green', () => {
    const { status, stdout } = exposure('loose');
    expect(stdout).toContain(
      'Service shop/web spec (loose/app.yaml:14): no pod among the sources has the labels that the Service selects',
    );
    expect(status).toBe(2);
  });

  test('so are objects of other APIs that let clients in', () => {
    const { status, stderr } = exposure('istio');
    expect(stderr).toContain('not evaluated, and may let clients in: VirtualService shop/web');
    expect(status).toBe(2);
  });
});

describe('in JSON', () => {
  const first = (...line: string[]) => {
    const { status, stdout } = exposure(...line, '-o', 'json');
    const { exposure: workloads, ...rest } = JSON.parse(stdout);
    return { status, workload: workloads[0], rest };
  };

  test('policies see the address of the client where the Service keeps it', () => {
    const { status, workload } = first('kept');
    expect(workload.internet).toEqual({ ports: [tcp(8080)], unknown: [] });
    expect(workload.anyNamespace).toEqual({ ports: [tcp(8080)], unknown: [], byLabels: [] });
    expect(workload.ways.at(-1)).toEqual({
      way: 'load-balancer',
      object: { apiVersion: 'v1', kind: 'Service', namespace: 'shop', name: 'web' },
      source: { file: 'kept/app.yaml', line: 15 },
      clients: 'internet',
      sourceAddress: 'client',
      ports: [
        { ...tcp(8080), outside: 443, declared: true, open: true, clients: ['8.8.8.0-8.8.8.255'] },
        { ...tcp(9090), outside: 9090, declared: false, open: false },
      ],
    });
    expect(status).toBe(0);
  });

  test('where it may be rewritten, what they stop is unknown', () => {
    const { status, workload } = first('rewritten');
    expect(workload.internet).toEqual({ ports: [tcp(8080)], unknown: [tcp(9090)] });
    const balancer = workload.ways.at(-1);
    expect(balancer.sourceAddress).toBe('client-or-node');
    expect(balancer.ports[1]).toMatchObject({ open: 'unknown', because: 'rewritten' });
    expect(status).toBe(2);
  });

  test('a Service inside of the cluster is no way from the internet', () => {
    const { status, workload, rest } = first('inside');
    expect(workload.internet).toEqual({ ports: [], unknown: [] });
    expect(workload.ways).toMatchObject([{ way: 'cluster-ip', clients: 'cluster' }]);
    expect(rest).toEqual({ leadsNowhere: [], notEvaluated: [], notSeen: [], problems: [] });
    expect(status).toBe(0);
  });
});

interface Stated {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: object;
  readonly spec?: object;
}

test('a cluster tells which addresses its load balancers and nodes have', async () => {
  const meta = (name: string) => ({ name, namespace: 'a', uid: name });
  const port = { containerPort: 80, hostPort: 8080 };
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...meta('one'), labels: { app: 'one' } },
    spec: { nodeName: 'n', containers: [{ name: 'c', image: 'c', ports: [port] }] },
  };
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: meta('one'),
    spec: {
      type: 'LoadBalancer',
      allocateLoadBalancerNodePorts: false,
      selector: { app: 'one' },
      ports: [{ port: 80 }],
    },
    status: { loadBalancer: { ingress: [{ ip: '10.1.2.3' }] } },
  };
  const node = (address: string) => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'n', uid: 'n' },
    status: { addresses: [{ type: 'InternalIP', address }] },
  });
  const bundle = async (name: string, objects: readonly Stated[], more: SnapshotEvent[] = []) => {
    const pieces: Uint8Array[] = [];
    const snapshot = (async function* (): AsyncGenerator<SnapshotEvent> {
      yield { type: 'source', source: { kind: 'cluster', collectedAt: '2026-11-23T00:00:00Z' } };
      for (const object of objects) {
        const { apiVersion, kind } = object;
        const [version = '', group = ''] = apiVersion.split('/').reverse();
        const resource = `${kind.toLowerCase()}s`;
        const list = { group, version, resource, kind, namespaced: 'namespace' in object.metadata };
        yield { type: 'page', list, items: [object as never] };
        yield { type: 'listed', list, resourceVersion: '1' };
      }
      yield* more;
    })();
    const tool = { name: 'test', version: '0' };
    await writeBundle(
      [snapshot],
      { write: (piece) => void pieces.push(piece) },
      { tool, temporary: tmpdir() },
    );
    writeFileSync(join(folder, name), Buffer.concat(pieces));
  };
  const asked = (name: string) => {
    const { status, stdout } = exposure(name, '-o', 'json');
    const [{ internet, privateNetworks }] = JSON.parse(stdout).exposure;
    return { status, internet, privateNetworks };
  };
  await bundle('private.kse', [pod, service, node('10.0.0.1')]);
  await bundle('public.kse', [pod, service, node('8.8.8.8')]);
  await bundle(
    'blind.kse',
    [pod, node('10.0.0.1')],
    [{ type: 'gap', gap: { group: '', resource: 'services', kind: 'Service', reason: 'forbidden' } }],
  );
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'ingressroutes.traefik.containo.us', uid: 'd' },
    spec: { group: 'traefik.containo.us', names: { kind: 'IngressRoute', plural: 'ingressroutes' } },
  };
  await bundle('unasked.kse', [pod, node('10.0.0.1'), definition]);
  const { selector: _, ...without } = service.spec;
  const slice = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { ...meta('one-x'), labels: { 'kubernetes.io/service-name': 'one' } },
    addressType: 'IPv4',
    ports: [{ name: '', protocol: 'TCP', port: 80 }],
    endpoints: [{ addresses: ['10.8.0.1'], targetRef: { kind: 'Pod', namespace: 'a', name: 'one' } }],
  };
  await bundle('sliced.kse', [pod, { ...service, spec: without }, node('10.0.0.1'), slice]);
  const refused = { group: 'discovery.k8s.io', resource: 'endpointslices', kind: 'EndpointSlice' };
  await bundle(
    'unsliced.kse',
    [pod, { ...service, spec: without }, node('10.0.0.1')],
    [{ type: 'gap', gap: { ...refused, reason: 'forbidden' } }],
  );
  const virtual = { group: 'networking.istio.io', resource: 'virtualservices', kind: 'VirtualService' };
  await bundle(
    'unseen.kse',
    [pod, node('10.0.0.1')],
    [{ type: 'gap', gap: { ...virtual, reason: 'forbidden' } }],
  );
  expect(asked('unseen.kse').status).toBe(2);
  expect(exposure('unseen.kse').stderr).toContain('not read: virtualservices.networking.istio.io');
  const nothing = { ports: [], unknown: [] };
  expect(asked('sliced.kse')).toEqual({
    status: 0,
    internet: nothing,
    privateNetworks: { ports: [tcp(80)], unknown: [] },
  });
  expect(asked('unsliced.kse').status).toBe(2);
  expect(exposure('unsliced.kse').stderr).toContain('not read: endpointslices.discovery.k8s.io');
  expect(asked('private.kse')).toEqual({
    status: 0,
    internet: nothing,
    privateNetworks: { ports: [tcp(80)], unknown: [] },
  });
  expect(asked('public.kse')).toMatchObject({ status: 0, internet: { ports: [tcp(80)], unknown: [] } });
  expect(asked('blind.kse').status).toBe(2);
  expect(exposure('blind.kse').stderr).toContain('not read: services');
  expect(asked('unasked.kse').status).toBe(2);
  expect(exposure('unasked.kse').stderr).toContain('not read: ingressroutes.traefik.containo.us');
});
