import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { escalationGraphOf, type Step, type Target } from '../../src/engines/authorization/index.ts';
import type { JsonObject } from '../../src/kubernetes/json.ts';
import type { Requester } from '../../testbed/api.ts';
import { cluster, describeWithCluster, eventually, freshNamespace } from './cluster.ts';
import { bearer, walk } from './walk-path.ts';

const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const ADMISSION = '/apis/admissionregistration.k8s.io/v1';
const LISTS: Readonly<Record<string, string>> = {
  ClusterRole: `${RBAC}/clusterroles`,
  Role: `${RBAC}/roles`,
  ClusterRoleBinding: `${RBAC}/clusterrolebindings`,
  RoleBinding: `${RBAC}/rolebindings`,
  ServiceAccount: '/api/v1/serviceaccounts',
  Namespace: '/api/v1/namespaces',
  Node: '/api/v1/nodes',
  Pod: '/api/v1/pods',
  Secret: '/api/v1/secrets',
  ConfigMap: '/api/v1/configmaps',
  ValidatingWebhookConfiguration: `${ADMISSION}/validatingwebhookconfigurations`,
  ValidatingAdmissionPolicy: `${ADMISSION}/validatingadmissionpolicies`,
  ValidatingAdmissionPolicyBinding: `${ADMISSION}/validatingadmissionpolicybindings`,
};

async function everything(): Promise<JsonObject[]> {
  const lists = await Promise.all(
    Object.entries(LISTS).map(async ([kind, path]) => {
      const { apiVersion, items } = await cluster().expect('GET', path);
      return items.map((item: JsonObject) => ({ ...item, apiVersion, kind }));
    }),
  );
  return lists.flat();
}

const clusterScoped: string[] = [];

async function post(
  path: string,
  body: { readonly metadata: { readonly name: string }; readonly [field: string]: unknown },
): Promise<void> {
  await cluster().expect('POST', path, body);
  if (!path.includes('/namespaces/')) clusterScoped.push(`${path}/${body.metadata.name}`);
}

type Rule = readonly [verbs: string, resources: string, group?: string, names?: string];

function rule([verbs, resources, group = '', names]: Rule) {
  return {
    apiGroups: [group],
    resources: resources.split(','),
    verbs: verbs.split(','),
    ...(names === undefined ? {} : { resourceNames: names.split(',') }),
  };
}

interface Scenario {
  /** The first way of the path. */
  readonly way: string;
  readonly rules?: readonly Rule[];
  /** In the namespace of the subject. */
  readonly own?: readonly Rule[];
  readonly target?: Target;
  readonly level?: string;
  /** There is no account in the namespace that has the cluster. */
  readonly isAlone?: true;
  /** Whatever else there has to be. */
  readonly also?: (namespace: string) => Promise<void>;
}

const G = 'rbac.authorization.k8s.io';
const C = 'certificates.k8s.io';

const adminBinding = (name: string, subject: object) => ({
  metadata: { name },
  roleRef: { apiGroup: G, kind: 'ClusterRole', name: 'cluster-admin' },
  subjects: [subject],
});

/** A pod on a node that mounts the token of the account. */
const withTool = (namespace: string) =>
  post(`/api/v1/namespaces/${namespace}/pods`, {
    metadata: { name: 'tool' },
    spec: {
      nodeName: 'kwok-node-0',
      serviceAccountName: 'admin',
      containers: [{ name: 'c', image: 'example.test/image:1' }],
    },
  });

