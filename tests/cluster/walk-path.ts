import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Step, Vertex, Way } from '../../src/engines/authorization/index.ts';
import { type ApiAnswer, type Requester, requester } from '../../testbed/api.ts';
import { cluster, eventually } from './cluster.ts';

const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const CSRS = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
const EVERYTHING = { apiGroups: ['*'], resources: ['*'], verbs: ['*'] };

let made = 0;
const fresh = () => `probe-${process.pid}-${made++}`;

/** Whoever sends this token. */
export function bearer(token: string): Requester {
  return (method, path, body, options) => cluster().request(method, path, body, { ...options, token });
}

/** Seconds for the authorizer and controllers to learn of a change; none where a refusal is expected. */
let patience = 10;

/** Asks until it is let, as the authorizer learns of new bindings a moment later. */
async function must(ask: () => Promise<ApiAnswer>): Promise<ApiAnswer['body']> {
  let last: ApiAnswer | undefined;
  try {
    return await eventually(async () => {
      last = await ask();
      return last.status >= 200 && last.status < 300 ? (last.body ?? true) : undefined;
    }, patience);
  } catch {
    throw new Error(`${last?.status}: ${JSON.stringify(last?.body)}`);
  }
}

type Account = Vertex & { kind: 'ServiceAccount' };
type Walk = (actor: Requester, step: Step, self: Vertex) => Promise<Requester>;

const token: Walk = async (actor, { to }) => {
  const { namespace, name } = to as Account;
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
  const { status } = await must(() => actor('POST', path, { spec: {} }));
  return bearer(status.token);
};

const as =
  (headersOf: (to: Vertex) => Record<string, string>): Walk =>
  async (actor, { to }) =>
  (method, path, body, options) =>
    actor(method, path, body, { ...options, headers: { ...options?.headers, ...headersOf(to) } });

const subjectOf = ({ kind, namespace, name }: Vertex) => ({
  kind,
  name,
  ...(kind === 'ServiceAccount' ? { namespace } : { apiGroup: 'rbac.authorization.k8s.io' }),
});

const bindTo =
  (kind: 'ClusterRole' | 'Role'): Walk =>
  async (actor, { to }, self) => {
    const namespace = to.kind === 'Namespace' ? to.name : to.namespace;
    const roleRef = {
      apiGroup: 'rbac.authorization.k8s.io',
      kind,
      name: to.kind === 'Role' ? to.name : 'cluster-admin',
    };
    const path = namespace === undefined ? 'clusterrolebindings' : `namespaces/${namespace}/rolebindings`;
    const binding = { metadata: { name: fresh() }, roleRef, subjects: [subjectOf(self)] };
    await must(() => actor('POST', `${RBAC}/${path}`, binding));
    return actor;
  };

const addEveryRule =
  (list: (to: Vertex) => string): Walk =>
  async (actor, { to, through }) => {
    const patch = [{ op: 'add', path: '/rules/-', value: EVERYTHING }];
    const options = { contentType: 'application/json-patch+json' };
    await must(() => actor('PATCH', `${RBAC}/${list(to)}/${through}`, patch, options));
    return actor;
  };

const tokenSecret: Walk = async (actor, { to }) => {
  const { namespace, name: account } = to as Account;
  const path = `/api/v1/namespaces/${namespace}/secrets`;
  const name = fresh();
  const annotations = { 'kubernetes.io/service-account.name': account };
  await must(() =>
    actor('POST', path, { type: 'kubernetes.io/service-account-token', metadata: { name, annotations } }),
  );
  const filled = await eventually(
    async () => (await actor('GET', `${path}/${name}`)).body.data?.token,
    patience,
  );
  return bearer(Buffer.from(filled, 'base64').toString());
};

const listSecrets: Walk = async (actor, { to, through }) => {
  const { items } = await must(() => actor('GET', `/api/v1/namespaces/${to.namespace}/secrets`));
  const found = items.find(({ metadata }: { metadata: { name: string } }) => metadata.name === through);
  return bearer(Buffer.from(found.data.token, 'base64').toString());
};

/** Without a kubelet nothing runs: its part, to put the token into the pod, is done by the admin. */
const inPod = async ({ namespace, name }: Account) =>
  bearer(await cluster().serviceAccountToken(`${namespace}/${name}`));

