import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeBundle } from '../src/evidence/bundle/index.ts';
import type { SnapshotEvent } from '../src/evidence/snapshot.ts';
import type { GapReason } from '../src/kubernetes/gaps.ts';
import type { JsonObject } from '../src/kubernetes/json.ts';
import { hasTruth, truthCases, truthPath } from './truth.ts';

const folder = mkdtempSync(join(tmpdir(), 'kubestride-access-'));
const command = join(import.meta.dirname, '../bin/kubestride.js');

function kubestride(args: readonly string[], input = '') {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], {
    cwd: folder,
    input,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env: { PATH: process.env['PATH'], LANG: 'C' },
  });
  return { status, stdout, stderr };
}

const access = (line: string, input = '') => kubestride(['access', ...line.split(' ')], input);

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

const ROLES = `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: reader, namespace: shop }
rules:
  - apiGroups: [""]
    resources: [pods, pods/log]
    verbs: [get, list]
  - apiGroups: [apps]
    resources: [deployments]
    resourceNames: [web]
    verbs: [patch]
`;
const BINDING = `---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: readers, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader }
subjects:
  - { kind: Group, name: devs, apiGroup: rbac.authorization.k8s.io }
  - { kind: ServiceAccount, name: bot }
`;
const MISSING = `---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: elsewhere }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: from-elsewhere }
subjects: [{ kind: User, name: zoe, apiGroup: rbac.authorization.k8s.io }]
`;
const AGGREGATED = `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: all }
aggregationRule: { clusterRoleSelectors: [{ matchLabels: { part: "yes" } }] }
rules: []
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: part, labels: { part: "yes" } }
rules:
  - { apiGroups: [""], resources: [nodes], verbs: [list] }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: all }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: all }
subjects: [{ kind: User, name: ann, apiGroup: rbac.authorization.k8s.io }]
`;
const apiServer = (...flags: string[]) => `apiVersion: v1
kind: Pod
metadata: { name: kube-apiserver, namespace: kube-system }
spec:
  containers:
    - name: kube-apiserver
      image: example.test/kube-apiserver:v1.37.2
      command: ${JSON.stringify(['kube-apiserver', ...flags])}
`;

