import { describe, expect, test } from 'vitest';
import {
  FlowLineReader,
  FlowLog,
  generatePolicies,
  IRRELEVANT,
  Network,
  policyObject,
  UNKNOWN,
} from '../src/engines/network/index.ts';
import { objectsOf } from './network-random.ts';

/** Lines as the field references of each log describe them; where one is quoted, the page is named. */

function pod(namespace: string, name: string, ip: string, owner?: string, ports: object[] = []) {
  const app = owner ?? name;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels: { app } },
    spec: { containers: [{ name: app, image: app, ports }] },
    status: { podIP: ip, podIPs: [{ ip }] },
  };
}

const OBJECTS = objectsOf([
  pod('shop', 'web-6d4b75cb6d-x2x4z', '10.0.0.1', 'web'),
  pod('shop', 'db-0', '10.0.0.2', 'db', [{ containerPort: 5432 }]),
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'db', namespace: 'shop' },
    spec: { clusterIP: '10.96.0.7', selector: { app: 'db' }, ports: [{ port: 5000, targetPort: 5432 }] },
  },
  {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'node-1' },
    status: { addresses: [{ type: 'InternalIP', address: '192.168.0.1' }] },
  },
]);

interface Given {
  readonly includeDropped?: boolean;
  readonly objects?: typeof OBJECTS;
  readonly isComplete?: boolean;
}

