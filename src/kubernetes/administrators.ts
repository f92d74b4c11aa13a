import type { CertificateSubject } from './certificate-subject.ts';
import type { Cluster } from './cluster.ts';

/** Passes by authorization altogether: no role gives it its power, and none takes it away. */
export const MASTERS = 'system:masters';
/** kubeadm's group for the administrators that it makes a kubeconfig for, bound to cluster-admin since v1.29. */
const KUBEADM = 'kubeadm:cluster-admins';

/** By what a certificate makes its holder an administrator of the whole cluster. */
export interface AdministratorName {
  readonly kind: 'Group' | 'User';
  readonly name: string;
}

/**
 * The name by which the API server gives the holder of a certificate all power: `system:masters`, kubeadm's group, or a user or group
 * that a ClusterRoleBinding among the sources makes cluster-admin. Undefined where there is none.
 */
export function administratorName(
  { commonName, organizations }: CertificateSubject,
  cluster: Cluster,
): AdministratorName | undefined {
  const groups = organizations.map((name) => ({ kind: 'Group', name }) as const);
  const users = commonName === undefined ? [] : [{ kind: 'User', name: commonName } as const];
  return (
    groups.find(({ name }) => name === MASTERS) ??
    [...groups, ...users].find(
      ({ kind, name }) =>
        (kind === 'Group' && name === KUBEADM) ||
        cluster
          .bindingsOf(kind, name)
          .some(
            ({ isClusterWide, roleKind, roleName }) =>
              isClusterWide && roleKind === 'ClusterRole' && roleName === 'cluster-admin',
          ),
    )
  );
}
