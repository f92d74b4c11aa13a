import type { ApiClient } from '../../src/evidence/cluster/client.ts';
import { connect } from '../../src/evidence/cluster/connection/connect.ts';
import type { ConnectOptions } from '../../src/evidence/cluster/connection/options.ts';
import { NEEDS, type Need } from '../../src/evidence/cluster/needs.ts';
import type { PermissionRole } from '../../src/evidence/cluster/permissions.ts';
import { type ReadClusterOptions, readCluster } from '../../src/evidence/cluster/read-cluster.ts';
import type { SnapshotEvent } from '../../src/evidence/snapshot.ts';
import type { Gap } from '../../src/kubernetes/gaps.ts';
import { asObject, type JsonObject } from '../../src/kubernetes/json.ts';
import { BUILT_IN_SCHEMA } from '../../src/kubernetes/schema/index.ts';
import { cluster, eventually } from './cluster.ts';
import { Kubeconfigs } from './kubeconfigs.ts';

const collectedAt = '2026-01-02T03:04:05Z';
export const RBAC = '/apis/rbac.authorization.k8s.io/v1';
export const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
export const files = new Kubeconfigs();
const clients: ApiClient[] = [];
/** Taken back in reverse order after all tests: the control plane is shared. */
export const undo: (() => Promise<unknown>)[] = [];

export async function login(kubeconfig: string, clock?: ConnectOptions['clock']): Promise<ApiClient> {
  const client = await connect({
    kubeconfig,
    env: {},
    cwd: files.folder,
    ...(clock === undefined ? {} : { clock }),
  });
  clients.push(client);
  return client;
}

export const admin = () => login(cluster().kubeconfig);
export const as = (user: string) => login(cluster().kubeconfigFor({ user }));

export interface Seen {
  readonly events: readonly SnapshotEvent[];
  readonly gaps: readonly Gap[];
  /** `group/Kind` of each list that came to its end. */
  readonly listed: readonly string[];
}

export async function read(client: ApiClient, options: Partial<ReadClusterOptions> = {}): Promise<Seen> {
  const events: SnapshotEvent[] = [];
  for await (const event of readCluster(client, { collectedAt, ...options })) events.push(event);
  return {
    events,
    gaps: events.flatMap((event) => (event.type === 'gap' ? [event.gap] : [])),
    listed: events.flatMap((event) =>
      event.type === 'listed' ? [`${event.list.group}/${event.list.kind}`] : [],
    ),
  };
}

export const brief = (gaps: readonly Gap[]) =>
  gaps.map(({ group, kind, reason }) => `${group}/${kind} ${reason}`).sort();
export const SECRETS = '/Secret not-asked';

export async function create(collection: string, object: JsonObject): Promise<void> {
  await cluster().expect('POST', collection, object);
  undo.push(() =>
    cluster().request('DELETE', `${collection}/${String(asObject(object['metadata'])?.['name'])}`),
  );
}

export function definitionOf({ group, kind, resource, namespaced }: Need, version: string): JsonObject {
  return {
    metadata: {
      name: `${resource}.${group}`,
      // Without this the API server takes none of a group of the project's own.
      annotations: { 'api-approved.kubernetes.io': 'unapproved, testing only' },
    },
    spec: {
      group,
      names: { kind, plural: resource, singular: kind.toLowerCase() },
      scope: namespaced ? 'Namespaced' : 'Cluster',
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        },
      ],
    },
  };
}

/** What every server of this release has, and what it has with the definitions of others; nothing has PodSecurityPolicy any more. */
export const BUILT_IN = NEEDS.filter(({ group, kind, versions: [version] }) => {
  const apiVersion = group === '' ? version! : `${group}/${version}`;
  return BUILT_IN_SCHEMA.checkObject({ apiVersion, kind }).known;
});
export const SERVED = NEEDS.filter(({ kind }) => kind !== 'PodSecurityPolicy');
export const CUSTOM = SERVED.filter((need) => !BUILT_IN.includes(need));
export const nameOf = ({ group, kind }: Pick<Need, 'group' | 'kind'>) => `${group}/${kind}`;
export const isSecret = ({ kind }: Need) => kind === 'Secret';

/** Roles and bindings for a user of its own; what is granted can be changed. */
export async function grant(user: string, roles: readonly PermissionRole[]): Promise<void> {
  for (const { kind, metadata, rules, apiVersion } of roles) {
    const scope = metadata.namespace === undefined ? RBAC : `${RBAC}/namespaces/${metadata.namespace}`;
    const resource = `${kind.toLowerCase()}s`;
    const name = `${metadata.name}-${user}`;
    await create(`${scope}/${resource}`, {
      apiVersion,
      kind,
      metadata: { name },
      rules: rules.map(({ rule }) => rule) as never,
    });
    await create(`${scope}/${resource.replace('roles', 'rolebindings')}`, {
      metadata: { name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name },
      subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: user }],
    });
  }
}

/** After each test. */
export function closeClients(): void {
  for (const client of clients.splice(0)) client.close();
}

/** After all tests of a file; later files must not find half of it. */
export async function takeBack(): Promise<void> {
  for (const each of undo.splice(0).reverse()) await each();
  const own = CUSTOM.map(({ resource, group }) => `${resource}.${group}`);
  await eventually(async () => {
    const { items } = await cluster().expect('GET', CRDS);
    return !items.some((item: { metadata: { name: string } }) => own.includes(item.metadata.name));
  });
  files.remove();
}