/** Rules of the result: `web to db TCP 5432`, and what was left out or not read. */
function rulesOf(
  lines: readonly string[],
  { includeDropped = false, objects = OBJECTS, isComplete = false }: Given = {},
): string[] {
  const log = new FlowLog();
  const reader = new FlowLineReader();
  const told: string[] = [];
  lines.forEach((line, index) => {
    const read = reader.read(line);
    if (read === UNKNOWN) told.push(`unknown: line ${index + 1}`);
    else if (read !== IRRELEVANT) log.add(read, 'a.log', includeDropped);
  });
  const generation = generatePolicies(new Network(objects, { isComplete }), objects, {
    includes: () => true,
    wholeNamespaces: true,
    includeAmbiguous: false,
    apiServers: [],
    log,
  });
  told.push(...generation.leftOut.map(({ reason, text }) => `${reason}: ${text}`));
  if (log.dropped > 0) told.push(`dropped ${log.dropped}`);
  const shown = (value: unknown) =>
    JSON.stringify(value).replaceAll(
      /podSelector|matchLabels|namespaceSelector|ipBlock|cidr|app|[{}":]/g,
      '',
    );
  for (const policy of generation.policies) {
    if (policy.unit === undefined) continue;
    const { spec } = policyObject(policy) as { spec: Record<string, { [key: string]: unknown[] }[]> };
    for (const [direction, end] of [
      ['ingress', 'from'],
      ['egress', 'to'],
    ] as const) {
      for (const rule of spec[direction] ?? []) {
        const ports = (rule['ports'] as { protocol: string; port: number }[]).map(
          (each) => `${each.protocol} ${each.port}`,
        );
        for (const peer of rule[end] ?? ['everybody']) {
          told.push(`${policy.name.replace(/-6.*/, '')} ${end} ${shown(peer)} ${ports.join()}`);
        }
      }
    }
  }
  return told;
}

const WEB_TO_DB = ['db-0 from web TCP 5432', 'web to db TCP 5432'];

const WEB = { namespace: 'shop', pod_name: 'web-6d4b75cb6d-x2x4z', labels: ['k8s:app=web'] };
const DB = { namespace: 'shop', pod_name: 'db-0', labels: ['k8s:app=db'] };

function hubble(flow: object): string {
  return JSON.stringify({
    flow: {
      time: '2026-11-23T10:00:00.123456789Z',
      verdict: 'FORWARDED',
      IP: { source: '10.0.0.1', destination: '10.0.0.2', ipVersion: 'IPv4' },
      l4: { TCP: { source_port: 40_000, destination_port: 5432, flags: { SYN: true } } },
      source: WEB,
      destination: DB,
      traffic_direction: 'EGRESS',
      is_reply: false,
      ...flow,
    },
    node_name: 'node-1',
    time: '2026-11-23T10:00:00.123456789Z',
  });
}

describe('Hubble', () => {
  test('a connection between pods', () => {
    expect(rulesOf([hubble({})])).toEqual(WEB_TO_DB);
  });

  test('a reply is no connection, and ICMP has no ports', () => {
    const l4 = { TCP: { source_port: 5432, destination_port: 40_000, flags: { SYN: true, ACK: true } } };
    const reply = { source: DB, destination: WEB, l4 };
    expect(rulesOf([hubble({ ...reply, is_reply: true }), hubble({ l4: { ICMPv4: { type: 8 } } })])).toEqual(
      [],
    );
    expect(rulesOf([hubble({ ...reply, is_reply: null })])).toEqual([]);
  });

  test('what was dropped counts where it is asked for alone', () => {
    const line = hubble({ verdict: 'DROPPED', drop_reason_desc: 'POLICY_DENIED' });
    expect(rulesOf([line])).toEqual(['dropped 1']);
    expect(rulesOf([line], { includeDropped: true })).toEqual(WEB_TO_DB);
  });

  test('what left one pod and was stopped at the other did not pass', () => {
    const stopped = hubble({ verdict: 'DROPPED', traffic_direction: 'INGRESS' });
    expect(rulesOf([hubble({}), stopped])).toEqual(['dropped 1']);
    // Later it was let in.
    expect(rulesOf([hubble({}), stopped, hubble({ traffic_direction: 'INGRESS' })])).toEqual([
      'dropped 1',
      ...WEB_TO_DB,
    ]);
  });

  test('the world, with the name that was asked for', () => {
    const destination = { labels: ['reserved:world'] };
    const IP = { source: '10.0.0.1', destination: '203.0.113.9' };
    const line = hubble({ destination, IP, destination_names: ['api.example.com'] });
    expect(rulesOf([line])).toEqual(['web to 203.0.113.9/32 TCP 5432']);
  });

  test('pods that are not among the sources go by their labels', () => {
    const destination = {
      namespace: 'bank',
      labels: ['k8s:app=ledger', 'k8s:pod-template-hash=5'],
      pod_name: 'ledger-1',
    };
    expect(rulesOf([hubble({ destination })])).toEqual([
      'web to kubernetes.io/metadata.namebank,ledger TCP 5432',
    ]);
  });

  test('workloads of one name go by their kind, or by the labels', () => {
    const owned = (kind: string, app: string) => ({
      apiVersion: 'apps/v1',
      kind,
      metadata: { name: 'db', namespace: 'shop' },
      spec: {
        selector: { matchLabels: { app } },
        template: { metadata: { labels: { app } }, spec: { containers: [{ name: app, image: app }] } },
      },
    });
    const web = OBJECTS.filter(({ name }) => name.startsWith('web')).map(({ raw }) => raw);
    const objects = objectsOf([...web, owned('Deployment', 'one'), owned('StatefulSet', 'two')]);
    const into = (destination: object) =>
      rulesOf([hubble({ destination: { namespace: 'shop', ...destination } })], { objects }).at(-1);
    const workloads = (kind?: string) => [{ name: 'db', ...(kind === undefined ? {} : { kind }) }];
    expect(into({ workloads: workloads('Deployment') })).toBe('web to one TCP 5432');
    expect(into({ workloads: workloads('StatefulSet') })).toBe('web to two TCP 5432');
    expect(into({ workloads: workloads(), labels: ['k8s:app=two'] })).toBe('web to two TCP 5432');
    expect(into({ pod_name: 'db-0', labels: ['k8s:app=two'] })).toBe('web to two TCP 5432');
    expect(into({ workloads: workloads() })).toMatch(/^unknown-end/);
    expect(into({ pod_name: 'db-0' })).toMatch(/^unknown-end/);
  });

  test('a name that begins like another is of the workload that has the labels', () => {
    const destination = { namespace: 'shop', pod_name: 'db-shadow-0', labels: ['k8s:app=db-shadow'] };
    const objects = OBJECTS.map(({ raw }) => structuredClone(raw));
    const [, db] = objects as { metadata: { name: string } }[];
    db!.metadata.name = 'db';
    expect(rulesOf([hubble({ destination })], { objects: objectsOf(objects) })).toEqual([
      'web to db-shadow TCP 5432',
    ]);
  });

  test('what comes from a node and is no probe is left out', () => {
    const source = { labels: ['reserved:host'] };
    const IP = { source: '192.168.0.1', destination: '10.0.0.2' };
    expect(rulesOf([hubble({ source, IP })])).toEqual(['host-network: 192.168.0.1 → shop/db-0 TCP 5432']);
  });
});

test('what comes from a node to a port that is open to it anyway is no sign of anything else', () => {
  const entry = (spec: object) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'entry', namespace: 'shop' },
    spec: { selector: { app: 'db' }, ports: [{ port: 5432 }], ...spec },
  });
  const left = (spec: object, port = 5432) => {
    const line = hubble({
      source: { labels: ['reserved:remote-node'] },
      IP: { source: '192.168.0.1', destination: '10.0.0.2' },
      l4: { TCP: { source_port: 40_000, destination_port: port } },
    });
    const objects = objectsOf([...OBJECTS.map(({ raw }) => raw), entry(spec)]);
    return rulesOf([line], { objects }).filter((told) => told.startsWith('host-network')).length;
  };
  const limited = (range: string) => ({
    type: 'LoadBalancer',
    externalTrafficPolicy: 'Local',
    loadBalancerSourceRanges: [range],
  });
  expect(left({ type: 'NodePort' })).toBe(0);
  expect(left({ type: 'NodePort' }, 5433)).toBe(1);
  expect(left({ type: 'ClusterIP' })).toBe(1);
  expect(left(limited('192.168.0.0/24'))).toBe(0);
  expect(left(limited('203.0.113.0/24'))).toBe(1);
});

