import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { ApiResources } from '../../src/kubernetes/api-resources.ts';
import type { JsonObject } from '../../src/kubernetes/json.ts';
import { cluster, describeWithCluster, freshNamespace } from './cluster.ts';

const command = join(dirname(fileURLToPath(import.meta.url)), '../../bin/kubestride.js');
const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const REVIEWS = '/apis/authorization.k8s.io/v1/subjectaccessreviews';

interface Answer {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `kubestride access … --cluster` as a user would. */
function access(kubeconfig: string, args: readonly string[], input = ''): Promise<Answer> {
  const child = spawn(process.execPath, [command, 'access', ...args, '--cluster'], {
    env: { PATH: process.env['PATH'], LANG: 'C', KUBECONFIG: kubeconfig },
  });
  child.stdin.end(input);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text) => {
    stdout += text;
  });
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  return new Promise((resolve) => child.on('close', (status) => resolve({ status, stdout, stderr })));
}

describeWithCluster('the table of resources', () => {
  test('has what the server answers to discovery', async () => {
    const { body: groups } = await cluster().request('GET', '/apis');
    // Other tests define resources of their own on the same server.
    const { body: defined } = await cluster().request(
      'GET',
      '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
    );
    const custom = new Set(defined.items.map(({ spec }: { spec: { group: string } }) => spec.group));
    const builtIn = groups.groups.filter(({ name }: { name: string }) => !custom.has(name));
    const preferred = builtIn.map(
      ({ name, versions }: { name: string; versions: { version: string }[] }) =>
        [name, `/apis/${name}/${versions[0]!.version}`] as const,
    );
    const known = new ApiResources();
    let compared = 0;
    for (const [group, path] of [['', '/api/v1'] as const, ...preferred]) {
      const { body } = await cluster().request('GET', path);
      for (const { name, singularName, shortNames = [], namespaced, verbs } of body.resources) {
        const [resource, subresource] = name.split('/');
        const own = known.find(resource, group);
        if (subresource !== undefined) {
          expect(own?.subresources, `${group} ${name}`).toContain(subresource);
          continue;
        }
        compared++;
        expect(own, `${group} ${name}`).toMatchObject({
          group,
          resource,
          singular: singularName,
          shortNames,
          namespaced,
          verbs,
        });
        expect(known.find(singularName, group)).toBe(own);
      }
    }
    expect(compared).toBeGreaterThan(50);
  });
});

