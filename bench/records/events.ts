/** Audit events as clusters have them, made up from a seed: who asks, for what, how often and how large. */

/** A generator of numbers in [0, 1) that gives the same ones for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Random = () => number;
const below = (random: Random, count: number): number => Math.floor(random() * count);
const hex = (random: Random, length: number): string =>
  Array.from({ length }, () => below(random, 16).toString(16)).join('');
const uuid = (random: Random): string =>
  `${hex(random, 8)}-${hex(random, 4)}-4${hex(random, 3)}-8${hex(random, 3)}-${hex(random, 12)}`;
const number = (value: number, width: number): string => String(value).padStart(width, '0');

const NAMESPACES = 60;
const NODES = 200;
const PEOPLE = 40;
const CONTROLLERS = [
  'deployment-controller',
  'replicaset-controller',
  'generic-garbage-collector',
  'endpointslice-controller',
  'job-controller',
  'namespace-controller',
];

/** What an event says besides its identity and times. */
export interface AuditBody {
  readonly level: 'Metadata' | 'RequestResponse';
  readonly requestURI: string;
  readonly verb: string;
  readonly user: object;
  readonly sourceIPs: readonly string[];
  readonly userAgent: string;
  readonly objectRef: object;
  readonly responseStatus: object;
  readonly requestObject?: object;
  readonly responseObject?: object;
  readonly annotations: Readonly<Record<string, string>>;
}

interface Asked {
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace: string;
  readonly name: string;
}

function uriOf({ group, resource, subresource, namespace, name }: Asked): string {
  const scope = `${group === '' ? '/api/v1' : `/apis/${group}/v1`}/namespaces/${namespace}`;
  return [scope, resource, ...(name === '' ? [] : [name]), ...(subresource ? [subresource] : [])].join('/');
}

interface Who {
  readonly user: object;
  readonly address: string;
  readonly agent: string;
  readonly reason: string;
}

function node(random: Random): Who {
  const name = `node-${number(below(random, NODES), 4)}`;
  return {
    user: {
      username: `system:node:${name}`,
      groups: ['system:nodes', 'system:authenticated'],
      extra: { 'authentication.kubernetes.io/credential-id': [`X509SHA256=${hex(random, 64)}`] },
    },
    address: `10.0.${below(random, 4)}.${below(random, 250)}`,
    agent: 'kubelet/v1.37.2 (linux/amd64) kubernetes/f70a2a0',
    reason: '',
  };
}

function controller(random: Random): Who {
  const name = CONTROLLERS[below(random, CONTROLLERS.length)] ?? '';
  return {
    user: {
      username: `system:serviceaccount:kube-system:${name}`,
      uid: uuid(random),
      groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'],
      extra: { 'authentication.kubernetes.io/credential-id': [`JTI=${uuid(random)}`] },
    },
    address: '10.0.0.10',
    agent: `kube-controller-manager/v1.37.2 (linux/amd64) kubernetes/f70a2a0/system:serviceaccount:kube-system:${name}`,
    reason: `RBAC: allowed by ClusterRoleBinding "system:controller:${name}" of ClusterRole "system:controller:${name}" to ServiceAccount "${name}/kube-system"`,
  };
}

function account(random: Random): Who {
  const namespace = `team-${number(below(random, NAMESPACES), 2)}`;
  const name = `app-${below(random, 8)}`;
  return {
    user: {
      username: `system:serviceaccount:${namespace}:${name}`,
      uid: uuid(random),
      groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
      extra: {
        'authentication.kubernetes.io/credential-id': [`JTI=${uuid(random)}`],
        'authentication.kubernetes.io/node-name': [`node-${number(below(random, NODES), 4)}`],
        'authentication.kubernetes.io/pod-name': [`${name}-${hex(random, 10)}-${hex(random, 5)}`],
        'authentication.kubernetes.io/pod-uid': [uuid(random)],
      },
    },
    address: `10.244.${below(random, 200)}.${below(random, 250)}`,
    agent: 'app/v2.14.0 (linux/amd64) client-go/v0.35.1',
    reason: `RBAC: allowed by RoleBinding "${name}/${namespace}" of Role "${name}" to ServiceAccount "${name}/${namespace}"`,
  };
}

function person(random: Random): Who {
  return {
    user: {
      username: `person-${number(below(random, PEOPLE), 2)}@example.com`,
      groups: ['developers', 'system:authenticated'],
    },
    address: `192.0.2.${below(random, 250)}`,
    agent: 'kubectl/v1.36.1 (darwin/arm64) kubernetes/8a6b0a8',
    reason:
      'RBAC: allowed by ClusterRoleBinding "developers-edit" of ClusterRole "edit" to Group "developers"',
  };
}

function pod(random: Random, asked: Asked): object {
  return {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: {
      name: asked.name,
      namespace: asked.namespace,
      uid: uuid(random),
      resourceVersion: String(below(random, 1e9)),
      labels: { app: asked.name, 'pod-template-hash': hex(random, 10) },
    },
    status: {
      phase: 'Running',
      conditions: ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => ({
        type,
        status: 'True',
        lastProbeTime: null,
        lastTransitionTime: '2026-11-20T10:11:12Z',
      })),
      containerStatuses: [
        {
          name: 'app',
          ready: true,
          restartCount: below(random, 9),
          image: `registry.example/team/app:${below(random, 40)}`,
          imageID: `registry.example/team/app@sha256:${hex(random, 64)}`,
          containerID: `containerd://${hex(random, 64)}`,
        },
      ],
      podIP: `10.244.${below(random, 200)}.${below(random, 250)}`,
    },
  };
}