describe('Calico', () => {
  const line = (fields: object) =>
    JSON.stringify({
      start_time: 1_597_166_083,
      end_time: 1_597_166_383,
      source_ip: null,
      source_name: '-',
      source_name_aggr: 'web-6d4b75cb6d-*',
      source_namespace: 'shop',
      source_port: null,
      source_type: 'wep',
      source_labels: { labels: ['app=web'] },
      dest_ip: null,
      dest_name: '-',
      dest_name_aggr: 'db-*',
      dest_namespace: 'shop',
      dest_port: 5432,
      dest_type: 'wep',
      dest_labels: { labels: ['app=db'] },
      proto: 'tcp',
      action: 'allow',
      reporter: 'dst',
      num_flows: 3,
      ...fields,
    });

  test('pods of a workload together', () => {
    expect(rulesOf([line({})])).toEqual(WEB_TO_DB);
  });

  test('stopped', () => {
    expect(rulesOf([line({ action: 'deny' })])).toEqual(['dropped 3']);
  });

  test('with the shorter prefix', () => {
    const { source_namespace, source_name_aggr, ...rest } = JSON.parse(line({})) as Record<string, unknown>;
    const short = { ...rest, src_namespace: source_namespace, src_name_aggr: source_name_aggr };
    expect(rulesOf([JSON.stringify(short)])).toEqual(WEB_TO_DB);
  });

  test('aggregated addresses name nobody', () => {
    const fields = { dest_name_aggr: 'pub', dest_namespace: '-', dest_type: 'net', dest_labels: null };
    expect(rulesOf([line(fields)])).toEqual(['unknown-end: shop/web-6d4b75cb6d-* → ? TCP 5432']);
    expect(rulesOf([line({ ...fields, dest_ip: '203.0.113.9' })])).toEqual([
      'web to 203.0.113.9/32 TCP 5432',
    ]);
  });
});

