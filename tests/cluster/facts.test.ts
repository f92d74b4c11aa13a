import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ApiClient } from '../../src/evidence/cluster/client.ts';
import { connect } from '../../src/evidence/cluster/connection/connect.ts';
import { observeFacts } from '../../src/evidence/cluster/facts.ts';
import { ClusterFacts } from '../../src/kubernetes/cluster-facts.ts';
import { Component } from '../../src/kubernetes/component.ts';
import { parseGoDuration } from '../../src/kubernetes/go-duration.ts';
import type { JsonObject } from '../../src/kubernetes/json.ts';
import { KubernetesObject } from '../../src/kubernetes/object.ts';
import { type ControlPlane, type OwnControlPlane, startControlPlane } from '../../testbed/control-plane.ts';
import { cluster, describeWithCluster, eventually } from './cluster.ts';

const observedAt = '2026-11-23T12:00:00Z';

/** The status that a request without credentials gets, asked for with Node's own client. */
function askAsStranger(controlPlane: ControlPlane, path: string): Promise<number | undefined> {
  const ca = readFileSync(join(controlPlane.folder, 'pki/ca.crt'));
  return new Promise((resolve, reject) => {
    request(`${controlPlane.server}${path}`, { ca, agent: false }, (response) => {
      resolve(response.statusCode);
      response.destroy();
    })
      .on('error', reject)
      .end();
  });
}

async function factsOf(
  kubeconfig: string,
  kubelets = false,
): Promise<{ facts: ClusterFacts; document: JsonObject }> {
  const client: ApiClient = await connect({ kubeconfig, env: {}, cwd: process.cwd() });
  try {
    const document = await observeFacts(client, { observedAt, kubelets });
    const origin = {
      file: { path: 'cluster' },
      document: 0,
      start: 0,
      end: 0,
      line: 1,
      column: 1,
      format: 'json' as const,
      within: '',
    };
    const facts = ClusterFacts.of(new KubernetesObject(document, origin));
    if (facts === undefined) throw new Error('no facts');
    return { facts, document };
  } finally {
    client.close();
  }
}

function statuses(facts: ClusterFacts): Record<string, number | undefined> {
  return Object.fromEntries(facts.anonymous.map(({ path, status }) => [path, status]));
}