const podOf = (spec: object, container: object = {}) => ({
  metadata: { name: fresh() },
  spec: { containers: [{ name: 'c', image: 'example.test/image:1', ...container }], ...spec },
});

const createPod: Walk = async (actor, { to, commands }) => {
  if (to.kind === 'ServiceAccount') {
    const path = `/api/v1/namespaces/${to.namespace}/pods`;
    await must(() => actor('POST', path, podOf({ serviceAccountName: to.name })));
    return inPod(to);
  }
  const namespace = /-n (\S+)/.exec(commands.join(' '))?.[1];
  const pod = podOf({ nodeName: to.name, hostPID: true }, { securityContext: { privileged: true } });
  await must(() => actor('POST', `/api/v1/namespaces/${namespace}/pods`, pod));
  return actor;
};

const relaxPodSecurity: Walk = async (actor, step, self) => {
  const namespace = /\/namespaces\/([^/'\s]+)/.exec(step.commands.join(' '))?.[1];
  const labels = { 'pod-security.kubernetes.io/enforce': 'privileged' };
  const options = { contentType: 'application/merge-patch+json' };
  await must(() => actor('PATCH', `/api/v1/namespaces/${namespace}`, { metadata: { labels } }, options));
  return createPod(actor, { ...step, commands: [`-n ${namespace}`] }, self);
};

const debug: Walk = async (actor, { to, through }) => {
  const path = `/api/v1/namespaces/${to.namespace}/pods/${through}/ephemeralcontainers`;
  const container = { name: 'debugger', image: 'example.test/image:1', targetContainerName: 'c' };
  const options = { contentType: 'application/strategic-merge-patch+json' };
  await must(() => actor('PATCH', path, { spec: { ephemeralContainers: [container] } }, options));
  return inPod(to as Account);
};

const changePod: Walk = async (actor, { to, through }) => {
  const path = `/api/v1/namespaces/${to.namespace}/pods/${through}`;
  const containers = [{ name: 'c', image: 'example.test/other:1' }];
  const options = { contentType: 'application/strategic-merge-patch+json' };
  await must(() => actor('PATCH', path, { spec: { containers } }, options));
  return inPod(to as Account);
};

const volume: Walk = async (actor, { to, commands }) => {
  const namespace = /in (\S+)$/m.exec(commands[0] ?? '')?.[1];
  const name = fresh();
  const access = { accessModes: ['ReadWriteOnce'], storageClassName: '', volumeName: name };
  const capacity = { storage: '1Gi' };
  const { volumeName: _, ...shared } = access;
  await must(() =>
    actor('POST', '/api/v1/persistentvolumes', {
      metadata: { name },
      spec: { ...shared, capacity, hostPath: { path: '/' } },
    }),
  );
  const claim = { metadata: { name }, spec: { ...access, resources: { requests: capacity } } };
  await must(() => actor('POST', `/api/v1/namespaces/${namespace}/persistentvolumeclaims`, claim));
  const volumes = [{ name: 'host', persistentVolumeClaim: { claimName: name } }];
  const pod = podOf({ nodeName: to.name, volumes }, { volumeMounts: [{ name: 'host', mountPath: '/host' }] });
  await must(() => actor('POST', `/api/v1/namespaces/${namespace}/pods`, pod));
  return actor;
};

const certificate =
  (signer: string, subject: (to: Vertex) => string, isApprovedByOther: boolean): Walk =>
  async (actor, { to }) => {
    const folder = mkdtempSync(join(cluster().folder, 'csr-'));
    const file = (name: string) => join(folder, name);
    execFileSync(
      'openssl',
      ['req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'].concat([
        '-keyout',
        file('probe.key'),
        '-subj',
        subject(to),
        '-out',
        file('probe.csr'),
      ]),
      { stdio: 'pipe' },
    );
    const name = fresh();
    const request = readFileSync(file('probe.csr')).toString('base64');
    const usages = ['client auth', 'digital signature'];
    const asked = await must(() =>
      actor('POST', CSRS, {
        metadata: { name },
        spec: { request, signerName: `kubernetes.io/${signer}`, usages },
      }),
    );
    const conditions = [{ type: 'Approved', status: 'True', reason: 'Probe', message: 'probe' }];
    const approved = { ...asked, metadata: { name }, status: { conditions } };
    // The answer to an approval is the whole request, with the certificate once it is there.
    const look = isApprovedByOther
      ? () => actor('GET', `${CSRS}/${name}`)
      : () => actor('PUT', `${CSRS}/${name}/approval`, approved);
    const signed = async () => (await look()).body.status?.certificate;
    const issued = await eventually(signed, patience);
    writeFileSync(file('probe.crt'), Buffer.from(issued, 'base64'));
    copyFileSync(cluster().ca, file('ca.crt'));
    return requester(cluster().server, folder, 'probe');
  };

function certifiedAs({ kind, namespace, name }: Vertex): string {
  if (kind === 'Group') return `/CN=probe/O=${name}`;
  return `/CN=${kind === 'ServiceAccount' ? `system:serviceaccount:${namespace}:${name}` : name}`;
}

/** The token of a pod on the node, as a kubelet asks for it. */
const nodePods: Walk = async (actor, { to, seen }) => {
  const { namespace, name } = to as Account;
  const { uid } = (await cluster().expect('GET', `/api/v1/namespaces/${namespace}/pods/${seen?.name}`))
    .metadata;
  const boundObjectRef = { apiVersion: 'v1', kind: 'Pod', name: seen?.name, uid };
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
  const { status } = await must(() => actor('POST', path, { spec: { boundObjectRef } }));
  return bearer(status.token);
};

const nothing: Walk = async (actor) => actor;

const WALKS: { readonly [W in Way]?: Walk } = {
  'member-of': nothing,
  'holds-cluster-admin': nothing,
  'privileged-group': nothing,
  'token-request': token,
  'missing-account': async (actor, step, self) => {
    const { namespace, name } = step.to as Account;
    await must(() =>
      actor('POST', `/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name } }),
    );
    return token(actor, step, self);
  },
  'impersonate-account': as(({ namespace, name }) => ({
    'impersonate-user': `system:serviceaccount:${namespace}:${name}`,
  })),
  'impersonate-user': as(({ name }) => ({ 'impersonate-user': name })),
  'impersonate-group': as(({ name }) => ({ 'impersonate-user': 'nobody', 'impersonate-group': name })),
  'token-secret': tokenSecret,
  'list-secrets': listSecrets,
  'bind-cluster-role': bindTo('ClusterRole'),
  'bind-cluster-role-in-namespace': bindTo('ClusterRole'),
  'bind-role': bindTo('Role'),
  'escalate-cluster-role': addEveryRule(() => 'clusterroles'),
  'escalate-role': addEveryRule(({ name }) => `namespaces/${name}/roles`),
  'aggregate-cluster-role': async (actor, { through }) => {
    const role = await cluster().expect('GET', `${RBAC}/clusterroles/${through}`);
    const labels = role.aggregationRule.clusterRoleSelectors[0].matchLabels;
    await must(() =>
      actor('POST', `${RBAC}/clusterroles`, { metadata: { name: fresh(), labels }, rules: [EVERYTHING] }),
    );
    return actor;
  },
  'create-pod': createPod,
  'relax-pod-security': relaxPodSecurity,
  'host-path-volume': volume,
  'change-pod': changePod,
  debug,
  'sign-client-certificate': certificate('kube-apiserver-client', certifiedAs, false),
  'bootstrap-node-certificate': certificate(
    'kube-apiserver-client-kubelet',
    ({ name }) => `/O=system:nodes/CN=system:node:${name}`,
    true,
  ),
  'node-pods': nodePods,
};

/**
 * Does what the steps say, on the API server.
 *
 * @param seconds how long to try each step
 * @returns whom they make
 */
export async function walk(start: Requester, steps: readonly Step[], seconds = 10): Promise<Requester> {
  patience = seconds;
  let actor = start;
  let self = steps[0]!.from;
  for (const step of steps) {
    const way = WALKS[step.way];
    if (way === undefined) throw new Error(`nobody has walked ${step.way} yet`);
    try {
      actor = await way(actor, step, self);
    } catch (error) {
      throw new Error(`${step.way} to ${step.to.kind} ${step.to.name}`, { cause: error });
    }
    if (step.to.kind !== 'Role' && step.to.kind !== 'Namespace') self = step.to;
  }
  return actor;
}
