import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';

const folder = mkdtempSync(join(tmpdir(), 'kubestride-network-generate-'));
const command = join(import.meta.dirname, '../bin/kubestride.js');

function generate(line: string, input = '') {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [command, 'network', 'generate', ...line.split(' ')],
    { cwd: folder, input, encoding: 'utf8', env: { PATH: process.env['PATH'], LANG: 'C' } },
  );
  return { status, stdout, stderr };
}

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

interface Policy {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: Readonly<Record<string, unknown>>;
}

function policies(text: string): ReadonlyMap<string, Policy['spec']> {
  const documents = parseAllDocuments(text).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS() as Policy;
  });
  return new Map(documents.map(({ metadata, spec }) => [`${metadata.namespace}/${metadata.name}`, spec]));
}

/** A Deployment whose pods are labelled with its name. */
function deployment(name: string, container = '', namespace = 'shop'): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name}, version: v1 } }
    spec:
      containers:
        - name: main
          image: main
${container.replace(/^/gm, '          ')}
---
`;
}

function service(name: string, ports: string, more = ''): string {
  return `apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec: { selector: { app: ${name} }, ports: ${ports}${more} }
---
`;
}

const WEB = `ports: [{ name: http, containerPort: 8080 }]
readinessProbe: { httpGet: { port: 8081 } }
env:
  - { name: DB_HOST, value: db }
  - { name: DB_PORT, value: "5432" }
  - { name: PAY_URL, value: "https://user:hunter2@api.example.com/v1" }
envFrom: [{ configMapRef: { name: web } }]`;
const SHOP =
  deployment('web', WEB) +
  deployment('db', 'ports: [{ name: sql, containerPort: 5432 }]') +
  deployment('cache') +
  service('web', '[{ port: 80, targetPort: http }]') +
  service('db', '[{ port: 5432, targetPort: sql }]') +
  service('cache', '[{ port: 6379 }]') +
  `apiVersion: v1
kind: ConfigMap
metadata: { name: web, namespace: shop }
data:
  CACHE: redis://cache:6379/0
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web, namespace: shop }
spec: { defaultBackend: { service: { name: web, port: { number: 80 } } } }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: old, namespace: shop }
spec: { podSelector: {} }
`;

beforeAll(() => write('shop/app.yaml', SHOP));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('what objects and settings say becomes policies, each peer with where it is said', () => {
  const { status, stdout, stderr } = generate('shop');
  const made = policies(stdout);
  expect([...made.keys()]).toEqual([
    'shop/default-deny',
    'shop/allow-dns',
    'shop/cache',
    'shop/db',
    'shop/web',
  ]);
  expect(made.get('shop/default-deny')).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
  const web = { podSelector: { matchLabels: { app: 'web' } } };
  expect(made.get('shop/db')).toEqual({
    podSelector: { matchLabels: { app: 'db' } },
    policyTypes: ['Ingress', 'Egress'],
    ingress: [{ from: [web], ports: [{ protocol: 'TCP', port: 5432 }] }],
  });
  expect(made.get('shop/web')).toEqual({
    ...web,
    policyTypes: ['Ingress', 'Egress'],
    ingress: [{ ports: [{ protocol: 'TCP', port: 8080 }] }],
    egress: [
      { to: [{ podSelector: { matchLabels: { app: 'cache' } } }], ports: [{ protocol: 'TCP', port: 6379 }] },
      { to: [{ podSelector: { matchLabels: { app: 'db' } } }], ports: [{ protocol: 'TCP', port: 5432 }] },
    ],
  });
  const lineOf = (text: string) => SHOP.split('\n').findIndex((each) => each.includes(text)) + 1;
  expect(stdout).toContain(
    `        # DB_HOST=db, DB_PORT=5432 (shop/app.yaml:${lineOf('DB_HOST')})\n        - podSelector:\n            matchLabels:\n              app: web`,
  );
  expect(stdout).toContain(`# CACHE=redis://cache:6379 (shop/app.yaml:${lineOf('redis://')})`);
  expect(stdout).toContain('from everywhere, as no ingress controller or gateway is among the sources');
  expect(stdout).toMatch(/# - NetworkPolicy shop\/old \(shop\/app\.yaml:\d+\)/);
  // No policy can name a host; what else a URL holds is nobody's business.
  expect(stdout).toContain('https://api.example.com');
  expect(stdout).not.toContain('hunter2');
  expect(stderr).toContain('proven: 3 of 3 flows of evidence pass');
  expect(status).toBe(2);
});

