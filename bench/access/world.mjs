/**
 * A made-up cluster of roles and bindings, always the same one: 500 namespaces, 2,000 roles (a third of them ClusterRoles, some
 * with wildcards, resource names or paths), 10,000 bindings (one in ten for the whole cluster) for service accounts, users
 * and groups.
 */

const API = [
  [
    '',
    [
      'pods',
      'services',
      'configmaps',
      'secrets',
      'serviceaccounts',
      'events',
      'nodes',
      'namespaces',
      'endpoints',
    ],
  ],
  [
    '',
    [
      'pods/log',
      'pods/exec',
      'persistentvolumeclaims',
      'pods/portforward',
      'serviceaccounts/token',
      '*/scale',
    ],
  ],
  [
    'apps',
    ['deployments', 'statefulsets', 'daemonsets', 'replicasets', 'deployments/scale', 'deployments/status'],
  ],
  ['batch', ['jobs', 'cronjobs']],
  ['networking.k8s.io', ['ingresses', 'networkpolicies']],
  ['rbac.authorization.k8s.io', ['roles', 'rolebindings', 'clusterroles', 'clusterrolebindings']],
  ['coordination.k8s.io', ['leases']],
  ['policy', ['poddisruptionbudgets']],
  ...Array.from({ length: 40 }, (_, i) => [`team${i}.example.com`, [`widgets${i}`, `widgets${i}/status`]]),
];
const VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'];
const PATHS = ['/metrics', '/healthz', '/healthz/*', '/api/*', '/version', '/openapi/v3'];

/** Park and Miller's generator: the same numbers on every machine. */
export class Numbers {
  #state;
  constructor(seed) {
    this.#state = seed;
  }
  below(limit) {
    this.#state = (this.#state * 48271) % 2147483647;
    return this.#state % limit;
  }
  of(list) {
    return list[this.below(list.length)];
  }
  some(list, most) {
    return [...new Set(Array.from({ length: 1 + this.below(most) }, () => this.of(list)))];
  }
}

const NAMESPACES = Array.from({ length: 500 }, (_, i) => `namespace-${i}`);

function ruleOf(numbers) {
  if (numbers.below(40) === 0) return { nonResourceURLs: numbers.some(PATHS, 2), verbs: ['get'] };
  const [group, resources] = numbers.of(API);
  const rule = {
    apiGroups: [numbers.below(50) === 0 ? '*' : group],
    resources: numbers.below(50) === 0 ? ['*'] : numbers.some(resources, 4),
    verbs: numbers.below(10) === 0 ? ['*'] : numbers.some(VERBS, 6),
  };
  if (numbers.below(8) === 0)
    rule.resourceNames = [`name-${numbers.below(100)}`, `name-${numbers.below(100)}`];
  return rule;
}

function subjectOf(numbers, ofRoleBinding) {
  const kind = numbers.below(10);
  if (kind === 0)
    return { kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: `team-${numbers.below(200)}` };
  if (kind < 3)
    return { kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: `user-${numbers.below(3000)}` };
  const namespace = ofRoleBinding ?? numbers.of(NAMESPACES);
  return { kind: 'ServiceAccount', namespace, name: `account-${numbers.below(40)}` };
}

/** Objects of the API server: `roles` of Roles and ClusterRoles together, `bindings` of both kinds. */
export function makeObjects({ roles, bindings }) {
  const numbers = new Numbers(20261123);
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  const clusterRoles = [];
  const rolesOf = new Map(NAMESPACES.map((namespace) => [namespace, []]));
  const objects = [];
  for (let i = 0; i < roles; i++) {
    const rules = Array.from({ length: 1 + numbers.below(8) }, () => ruleOf(numbers));
    const name = `role-${i}`;
    if (i % 3 === 0) {
      clusterRoles.push(name);
      objects.push({ apiVersion, kind: 'ClusterRole', metadata: { name }, rules });
    } else {
      const namespace = numbers.of(NAMESPACES);
      rolesOf.get(namespace).push(name);
      objects.push({ apiVersion, kind: 'Role', metadata: { name, namespace }, rules });
    }
  }
  for (let i = 0; i < bindings; i++) {
    const namespace = i % 10 === 0 ? undefined : numbers.of(NAMESPACES);
    const own = namespace === undefined ? [] : rolesOf.get(namespace);
    const isOwn = own.length > 0 && numbers.below(2) === 0;
    objects.push({
      apiVersion,
      kind: namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding',
      metadata: { name: `binding-${i}`, namespace },
      roleRef: {
        apiGroup: 'rbac.authorization.k8s.io',
        kind: isOwn ? 'Role' : 'ClusterRole',
        name: isOwn ? numbers.of(own) : numbers.of(clusterRoles),
      },
      subjects: Array.from({ length: 1 + numbers.below(3) }, () => subjectOf(numbers, namespace)),
    });
  }
  return objects;
}

/** Requests of any of its users for anything anywhere, one in twenty for a path. */
export function makeRequests(count, groupsOf) {
  const numbers = new Numbers(37);
  return Array.from({ length: count }, () => {
    const namespace = numbers.of(NAMESPACES);
    const { kind, name } = subjectOf(numbers, namespace);
    const user =
      kind === 'ServiceAccount'
        ? { name: `system:serviceaccount:${namespace}:${name}`, groups: [] }
        : {
            name: `user-${numbers.below(3000)}`,
            groups: [`team-${numbers.below(200)}`, `team-${numbers.below(200)}`],
          };
    const [apiGroup, resources] = numbers.of(API);
    const [resource, subresource = ''] = numbers.of(resources).split('/');
    const isResourceRequest = numbers.below(20) > 0;
    return {
      user: { name: user.name, groups: groupsOf(user.name, user.groups) },
      verb: isResourceRequest ? numbers.of(VERBS) : 'get',
      isResourceRequest,
      apiGroup: isResourceRequest ? apiGroup : '',
      apiVersion: isResourceRequest ? 'v1' : '',
      resource: isResourceRequest ? resource : '',
      subresource: isResourceRequest ? subresource : '',
      namespace: isResourceRequest ? namespace : '',
      name: isResourceRequest && numbers.below(2) === 0 ? `name-${numbers.below(100)}` : '',
      path: isResourceRequest ? '' : `/healthz/${numbers.below(30)}`,
    };
  });
}
