import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeBundle } from '../src/evidence/bundle/index.ts';
import type { SnapshotEvent } from '../src/evidence/snapshot.ts';

const folder = mkdtempSync(join(tmpdir(), 'kubestride-network-'));
const command = join(import.meta.dirname, '../bin/kubestride.js');

function network(line: string, input = '') {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, 'network', ...line.split(' ')], {
    cwd: folder,
    input,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], LANG: 'C' },
  });
  return { status, stdout, stderr };
}

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

const SHOP = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: web }] }
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db, namespace: shop }
spec:
  template:
    metadata: { labels: { app: db } }
    spec: { containers: [{ name: db, image: db, ports: [{ name: sql, containerPort: 5432 }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] }
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web, namespace: shop }
spec: { defaultBackend: { service: { name: web, port: { number: 80 } } } }
`;
const POLICY = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: db, namespace: shop }
spec:
  podSelector: { matchLabels: { app: db } }
  policyTypes: [Ingress, Egress]
  ingress:
    - from: [{ podSelector: { matchLabels: { app: web } } }]
      ports: [{ port: sql }]
    - from: [{ ipBlock: { cidr: 10.0.0.0/8, except: [10.1.0.0/16] } }]
`;

beforeAll(() => {
  write('shop/app.yaml', SHOP);
  write('shop/policy.yaml', POLICY);
  write('antrea/app.yaml', SHOP);
  write(
    'antrea/policy.yaml',
    'apiVersion: crd.antrea.io/v1beta1\nkind: NetworkPolicy\nmetadata: { name: c, namespace: shop }\nspec: {}\n',
  );
  write('refused/app.yaml', SHOP);
  write('refused/policy.yaml', POLICY.replace('10.0.0.0/8', '10.0.0.0/99'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('connections', () => {
  test('of each pair, in the shape of the contract', () => {
    const { status, stdout, stderr } = network('connections shop -o json');
    const web = { namespace: 'shop', kind: 'Deployment', name: 'web' };
    const db = { namespace: 'shop', kind: 'StatefulSet', name: 'db' };
    const every = ['TCP', 'UDP', 'SCTP'].map((protocol) => ({ protocol, from: 1, to: 65_535 }));
    const { connections, unknown } = JSON.parse(stdout);
    expect(connections).toEqual([
      { from: { ipBlock: '10.0.0.0-10.0.255.255' }, to: db, ports: every },
      { from: { ipBlock: '10.2.0.0-10.255.255.255' }, to: db, ports: every },
      { from: { ipBlock: '0.0.0.0-255.255.255.255' }, to: web, ports: every },
      { from: web, to: { ipBlock: '0.0.0.0-255.255.255.255' }, ports: every },
      { from: web, to: db, ports: [{ protocol: 'TCP', from: 5432, to: 5432 }] },
      { from: { entity: 'ingress-controller' }, to: web, ports: [{ protocol: 'TCP', from: 8080, to: 8080 }] },
    ]);
    expect({ status, stderr, unknown }).toEqual({ status: 0, stderr: '', unknown: [] });
  });

  test.each([
    ['txt', 'shop/web[Deployment] => shop/db[StatefulSet] : TCP 5432\n'],
    ['csv', '"shop/web[Deployment]","shop/db[StatefulSet]","TCP 5432"\r\n'],
    ['md', '| `shop/web[Deployment]` | `shop/db[StatefulSet]` | TCP 5432 |\n'],
    ['dot', '"shop/web[Deployment]" -> "shop/db[StatefulSet]" [label="TCP 5432"]\n'],
  ])('as %s', (format, line) => {
    expect(network(`connections shop -o ${format}`).stdout).toContain(line);
  });

  test('what a policy of another kind decides is unknown', () => {
    const { status, stdout, stderr } = network('connections antrea -o json');
    const { connections, unknown } = JSON.parse(stdout);
    expect(connections).toEqual([]);
    expect(unknown.length).toBeGreaterThan(4);
    expect(stderr).toContain('not evaluated: NetworkPolicy shop/c');
    expect(status).toBe(2);
  });

  test('a policy that the API server refuses is named and left out', () => {
    const { status, stdout, stderr } = network('connections refused');
    expect(stdout).toContain('shop/db[StatefulSet] => shop/web[Deployment] : all ports');
    expect(stderr).toContain(
      'the API server refuses NetworkPolicy shop/db (refused/policy.yaml:10): spec.ingress[1].from[0].ipBlock.cidr is "10.0.0.0/99"',
    );
    expect(status).toBe(2);
  });

  test('an empty folder is no green', () => {
    write('empty/a.txt', '');
    expect(network('connections empty').status).toBe(2);
  });
});

describe('query', () => {
  test('says by which rules a packet passes', () => {
    const { status, stdout } = network('query shop/web shop/db TCP/sql shop');
    expect(stdout.split('\n')).toEqual([
      'yes',
      '  egress shop/web: no policy speaks of it, so it passes',
      '  ingress shop/db: allowed by NetworkPolicy shop/db spec.ingress[0] (shop/policy.yaml:8)',
      '',
    ]);
    expect(status).toBe(0);
  });

  test('says by which policies it does not', () => {
    const { status, stdout } = network('query shop/db 1.1.1.1 443 shop -o json');
    expect(JSON.parse(stdout)).toEqual({
      allowed: false,
      because: [
        { direction: 'egress', pod: 'shop/db', effect: 'no-rule', policies: ['NetworkPolicy shop/db'] },
      ],
    });
    expect(status).toBe(1);
  });

  test('names the open ports where none is asked for', () => {
    expect(network('query shop/web shop/db shop').stdout).toMatch(/^TCP 5432\n/);
  });

  test.each([
    ['query shop/wep shop/db 80 shop', 'there is no pod or workload shop/wep; did you mean shop/web?'],
    ['query 1.1.1.1 2.2.2.2 80 shop', 'one of the two ends must be a pod or a workload'],
    ['query shop/web shop/db TCP/http shop', 'shop/db has no port named http'],
    ['query shop/web', 'TO'],
  ])('%s', (line, message) => {
    const { status, stderr } = network(line);
    expect(stderr).toContain(message);
    expect(status).toBe(3);
  });

  test('takes no workload for another of the same name', () => {
    write(
      'twins/app.yaml',
      `${SHOP}---\n${SHOP.split('---')[1]!.replace('StatefulSet', 'DaemonSet').replace('{ app: db }', '{ app: agent }')}`,
    );
    write('twins/policy.yaml', POLICY);
    const asked = network('query 1.1.1.1 shop/db 80 twins');
    expect(asked.stderr).toContain(
      'shop/db is the name of several workloads; name one of shop/StatefulSet/db, shop/DaemonSet/db',
    );
    expect(asked.status).toBe(3);
    expect(network('query 1.1.1.1 shop/StatefulSet/db 80 twins').status).toBe(1);
    expect(network('query 1.1.1.1 shop/DaemonSet/db 80 twins').status).toBe(0);
    const probe = '{"from":{"ip":"1.1.1.1"},"to":"shop/db","protocol":"TCP","port":80}';
    expect(network('query --probes - -o json twins', probe).stdout).toContain('several workloads');
  });

  test('answers probes line by line, and questions that are none as well', () => {
    const probes = [
      '{"from":"shop/web","to":"shop/db","protocol":"TCP","port":"sql"}',
      '{"from":{"ip":"10.1.0.1"},"to":"shop/db","protocol":"TCP","port":5432}',
      '{"from":"shop/web","to":"shop/nobody","protocol":"TCP","port":1}',
      'x',
      '{"from":{"ip":"10.2.0.1"},"to":"shop/db","protocol":"SCTP","port":1}',
    ].join('\n');
    const { status, stdout } = network('query --probes - shop -o json', probes);
    const answers = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(answers.map(({ allowed, error }) => allowed ?? typeof error)).toEqual([
      true,
      false,
      'string',
      'string',
      true,
    ]);
    expect(status).toBe(2);
  });
});

describe('diff', () => {
  test('says what passes that did not, and what is stopped', () => {
    write('wider/app.yaml', SHOP);
    write('wider/policy.yaml', POLICY.replace('port: sql', 'port: 1').replace('10.0.0.0/8', '10.0.0.0/7'));
    const { status, stdout } = network('diff shop wider');
    expect(stdout).toBe(
      [
        '+ 11.0.0.0-11.255.255.255 => shop/db[StatefulSet] : all ports',
        '+ shop/web[Deployment] => shop/db[StatefulSet] : TCP 1',
        '- shop/web[Deployment] => shop/db[StatefulSet] : TCP 5432',
        '',
      ].join('\n'),
    );
    expect(status).toBe(1);
    expect(network('diff shop wider --fail-on never').status).toBe(0);
    expect(network('diff shop shop')).toMatchObject({ status: 0, stdout: 'no difference\n' });
    const { changes } = JSON.parse(network('diff shop wider -o json').stdout);
    expect(changes).toHaveLength(2);
    expect(network('diff shop wider -o markdown').stdout).toContain(
      '| ➕ | `11.0.0.0-11.255.255.255` | `shop/db[StatefulSet]` | all ports |  |',
    );
  });

  test('a workload that comes with its connections is told as such', () => {
    write('half/web.yaml', SHOP.split('---')[0]!);
    write('half/policy.yaml', POLICY);
    expect(network('diff half shop').stdout).toContain(
      '+ shop/web[Deployment] => shop/db[StatefulSet] : TCP 5432  (a new workload)',
    );
    expect(network('diff shop half').status).toBe(0);
    expect(network('diff shop antrea').status).toBe(2);
  });
});

describe('unused', () => {
  test('names what selects or changes nothing, with the label that was meant', () => {
    const policy = (name: string, spec: string) =>
      `---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: ${name}, namespace: shop }\nspec: ${spec}\n`;
    write('idle/app.yaml', SHOP);
    write(
      'idle/policies.yaml',
      [
        policy('deny-all', '{ podSelector: {}, policyTypes: [Ingress] }'),
        policy('slip', '{ podSelector: { matchLabels: { app: wep } }, ingress: [{}] }'),
        policy(
          'db',
          '{ podSelector: { matchLabels: { app: db } }, ingress: [{ from: [{ podSelector: { matchLabels: { app: web } } }], ports: [{ port: 5432 }] }, { from: [{ podSelector: { matchLabels: { app: wbe } } }] }] }',
        ),
        policy(
          'db-again',
          '{ podSelector: { matchLabels: { app: db } }, ingress: [{ from: [{ podSelector: {} }], ports: [{ port: 5432 }, { port: 1 }] }] }',
        ),
        policy(
          'web',
          '{ podSelector: { matchLabels: { app: web } }, ingress: [{ ports: [{ port: 80 }] }, { from: [{ podSelector: {} }], ports: [{ port: 80 }] }] }',
        ),
        policy('out', '{ podSelector: {}, policyTypes: [Egress], egress: [{}] }'),
      ].join(''),
    );
    const { status, stdout } = network('unused idle -o json');
    const told = (
      JSON.parse(stdout).unused as { kind: string; policy: string; path: string; near: string[] }[]
    ).map(({ kind, policy: name, path, near }) => [name, path, kind, ...near]);
    expect(told).toEqual([
      ['NetworkPolicy shop/slip', 'spec.podSelector', 'selects-nothing', 'app=web'],
      ['NetworkPolicy shop/db', '', 'policy-without-effect'],
      ['NetworkPolicy shop/db', 'spec.ingress[1].from[0]', 'peer-matches-nothing', 'app=web'],
      ['NetworkPolicy shop/web', 'spec.ingress[1]', 'rule-without-effect'],
      ['NetworkPolicy shop/out', '', 'policy-without-effect'],
    ]);
    expect(status).toBe(1);
    expect(network('unused idle').stdout).toContain(
      'NetworkPolicy shop/slip spec.podSelector: selects none of the pods here; did you mean app=web?  (idle/policies.yaml:',
    );
  });

  test('says so where everything has an effect, and where it is not known', () => {
    expect(network('unused shop')).toMatchObject({
      status: 0,
      stdout: 'nothing: each of 1 policies and all their rules have an effect\n',
    });
    expect(network('unused antrea').status).toBe(2);
  });
});

test('lists of a cluster that were refused leave everything unknown', async () => {
  const list = { group: '', version: 'v1', resource: 'pods', kind: 'Pod', namespaced: true };
  const items = ['one', 'two', 'meshed'].map((name) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'a', uid: name, labels: name === 'meshed' ? { 'istio.io/rev': 'x' } : {} },
    spec: { containers: [{ name: 'c', image: 'c' }] },
  }));
  const reason = 'forbidden';
  const policies = {
    group: 'networking.k8s.io',
    resource: 'networkpolicies',
    kind: 'NetworkPolicy',
    reason,
  } as const;
  const bundle = async (name: string, events: SnapshotEvent[]) => {
    const pieces: Uint8Array[] = [];
    const snapshot = (async function* (): AsyncGenerator<SnapshotEvent> {
      yield { type: 'source', source: { kind: 'cluster', collectedAt: '2026-11-23T00:00:00Z' } };
      yield { type: 'page', list, items };
      yield { type: 'listed', list, resourceVersion: '1' };
      yield* events;
    })();
    const tool = { name: 'test', version: '0' };
    await writeBundle(
      [snapshot],
      { write: (piece) => void pieces.push(piece) },
      { tool, temporary: tmpdir() },
    );
    writeFileSync(join(folder, name), Buffer.concat(pieces));
  };
  await bundle('whole.kse', []);
  await bundle('blind.kse', [{ type: 'gap', gap: policies }]);
  expect(network('query a/one a/two 80 whole.kse')).toMatchObject({ status: 0 });
  const { status, stdout } = network('query a/one a/two 80 blind.kse');
  expect(stdout).toContain('not evaluated: NetworkPolicy networkpolicies.networking.k8s.io');
  expect(status).toBe(2);
  for (const [group, resource, kind] of [
    ['crd.antrea.io', 'clusternetworkpolicies', 'ClusterNetworkPolicy'],
    ['cilium.io', 'ciliumnetworkpolicies', 'CiliumNetworkPolicy'],
    ['', 'namespaces', 'Namespace'],
  ] as const) {
    await bundle('other.kse', [{ type: 'gap', gap: { group, resource, kind, reason } }]);
    expect(network('query a/one a/two 80 other.kse').status, kind).toBe(2);
  }
  // A mesh decides about the pods in it alone.
  const mesh = {
    group: 'security.istio.io',
    resource: 'authorizationpolicies',
    kind: 'AuthorizationPolicy',
    reason,
  } as const;
  const namespaces = {
    group: '',
    version: 'v1',
    resource: 'namespaces',
    kind: 'Namespace',
    namespaced: false,
  };
  await bundle('mesh.kse', [
    {
      type: 'page',
      list: namespaces,
      items: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a' } }],
    },
    { type: 'listed', list: namespaces, resourceVersion: '1' },
    { type: 'gap', gap: mesh },
  ]);
  expect(network('query a/one a/meshed 80 mesh.kse').status).toBe(2);
  expect(network('query a/one a/two 80 mesh.kse').status).toBe(0);
});