describeWithCluster('facts of an API server', () => {
  it('tells version, nodes, groups and flags to its administrator', async () => {
    const { facts } = await factsOf(cluster().kubeconfig);
    const { body } = await cluster().request('GET', '/version');
    expect(facts.gitVersion).toBe(body.gitVersion);
    expect(facts.version).toMatchObject({ major: 1, minor: Number(body.minor) });
    expect(facts.observedAt?.toISOString()).toBe('2026-11-23T12:00:00.000Z');
    const { items } = (await cluster().request('GET', '/api/v1/nodes')).body;
    expect(facts.nodes?.map(({ name, kubeletVersion }) => [name, kubeletVersion])).toEqual(
      items.map((node: { metadata: { name: string }; status: { nodeInfo: { kubeletVersion: string } } }) => [
        node.metadata.name,
        node.status.nodeInfo.kubeletVersion,
      ]),
    );
    expect(facts.flags).toMatchObject({ 'authorization-mode': '[Node,RBAC]', 'anonymous-auth': 'true' });
    expect(facts.unseen).toEqual([]);
    // The testbed is none of the distributions that are known.
    expect(facts.distribution.id).toBe('unknown');
  });

  it.skipIf(process.platform !== 'linux')(
    'shows the flags that the API server was started with',
    async () => {
      const { facts } = await factsOf(cluster().kubeconfig);
      const [component] = Component.ofFacts(facts);
      const words = readFileSync(`/proc/${cluster().pids.apiserver}/cmdline`, 'utf8').split('\0');
      const given = words.flatMap((word) => {
        const [, name, value] = /^--([^=]+)=(.*)$/.exec(word) ?? [];
        return name === undefined || value === undefined ? [] : [{ name, value }];
      });
      expect(given.length).toBeGreaterThan(20);
      for (const { name, value } of given) {
        const duration = parseGoDuration(value);
        const shown = component?.flag(name) ?? '';
        if (duration === undefined) expect([name, shown]).toEqual([name, value]);
        else expect([name, parseGoDuration(shown)]).toEqual([name, duration]);
      }
    },
  );

  it('answers strangers as any client sees it', async () => {
    const { facts } = await factsOf(cluster().kubeconfig);
    expect(facts.anonymous.length).toBeGreaterThan(10);
    for (const { path, status } of facts.anonymous)
      expect([path, status]).toEqual([path, await askAsStranger(cluster(), path)]);
    expect(statuses(facts)).toMatchObject({ '/version': 200, '/livez': 200, '/metrics': 403, '/api': 403 });
  });

  it('names what the user may not see and goes on', async () => {
    const { facts } = await factsOf(cluster().kubeconfigFor({ user: 'nobody-special' }));
    // Version and groups are open to everybody who has logged in (ClusterRole system:discovery).
    expect(facts.gitVersion).toMatch(/^v1\./);
    expect(facts.nodes).toBeUndefined();
    expect(facts.flags).toBeUndefined();
    expect(facts.unseen.map(({ fact, reason }) => [fact, reason])).toEqual([
      ['flags', 'forbidden'],
      ['nodes', 'forbidden'],
    ]);
  });

  it('goes on where nodes do not show the configuration of their kubelets', async () => {
    const { expect: asked, request: ask, kubeconfigFor } = cluster();
    const reason = async (kubeconfig: string) =>
      (await factsOf(kubeconfig, true)).facts.unseen.find(({ fact }) => fact === 'kubelets')?.reason;
    // Fake nodes have no kubelet.
    expect(await reason(cluster().kubeconfig)).toBe('unavailable');
    const group = '/apis/rbac.authorization.k8s.io/v1';
    const name = 'facts-node-lister';
    await asked('POST', `${group}/clusterroles`, {
      metadata: { name },
      rules: [{ apiGroups: [''], resources: ['nodes'], verbs: ['list'] }],
    });
    await asked('POST', `${group}/clusterrolebindings`, {
      metadata: { name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name }],
    });
    try {
      const kubeconfig = kubeconfigFor({ user: name });
      expect(await eventually(() => reason(kubeconfig))).toBe('forbidden');
    } finally {
      await ask('DELETE', `${group}/clusterrolebindings/${name}`);
      await ask('DELETE', `${group}/clusterroles/${name}`);
    }
  });

  it('shows what a binding gives to strangers', async () => {
    const { expect: asked, request: ask } = cluster();
    const group = '/apis/rbac.authorization.k8s.io/v1';
    const bound = 'facts-strangers';
    await asked('POST', `${group}/clusterroles`, {
      metadata: { name: bound },
      rules: [
        { nonResourceURLs: ['/metrics'], verbs: ['get'] },
        { apiGroups: [''], resources: ['namespaces'], verbs: ['list'] },
      ],
    });
    await asked('POST', `${group}/clusterrolebindings`, {
      metadata: { name: bound },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: bound },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'system:anonymous' }],
    });
    try {
      await eventually(async () => (await askAsStranger(cluster(), '/metrics')) === 200);
      const { facts, document } = await factsOf(cluster().kubeconfig);
      expect(statuses(facts)).toMatchObject({
        '/metrics': 200,
        '/api/v1/namespaces': 200,
        '/api/v1/pods': 403,
      });
      expect(JSON.stringify(document)).not.toContain('apiserver_request_total');
    } finally {
      await ask('DELETE', `${group}/clusterrolebindings/${bound}`);
      await ask('DELETE', `${group}/clusterroles/${bound}`);
    }
  });
}, ['kwok']);

describeWithCluster('facts of an API server that lets no strangers in', () => {
  let own: OwnControlPlane;
  beforeAll(async () => {
    own = await startControlPlane({
      nodes: 0,
      without: ['kcm', 'scheduler', 'kwok'],
      apiServerFlags: ['--anonymous-auth=false'],
    });
  });
  afterAll(() => own?.stop());

  it('has no answer for them', async () => {
    const { facts } = await factsOf(own.kubeconfig);
    expect(new Set(facts.anonymous.map(({ status }) => status))).toEqual(new Set([401]));
    expect(facts.flags).toMatchObject({ 'anonymous-auth': 'false' });
    expect(facts.nodes).toEqual([]);
  });
}, []);
