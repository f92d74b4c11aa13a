import { ApiResources } from '../../kubernetes/api-resources.ts';
import { parseObjectReference } from './object-reference.ts';
import type { Answer } from './question.ts';
import { type Deed, rbacReason } from './test-history.ts';

const resources = new ApiResources();

export const object = (text: string) => parseObjectReference(text, resources)!;

/** `alice delete deployments/web`, in the order of the answer. */
export const lines = ({ told }: Pick<Answer, 'told'>) =>
  told.map(
    ({ entry }) => `${entry.user} ${entry.verb} ${entry.object?.resource ?? ''}/${entry.object?.name ?? ''}`,
  );

export const binding = (name: string, role: string, subject: string) => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name, uid: `uid-${name}` },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
  subjects: [{ kind: 'User', name: subject }],
});
export const killer = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name: 'killer' },
  rules: [
    { apiGroups: [''], resources: ['pods'], verbs: ['get'] },
    { apiGroups: [''], resources: ['pods'], verbs: ['delete'] },
  ],
};
export const RBAC = 'rbac.authorization.k8s.io';
export const byRoot = { user: 'root', groups: ['system:masters', 'system:authenticated'] };
/** root makes eve an administrator, eve lets bob delete pods, bob deletes one. */
export const granted: readonly Deed[] = [
  {
    at: 0,
    ...byRoot,
    verb: 'create',
    resource: `${RBAC}/clusterroles`,
    name: 'killer',
    code: 201,
    response: killer,
  },
  {
    at: 1,
    ...byRoot,
    verb: 'create',
    resource: `${RBAC}/clusterrolebindings`,
    name: 'eve-admin',
    code: 201,
    response: binding('eve-admin', 'cluster-admin', 'eve'),
  },
  {
    at: 10,
    user: 'eve',
    verb: 'create',
    resource: `${RBAC}/clusterrolebindings`,
    name: 'bob-kills',
    code: 201,
    response: binding('bob-kills', 'killer', 'bob'),
    reason: rbacReason('ClusterRoleBinding "eve-admin"', 'ClusterRole "cluster-admin"', 'User "eve"'),
  },
  {
    at: 20,
    user: 'bob',
    verb: 'delete',
    resource: 'pods',
    namespace: 'a',
    name: 'x',
    reason: rbacReason('ClusterRoleBinding "bob-kills"', 'ClusterRole "killer"', 'User "bob"'),
  },
];