const SCENARIOS: readonly Scenario[] = [
  { way: 'token-request', own: [['create', 'serviceaccounts/token', '', 'admin']] },
  { way: 'impersonate-account', own: [['impersonate', 'serviceaccounts', '', 'admin']] },
  {
    way: 'impersonate-group',
    rules: [
      ['impersonate', 'groups', '', 'system:masters'],
      ['impersonate', 'users', '', 'nobody'],
    ],
  },
  {
    way: 'impersonate-user',
    rules: [['impersonate', 'users', '', 'root-of-test']],
    also: (namespace) =>
      post(
        `${RBAC}/clusterrolebindings`,
        adminBinding(`${namespace}-root`, { apiGroup: G, kind: 'User', name: 'root-of-test' }),
      ),
  },
  {
    way: 'bind-cluster-role',
    rules: [
      ['bind', 'clusterroles', G],
      ['create', 'clusterrolebindings', G],
    ],
  },
  {
    way: 'bind-cluster-role-in-namespace',
    own: [
      ['bind', 'clusterroles', G],
      ['create', 'rolebindings', G],
    ],
  },
  { way: 'escalate-cluster-role', rules: [['escalate,patch', 'clusterroles', G]] },
  { way: 'escalate-role', own: [['escalate,patch', 'roles', G]] },
  {
    way: 'aggregate-cluster-role',
    rules: [['escalate,create', 'clusterroles', G]],
    also: async (namespace) => {
      const name = `${namespace}-sum`;
      const clusterRoleSelectors = [{ matchLabels: { [`test/${namespace}`]: 'yes' } }];
      await post(`${RBAC}/clusterroles`, {
        metadata: { name },
        aggregationRule: { clusterRoleSelectors },
        rules: [],
      });
      await post(`${RBAC}/clusterrolebindings`, {
        ...adminBinding(name, { kind: 'ServiceAccount', namespace, name: 'start' }),
        roleRef: { apiGroup: G, kind: 'ClusterRole', name },
      });
    },
  },
  { way: 'token-secret', own: [['create,get', 'secrets']] },
  {
    way: 'list-secrets',
    own: [['list', 'secrets']],
    also: async (namespace) => {
      const path = `/api/v1/namespaces/${namespace}/secrets`;
      const annotations = { 'kubernetes.io/service-account.name': 'admin' };
      const metadata = { name: 'old', annotations };
      await post(path, { type: 'kubernetes.io/service-account-token', metadata });
      await eventually(async () => (await cluster().expect('GET', `${path}/old`)).data?.token);
    },
  },
  {
    way: 'sign-client-certificate',
    rules: [
      ['create', 'certificatesigningrequests', C],
      ['update', 'certificatesigningrequests/approval', C],
      ['approve', 'signers', C, 'kubernetes.io/kube-apiserver-client'],
    ],
    also: (namespace) =>
      post(
        `${RBAC}/clusterrolebindings`,
        adminBinding(`${namespace}-ops`, { apiGroup: G, kind: 'Group', name: `${namespace}-ops` }),
      ),
  },
  {
    way: 'bootstrap-node-certificate',
    rules: [
      ['create', 'certificatesigningrequests,certificatesigningrequests/nodeclient', C],
      ['get', 'certificatesigningrequests', C],
    ],
    also: withTool,
  },
  { way: 'create-pod', own: [['create', 'pods']] },
  {
    way: 'debug',
    own: [['patch', 'pods/ephemeralcontainers']],
    also: withTool,
  },
  { way: 'change-pod', own: [['patch', 'pods']], also: withTool },
  {
    way: 'missing-account',
    own: [['create', 'serviceaccounts,serviceaccounts/token']],
    isAlone: true,
    also: (namespace) =>
      post(
        `${RBAC}/clusterrolebindings`,
        adminBinding(`${namespace}-gone`, { kind: 'ServiceAccount', namespace, name: 'gone' }),
      ),
  },
  { way: 'create-pod', own: [['create', 'pods']], target: 'node' },
  {
    way: 'relax-pod-security',
    own: [
      ['create', 'pods'],
      ['patch', 'namespaces'],
    ],
    target: 'node',
    level: 'restricted',
  },
  {
    way: 'host-path-volume',
    own: [['create', 'pods,persistentvolumeclaims']],
    rules: [['create', 'persistentvolumes']],
    target: 'node',
    level: 'baseline',
  },
];

/** A namespace with a subject that has the rights, and an account that has the cluster. */
async function prepare({ rules = [], own = [], level, also, isAlone, target }: Scenario): Promise<string> {
  const namespace = await freshNamespace(
    level === undefined ? {} : { 'pod-security.kubernetes.io/enforce': level },
  );
  const start = { kind: 'ServiceAccount', namespace, name: 'start' };
  const home = `/api/v1/namespaces/${namespace}/serviceaccounts`;
  await post(home, { metadata: { name: 'start' } });
  if (isAlone === undefined && target === undefined) {
    await post(home, { metadata: { name: 'admin' } });
    const admin = { kind: 'ServiceAccount', namespace, name: 'admin' };
    await post(`${RBAC}/clusterrolebindings`, adminBinding(`${namespace}-admin`, admin));
  }
  const give = async (path: string, kind: 'ClusterRole' | 'Role', given: readonly Rule[]) => {
    if (given.length === 0) return;
    const metadata = { name: `${namespace}-start` };
    const lists =
      kind === 'ClusterRole' ? ['clusterroles', 'clusterrolebindings'] : ['roles', 'rolebindings'];
    await post(`${path}/${lists[0]}`, { metadata, rules: given.map(rule) });
    const roleRef = { apiGroup: G, kind, name: metadata.name };
    await post(`${path}/${lists[1]}`, { metadata, roleRef, subjects: [start] });
  };
  await give(RBAC, 'ClusterRole', rules);
  await give(`${RBAC}/namespaces/${namespace}`, 'Role', own);
  await also?.(namespace);
  return namespace;
}

async function starter(namespace: string): Promise<Requester> {
  return bearer(await cluster().serviceAccountToken(`${namespace}/start`));
}

async function mayDo(who: Requester, resourceAttributes: object): Promise<boolean> {
  const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
  return (await who('POST', path, { spec: { resourceAttributes } })).body.status?.allowed === true;
}

const isAdmin = (who: Requester) => mayDo(who, { verb: '*', group: '*', resource: '*' });

/** The rights of a scenario one by one. */
function single(rules: readonly Rule[]): Rule[] {
  return rules.flatMap(([verbs, resources, group = '', names]) =>
    verbs
      .split(',')
      .flatMap((verb) =>
        resources
          .split(',')
          .map((each): Rule => (names === undefined ? [verb, each, group] : [verb, each, group, names])),
      ),
  );
}