describe('VPC logs of AWS', () => {
  test('the default fields, both ways', () => {
    const lines = [
      '2 123456789010 eni-1 10.0.0.1 10.0.0.2 40000 5432 6 20 4249 1418530010 1418530070 ACCEPT OK',
      '2 123456789010 eni-1 10.0.0.2 10.0.0.1 5432 40000 6 20 4249 1418530010 1418530070 ACCEPT OK',
      '2 123456789010 eni-1 10.0.0.2 10.0.0.1 5432 40001 6 20 4249 1418530010 1418530070 ACCEPT OK',
    ];
    expect(rulesOf(lines)).toEqual(WEB_TO_DB);
  });

  // https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-records-examples.html
  test('the examples of its guide', () => {
    expect(
      rulesOf([
        '2 123456789010 eni-1235b8ca123456789 - - - - - - - 1431280876 1431280934 - NODATA',
        '2 123456789010 eni-11111111aaaaaaaaa - - - - - - - 1431280876 1431280934 - SKIPDATA',
        '2 123456789010 eni-1235b8ca123456789 203.0.113.12 172.31.16.139 0 0 1 4 336 1432917027 1432917142 ACCEPT OK',
        '2 123456789010 eni-1235b8ca123456789 172.31.9.69 172.31.9.12 49761 3389 6 20 4249 1418530010 1418530070 REJECT OK',
      ]),
    ).toEqual(['dropped 1']);
  });

  test('fields by a header, the addresses of packets first, and the flags of TCP', () => {
    const header = 'srcaddr dstaddr srcport dstport protocol pkt-srcaddr pkt-dstaddr tcp-flags action';
    const lines = [
      header,
      '192.168.0.1 192.168.0.1 50000 60000 6 10.0.0.1 10.0.0.2 2 ACCEPT',
      '192.168.0.1 192.168.0.1 60000 50000 6 10.0.0.2 10.0.0.1 18 ACCEPT',
    ];
    expect(rulesOf(lines)).toEqual(['db-0 from web TCP 60000', 'web to db TCP 60000']);
  });

  test("the port that stays the same is the server's, wherever it is in the order of numbers", () => {
    const line = (from: string, to: string) =>
      `2 1 eni-1 ${from.replace(':', ' ')} ${to.replace(':', ' ')}`.replace(
        /(\S+) (\d+) (\S+) (\d+)$/,
        '$1 $3 $2 $4 6 20 4249 1418530010 1418530070 ACCEPT OK',
      );
    const [web, db] = ['10.0.0.1', '10.0.0.2'];
    const clients = Array.from({ length: 40 }, (_, index) => 34_000 + 600 * index);
    const server = 50_000;
    const both = clients.flatMap((port) => [
      line(`${db}:${server}`, `${web}:${port}`),
      line(`${web}:${port}`, `${db}:${server}`),
    ]);
    const expected = ['db-0 from web TCP 50000', 'web to db TCP 50000'];
    expect(rulesOf(both)).toEqual(expected);
    expect(rulesOf(both.toReversed())).toEqual(expected);
    // Replies alone, and requests alone.
    expect(rulesOf(both.filter((_, index) => index % 2 === 0))).toEqual([]);
    expect(rulesOf(both.filter((_, index) => index % 2 === 1))).toEqual(expected);
    // Twice is no habit, and what does not agree with the ports that Linux chooses is not believed.
    expect(rulesOf(both.slice(0, 4)).every((told) => told.startsWith('unknown-direction'))).toBe(true);
    const low = clients.slice(0, 5).map((port) => line(`${web}:${port - 30_000}`, `${db}:${server}`));
    expect(rulesOf(low)).toEqual([expect.stringContaining('unknown-direction')]);
  });

  test('many ports of clients are one pair', () => {
    const log = new FlowLog();
    for (let number = 0; number < 5000; number++) {
      const [from, to] = [{ address: '10.0.0.1' }, { address: '10.0.0.2' }];
      const base = {
        protocol: 'TCP',
        isDropped: false,
        isReply: undefined,
        count: 1,
        time: undefined,
      } as const;
      const client = 33_000 + number;
      log.add({ ...base, from, to, port: 61_000, sourcePort: client }, 'a', false);
      log.add({ ...base, from: to, to: from, port: client, sourcePort: 61_000 }, 'a', false);
    }
    const pairs = [...log.pairs()];
    expect(pairs.map(({ count, server }) => [count, server])).toEqual([
      [5000, 'destination'],
      [5000, 'source'],
    ]);
  });

  test('either end may be the server', () => {
    const line = '2 1 eni-1 10.0.0.1 203.0.113.9 50000 60000 6 20 4249 1418530010 1418530070 ACCEPT OK';
    expect(rulesOf([line])).toEqual(['unknown-direction: 10.0.0.1 → 203.0.113.9 TCP 60000']);
  });
});

