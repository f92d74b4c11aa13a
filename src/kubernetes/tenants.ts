import type { Cluster } from './cluster.ts';
import { isSystemNamespace } from './namespaces.ts';

/** Labels by which products and their users say which tenant a namespace is of. Capsule, KubeSphere, Rancher, Loft, kiosk, Gardener. */
const PRODUCTS = [
  'capsule.clastix.io/tenant',
  'kubesphere.io/workspace',
  'field.cattle.io/projectId',
  'loft.sh/project',
  'kiosk.sh/account',
  'project.gardener.cloud/name',
];
/** HNC marks a namespace with each of its ancestors and how far away it is; the farthest is the root of the tree. */
const TREE = '.tree.hnc.x-k8s.io/depth';
const TREES = `*${TREE}`;
/** `tenant`, `example.com/tenant-id`. A team or an application is no tenant: the same team may well own several namespaces that share. */
const GENERIC = /^(?:[^/]+\/)?tenant(?:-?(?:id|name))?$/i;

export interface Tenants {
  /** The label that tells, as it is named in texts. */
  readonly label: string;
  /** By namespace. Those that are nobody's, such as the platform's own, are left out. */
  readonly byNamespace: ReadonlyMap<string, string>;
}

/** The tenants of a cluster; undefined where namespaces do not tell at least two apart. */
export function tenantsOf(cluster: Cluster): Tenants | undefined {
  return cluster.memo('tenants', () => {
    const labels = new Map(cluster.ofKind('Namespace').map((each) => [each.name, each.labels]));
    const generic = new Set<string>();
    for (const own of labels.values()) {
      for (const key of Object.keys(own)) if (GENERIC.test(key)) generic.add(key);
    }
    for (const label of [...PRODUCTS, TREES, ...[...generic].sort()]) {
      const byNamespace = new Map<string, string>();
      for (const [namespace, own] of labels) {
        const tenant = label === TREES ? rootOf(own) : own[label];
        if (tenant) byNamespace.set(namespace, tenant);
      }
      // Whoever has one of Kubernetes' own namespaces runs the cluster.
      const platform = new Set(
        [...byNamespace].filter(([name]) => isSystemNamespace(name)).map(([, of]) => of),
      );
      for (const [name, tenant] of byNamespace) if (platform.has(tenant)) byNamespace.delete(name);
      if (new Set(byNamespace.values()).size > 1) return { label, byNamespace };
    }
    return undefined;
  });
}

function rootOf(labels: Readonly<Record<string, string>>): string | undefined {
  let root: string | undefined;
  let farthest = -1;
  for (const [key, value] of Object.entries(labels)) {
    if (!key.endsWith(TREE) || !/^\d{1,4}$/.test(value) || Number(value) <= farthest) continue;
    farthest = Number(value);
    root = key.slice(0, -TREE.length);
  }
  return root;
}