test('JSON holds the policies, the evidence with its places and the proof', () => {
  const { status, stdout } = generate('shop -o json');
  const report = JSON.parse(stdout) as { readonly policies: readonly unknown[] };
  expect(report).toMatchObject({
    schema: 'kubestride.network-policies/v1',
    replaced: [{ policy: 'NetworkPolicy shop/old' }],
    leftOut: [{ reason: 'external-name', workload: { namespace: 'shop', name: 'web' } }],
    proof: { kept: 3, lost: [], unknown: [], excess: [] },
  });
  const written = parseAllDocuments(generate('shop').stdout).map((document) => document.toJS() as Policy);
  expect(report.policies).toEqual(written);
  expect(status).toBe(2);
});

test('one workload, with DNS in its own policy and no default for the others', () => {
  const made = policies(generate('shop --workload shop/db').stdout);
  expect([...made.keys()]).toEqual(['shop/db']);
  const dns = made.get('shop/db')!['egress'] as { ports: unknown }[];
  expect(dns[0]!.ports).toEqual([
    { protocol: 'TCP', port: 53 },
    { protocol: 'UDP', port: 53 },
  ]);
});

test('a policy that stays and lets more through is no proof', () => {
  // It selects others as well, and so is not replaced for one workload.
  write(
    'more/app.yaml',
    SHOP.replace('spec: { podSelector: {} }', 'spec: { podSelector: {}, ingress: [{}] }'),
  );
  const { status, stderr } = generate('more --workload shop/db');
  expect(stderr).toContain('passes without evidence: shop/cache[Deployment] => shop/db[Deployment]');
  expect(stderr).toContain(': not proven: 1 of 1 flow of evidence pass');
  expect(status).toBe(1);
});

test('where no workload is in scope, the header says so', () => {
  write('system/app.yaml', deployment('web', '', 'kube-system'));
  expect(generate('system').stdout).toContain(' for no workload: 0 policies for 0 flows of evidence.');
  expect(generate('system --lang zh-CN').stdout).toContain('为零个工作负载生成');
});

test('a flow that another policy stops is no proof either', () => {
  write(
    'admin/app.yaml',
    `${SHOP}---
apiVersion: policy.networking.k8s.io/v1alpha1
kind: AdminNetworkPolicy
metadata: { name: no-database }
spec:
  priority: 1
  subject: { namespaces: {} }
  ingress: [{ action: Deny, from: [{ namespaces: {} }], ports: [{ portNumber: { protocol: TCP, port: 5432 } }] }]
`,
  );
  const { status, stderr } = generate('admin');
  expect(stderr).toContain(
    'does not pass, although there is evidence for it: shop/web[Deployment] => shop/db[Deployment] : TCP 5432',
  );
  expect(status).toBe(1);
});

test('flow logs beside the manifests, from a file and from standard input', () => {
  const line = JSON.stringify({
    flow: {
      verdict: 'FORWARDED',
      is_reply: false,
      time: '2026-11-23T10:00:00Z',
      l4: { TCP: { source_port: 40_000, destination_port: 6379 } },
      source: { namespace: 'shop', workloads: [{ name: 'db', kind: 'Deployment' }] },
      destination: { namespace: 'shop', workloads: [{ name: 'cache', kind: 'Deployment' }] },
    },
  });
  write('flows.jsonl', `${line}\n${line}\nnonsense\n`);
  const { status, stdout, stderr } = generate('shop --flows flows.jsonl');
  expect(stdout).toContain(
    '# seen: TCP 6379; 2 flows, 2026-11-23T10:00:00Z – 2026-11-23T10:00:00Z, flows.jsonl',
  );
  expect(stderr).toContain('1 line of flow logs not understood: flows.jsonl:3');
  expect(stderr).toContain('proven: 4 of 4 flows of evidence pass');
  expect(status).toBe(2);
  const { stdout: same } = generate('shop --flows -', `${line}\n${line}\n`);
  expect(policies(same)).toEqual(policies(stdout));
});

test('replies count as such, whether the log says it or the ports do', () => {
  const pods = ['web', 'db'].map(
    (name, index) => `apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: shop, labels: { app: ${name} } }
spec: { containers: [{ name: main, image: main, ports: [{ containerPort: ${index === 0 ? 80 : 5432} }] }] }
status: { podIP: 10.0.0.${index + 1} }
---
`,
  );
  write('replies/app.yaml', pods.join(''));
  const log = [
    '10.0.0.1,40000,10.0.0.2,5432',
    '10.0.0.2,5432,10.0.0.1,40000',
    '10.0.0.2,5432,10.0.0.1,40001',
  ];
  write('replies.csv', ['src_ip,src_port,dst_ip,dst_port', ...log].join('\n'));
  const { stdout } = generate('replies --flows replies.csv');
  expect(stdout).toContain('left out 0 dropped flows, 2 replies and 0 lines not understood');
  const { flows } = JSON.parse(generate('replies --flows replies.csv -o json').stdout) as {
    flows: { replies: number };
  };
  expect(flows.replies).toBe(2);
});