beforeAll(() => {
  write('rbac.yaml', ROLES + BINDING);
  write('aggregated.yaml', AGGREGATED);
  write('missing/rbac.yaml', ROLES + BINDING + MISSING);
  write('broken/rbac.yaml', `${ROLES}${BINDING}---\napiVersion: v1\nkind: Pod\nmetadata: {name: [\n`);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('access can', () => {
  test.each([
    ['can sa:shop/bot get pods -n shop rbac.yaml', 'yes\n', 0],
    ['can ServiceAccount:shop/bot get po -n shop rbac.yaml', 'yes\n', 0],
    ['can system:serviceaccount:shop:bot get pod/web/log -n shop rbac.yaml', 'yes\n', 0],
    ['can Group:devs list pods/log -n shop rbac.yaml', 'yes\n', 0],
    ['can alice list pods -n shop --as-group devs rbac.yaml', 'yes\n', 0],
    ['can User:alice list pods -n shop rbac.yaml', 'no\n', 1],
    ['can sa:shop/bot delete pods -n shop rbac.yaml', 'no\n', 1],
    ['can sa:shop/bot patch deploy.apps/web -n shop rbac.yaml', 'yes\n', 0],
    ['can sa:shop/bot patch deploy/other -n shop rbac.yaml', 'no\n', 1],
    ['can sa:shop/bot patch deployments -n shop rbac.yaml', 'no\n', 1],
    ['can sa:shop/bot patch deployments.v1.apps/web -n shop rbac.yaml', 'yes\n', 0],
    ['can sa:shop/bot get pods --subresource log -n shop rbac.yaml', 'yes\n', 0],
    ['can sa:shop/bot get pods --subresource exec -n shop rbac.yaml', 'no\n', 1],
    // What a RoleBinding gives is no right on all namespaces, which kubectl says with -A alone.
    ['can sa:shop/bot get pods rbac.yaml', 'no, but yes in shop\n', 1],
    ['can sa:shop/bot get pods -n * rbac.yaml', 'no, but yes in shop\n', 1],
    ['can sa:shop/bot get pods -n other rbac.yaml', 'no\n', 1],
    // system:discovery and system:public-info-viewer, which every API server creates.
    ['can alice get /healthz rbac.yaml', 'yes\n', 0],
    ['can alice get /healthz --no-bootstrap rbac.yaml', 'no\n', 1],
    ['can system:anonymous get /version rbac.yaml', 'yes\n', 0],
    ['can system:anonymous get /api rbac.yaml', 'no\n', 1],
    ['can Group:system:masters delete nodes rbac.yaml', 'yes\n', 0],
    ['can ann list nodes aggregated.yaml', 'yes\n', 0],
    ['can system:node:n1 get nodes/n1 rbac.yaml', 'yes\n', 0],
    ['can system:node:n1 get nodes/n2 rbac.yaml', 'no\n', 1],
  ])('%s', (line, stdout, status) => {
    expect(access(line)).toEqual({ status, stdout, stderr: '' });
  });

  test('the argument names the binding, the role and the rule with their lines', () => {
    const { stdout } = access('can sa:shop/bot patch deploy/web -n shop rbac.yaml --explain');
    expect(stdout.split('\n')).toEqual([
      'yes',
      '  asked: Node, RBAC (as usual; no API server is among the sources)',
      '  RoleBinding shop/readers gives ServiceAccount shop/bot the Role shop/reader  rbac.yaml:19',
      '    rules[1]: patch on deployments.apps named web  rbac.yaml:8',
      '',
    ]);
  });

  test('the argument in JSON, by an aggregated role', () => {
    const answer = JSON.parse(access('can ann list nodes aggregated.yaml -o json').stdout);
    expect(answer).toMatchObject({ decision: 'allow', allowed: true, denied: false, authorizer: 'rbac' });
    expect(answer.because).toEqual([
      {
        subject: { kind: 'User', name: 'ann' },
        binding: { kind: 'ClusterRoleBinding', name: 'all', source: { file: 'aggregated.yaml', line: 17 } },
        role: { kind: 'ClusterRole', name: 'all', source: { file: 'aggregated.yaml', line: 1 } },
        rule: {
          path: 'rules[0]',
          statedBy: { kind: 'ClusterRole', name: 'part', source: { file: 'aggregated.yaml', line: 7 } },
          verbs: ['list'],
          apiGroups: [''],
          resources: ['nodes'],
          resourceNames: [],
          nonResourceURLs: [],
          source: { file: 'aggregated.yaml', line: 11 },
        },
      },
    ]);
  });

  test('capitals are told apart where a rule has them', () => {
    write('capitals.yaml', ROLES.replace('[pods, pods/log]', '[Pods]') + BINDING);
    expect(access('can sa:shop/bot get Pods -n shop capitals.yaml')).toMatchObject({ status: 0, stderr: '' });
    expect(access('can sa:shop/bot get pods -n shop capitals.yaml').status).toBe(1);
    expect(access('can sa:shop/bot get Pods -n shop rbac.yaml').status).toBe(0);
  });

  test('a request for a namespace by its name is one in that namespace', () => {
    const role = ROLES.replace('pods, pods/log', 'namespaces');
    write('namespaces.yaml', role + BINDING);
    expect(access('can sa:shop/bot get ns/shop namespaces.yaml').stdout).toBe('yes\n');
    expect(access('can sa:shop/bot get ns/other namespaces.yaml').stdout).toBe('no\n');
  });

  test('a role that is not among the manifests is no silent no', () => {
    const { status, stdout, stderr } = access('can zoe get secrets missing');
    expect(stdout).toBe(
      'unknown\n  ClusterRoleBinding elsewhere gives the ClusterRole from-elsewhere, which is not among the sources\n',
    );
    expect(status).toBe(2);
    expect(stderr).toContain(
      'missing/rbac.yaml:24: ClusterRoleBinding elsewhere, roleRef: the ClusterRole from-elsewhere is not there',
    );
    // It is nobody else's.
    expect(access('can alice get secrets missing').status).toBe(1);
  });

  test('a file that cannot be read turns a no into unknown, and no yes', () => {
    expect(access('can alice get secrets broken')).toMatchObject({
      status: 2,
      stdout: 'unknown\n  1 document or file was not read\n',
    });
    expect(access('can sa:shop/bot get pods -n shop broken').status).toBe(0);
  });

  test('what was not read is named with the reason, and decides only where it can', () => {
    const { stderr } = access('can alice get secrets broken');
    expect(stderr).toMatch(
      /^kubestride: 1 document or file was not read: broken\/rbac.yaml:\d+ \(invalid-yaml/m,
    );
    const { unseen } = JSON.parse(access('can alice get secrets broken -o json').stdout);
    expect(unseen).toEqual([
      {
        code: 'documents',
        count: 1,
        unread: [expect.objectContaining({ file: 'broken/rbac.yaml', reason: 'invalid-yaml' })],
      },
    ]);
    expect(access('diff broken rbac.yaml').stderr).toContain('not read: broken/rbac.yaml');
    const refused = (kind: string) =>
      `${ROLES}${BINDING}---\napiVersion: v1\nkind: ${kind}\nmetadata: { name: [] }\n`;
    write('refused-config.yaml', refused('ConfigMap'));
    write('refused-pod.yaml', refused('Pod'));
    // A ConfigMap grants nothing; a pod may be an API server that asks nobody.
    expect(access('can alice get secrets refused-config.yaml')).toEqual({
      status: 1,
      stdout: 'no\n',
      stderr: '',
    });
    expect(access('can alice get secrets refused-pod.yaml').status).toBe(2);
  });

  test('resources and verbs that nobody knows are named', () => {
    expect(access('can alice get podz rbac.yaml').stderr).toBe(
      'kubestride: no API that is known has a resource "podz", so it is taken as it is, of the core group; did you mean pod or pods?\n',
    );
    expect(access('can alice gte pods rbac.yaml').stderr).toContain('"gte" is none of the verbs of pods');
    expect(access('can alice get nodes -n shop rbac.yaml').stderr).toContain('nodes are in no namespace');
  });

  test('custom resources are known by their definitions', () => {
    const rule = ROLES.replace('[""]', '[shop.example]').replace('pods, pods/log', 'orders');
    const definition = `---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: orders.shop.example }
spec:
  group: shop.example
  scope: Namespaced
  names: { plural: orders, singular: order, kind: Order, shortNames: [ord] }
  versions: [{ name: v1, served: true, storage: true }]
`;
    write('custom.yaml', rule + BINDING + definition);
    for (const name of ['orders', 'order', 'ord', 'orders.shop.example'])
      expect(access(`can sa:shop/bot get ${name} -n shop custom.yaml`)).toMatchObject({
        status: 0,
        stderr: '',
      });
  });

  test.each([
    ['can sa:bot get pods', '"sa:bot" names nobody'],
    ['can Group: get pods', '"Group:" names nobody'],
    ['can alice get', 'RESOURCE is missing; see kubestride access can --help'],
    ['can', 'SUBJECT is missing'],
    ['can alice get pods/', '"pods/" is no resource'],
    ['can alice get pods --explian', 'unknown flag --explian; did you mean --explain?'],
    ['cna', 'unknown command "cna"; did you mean can?'],
  ])('%s is wrong usage', (line, message) => {
    const { status, stdout, stderr } = access(line);
    expect({ status, stdout }).toEqual({ status: 3, stdout: '' });
    expect(stderr).toContain(message);
  });

  test('names cannot steer the terminal', () => {
    write('evil.yaml', ROLES + BINDING.replace('name: readers', 'name: "a\\e[2Jb"'));
    const { stdout } = access('can sa:shop/bot get pods -n shop evil.yaml --explain');
    expect(stdout).toContain('\\u{1b}[2J');
    expect(stdout).not.toContain('\u001b');
  });
});

describe('authorizers', () => {
  test('a webhook after RBAC decides what roles do not', () => {
    write(
      'webhook.yaml',
      apiServer('--authorization-mode=Node,RBAC,Webhook', '--authorization-webhook-config-file=/w'),
    );
    expect(access('can sa:shop/bot get pods -n shop rbac.yaml webhook.yaml').status).toBe(0);
    expect(access('can alice get pods -n shop rbac.yaml webhook.yaml')).toMatchObject({
      status: 2,
      stdout: 'unknown\n  decided by a webhook\n',
    });
    expect(access('who-can get pods -n shop rbac.yaml webhook.yaml').status).toBe(2);
  });

  test('a configuration file that was not seen leaves all but system:masters open', () => {
    write('hidden.yaml', apiServer('--authorization-config=/etc/authz.yaml'));
    expect(access('can sa:shop/bot get pods -n shop rbac.yaml hidden.yaml').status).toBe(2);
    expect(access('can Group:system:masters get pods rbac.yaml hidden.yaml').status).toBe(0);
  });

  test('a configuration file among the sources says the order', () => {
    write('hidden.yaml', apiServer('--authorization-config=/etc/authz.yaml'));
    write(
      'authz.yaml',
      `apiVersion: apiserver.config.k8s.io/v1
kind: AuthorizationConfiguration
authorizers:
  - type: Webhook
    name: gate
    webhook:
      timeout: 3s
      authorizedTTL: 30s
      unauthorizedTTL: 30s
      subjectAccessReviewVersion: v1
      matchConditionSubjectAccessReviewVersion: v1
      failurePolicy: Deny
      connectionInfo: { type: KubeConfigFile, kubeConfigFile: /etc/webhook.kubeconfig }
      matchConditions: [{ expression: "request.user == 'zoe'" }]
  - { type: RBAC, name: rbac }
`,
    );
    const sources = 'rbac.yaml hidden.yaml authz.yaml';
    expect(access(`can sa:shop/bot get pods -n shop ${sources}`).status).toBe(0);
    expect(access(`can zoe get pods -n shop --as-group devs ${sources}`).status).toBe(2);
  });

  test('a match condition that fails refuses, and is named', () => {
    write(
      'fails.yaml',
      `apiVersion: apiserver.config.k8s.io/v1
kind: AuthorizationConfiguration
authorizers:
  - type: Webhook
    name: gate
    webhook:
      timeout: 3s
      authorizedTTL: 30s
      unauthorizedTTL: 30s
      subjectAccessReviewVersion: v1
      matchConditionSubjectAccessReviewVersion: v1
      failurePolicy: Deny
      connectionInfo: { type: KubeConfigFile, kubeConfigFile: /etc/webhook.kubeconfig }
      matchConditions: [{ expression: "request.resourceAttributes.namespace == 'shop'" }]
  - { type: RBAC, name: rbac }
`,
    );
    const sources = 'rbac.yaml fails.yaml';
    const run = access(`can alice get /api ${sources}`);
    expect(run.status).toBe(1);
    expect(run.stdout).toBe(
      "no\n  refused because a match condition of gate fails: request.resourceAttributes.namespace == 'shop' (no such key: resourceAttributes)\n",
    );
    expect(JSON.parse(access(`can alice get /api ${sources} -o json`).stdout)).toMatchObject({
      denied: true,
      failedCondition: { expression: "request.resourceAttributes.namespace == 'shop'" },
    });
  });

  test('what an API server does not take as its configuration decides nothing', () => {
    write('twice.yaml', apiServer('--authorization-mode=RBAC', '--authorization-mode=RBAC'));
    const run = access('can sa:shop/bot get pods -n shop rbac.yaml twice.yaml --explain');
    expect(run.status).toBe(2);
    expect(run.stdout).toContain('has mode specified more than once');
  });

  test('AlwaysAllow allows', () => {
    write('open.yaml', apiServer());
    expect(access('can alice delete nodes rbac.yaml open.yaml').stdout).toBe('yes\n');
  });

  test('policies of ABAC among the sources decide, and roles do not', () => {
    write('abac.yaml', apiServer('--authorization-mode=ABAC', '--authorization-policy-file=/p'));
    const spec = { user: 'alice', namespace: '*', resource: 'pods', apiGroup: '*', readonly: true };
    write(
      'abac.jsonl',
      JSON.stringify({ apiVersion: 'abac.authorization.kubernetes.io/v1beta1', kind: 'Policy', spec }),
    );
    expect(access('can alice get pods -n shop rbac.yaml abac.yaml abac.jsonl').status).toBe(0);
    expect(access('can sa:shop/bot get pods -n shop rbac.yaml abac.yaml abac.jsonl').status).toBe(1);
    expect(access('can alice get pods -n shop rbac.yaml abac.yaml').status).toBe(2);
  });
});

describe('access who-can', () => {
  test('lists everybody with what lets them', () => {
    const { status, stdout, stderr } = access(
      'who-can get pods/log -n shop rbac.yaml --no-bootstrap -o json',
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const { subjects, inNamespaces, unseen } = JSON.parse(stdout);
    expect({ inNamespaces, unseen }).toEqual({ inNamespaces: [], unseen: [] });
    expect(subjects.map(({ kind, namespace, name }: JsonObject) => [kind, namespace, name])).toEqual([
      ['Group', undefined, 'devs'],
      ['Group', undefined, 'system:masters'],
      ['ServiceAccount', 'shop', 'bot'],
    ]);
    expect(subjects[2].via[0].binding).toEqual({
      kind: 'RoleBinding',
      namespace: 'shop',
      name: 'readers',
      source: { file: 'rbac.yaml', line: 19 },
    });
  });

  test('without a namespace, who may in single ones only stands apart', () => {
    const { stdout } = access('who-can get pods rbac.yaml --no-bootstrap');
    expect(stdout.split('\n')).toEqual([
      'Group system:masters  every API server lets this group do everything',
      '',
      'only in shop',
      'Group devs               RoleBinding shop/readers → Role shop/reader',
      'ServiceAccount shop/bot  RoleBinding shop/readers → Role shop/reader',
      '',
    ]);
  });

  test('nodes by what their authorizer lets them', () => {
    const nodes = (line: string) => JSON.parse(access(`${line} -o json`).stdout).nodes;
    expect(nodes('who-can create pods rbac.yaml')).toEqual([{ kind: 'Group', name: 'system:nodes' }]);
    // Whose status it is, NodeRestriction looks at (plugin/pkg/auth/authorizer/node, authorizeNode).
    expect(nodes('who-can patch nodes/n1/status rbac.yaml')).toEqual([
      { kind: 'Group', name: 'system:nodes' },
    ]);
    expect(nodes('who-can get nodes/n1 rbac.yaml')).toEqual([{ kind: 'User', name: 'system:node:n1' }]);
    expect(nodes('who-can delete nodes/n1 rbac.yaml')).toEqual([]);
    write(
      'placed.yaml',
      `apiVersion: v1
kind: Pod
metadata: { name: web, namespace: shop }
spec: { nodeName: n7, containers: [{ name: web, image: example.test/web, envFrom: [{ secretRef: { name: db } }] }] }
`,
    );
    expect(nodes('who-can get secrets/db -n shop rbac.yaml placed.yaml')).toEqual([
      { kind: 'User', name: 'system:node:n7' },
    ]);
    expect(nodes('who-can get secrets/other -n shop rbac.yaml placed.yaml')).toEqual([]);
  });

  test('nodes of which it is not known make the answer incomplete, as access can says', () => {
    const pod = (name: string, node: string, secret: string) => `---
apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: shop }
spec: { nodeName: ${node}, containers: [{ name: web, image: example.test/web, envFrom: [{ secretRef: { name: ${secret} } }] }] }
`;
    write('two-nodes.yaml', pod('web', 'n7', 'db') + pod('other', 'n8', 'cache'));
    const unknown = access('can system:node:n8 get secrets/db -n shop two-nodes.yaml');
    expect(unknown).toMatchObject({
      status: 2,
      stdout: expect.stringMatching(/^unknown\n {2}not all pods and volumes/),
    });
    const { status, stdout, stderr } = access('who-can get secrets/db -n shop two-nodes.yaml -o json');
    expect(status).toBe(2);
    expect(stderr).toContain('not all pods and volumes were seen that may lead nodes to it: system:node:n8');
    expect(JSON.parse(stdout).unseen).toEqual([{ code: 'nodes', nodes: ['system:node:n8'] }]);
    // A list is none of a single object, which is all that pods lead nodes to.
    expect(access('who-can list secrets -n shop two-nodes.yaml').status).toBe(0);
  });

  test('a role that is not among the sources is named', () => {
    const { status, stderr } = access('who-can get pods missing --no-bootstrap');
    expect(status).toBe(2);
    expect(stderr).toContain(
      'there may be others: ClusterRoleBinding elsewhere gives the ClusterRole from-elsewhere',
    );
  });
});

test('nothing found is no answer', () => {
  mkdirSync(join(folder, 'empty'));
  for (const line of [
    'can alice get pods empty',
    'who-can get pods empty',
    'of alice empty',
    'diff rbac.yaml empty',
  ]) {
    const { status, stderr } = access(line);
    expect({ line, status }).toEqual({ line, status: 2 });
    expect(stderr).toContain('no Kubernetes object was found');
  }
});

describe('access of', () => {
  test('is a matrix by namespace', () => {
    expect(
      access('of Group:devs rbac.yaml --no-bootstrap').stdout,
    ).toBe(`Group devs, in the groups devs, system:authenticated

in the namespace shop
                      get  list  watch  create  update  patch  delete  deletecollection
pods                  ✓    ✓     ·      ·       ·       ·      ·       ·
pods/log              ✓    ✓     ·      ·       ·       ·      ·       ·
deployments.apps/web  ·    ·     ·      ·       ·       ✓      ·       ·
`);
  });

  test('in a namespace, what holds everywhere is not said again', () => {
    write(
      'wide.yaml',
      `${ROLES}${BINDING}---\n${AGGREGATED.replace('[nodes], verbs: [list]', '[pods], verbs: [get]').replace('name: ann', 'name: devs').replace('kind: User', 'kind: Group')}`,
    );
    const { rights } = JSON.parse(access('of Group:devs wide.yaml --no-bootstrap -o json').stdout);
    expect(rights.map(({ via: _via, ...right }: JsonObject) => right)).toEqual([
      { namespace: null, group: '', resource: 'pods', verbs: ['get'] },
      { namespace: 'shop', group: '', resource: 'pods', verbs: ['list'] },
      { namespace: 'shop', group: '', resource: 'pods/log', verbs: ['get', 'list'] },
      { namespace: 'shop', group: 'apps', resource: 'deployments', name: 'web', verbs: ['patch'] },
    ]);
  });
});

describe('access of those whom roles say little of', () => {
  const EVERYTHING = [
    { namespace: null, group: '*', resource: '*', verbs: ['*'], via: [] },
    { namespace: null, path: '/*', verbs: ['*'], via: [] },
  ];

  test.each([
    ['of Group:system:masters --no-bootstrap rbac.yaml', 'system:masters'],
    ['of alice --as-group system:masters --no-bootstrap rbac.yaml', 'system:masters'],
    ['of alice rbac.yaml open.yaml', 'AlwaysAllow'],
  ])('%s', (line, everything) => {
    write('open.yaml', apiServer());
    const { status, stdout } = access(line);
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: expect.stringContaining('\n\nmay do everything: '),
    });
    expect(JSON.parse(access(`${line} -o json`).stdout)).toMatchObject({
      everything,
      rights: EVERYTHING,
      unseen: [],
    });
  });

  test('a webhook before AlwaysAllow may deny', () => {
    write(
      'gated.yaml',
      apiServer('--authorization-mode=Webhook,AlwaysAllow', '--authorization-webhook-config-file=/w'),
    );
    expect(access('of alice rbac.yaml gated.yaml').status).toBe(2);
  });

  test.each(['system:node:n1', 'Group:system:nodes'])('%s may more than roles say', (node) => {
    const { status, stderr } = access(`of ${node} rbac.yaml`);
    expect(status).toBe(2);
    expect(stderr).toContain('the Node authorizer lets a node do more than is listed');
  });
});

describe('what no request can match', () => {
  const LIMITS = `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: odd }
rules:
  - { nonResourceURLs: [/metrics, logs], verbs: [get] }
  - { apiGroups: [""], resources: [nodes, nodes/proxy, pods/, services/*, configmaps], verbs: [get] }
  - { apiGroups: [""], resources: [secrets], verbs: ["get*", list] }
  - { apiGroups: [""], resources: [namespaces], verbs: [get, list] }
  - { apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: ["*"] }
  - { apiGroups: [apps], resources: ["*/*", "*/scale"], verbs: [get] }
  - { apiGroups: [apps/v1, v1], resources: [deployments], verbs: [get] }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: odd, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: odd }
subjects: [{ kind: User, name: ann, apiGroup: rbac.authorization.k8s.io }]
`;
  const EVERYWHERE = LIMITS.replace('RoleBinding', 'ClusterRoleBinding').replace(', namespace: shop', '');
  const names = (entries: JsonObject[]) =>
    entries.map(({ resource, group, path, verbs }) => [
      path ?? `${resource}.${group}`,
      ...(verbs as string[]),
    ]);

  // k8s.io/apiserver pkg/endpoints/request/requestinfo.go: paths have no namespace, and of what is in no namespace only a request
  // for a namespace by its name is in one. BindingAuthorized asks to bind in the namespace of the RoleBinding.
  test('is no right, and a RoleBinding gives nothing that is in no namespace', () => {
    write('odd.yaml', LIMITS);
    write('odd-everywhere.yaml', EVERYWHERE);
    const rightsIn = (file: string) =>
      names(JSON.parse(access(`of ann ${file} --no-bootstrap -o json`).stdout).rights);
    expect(rightsIn('odd.yaml')).toEqual([
      ['configmaps.', 'get'],
      ['namespaces.', 'get'],
      ['secrets.', 'list'],
      ['*/scale.apps', 'get'],
      ['clusterroles.rbac.authorization.k8s.io', 'bind'],
    ]);
    expect(rightsIn('odd-everywhere.yaml')).toEqual([
      ['configmaps.', 'get'],
      ['namespaces.', 'get', 'list'],
      ['nodes.', 'get'],
      ['nodes/proxy.', 'get'],
      ['secrets.', 'list'],
      ['*/scale.apps', 'get'],
      ['clusterroles.rbac.authorization.k8s.io', '*'],
      ['/metrics', 'get'],
    ]);
  });

  test('is named, all of it in JSON', () => {
    write(
      'odd.yaml',
      `${LIMITS}---\n${ROLES.replace('resources: [deployments]', 'resources: [deployments]\n    nonResourceURLs: [/healthz]')}`,
    );
    const { stderr, stdout } = access('of ann odd.yaml --no-bootstrap -o json');
    const problems = JSON.parse(stdout).problems.map(({ problem, path }: JsonObject) => [problem, path]);
    expect(problems).toEqual([
      ['matches-nothing', 'rules[0].nonResourceURLs[1]'],
      ['matches-nothing', 'rules[1].resources[2]'],
      ['matches-nothing', 'rules[1].resources[3]'],
      ['matches-nothing', 'rules[2].verbs[0]'],
      ['matches-nothing', 'rules[5].resources[0]'],
      ['version-as-group', 'rules[6].apiGroups[0]'],
      ['version-as-group', 'rules[6].apiGroups[1]'],
      ['resources-and-paths', 'rules[1]'],
      ['paths-in-role', 'rules[1].nonResourceURLs'],
    ]);
    expect(stderr).toContain(
      'odd.yaml:6: ClusterRole odd, rules[1].resources[2]: "pods/" matches no request',
    );
    expect(stderr).toContain('rules[6].apiGroups[0]: "apps/v1" is no API group');
    expect(stderr.trimEnd().split('\n')).toHaveLength(problems.length);
    expect(JSON.parse(access('diff rbac.yaml odd.yaml -o json').stdout).problems.after).toHaveLength(9);
  });

  test('is no difference', () => {
    write('odd.yaml', LIMITS);
    write(
      'odd-less.yaml',
      LIMITS.replace('/metrics, logs', '/livez').replace('nodes, nodes/proxy, pods/, ', ''),
    );
    expect(access('diff odd-less.yaml odd.yaml').status).toBe(0);
  });
});

describe('access review', () => {
  const question = (spec: JsonObject) => JSON.stringify({ kind: 'SubjectAccessReview', spec });
  const resourceAttributes = { verb: 'get', resource: 'pods', namespace: 'shop' };

  test('answers each line, in order', () => {
    const lines = [
      question({ user: 'alice', groups: ['devs'], resourceAttributes }),
      JSON.stringify({ user: 'alice', resourceAttributes }),
      'not json',
      question({ user: 'alice' }),
      question({ resourceAttributes }),
      question({ user: 'alice', resourceAttributes, nonResourceAttributes: { path: '/', verb: 'get' } }),
      question({ user: 7, resourceAttributes }),
      // Nothing is added to the groups, so nobody is authenticated here.
      question({ user: 'alice', nonResourceAttributes: { path: '/api', verb: 'get' } }),
      question({
        user: 'a',
        groups: ['system:authenticated'],
        nonResourceAttributes: { path: '/api', verb: 'get' },
      }),
      question({
        user: 'a',
        resourceAttributes: { ...resourceAttributes, fieldSelector: { rawSelector: 'a' } },
      }),
      question({ user: 'a', resourceAttributes: { ...resourceAttributes, fieldSelector: {} } }),
    ];
    const { status, stdout } = access('review --reviews - -o json rbac.yaml', `${lines.join('\n')}\n`);
    expect(status).toBe(2);
    const answers = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(answers).toEqual([
      {
        allowed: true,
        denied: false,
        reason: 'RBAC: allowed by RoleBinding "readers/shop" of Role "reader" to Group "devs"',
      },
      { allowed: false, denied: false, reason: '' },
      { error: expect.any(String) },
      { error: 'spec: exactly one of nonResourceAttributes or resourceAttributes must be specified' },
      { error: 'spec.user: at least one of user or group must be specified' },
      { error: 'spec: exactly one of nonResourceAttributes or resourceAttributes must be specified' },
      { error: 'user: not a string' },
      { allowed: false, denied: false, reason: '' },
      { allowed: true, denied: false, reason: expect.stringContaining('system:discovery') },
      {
        allowed: false,
        denied: false,
        reason: '',
        evaluationError: 'spec.resourceAttributes.fieldSelector ignored due to parse error',
      },
      { error: expect.stringContaining('requirements or rawSelector is required') },
    ]);
  });

  test('all answered is exit code 0, whatever the answers', () => {
    write('questions.jsonl', question({ user: 'alice', resourceAttributes }));
    expect(access('review --reviews questions.jsonl rbac.yaml')).toEqual({
      status: 0,
      stdout: 'no  alice get pods in shop\n',
      stderr: '',
    });
    expect(access('review --reviews none.jsonl rbac.yaml').stderr).toBe(
      'kubestride: cannot read "none.jsonl": ENOENT\n',
    );
  });

  test.skipIf(!hasTruth('rbac-reference'))('on real projects as the upstream authorizer does', () => {
    const cases = truthCases('rbac-reference').filter(({ cluster }) => cluster === 'kube-prometheus');
    const lines = cases.map(
      ({ user, groups, verb, apiGroup: group, resource, subresource, namespace, path }) =>
        question({
          user: user!,
          groups: groups!.split(';'),
          ...(path === ''
            ? {
                resourceAttributes: {
                  verb: verb!,
                  group: group!,
                  resource: resource!,
                  subresource: subresource!,
                  namespace: namespace!,
                },
              }
            : { nonResourceAttributes: { verb: verb!, path: path! } }),
        }),
    );
    const sources = ['kube-prometheus', 'bootstrap'].map((name) =>
      truthPath('rbac-reference', `data/${name}`),
    );
    const { status, stdout } = kubestride(
      ['access', 'review', '--reviews', '-', '-o', 'json', ...sources],
      lines.join('\n'),
    );
    const answers = stdout.trimEnd().split('\n');
    expect(status).toBe(0);
    expect(answers).toHaveLength(cases.length);
    const wrong = cases.filter(
      ({ expected }, i) => JSON.parse(answers[i]!).allowed !== (expected === 'allow'),
    );
    expect(wrong).toEqual([]);
    expect(cases.filter(({ expected }) => expected === 'allow').length).toBeGreaterThan(100);
  });
});

describe('access diff', () => {
  const changed = (text: string) => {
    write('after.yaml', text);
    return access('diff rbac.yaml after.yaml');
  };

  test('says what is granted and revoked, by subject', () => {
    const { status, stdout } = changed(
      (ROLES + BINDING)
        .replace('verbs: [get, list]', 'verbs: [get, watch]')
        .replace('name: bot', 'name: bot2'),
    );
    expect(status).toBe(1);
    expect(stdout).toBe(`granted
+ Group devs in the namespace shop
    watch  pods
    watch  pods/log
      RoleBinding shop/readers → Role shop/reader  after.yaml:18
+ ServiceAccount shop/bot2 in the namespace shop
    get, watch  pods
    get, watch  pods/log
    patch  deployments.apps/web
      RoleBinding shop/readers → Role shop/reader  after.yaml:19
revoked
- Group devs in the namespace shop
    list  pods
    list  pods/log
      RoleBinding shop/readers → Role shop/reader  rbac.yaml:18
- ServiceAccount shop/bot in the namespace shop
    get, list  pods
    get, list  pods/log
    patch  deployments.apps/web
      RoleBinding shop/readers → Role shop/reader  rbac.yaml:19
`);
  });

  test('another way to the same rights is no difference', () => {
    const split = BINDING.replace('name: readers', 'name: others').replace(/ {2}- \{ kind: Group.*\n/, '');
    // Redundant: the account is in this group, and a second binding says what the first does.
    const group = BINDING.replace('name: readers', 'name: accounts')
      .replace('name: devs', 'name: "system:serviceaccounts:shop"')
      .replace(/ {2}- \{ kind: ServiceAccount.*\n/, '');
    expect(changed(ROLES + BINDING + split)).toEqual({
      status: 0,
      stdout: 'nobody may do more or less than before\n',
      stderr: '',
    });
    write('with-group.yaml', ROLES + BINDING.replace(/ {2}- \{ kind: ServiceAccount.*\n/, '') + group);
    write('with-both.yaml', ROLES + BINDING + group);
    expect(access('diff with-group.yaml with-both.yaml').status).toBe(0);
    expect(access('diff with-both.yaml with-group.yaml').stdout).toContain('nobody');
  });

  test('a narrower role in place of wildcards is only revoked', () => {
    const wild = (ROLES + BINDING)
      .replace('verbs: [get, list]', 'verbs: ["*"]')
      .replace('pods, pods/log', '"*"');
    write('wild.yaml', wild);
    const { status, stdout } = access('diff wild.yaml rbac.yaml');
    expect(status).toBe(0);
    expect(stdout).not.toContain('granted');
    expect(access('diff wild.yaml rbac.yaml --fail-on difference').status).toBe(1);
    expect(access('diff rbac.yaml wild.yaml').status).toBe(1);
    expect(access('diff rbac.yaml wild.yaml --fail-on never').status).toBe(0);
  });

  test('what was not seen makes it not complete', () => {
    const { status, stderr } = access('diff rbac.yaml broken');
    expect(status).toBe(2);
    expect(stderr).toContain('the comparison is not complete: 1 document or file was not read');
  });

  test('without roles, everybody gains everything', () => {
    write('closed/rbac.yaml', ROLES + BINDING);
    write('closed/api.yaml', apiServer('--authorization-mode=RBAC'));
    write('opened/rbac.yaml', ROLES + BINDING);
    write('opened/api.yaml', apiServer());
    for (const before of ['closed', 'rbac.yaml']) {
      expect(access(`diff ${before} opened`)).toEqual({
        status: 1,
        stdout: `granted
+ Group system:authenticated everywhere
    *  *
    *  /*
      the authorizer AlwaysAllow allows everything to everybody
`,
        stderr: '',
      });
    }
    const { granted, revoked } = JSON.parse(access('diff opened closed -o json').stdout);
    expect(granted).toEqual([]);
    expect(revoked).toEqual([
      {
        subject: { kind: 'Group', name: 'system:authenticated' },
        namespace: null,
        authorizer: 'AlwaysAllow',
        rights: [
          { group: '*', resource: '*', verbs: ['*'], via: [] },
          { path: '/*', verbs: ['*'], via: [] },
        ],
      },
    ]);
    // What changes below it changes nothing.
    write('opened-too/api.yaml', apiServer('--authorization-mode=AlwaysAllow'));
    expect(access('diff opened opened-too --fail-on difference')).toMatchObject({ status: 0, stderr: '' });
  });

  test('other authorizers are no silent difference', () => {
    write('closed/rbac.yaml', ROLES + BINDING);
    write('closed/api.yaml', apiServer('--authorization-mode=RBAC'));
    write('abac-only/rbac.yaml', ROLES + BINDING);
    write('abac-only/api.yaml', apiServer('--authorization-mode=ABAC', '--authorization-policy-file=/p'));
    const { status, stdout, stderr } = access('diff closed abac-only');
    expect(status).toBe(2);
    expect(stdout).not.toContain('revoked');
    expect(stderr).toContain('the API servers ask others than before (RBAC before, ABAC after)');
    const policy = (user: string) =>
      JSON.stringify({
        apiVersion: 'abac.authorization.kubernetes.io/v1beta1',
        kind: 'Policy',
        spec: { user, namespace: '*', resource: '*', apiGroup: '*' },
      });
    for (const user of ['alice', 'bob']) {
      write(
        `abac-${user}/api.yaml`,
        apiServer('--authorization-mode=ABAC', '--authorization-policy-file=/p'),
      );
      write(`abac-${user}/policies.jsonl`, policy(user));
    }
    expect(access('diff abac-alice abac-bob')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('the authorizer ABAC decides too'),
    });
    expect(access('diff abac-alice abac-alice').status).toBe(0);
    // Nothing says what API server the roles alone are for.
    expect(access('diff rbac.yaml closed').status).toBe(0);
  });

  test('roles that nobody is known to hold are named, aggregated ones too', () => {
    const team = (rule: string) => `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: team, labels: { rbac.authorization.k8s.io/aggregate-to-view: "true" } }
rules: [${rule}]
`;
    write('team.yaml', team('{ apiGroups: [""], resources: [pods], verbs: [get] }'));
    write('team-wide.yaml', team('{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }'));
    const { status, stdout, stderr } = access('diff team.yaml team-wide.yaml');
    expect(status).toBe(2);
    expect(stderr).toContain('changed roles have no holder among the sources');
    expect(stdout).toContain('changed roles without a known holder, whose bindings may be elsewhere\n');
    expect(stdout).toContain('+ ClusterRole team  team-wide.yaml:1\n    *  *\n');
    expect(stdout).toContain('+ ClusterRole view  (every API server creates it)\n    *  *\n');
    expect(access('diff team.yaml team-wide.yaml -o markdown').stdout).toContain(
      '| ➕ | `ClusterRole team` | `*` | `*` |',
    );
    const { unheldRoles } = JSON.parse(access('diff team.yaml team-wide.yaml -o json').stdout);
    expect(unheldRoles.map(({ role }: { role: JsonObject }) => role['name'])).toEqual([
      'admin',
      'edit',
      'team',
      'view',
    ]);
    expect(unheldRoles[2]).toEqual({
      role: { kind: 'ClusterRole', name: 'team', source: { file: 'team-wide.yaml', line: 1 } },
      gained: [{ group: '*', resource: '*', verbs: ['*'] }],
      lost: [],
    });
    // Nobody gains anything by the way back.
    expect(access('diff team-wide.yaml team.yaml').status).toBe(0);
    expect(access('diff team-wide.yaml team.yaml --fail-on difference').status).toBe(2);
    // Whoever holds it is named instead.
    expect(access('diff rbac.yaml rbac.yaml').status).toBe(0);
  });

  test('for pull requests and programs', () => {
    write('after.yaml', (ROLES + BINDING).replace('name: devs', 'name: ops'));
    expect(access('diff rbac.yaml after.yaml -o markdown').stdout).toContain(
      '| ➕ | `Group ops` | `shop` | `get, list` | `pods` | `RoleBinding shop/readers → Role shop/reader  after.yaml:18` |',
    );
    const { granted, revoked } = JSON.parse(access('diff rbac.yaml after.yaml -o json').stdout);
    expect([granted[0].subject, revoked[0].subject]).toEqual([
      { kind: 'Group', name: 'ops' },
      { kind: 'Group', name: 'devs' },
    ]);
  });
});

describe('a cluster of which not everything was shown', () => {
  const list = (resource: string, kind: string, group = 'rbac.authorization.k8s.io') => ({
    group,
    version: 'v1',
    resource,
    kind,
    namespaced: kind.startsWith('Role'),
  });
  const role = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: 'nodes' },
    rules: [{ apiGroups: [''], resources: ['nodes'], verbs: ['list'] }],
  };
  const binding = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'nodes' },
    roleRef: { kind: 'ClusterRole', name: 'nodes' },
    subjects: [{ kind: 'User', name: 'ann' }],
  };

  async function bundle(name: string, refused: readonly string[]): Promise<void> {
    const lists = [
      [list('clusterroles', 'ClusterRole'), [role]],
      [list('clusterrolebindings', 'ClusterRoleBinding'), [binding]],
      [list('roles', 'Role'), []],
      [list('rolebindings', 'RoleBinding'), []],
    ] as const;
    const events: SnapshotEvent[] = [
      {
        type: 'source',
        source: { kind: 'cluster', server: 'https://example.test', collectedAt: '2026-01-02T03:04:05Z' },
      },
      ...lists.flatMap(([of, items]): SnapshotEvent[] => {
        const reason: GapReason = 'forbidden';
        return refused.includes(of.resource)
          ? [{ type: 'gap', gap: { group: of.group, resource: of.resource, kind: of.kind, reason } }]
          : [
              { type: 'page', list: of, items: [...items] },
              { type: 'listed', list: of, resourceVersion: '1' },
            ];
      }),
    ];
    const pieces: Uint8Array[] = [];
    const snapshot = (async function* () {
      yield* events;
    })();
    await writeBundle(
      [snapshot],
      { write: (piece) => void pieces.push(piece) },
      { tool: { name: 'test', version: '0' }, temporary: tmpdir() },
    );
    writeFileSync(join(folder, name), Buffer.concat(pieces));
  }

  test('what was refused makes unknown of no, where it matters', async () => {
    await bundle('whole.kse', []);
    await bundle('no-roles.kse', ['rolebindings']);
    await bundle('no-bindings.kse', ['clusterrolebindings']);
    expect(access('can ann list nodes whole.kse').status).toBe(0);
    expect(access('can bob list nodes whole.kse').status).toBe(1);
    // A cluster has the roles that it shows and no others.
    expect(access('can bob get /healthz whole.kse').status).toBe(1);
    expect(access('can ann list nodes no-roles.kse').status).toBe(0);
    expect(access('can bob list nodes no-roles.kse').status).toBe(1);
    expect(access('can bob list pods -n shop no-roles.kse')).toMatchObject({
      status: 2,
      stdout: 'unknown\n  rolebindings.rbac.authorization.k8s.io were not read (forbidden)\n',
    });
    expect(access('can bob list nodes no-bindings.kse').status).toBe(2);
    expect(access('of bob no-bindings.kse').status).toBe(2);
    expect(access('diff whole.kse no-bindings.kse').status).toBe(2);
    const question = JSON.stringify({ user: 'bob', resourceAttributes: { verb: 'list', resource: 'nodes' } });
    expect(JSON.parse(access('review --reviews - -o json no-bindings.kse', question).stdout)).toEqual({
      allowed: false,
      denied: false,
      reason: 'unknown: clusterrolebindings.rbac.authorization.k8s.io were not read (forbidden)',
      unknown: true,
    });
  });
});

