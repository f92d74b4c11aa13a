import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { requester } from '../../testbed/api.ts';
import { urlOf } from '../../testbed/components.ts';
import { type ControlPlane, startControlPlane } from '../../testbed/control-plane.ts';
import { cluster, describeWithCluster, eventually, freshNamespace } from './cluster.ts';

const container = { name: 'c', image: 'example.test/image:1' };

function deployment(name: string, replicas: number): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [container] } },
    },
  };
}

/** What etcd holds under a key, read with its own client. */
function stored(controlPlane: ControlPlane, key: string): string {
  const pki = join(controlPlane.folder, 'pki');
  return execFileSync(
    join(controlPlane.programs, 'etcdctl'),
    [
      `--endpoints=${urlOf('etcd', controlPlane.portBase)}`,
      `--cacert=${join(pki, 'etcd-ca.crt')}`,
      `--cert=${join(pki, 'etcd-client.crt')}`,
      `--key=${join(pki, 'etcd-client.key')}`,
      'get',
      key,
      '--print-value-only',
    ],
    { encoding: 'latin1' },
  );
}

async function review(spec: object): Promise<boolean> {
  const path = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
  return (await cluster().expect('POST', path, { spec })).status.allowed as boolean;
}

describeWithCluster('the control plane', () => {
  it('runs the pods of a Deployment on fake nodes, and collects them with their namespace', async () => {
    const namespace = await freshNamespace();
    const { expect: asked, request } = cluster();
    await asked('POST', `/apis/apps/v1/namespaces/${namespace}/deployments`, deployment('web', 10));
    const pods = await eventually(async () => {
      const { items } = await asked('GET', `/api/v1/namespaces/${namespace}/pods?labelSelector=app%3Dweb`);
      return items.length === 10 &&
        items.every((pod: { status: { phase: string } }) => pod.status.phase === 'Running')
        ? items
        : undefined;
    });
    expect(pods[0].spec.nodeName).toMatch(/^kwok-node-\d$/);
    await asked('DELETE', `/api/v1/namespaces/${namespace}`);
    await eventually(
      async () => (await request('GET', `/api/v1/namespaces/${namespace}`)).status === 404,
      60,
    );
  });

  it('writes an audit log', async () => {
    const namespace = await freshNamespace();
    const path = `/api/v1/namespaces/${namespace}/configmaps`;
    await cluster().expect('POST', path, { metadata: { name: 'audited' } });
    const event = await eventually(async () =>
      readFileSync(cluster().auditLog, 'utf8')
        .split('\n')
        .find((line) => line.includes(namespace) && line.includes('"audited"')),
    );
    expect(JSON.parse(event)).toMatchObject({
      verb: 'create',
      level: 'Metadata',
      user: { username: 'admin' },
      responseStatus: { code: 201 },
    });
  });

  it('encrypts Secrets at rest, and etcd refuses clients without a certificate', async () => {
    const namespace = await freshNamespace();
    await cluster().expect('POST', `/api/v1/namespaces/${namespace}/secrets`, {
      metadata: { name: 'one' },
      stringData: { password: 'hunter2' },
    });
    const value = stored(cluster(), `/registry/secrets/${namespace}/one`);
    expect(value).toMatch(/^k8s:enc:aescbc:v1:k1:/);
    expect(value).not.toContain('hunter2');
    const url = urlOf('etcd', cluster().portBase);
    const pki = join(cluster().folder, 'pki');
    await expect(requester(url, pki, 'etcd-client', 'etcd-ca')('GET', '/version')).resolves.toMatchObject({
      status: 200,
    });
    await expect(
      requester(url, pki, 'etcd-client', 'etcd-ca')('GET', '/version', undefined, { token: 'none' }),
    ).rejects.toThrow(/certificate required|ECONNRESET|EPIPE/);
  });

  it('denies by Pod Security admission', async () => {
    const namespace = await freshNamespace({ 'pod-security.kubernetes.io/enforce': 'restricted' });
    const { status, body } = await cluster().request('POST', `/api/v1/namespaces/${namespace}/pods`, {
      metadata: { name: 'p' },
      spec: { containers: [{ ...container, securityContext: { privileged: true } }] },
    });
    expect(status).toBe(403);
    expect(body.message).toContain('violates PodSecurity "restricted:latest"');
  });

  it('authorizes by RBAC, for users, groups and service accounts', async () => {
    const namespace = await freshNamespace();
    const asked = { verb: 'get', resource: 'pods', namespace };
    expect(await review({ user: 'jane', resourceAttributes: asked })).toBe(false);
    await cluster().expect(
      'POST',
      `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/rolebindings`,
      {
        metadata: { name: 'viewers' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
        subjects: [
          { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'jane' },
          { kind: 'ServiceAccount', namespace, name: 'default' },
        ],
      },
    );
    await eventually(() => review({ user: 'jane', resourceAttributes: asked }));

    const pods = `/api/v1/namespaces/${namespace}/pods`;
    const token = await cluster().serviceAccountToken(`${namespace}/default`);
    expect((await cluster().request('GET', pods, undefined, { token })).status).toBe(200);
    const refused = await cluster().request('GET', '/api/v1/nodes', undefined, { token });
    expect(refused.body.message).toContain(`system:serviceaccount:${namespace}:default`);
  });

  it('gives subjects a kubeconfig that kubectl takes', async () => {
    const namespace = await freshNamespace();
    for (const [subject, username] of [
      [{ user: 'jane/o=1', groups: ['dev', 'ops'] }, 'jane/o=1'],
      [{ serviceAccount: `${namespace}/robot` }, `system:serviceaccount:${namespace}:robot`],
    ] as const) {
      const answer = execFileSync(
        join(cluster().programs, 'kubectl'),
        [`--kubeconfig=${cluster().kubeconfigFor(subject)}`, 'auth', 'whoami', '-o', 'json'],
        { encoding: 'utf8' },
      );
      expect(JSON.parse(answer).status.userInfo.username).toBe(username);
    }
  });

  it('denies by ValidatingAdmissionPolicy', async () => {
    const namespace = await freshNamespace();
    const policies = '/apis/admissionregistration.k8s.io/v1';
    await cluster().expect('POST', `${policies}/validatingadmissionpolicies`, {
      metadata: { name: namespace },
      spec: {
        failurePolicy: 'Fail',
        matchConstraints: {
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
          resourceRules: [
            { apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['deployments'] },
          ],
        },
        validations: [{ expression: 'object.spec.replicas <= 20', message: 'cel-says-no' }],
      },
    });
    await cluster().expect('POST', `${policies}/validatingadmissionpolicybindings`, {
      metadata: { name: namespace },
      spec: { policyName: namespace, validationActions: ['Deny'] },
    });
    const path = `/apis/apps/v1/namespaces/${namespace}/deployments?dryRun=All`;
    const denied = await eventually(async () => {
      const { status, body } = await cluster().request('POST', path, deployment('big', 21));
      return status === 422 ? body : undefined;
    });
    expect(denied.message).toContain('cel-says-no');
    expect((await cluster().request('POST', path, deployment('small', 20))).status).toBe(201);
  });

  it('calls a webhook on loopback', async () => {
    const namespace = await freshNamespace();
    const served = cluster().issue({ commonName: 'hook', usages: ['server'], hosts: ['127.0.0.1'] });
    const called: string[] = [];
    const server = createServer({ cert: served.certificate, key: served.key }, (request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const { uid, name, operation } = JSON.parse(Buffer.concat(parts).toString('utf8')).request;
        called.push(`${operation} ${name}`);
        response.setHeader('content-type', 'application/json');
        response.end(
          JSON.stringify({
            apiVersion: 'admission.k8s.io/v1',
            kind: 'AdmissionReview',
            response: { uid, allowed: !name.startsWith('forbidden'), status: { message: 'hook-says-no' } },
          }),
        );
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const hooks = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
    try {
      await cluster().expect('POST', hooks, {
        metadata: { name: namespace },
        webhooks: [
          {
            name: 'hook.example.test',
            admissionReviewVersions: ['v1'],
            sideEffects: 'None',
            failurePolicy: 'Fail',
            timeoutSeconds: 5,
            rules: [
              { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] },
            ],
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
            clientConfig: {
              url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/`,
              caBundle: readFileSync(cluster().ca, 'base64'),
            },
          },
        ],
      });
      const path = `/api/v1/namespaces/${namespace}/configmaps?dryRun=All`;
      const denied = await eventually(async () => {
        const { status, body } = await cluster().request('POST', path, { metadata: { name: 'forbidden' } });
        return status >= 400 ? body : undefined;
      });
      expect(denied.message).toContain('hook-says-no');
      expect(called).toContain('CREATE forbidden');
      expect((await cluster().request('POST', path, { metadata: { name: 'fine' } })).status).toBe(201);
    } finally {
      await cluster().request('DELETE', `${hooks}/${namespace}`);
      server.closeAllConnections();
      server.close();
    }
  });

  it('starts beside another one, and again on the same data with other encryption', async () => {
    const first = await startControlPlane({ without: ['kcm', 'scheduler', 'kwok'] });
    const secret = '/api/v1/namespaces/default/secrets';
    expect(first.portBase).not.toBe(cluster().portBase);
    await first.expect('POST', secret, { metadata: { name: 'one' }, stringData: { password: 'hunter2' } });
    await first.stop({ keep: true });
    expect((await first.health())['apiserver']).toMatch(/^ended/);

    const again = await startControlPlane({
      folder: first.folder,
      without: ['kcm', 'scheduler', 'kwok'],
      encryption: 'secretbox',
    });
    try {
      await again.expect('POST', secret, { metadata: { name: 'two' }, stringData: { password: 'hunter2' } });
      expect((await again.expect('GET', `${secret}/one`)).data.password).toBe(btoa('hunter2'));
      expect(stored(again, '/registry/secrets/default/one')).toMatch(/^k8s:enc:aescbc:/);
      expect(stored(again, '/registry/secrets/default/two')).toMatch(/^k8s:enc:secretbox:/);
    } finally {
      await again.stop();
    }
    expect([again.folder, again.data].filter(existsSync)).toEqual([]);
  });

  it('refuses a client whose certificate has expired', async () => {
    const expired = cluster().kubeconfigFor({ user: 'late', notAfter: Date.now() - 1000 });
    const kubectl = join(cluster().programs, 'kubectl');
    expect(() =>
      execFileSync(kubectl, [`--kubeconfig=${expired}`, 'auth', 'whoami'], { stdio: 'pipe' }),
    ).toThrow(/Unauthorized|logged in|certificate/);
  });
});