test('pods of a cluster stand for their Deployment, whatever names them', () => {
  const owned = (kind: string, name: string, uid: string, by?: string) => ({
    apiVersion: kind === 'Pod' ? 'v1' : 'apps/v1',
    kind,
    metadata: {
      name,
      namespace: 'shop',
      uid,
      labels: { app: name.split('-')[0]!, 'pod-template-hash': 'abc' },
      ...(by === undefined
        ? {}
        : { ownerReferences: [{ controller: true, kind: 'Any', name: 'any', uid: by }] }),
    },
  });
  const container = (name: string) => ({ containers: [{ name, image: name }] });
  const workload = (name: string, ip: string) => {
    const template = { metadata: { labels: { app: name } }, spec: container(name) };
    const selector = { matchLabels: { app: name } };
    return [
      { ...owned('Deployment', name, `${name}-1`), spec: { selector, template } },
      { ...owned('ReplicaSet', `${name}-abc`, `${name}-2`, `${name}-1`), spec: { selector, template } },
      {
        ...owned('Pod', `${name}-abc-x1`, `${name}-3`, `${name}-2`),
        spec: container(name),
        status: { podIP: ip },
      },
    ];
  };
  const objects = objectsOf([...workload('web', '10.0.0.1'), ...workload('db', '10.0.0.2')]);
  const ends = [
    [
      { namespace: 'shop', pod_name: 'web-abc-x1' },
      { namespace: 'shop', pod_name: 'db-gone-y2' },
    ],
    [{}, {}],
    [
      { namespace: 'shop', labels: ['k8s:app=web'] },
      { namespace: 'shop', workloads: [{ name: 'db' }] },
    ],
  ] as const;
  for (const [source, destination] of ends) {
    expect(rulesOf([hubble({ source, destination })], { objects, isComplete: true })).toEqual([
      'db from web TCP 5432',
      'web to db TCP 5432',
    ]);
  }
});

test('CSV with the names that others give', () => {
  const lines = [
    '"src_ip","dst_ip","dst_port","protocol"',
    '"10.0.0.1","10.0.0.2","5432","tcp"',
    'a,b',
    '10.0.0.1,x,,tcp',
  ];
  expect(rulesOf(lines)).toEqual(['unknown: line 3', 'unknown: line 4', ...WEB_TO_DB]);
});

test('the address of a Service means its pods and their port', () => {
  const lines = ['src_ip,dst_ip,dst_port', '10.0.0.1,10.96.0.7,5000'];
  expect(rulesOf(lines)).toEqual(WEB_TO_DB);
});

test('what was seen at the address of a Service and ends in no pod is told', () => {
  const service = (name: string, clusterIP: string, spec: object, namespace = 'shop') => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: { clusterIP, ports: [{ port: 80, targetPort: 'none' }], ...spec },
  });
  const objects = objectsOf([
    ...OBJECTS.map(({ raw }) => raw),
    service('nobody', '10.96.0.8', { selector: { app: 'nobody' } }),
    service('unnamed', '10.96.0.9', { selector: { app: 'db' } }),
    service('kubernetes', '10.96.0.1', { ports: [{ port: 443 }] }, 'default'),
  ]);
  const told = (address: string, port: number) =>
    rulesOf(['src_ip,dst_ip,dst_port', `10.0.0.1,${address},${port}`], { objects });
  const pair = (address: string, port: number) => `10.0.0.1 → ${address} TCP ${port}`;
  expect(told('10.96.0.8', 80)).toEqual([`no-pods: ${pair('10.96.0.8', 80)}`]);
  expect(told('10.96.0.9', 80)).toEqual([`no-target: ${pair('10.96.0.9', 80)}`]);
  expect(told('10.96.0.7', 5001)).toEqual([`no-such-port: ${pair('10.96.0.7', 5001)}`]);
  expect(told('10.96.0.1', 443)).toEqual(['api-server: TCP 443 kubernetes.default']);
});