/** Pod Security of the namespace, as it was before a path changed it. */
async function label(namespace: string, level: string | undefined): Promise<void> {
  if (level === undefined) return;
  const labels = { 'pod-security.kubernetes.io/enforce': level };
  const options = { contentType: 'application/merge-patch+json' };
  await cluster().expect('PATCH', `/api/v1/namespaces/${namespace}`, { metadata: { labels } }, options);
}

const text = (steps: readonly Step[]) =>
  steps.map(({ way, certainty }) => (certainty === 'proven' ? way : `${way}?`));

describeWithCluster('paths that are said to be proven', () => {
  afterAll(async () => {
    for (const path of clusterScoped) await cluster().request('DELETE', path);
    const { items } = await cluster().expect('GET', '/api/v1/persistentvolumes');
    for (const { metadata } of items) {
      if (metadata.name.startsWith('probe-'))
        await cluster().request('DELETE', `/api/v1/persistentvolumes/${metadata.name}`);
    }
    for (const list of ['clusterroles', 'clusterrolebindings']) {
      const found = await cluster().expect('GET', `${RBAC}/${list}`);
      for (const { metadata } of found.items) {
        if (metadata.name.startsWith('probe-'))
          await cluster().request('DELETE', `${RBAC}/${list}/${metadata.name}`);
      }
    }
  });

  it.each(
    SCENARIOS.map(
      (scenario) => [`${scenario.way} to ${scenario.target ?? 'cluster-admin'}`, scenario] as const,
    ),
  )('can be walked: %s', async (_, scenario) => {
    const { way, target = 'cluster-admin' } = scenario;
    const namespace = await prepare(scenario);
    const graph = escalationGraphOf(await everything(), { isComplete: true });
    const at = graph.find({ kind: 'ServiceAccount', namespace, name: 'start' })!;
    const steps = graph.steps(at, target);
    expect(text(steps)[0], `${text(steps)}`).toBe(way);
    expect(text(steps).filter((each) => each.endsWith('?'))).toEqual([]);

    const start = await starter(namespace);
    expect(await isAdmin(start)).toBe(false);
    const end = await walk(start, steps);
    // A node is reached where the pod that leads to it was accepted.
    if (target === 'cluster-admin') await eventually(() => isAdmin(end), 10);
  });

  const several = SCENARIOS.filter(({ rules = [], own = [] }) => single([...rules, ...own]).length > 1);
  it.each(
    several.map(
      (scenario) => [`${scenario.way} to ${scenario.target ?? 'cluster-admin'}`, scenario] as const,
    ),
  )('need each of their rights: %s', async (_, scenario) => {
    const { target = 'cluster-admin', rules = [], own = [] } = scenario;
    const namespace = await prepare(scenario);
    const find = async () => {
      const graph = escalationGraphOf(await everything(), { isComplete: true });
      return graph.steps(graph.find({ kind: 'ServiceAccount', namespace, name: 'start' })!, target);
    };
    const steps = await find();
    const start = await starter(namespace);
    for (const [path, given] of [
      [`${RBAC}/clusterroles/${namespace}-start`, single(rules)],
      [`${RBAC}/namespaces/${namespace}/roles/${namespace}-start`, single(own)],
    ] as const) {
      for (const left of given) {
        const others = given.filter((each) => each !== left).map(rule);
        const set = (wanted: object[]) =>
          cluster().expect('PATCH', path, { rules: wanted }, { contentType: 'application/merge-patch+json' });
        await set(others);
        const [verb, resource, group = '', name = ''] = left;
        const [type, subresource = ''] = resource.split('/');
        const place = path.includes('/namespaces/') ? { namespace } : {};
        const asked = { verb, group, resource: type, subresource, name, ...place };
        await eventually(async () => !(await mayDo(start, asked)), 10);
        expect(text(await find()), `without ${left}`).toEqual([]);
        const end = await walk(start, steps, 1).catch(() => undefined);
        expect(
          end !== undefined && (target !== 'cluster-admin' || (await isAdmin(end))),
          `without ${left}`,
        ).toBe(false);
        await set(given.map(rule));
        await label(namespace, scenario.level);
        await eventually(() => mayDo(start, asked), 10);
      }
    }
  });

  it('are found by the command too, in what it reads of the cluster', async () => {
    const namespace = await prepare({ way: 'change-pod', own: [['patch', 'pods']], also: withTool });
    const args = [`sa:${namespace}/start`, '--cluster', '-o', 'json'];
    const env = { PATH: process.env['PATH'], LANG: 'C', KUBECONFIG: cluster().kubeconfig };
    const command = join(import.meta.dirname, '../../bin/kubestride.js');
    const { status, stdout } = spawnSync(process.execPath, [command, 'access', 'escalate', ...args], {
      env,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    expect(status).toBe(1);
    const { paths, holdsClusterAdmin } = JSON.parse(stdout);
    expect(holdsClusterAdmin).toBe(false);
    expect(paths[0]).toMatchObject({
      target: 'cluster-admin',
      certainty: 'proven',
      steps: [{ way: 'change-pod', through: 'tool' }, { way: 'holds-cluster-admin' }],
    });
  });
});