test('the help of the group and of its commands, in both languages', () => {
  const { stdout, status } = access('--help');
  expect(status).toBe(0);
  for (const name of ['can', 'who-can', 'of', 'review', 'diff'])
    expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
  expect(access('can --help --lang zh-CN').stdout).toContain(
    '用法: kubestride access can SUBJECT VERB RESOURCE [PATH…]',
  );
  expect(access('can alice get /healthz rbac.yaml --lang zh-CN').stdout).toBe('是\n');
  expect(kubestride(['--lang', 'zh-CN', 'access', 'wo-can']).stderr).toContain('who-can');
  expect(kubestride(['__complete', 'access', 'who']).stdout).toBe('who-can\n');
});

test.each([
  ['docs/access.md', 'en'],
  ['docs/access.zh-CN.md', 'zh-CN'],
])('%s shows what the command prints', (file, lang) => {
  const root = join(import.meta.dirname, '..');
  const blocks = [...readFileSync(join(root, file), 'utf8').matchAll(/```console\n\$ (.+)\n([\s\S]*?)```/g)];
  expect(blocks.length).toBeGreaterThan(2);
  for (const [, line = '', output] of blocks) {
    const program = `${process.execPath} ${command}`;
    const { stdout } = spawnSync(
      'sh',
      ['-c', `${line.replace('kubestride ', `${program} `)} --lang ${lang}`],
      {
        cwd: root,
        encoding: 'utf8',
      },
    );
    expect(stdout, line).toBe(output);
  }
});