// https://cloud.google.com/vpc/docs/about-flow-logs-records
test('VPC logs of Google', () => {
  const line = (fields: object) =>
    JSON.stringify({
      jsonPayload: {
        connection: {
          src_ip: '10.0.0.1',
          src_port: 40_000,
          dest_ip: '10.0.0.2',
          dest_port: 5432,
          protocol: 6,
        },
        reporter: 'DEST',
        start_time: '2026-11-23T10:00:00.000000000Z',
        end_time: '2026-11-23T10:00:05.000000000Z',
        dest_gke_details: { pod: { pod_name: 'db-0', pod_namespace: 'shop' } },
        ...fields,
      },
    });
  expect(rulesOf([line({})])).toEqual(WEB_TO_DB);
  expect(rulesOf([line({ disposition: 'DROPPED' })])).toEqual(['dropped 1']);
});

// https://istio.io/latest/docs/tasks/observability/logs/access-log/
test('access logs of Istio', () => {
  const line = (fields: object) =>
    JSON.stringify({
      start_time: '2026-11-23T10:00:00.000Z',
      authority: 'db:5000',
      upstream_host: '10.0.0.2:5432',
      upstream_cluster: 'outbound|5000||db.shop.svc.cluster.local',
      downstream_remote_address: '10.0.0.1:40000',
      downstream_local_address: '10.96.0.7:5000',
      ...fields,
    });
  expect(rulesOf([line({})])).toEqual(WEB_TO_DB);
  const inbound = {
    upstream_cluster: 'inbound|5432||',
    downstream_local_address: '10.0.0.2:5432',
    upstream_host: '127.0.0.1:5432',
  };
  expect(rulesOf([line(inbound)])).toEqual(WEB_TO_DB);
  expect(rulesOf([line({ upstream_cluster: 'BlackHoleCluster', upstream_host: null })])).toEqual([]);
});

test('a name outside of the cluster is known by its addresses in the log', () => {
  const [web, ...others] = OBJECTS.map(({ raw }) => structuredClone(raw));
  (web as { spec: { containers: { env?: object }[] } }).spec.containers[0]!.env = [
    { name: 'API', value: 'https://api.example.com' },
    { name: 'OTHER', value: 'https://other.example.com' },
  ];
  const objects = objectsOf([web!, ...others]);
  const left = (name: string) =>
    `external-name: ${name}=https://${name === 'API' ? 'api' : 'other'}.example.com`;
  expect(rulesOf([], { objects })).toEqual([left('OTHER'), left('API')]);
  const destination = { labels: ['reserved:world'] };
  const IP = { source: '10.0.0.1', destination: '203.0.113.9' };
  const line = hubble({ destination, IP, destination_names: ['api.example.com.'] });
  expect(rulesOf([line], { objects })).toEqual([left('OTHER'), 'web to 203.0.113.9/32 TCP 5432']);
});

test('addresses that are many stand as the networks that hold them', () => {
  const lines = Array.from({ length: 9 }, (_, index) => `10.0.0.1,8.8.8.${index},443`);
  lines.push('10.0.0.1,10.20.0.1,443');
  const rules = rulesOf(['src_ip,dst_ip,dst_port', ...lines]);
  expect(rules).toHaveLength(2);
  expect(rules[0]).toContain('0.0.0.0/0');
  expect(rules[1]).toContain('10.0.0.0/8');
});

test('lines that are not understood are told, whatever they are', () => {
  const lines = ['{"a":1}', '{', '[1]', 'two words', '', '# remark', '{"node_status":{}}'];
  expect(rulesOf(lines)).toEqual([
    'unknown: line 1',
    'unknown: line 2',
    'unknown: line 3',
    'unknown: line 4',
  ]);
});