describeWithCluster('kubestride access on a real cluster', () => {
  let namespace = '';
  const account = () => `system:serviceaccount:${namespace}:bot`;
  const node = 'access-node';

  async function post(path: string, object: JsonObject): Promise<void> {
    await cluster().expect('POST', path, object);
  }

  beforeAll(async () => {
    namespace = await freshNamespace();
    const at = `${RBAC}/namespaces/${namespace}`;
    await post(`${at}/roles`, {
      metadata: { name: 'reader' },
      rules: [
        { apiGroups: [''], resources: ['pods', 'pods/log'], verbs: ['get', 'list'] },
        { apiGroups: ['apps'], resources: ['deployments'], resourceNames: ['web'], verbs: ['patch'] },
      ],
    });
    await post(`${at}/rolebindings`, {
      metadata: { name: 'reader' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
      subjects: [{ kind: 'ServiceAccount', name: 'bot', namespace }],
    });
    await post(`/api/v1/namespaces/${namespace}/pods`, {
      metadata: { name: 'placed' },
      spec: {
        nodeName: node,
        automountServiceAccountToken: false,
        containers: [{ name: 'c', image: 'example.test/c', envFrom: [{ secretRef: { name: 'named' } }] }],
      },
    });
  }, 60_000);

  test('review answers as the API server does, for users, accounts, groups and nodes', async () => {
    const users = [
      {
        user: account(),
        groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
      },
      { user: 'alice', groups: ['system:authenticated'] },
      { user: 'admin', groups: ['system:masters'] },
      { user: 'system:anonymous', groups: ['system:unauthenticated'] },
      { user: `system:node:${node}`, groups: ['system:nodes', 'system:authenticated'] },
      { user: 'system:kube-scheduler', groups: ['system:authenticated'] },
    ];
    const resources = [
      { verb: 'get', resource: 'pods', namespace },
      { verb: 'get', resource: 'pods', namespace: 'default' },
      { verb: 'list', resource: 'pods' },
      { verb: 'get', resource: 'pods', subresource: 'log', namespace },
      { verb: 'patch', group: 'apps', resource: 'deployments', namespace, name: 'web' },
      { verb: 'patch', group: 'apps', resource: 'deployments', namespace },
      { verb: 'get', resource: 'secrets', namespace, name: 'named' },
      { verb: 'get', resource: 'secrets', namespace, name: 'other' },
      { verb: 'create', resource: 'pods', subresource: 'binding', namespace },
      { verb: 'get', resource: 'nodes', name: node },
      { verb: 'list', resource: 'pods', fieldSelector: { rawSelector: `spec.nodeName=${node}` } },
      { verb: 'impersonate', resource: 'users', name: 'x' },
    ].map((resourceAttributes) => ({ resourceAttributes }));
    const paths = ['/healthz', '/api', '/metrics'].map((path) => ({
      nonResourceAttributes: { verb: 'get', path },
    }));
    const specs = users.flatMap((user) => [...resources, ...paths].map((asked) => ({ ...user, ...asked })));
    const lines = specs.map((spec) => JSON.stringify(spec)).join('\n');
    const { stdout, stderr, status } = await access(
      cluster().kubeconfig,
      ['review', '--reviews', '-', '-o', 'json'],
      lines,
    );
    // Other tests leave roles for APIs that this server does not have.
    const said = stderr.split('\n').filter((line) => line !== '' && !line.includes('defines the API group'));
    expect({ said, status }).toEqual({ said: [], status: 0 });
    const answers = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    let allowed = 0;
    for (const [i, spec] of specs.entries()) {
      const { body } = await cluster().request('POST', REVIEWS, { spec } as JsonObject);
      expect(answers[i].allowed, JSON.stringify(spec)).toBe(body.status.allowed);
      if (body.status.allowed) allowed++;
    }
    expect(allowed).toBeGreaterThan(20);
    expect(answers).toHaveLength(specs.length);
  }, 60_000);

  test('can names the binding, where it stands in the API, and the authorizers that the server itself names', async () => {
    const { stdout, status } = await access(cluster().kubeconfig, [
      'can',
      account(),
      'get',
      'po/log',
      '-n',
      namespace,
      '--explain',
    ]);
    expect(status).toBe(0);
    const at = `${RBAC}/namespaces/${namespace}`;
    expect(stdout.split('\n')).toEqual([
      'yes',
      '  asked: Node, RBAC (as /flagz says)',
      `  RoleBinding ${namespace}/reader gives ServiceAccount ${namespace}/bot the Role ${namespace}/reader  ${at}/rolebindings/reader`,
      `    rules[0]: get, list on pods, pods/log  ${at}/roles/reader`,
      '',
    ]);
  });

  test('what may not be listed turns a no into unknown', async () => {
    const lists = ['roles', 'clusterroles', 'clusterrolebindings'];
    await post(`${RBAC}/clusterroles`, {
      metadata: { name: 'access-partly' },
      rules: [
        { apiGroups: ['rbac.authorization.k8s.io'], resources: lists, verbs: ['get', 'list'] },
        { nonResourceURLs: ['/flagz'], verbs: ['get'] },
      ],
    });
    await post(`${RBAC}/clusterrolebindings`, {
      metadata: { name: 'access-partly' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'access-partly' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'access-partly' }],
    });
    const kubeconfig = await cluster().kubeconfigFor({ user: 'access-partly' });
    const asked = await access(kubeconfig, ['can', account(), 'get', 'pods', '-n', namespace]);
    expect(asked).toMatchObject({
      status: 2,
      stdout: 'unknown\n  rolebindings.rbac.authorization.k8s.io were not read (forbidden)\n',
    });
    // Bindings in namespaces do not matter for what is in none.
    expect((await access(kubeconfig, ['can', account(), 'list', 'nodes'])).status).toBe(1);
  });
});
