import type { Rule } from '../engines/authorization/index.ts';
import type { BindingSubject } from '../kubernetes/access.ts';
import type { Cluster } from '../kubernetes/cluster.ts';
import { nameOf } from '../kubernetes/role-risk.ts';
import { rulesGiven } from './account-rights.ts';

/** A user or group that stands for people: not one of the control plane's own, and not kubeadm's administrators. */
export function isPerson({ kind, name }: BindingSubject): boolean {
  return (kind === 'User' || kind === 'Group') && !name.startsWith('system:') && !name.startsWith('kubeadm:');
}

/** Resources of workloads and what they run with: who may change these in a namespace administers it. */
const ADMINISTERED: ReadonlyMap<string, readonly string[]> = new Map([
  ['', ['pods', 'configmaps', 'secrets', 'services']],
  ['apps', ['deployments', 'statefulsets', 'daemonsets']],
  ['batch', ['jobs', 'cronjobs']],
]);
const CHANGES = new Set(['*', 'create', 'update', 'patch', 'delete', 'deletecollection']);

/** Whether rules allow to change workloads or what they run with. */
export function administers(rules: readonly Rule[]): boolean {
  return rules.some(({ apiGroups, resources, verbs, resourceNames }) => {
    if (resourceNames.length > 0 || !verbs.some((verb) => CHANGES.has(verb))) return false;
    const groups = apiGroups.includes('*') ? [...ADMINISTERED.keys()] : apiGroups;
    return groups.some((group) => {
      const known = ADMINISTERED.get(group) ?? [];
      return known.some((resource) => resources.includes('*') || resources.includes(resource));
    });
  });
}

/** Who administers namespaces, by bindings of people. */
export interface Administrators {
  /** By namespace, those that a RoleBinding there makes so. */
  readonly own: ReadonlyMap<string, readonly string[]>;
  /** Those that a ClusterRoleBinding makes so everywhere. */
  readonly everywhere: readonly string[];
  /** By namespace, the roles of people that are not among the sources. */
  readonly unseen: ReadonlyMap<string, readonly string[]>;
}

export function administratorsOf(cluster: Cluster): Administrators {
  return cluster.memo('people who administer namespaces', () => {
    const own = new Map<string, string[]>();
    const unseen = new Map<string, string[]>();
    const everywhere = new Set<string>();
    for (const binding of cluster.bindings) {
      const people = binding.subjects.filter(isPerson).map(nameOf);
      if (people.length === 0) continue;
      const rules = rulesGiven(binding);
      const namespace = binding.object.namespace ?? 'default';
      if (rules === undefined) {
        if (!binding.isClusterWide) add(unseen, namespace, [`${binding.roleKind} ${binding.roleName}`]);
      } else if (administers(rules)) {
        if (binding.isClusterWide) for (const name of people) everywhere.add(name);
        else add(own, namespace, people);
      }
    }
    return { own, unseen, everywhere: [...everywhere].sort() };
  });
}

function add(map: Map<string, string[]>, key: string, values: readonly string[]): void {
  map.set(key, [...(map.get(key) ?? []), ...values]);
}