test('variables that all come out of a Secret are told', () => {
  write('hidden/app.yaml', deployment('web', 'envFrom: [{ secretRef: { name: web-settings } }]'));
  const { status, stdout } = generate('hidden');
  expect(stdout).toContain('envFrom web-settings (hidden/app.yaml:');
  expect(stdout).toContain('is in a Secret, whose values are not read');
  expect(status).toBe(2);
});

test('a reason is told once for a peer', () => {
  const env = 'env: [{ name: A, value: "http://db:80" }]';
  const two = deployment('web').replace(
    /containers:[\s\S]*---\n/,
    `containers: [{ name: a, image: a, ${env} }, { name: b, image: b, ${env} }]\n---\n`,
  );
  write('once/app.yaml', two + deployment('db') + service('db', '[{ port: 80 }]'));
  // At either end.
  expect(generate('once').stdout.match(/# A=http:\/\/db:80 \(/g)).toHaveLength(2);
});

test('names that would end a comment do not', () => {
  const evil = deployment(
    'web',
    'env: [{ name: "A\\nspec: evil\\u2028", value: "http://db.shop.svc:5432" }]',
  );
  write('evil/app.yaml', evil + deployment('db') + service('db', '[{ port: 5432 }]'));
  const { stdout } = generate('evil');
  expect(stdout).toContain('A\\u{a}spec: evil\\u{2028}=http://db.shop.svc:5432');
  expect([...policies(stdout).keys()]).toEqual([
    'shop/default-deny',
    'shop/allow-dns',
    'shop/db',
    'shop/web',
  ]);
});

test('named ports stay names where the pods of a workload differ', () => {
  const pod = (name: string, port: number) => `apiVersion: v1
kind: Pod
metadata:
  { name: ${name}, namespace: shop, labels: { app: db }, ownerReferences: [{ apiVersion: a/v1, kind: Db, name: db, uid: u, controller: true }] }
spec: { containers: [{ name: main, image: main, ports: [{ name: sql, containerPort: ${port} }] }] }
---
`;
  const text = pod('db-a', 5432) + pod('db-b', 5433) + service('db', '[{ port: 1, targetPort: sql }]');
  write('named/app.yaml', text + deployment('web', 'env: [{ name: A, value: "db:1" }]'));
  const { stdout, stderr } = generate('named');
  const named = [{ protocol: 'TCP', port: 'sql' }];
  expect(policies(stdout).get('shop/db')!['ingress']).toMatchObject([{ ports: named }]);
  expect(policies(stdout).get('shop/web')!['egress']).toMatchObject([{ ports: named }]);
  expect(stderr).toContain('proven: 1 of 1 flow of evidence pass');
});

test('labels of a release are asked for only where the owner selects by them', () => {
  const owner = (name: string, selector: string, version: string) => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: shop }
spec:
  selector: { matchLabels: ${selector} }
  template:
    metadata: { labels: { app: web, version: ${version} } }
    spec: { containers: [{ name: main, image: main }] }
---
`;
  write(
    'split/app.yaml',
    owner('one', '{ app: web, version: v1 }', 'v1') + owner('two', '{ app: web, version: v2 }', 'v2'),
  );
  const apart = policies(generate('split').stdout);
  expect(apart.get('shop/one')!['podSelector']).toEqual({ matchLabels: { app: 'web', version: 'v1' } });
  write('alike/app.yaml', owner('one', '{ app: web }', 'v1') + owner('two', '{ app: web }', 'v2'));
  const { stdout } = generate('alike');
  expect([...policies(stdout).keys()]).toEqual(['shop/default-deny', 'shop/allow-dns', 'shop/one']);
  expect(stdout).toContain('One policy for shop/one[Deployment], shop/two[Deployment]');
});

test('what is asked for has to be there', () => {
  expect(generate('shop --workload shop/wep')).toMatchObject({
    status: 3,
    stderr: expect.stringContaining('did you mean shop/web'),
  });
  expect(generate('shop -n nowhere')).toMatchObject({
    status: 3,
    stderr: expect.stringContaining('nowhere'),
  });
  expect(generate('shop --api-server here')).toMatchObject({
    status: 3,
    stderr: expect.stringContaining('here'),
  });
  expect(generate('shop --flows missing.log').status).toBe(3);
});

test('DNS are the pods that the Service of that name selects', () => {
  const labels = '{ app.kubernetes.io/name: coredns }';
  const dns = `apiVersion: v1
kind: Service
metadata: { name: kube-dns, namespace: kube-system }
spec: { selector: ${labels}, ports: [{ name: dns, port: 53, protocol: UDP, targetPort: 1053 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: coredns, namespace: kube-system }
spec:
  selector: { matchLabels: ${labels} }
  template:
    metadata: { labels: ${labels} }
    spec: { containers: [{ name: main, image: main }] }
---
`;
  write('dns/app.yaml', dns + SHOP);
  const peer = {
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
    podSelector: { matchLabels: { 'app.kubernetes.io/name': 'coredns' } },
  };
  const ports = [{ protocol: 'UDP', port: 1053 }];
  expect(policies(generate('dns').stdout).get('shop/allow-dns')!['egress']).toEqual([{ to: [peer], ports }]);
  const own = generate('dns -n kube-system');
  expect(policies(own.stdout).get('kube-system/coredns')!['ingress']).toEqual([{ ports }]);
});

test('no policy gets the name of one that stays', () => {
  // It selects others as well, and would be lost with a policy of its name.
  write('names/app.yaml', SHOP.replace('name: old', 'name: db'));
  expect([...policies(generate('names --workload shop/db').stdout).keys()]).toEqual(['shop/db-deployment']);
  expect(policies(generate('names').stdout).has('shop/db')).toBe(true);
});

test('every sign of a connection is a rule or is told', () => {
  const variable = (name: string, value: string) => `  - { name: ${name}, value: "${value}" }`;
  const env = [
    'env:',
    variable('A_HOST', '203.0.113.7'),
    variable('A_PORT', '3306'),
    variable('B_URL', 'http://[2001:db8::7]:8443/x'),
    variable('NO_PROXY', '203.0.113.8,10.0.0.0/8'),
    variable('MAIL_HOST', 'mail.example.com'),
    variable('ALLOWED_HOST', 'own.example.com'),
    variable('GHOST', 'http://ghost/x'),
    variable('CACHE', 'http://cache:80'),
    variable('LOCAL', 'http://[::1]:80 http://localhost:80'),
  ].join('\n');
  write(
    'signs/app.yaml',
    deployment('web', env) +
      deployment('cache') +
      service('cache', '[{ port: 80, targetPort: unnamed }]') +
      `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: cache, namespace: shop }
spec: { defaultBackend: { service: { name: cache, port: { number: 80 } } } }
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: { name: hook }
webhooks: [{ name: a.b.c, clientConfig: { service: { namespace: shop, name: gone } } }]
`,
  );
  const { status, stdout } = generate('signs -o json');
  const { leftOut, evidence } = JSON.parse(stdout) as {
    leftOut: { reason: string; text: string }[];
    evidence: { to: object; ports: { port: number }[] }[];
  };
  expect(leftOut.map(({ reason, text }) => `${reason}: ${text}`).sort()).toEqual([
    'external-name: MAIL_HOST=mail.example.com',
    'no-target: CACHE=http://cache:80',
    'no-target: Ingress shop/cache → cache',
    'unknown-service: GHOST=http://ghost',
    'unknown-service: ValidatingWebhookConfiguration a.b.c',
  ]);
  const block = (cidr: string) => ({ blocks: [{ cidr, except: [] }] });
  expect(evidence.map(({ to, ports }) => [to, ports[0]!.port])).toEqual(
    expect.arrayContaining([
      [block('203.0.113.7/32'), 3306],
      [block('2001:db8::7/128'), 8443],
    ]),
  );
  expect(evidence).toHaveLength(2);
  expect(status).toBe(2);
});

test('whoever gets a token by a projected volume talks to the API server', () => {
  const pod = (audience: string) => `apiVersion: v1
kind: Pod
metadata: { name: op, namespace: shop, labels: { app: op } }
spec:
  serviceAccountName: op
  automountServiceAccountToken: false
  containers: [{ name: main, image: main }]
  volumes: [{ name: t, projected: { sources: [{ serviceAccountToken: { path: token${audience} } }] } }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: op, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: op }
subjects: [{ kind: ServiceAccount, name: op }]
`;
  write('token/app.yaml', pod(''));
  write('vault/app.yaml', pod(', audience: vault'));
  const egress = (path: string) =>
    policies(generate(`${path} --api-server 10.0.0.1:6443`).stdout).get('shop/op')!['egress'];
  expect(egress('token')).toMatchObject([{ to: [{ ipBlock: { cidr: '10.0.0.1/32' } }] }]);
  expect(egress('vault')).toBeUndefined();
});

test('accounts are bound as users and as groups of their namespace as well', () => {
  const bound = (subject: string, token = true, role = 'op') => {
    write(
      'bound/app.yaml',
      `apiVersion: v1
kind: Pod
metadata: { name: op, namespace: shop, labels: { app: op } }
spec: { serviceAccountName: op, automountServiceAccountToken: ${token}, containers: [{ name: main, image: main }] }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: op }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: "${role}" }
subjects: [{ apiGroup: rbac.authorization.k8s.io, ${subject} }]
`,
    );
    return policies(generate('bound --api-server 10.0.0.1:6443').stdout).get('shop/op')!['egress'];
  };
  const egress = [{ to: [{ ipBlock: { cidr: '10.0.0.1/32' } }], ports: [{ protocol: 'TCP', port: 6443 }] }];
  const group = 'kind: Group, name: "system:serviceaccounts:shop"';
  expect(bound('kind: User, name: "system:serviceaccount:shop:op"')).toEqual(egress);
  expect(bound(group)).toEqual(egress);
  expect(bound(group, false)).toBeUndefined();
  expect(bound('kind: User, name: "system:serviceaccount:shop:other"')).toBeUndefined();
  expect(bound('kind: Group, name: "system:serviceaccounts:bank"')).toBeUndefined();
  // What every cluster and OpenShift's namespaces have shows nothing.
  expect(bound('kind: Group, name: "system:serviceaccounts"')).toBeUndefined();
  expect(bound(group, true, 'system:image-puller')).toBeUndefined();
});

test('a route is named with its own namespace, which may be another than that of its backend', () => {
  const route = `${deployment('web', 'ports: [{ containerPort: 80 }]')}${service('web', '[{ port: 80 }]')}apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: web, namespace: edge }
spec: { rules: [{ backendRefs: [{ name: web, namespace: shop, port: 80 }] }] }
`;
  const grant = (kind: string) => `---
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: { name: edge, namespace: shop }
spec: { from: [{ group: gateway.networking.k8s.io, kind: ${kind}, namespace: edge }], to: [{ group: "", kind: Service }] }
`;
  write('route/app.yaml', route + grant('HTTPRoute'));
  const { stdout, status } = generate('route');
  expect(stdout).toContain('# HTTPRoute edge/web → shop/web (route/app.yaml:');
  expect(policies(stdout).get('shop/web')!['ingress']).toEqual([{ ports: [{ protocol: 'TCP', port: 80 }] }]);
  expect(status).toBe(0);
  for (const refused of [route, route + grant('TLSRoute')]) {
    write('route/app.yaml', refused);
    const without = generate('route');
    expect(without.stdout).toContain('no ReferenceGrant among the sources lets it refer');
    expect(policies(without.stdout).get('shop/web')!['ingress']).toBeUndefined();
    expect(without.status).toBe(2);
  }
});

test('name servers of a pod of its own', () => {
  const own = deployment('web').replace(
    '    spec:\n      containers:',
    '    spec:\n      dnsPolicy: None\n      dnsConfig: { nameservers: [203.0.113.53, 127.0.0.1, 10.96.0.7] }\n      containers:',
  );
  write(
    'resolver/app.yaml',
    own +
      deployment('resolver') +
      service('resolver', '[{ port: 53, protocol: UDP, targetPort: 1053 }]', ', clusterIP: 10.96.0.7'),
  );
  const { stdout, stderr } = generate('resolver');
  expect(policies(stdout).get('shop/web')!['egress']).toEqual([
    {
      to: [{ ipBlock: { cidr: '203.0.113.53/32' } }],
      ports: [
        { protocol: 'TCP', port: 53 },
        { protocol: 'UDP', port: 53 },
      ],
    },
    {
      to: [{ podSelector: { matchLabels: { app: 'resolver' } } }],
      ports: [{ protocol: 'UDP', port: 1053 }],
    },
  ]);
  expect(stdout).toContain('# dnsConfig 203.0.113.53 (resolver/app.yaml:');
  expect(stderr).toContain('proven: 2 of 2 flows of evidence pass');
});
