import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cluster, describeWithCluster, eventually, freshNamespace } from './cluster.ts';
import { FaultProxy } from './fault-proxy.ts';
import { Kubeconfigs } from './kubeconfigs.ts';

const root = join(import.meta.dirname, '../..');
const SEED = 20261124;

interface Line {
  readonly change: string;
  readonly list?: string;
  readonly check?: string;
  readonly object?: { readonly name: string };
  readonly notRead?: readonly { readonly resource: string; readonly reason: string }[];
}

describeWithCluster('a watch that is refused what it saw before', () => {
  const files = new Kubeconfigs();
  let proxy: FaultProxy;
  let namespace = '';
  let kubeconfig = '';

  beforeAll(async () => {
    namespace = await freshNamespace();
    await cluster().expect('POST', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
      metadata: { name: `watch-${namespace}` },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ kind: 'ServiceAccount', name: 'default', namespace }],
    });
    const token = await cluster().serviceAccountToken(`${namespace}/default`);
    const { certificate: cert, key } = cluster().issue({
      commonName: 'watch-proxy',
      hosts: ['127.0.0.1'],
      usages: ['server'],
    });
    proxy = await FaultProxy.start({ target: cluster().server, cert, key, seed: SEED });
    kubeconfig = files.write(cluster(), { token }, { server: proxy.url });
    const container = { name: 'c', image: 'nginx', securityContext: { privileged: true } };
    await cluster().expect('POST', `/api/v1/namespaces/${namespace}/pods`, {
      metadata: { name: 'loud' },
      spec: { containers: [container] },
    });
  });
  afterAll(async () => {
    await proxy.close();
    files.remove();
  });

  test('says that the findings are out of sight, and which lists are not shown', async () => {
    const args = ['watch', '-n', namespace, '-o', 'json', '--kubeconfig', kubeconfig];
    const child = spawn(process.execPath, [join(root, 'bin/kubestride.js'), ...args], {
      env: { PATH: process.env['PATH'], LANG: 'C' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const lines: Line[] = [];
    let stderr = '';
    createInterface(child.stdout).on('line', (line) => lines.push(JSON.parse(line)));
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    const ended = new Promise((resolve) => child.on('close', resolve));
    try {
      await eventually(async () => lines.some(({ change }) => change === 'synced'));
      expect(lines[0]?.notRead).toEqual([{ resource: 'secrets', reason: 'not-asked' }]);
      await sleep(2000);
      proxy.plan({ match: ({ path }) => path.endsWith('/pods'), status: 403, reason: 'Forbidden' });
      proxy.disconnect();
      const loud = await eventually(async () =>
        lines.find(
          ({ check, object, change }) =>
            check === 'privileged-container' && object?.name === 'loud' && change !== 'undecided',
        ),
      );
      expect(loud.change).toBe('unseen');
      expect(lines).toContainEqual(expect.objectContaining({ change: 'list-lost', list: 'pods' }));
      expect(stderr).toContain('not shown: pods');
    } finally {
      child.kill('SIGTERM');
      await ended;
    }
    expect(lines.filter(({ change }) => change === 'resolved')).toEqual([]);
  }, 90_000);
});
