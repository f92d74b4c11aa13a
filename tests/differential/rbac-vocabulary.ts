/** How much of everything a world holds. */
export interface WorldSize {
  readonly clusterRoles: number;
  readonly roles: number;
  readonly clusterRoleBindings: number;
  readonly roleBindings: number;
  /** How many usual names of each sort there are beside the odd ones; with many, a request is granted less often. */
  readonly names: number;
  /** The same for users, groups, service accounts and namespaces. */
  readonly subjects: number;
}

/** Few objects with few names: everything collides. */
export const SMALL: WorldSize = {
  clusterRoles: 25,
  roles: 30,
  clusterRoleBindings: 20,
  roleBindings: 60,
  names: 3,
  subjects: 3,
};

/** As much as a cluster that many teams share. */
export const LARGE: WorldSize = {
  clusterRoles: 300,
  roles: 300,
  clusterRoleBindings: 500,
  roleBindings: 3000,
  names: 60,
  subjects: 60,
};

/** Everybody has many roles, each of which grants little. */
export const CROWDED: WorldSize = {
  clusterRoles: 300,
  roles: 100,
  clusterRoleBindings: 1500,
  roleBindings: 2500,
  names: 60,
  subjects: 2,
};

/** The names that a world is made of, odd ones among them; requests are made of the same. */
export interface Vocabulary {
  readonly namespaces: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly names: readonly string[];
  readonly urls: readonly string[];
  readonly users: readonly string[];
  readonly groups: readonly string[];
  readonly accounts: readonly string[];
  readonly roles: readonly string[];
}

export const numbered = (count: number, prefix: string, suffix = ''): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}${suffix}`);

export function vocabularyOf({ names, subjects, clusterRoles, roles }: WorldSize): Vocabulary {
  return {
    namespaces: ['default', 'kube-system', 'a', 'a:b', 'Default', ...numbered(subjects, 'n')],
    accounts: ['default', 'b:c', 'c', 'Builder', 'builder', ...numbered(subjects, 'sa')],
    apiGroups: ['', 'apps', 'Apps', 'rbac.authorization.k8s.io', ...numbered(names, 'g', '.io')],
    resources: [
      ...['pods', 'Pods', 'pods/log', 'pods/exec', 'pods/', 'deployments', 'deployments/scale', 'scale'],
      ...['secrets', 'a/b/c', '/scale', '/', '', ...numbered(names, 'r'), ...numbered(names, 'r', '/scale')],
    ],
    verbs: [
      ...['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'],
      ...['GET', 'impersonate', 'bind', 'escalate', ''],
    ],
    names: ['a', 'A', 'web', 'web*', '*', ...numbered(names, 'o')],
    urls: [
      ...['/', '/healthz', '/healthz/', '/healthz/etcd', '/healthZ', '/api', '/apis/x', '/logs/a/b', '/*'],
      ...['', 'healthz', '/a*b', '/metrics', '/metrics/cadvisor'],
    ],
    users: [
      ...['alice', 'Alice', 'dev', 'system:anonymous', 'system:admin', 'system:serviceaccount:default:', ''],
      ...['system:serviceaccount:a:b:c', 'system:serviceaccount::c', 'System:serviceaccount:default:default'],
      ...['system:serviceaccount:default:default', ...numbered(subjects, 'u')],
    ],
    groups: [
      ...['dev', 'Dev', 'alice', 'system:authenticated', 'system:unauthenticated', 'system:serviceaccounts'],
      ...['system:masters', 'system:serviceaccounts:default', 'system:serviceaccounts:a', ''],
      ...numbered(subjects, 't'),
    ],
    roles: ['Role', 'role', ...numbered(Math.max(clusterRoles, roles) - 2, 'role')],
  };
}