/** The body of an event, of the kinds and about in the shares that clusters have them. */
export function auditBody(random: Random): AuditBody {
  const namespace = `team-${number(below(random, NAMESPACES), 2)}`;
  const name = `app-${below(random, 8)}-${hex(random, 10)}`;
  const sort = random();
  const tell = (
    who: Who,
    verb: string,
    asked: Asked,
    code: number,
    bodies: Pick<AuditBody, 'requestObject' | 'responseObject'> = {},
    query = '',
  ): AuditBody => ({
    level: bodies.responseObject === undefined ? 'Metadata' : 'RequestResponse',
    requestURI: `${uriOf(asked)}${query}`,
    verb,
    user: who.user,
    sourceIPs: [who.address],
    userAgent: who.agent,
    objectRef: {
      resource: asked.resource,
      namespace: asked.namespace,
      ...(asked.name === '' ? {} : { name: asked.name }),
      ...(asked.group === '' ? {} : { apiGroup: asked.group }),
      apiVersion: 'v1',
      ...(asked.subresource === undefined ? {} : { subresource: asked.subresource }),
    },
    responseStatus: {
      metadata: {},
      ...(code < 400
        ? {}
        : { status: 'Failure', message: `${asked.resource} is forbidden`, reason: 'Forbidden' }),
      code,
    },
    ...bodies,
    annotations: {
      'authorization.k8s.io/decision': code === 403 ? 'forbid' : 'allow',
      'authorization.k8s.io/reason': code === 403 ? '' : who.reason,
    },
  });
  if (sort < 0.3) {
    const lease = { group: 'coordination.k8s.io', resource: 'leases', namespace: 'kube-node-lease' };
    const who = node(random);
    return tell(who, 'update', { ...lease, name: `node-${number(below(random, NODES), 4)}` }, 200);
  }
  if (sort < 0.48) {
    const asked = { group: 'apps', resource: 'replicasets', namespace, name };
    return tell(controller(random), random() < 0.7 ? 'get' : 'list', asked, 200);
  }
  if (sort < 0.64) {
    const asked = { group: '', resource: 'pods', subresource: 'status', namespace, name };
    const object = pod(random, asked);
    return tell(node(random), 'patch', asked, 200, { requestObject: object, responseObject: object });
  }
  if (sort < 0.78) {
    const resource = random() < 0.5 ? 'configmaps' : 'secrets';
    const asked = { group: '', resource, namespace, name: `settings-${below(random, 30)}` };
    return tell(account(random), random() < 0.9 ? 'get' : 'list', asked, 200);
  }
  if (sort < 0.88) {
    const asked = { group: '', resource: 'events', namespace, name: `${name}.${hex(random, 16)}` };
    return tell(node(random), 'create', asked, 201);
  }
  if (sort < 0.95) {
    const asked = { group: 'apps', resource: 'deployments', namespace, name: `app-${below(random, 8)}` };
    return tell(account(random), 'watch', asked, 200, {}, '?allowWatchBookmarks=true&watch=true');
  }
  if (sort < 0.97) {
    const asked = { group: '', resource: 'secrets', namespace, name: `settings-${below(random, 30)}` };
    return tell(account(random), 'get', asked, 403);
  }
  if (sort < 0.99) return tell(person(random), 'get', { group: '', resource: 'pods', namespace, name }, 200);
  if (sort < 0.996) {
    const object = pod(random, { group: '', resource: 'pods', namespace, name });
    const asked = { group: '', resource: 'pods', namespace, name };
    return tell(controller(random), 'delete', asked, 200, { responseObject: object });
  }
  const asked = { group: '', resource: 'pods', subresource: 'exec', namespace, name };
  return tell(
    person(random),
    'get',
    asked,
    101,
    {},
    '?command=sh&container=app&stdin=true&stdout=true&tty=true',
  );
}

/** Microseconds since the epoch as metav1.MicroTime has them. */
export function microTime(microseconds: number): string {
  const text = new Date(Math.floor(microseconds / 1000)).toISOString();
  return `${text.slice(0, 23)}${number(microseconds % 1000, 3)}Z`;
}

/** An event in one line: `id` is its Audit-ID, `time` microseconds since the epoch. */
export function auditLine(body: AuditBody, id: string, time: number): string {
  const { level, requestURI, annotations, ...rest } = body;
  return JSON.stringify({
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level,
    auditID: id,
    stage: 'ResponseComplete',
    requestURI,
    ...rest,
    requestReceivedTimestamp: microTime(time),
    stageTimestamp: microTime(time + 2500),
    annotations,
  });
}

/** An Audit-ID that ends with a number in 12 hexadecimal digits. */
export function auditID(count: number): string {
  return `00000000-0000-4000-8000-${count.toString(16).padStart(12, '0')}`;
}

/** What the questions of the benchmark look for among millions: it is there once. */
export const SPECIAL: AuditBody = {
  level: 'Metadata',
  requestURI: '/apis/apps/v1/namespaces/payments/deployments/ledger',
  verb: 'delete',
  user: { username: 'mallory@example.com', groups: ['developers', 'system:authenticated'] },
  sourceIPs: ['203.0.113.66'],
  userAgent: 'curl/8.5.0',
  objectRef: {
    resource: 'deployments',
    namespace: 'payments',
    name: 'ledger',
    apiGroup: 'apps',
    apiVersion: 'v1',
  },
  responseStatus: { metadata: {}, code: 200 },
  annotations: {
    'authorization.k8s.io/decision': 'allow',
    'authorization.k8s.io/reason':
      'RBAC: allowed by ClusterRoleBinding "developers-edit" of ClusterRole "edit" to Group "developers"',
    'example.com/ticket': 'quarterlyledgermigration',
  },
};
