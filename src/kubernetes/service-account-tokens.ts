import type { Binding } from './access.ts';
import type { Cluster } from './cluster.ts';
import { Component } from './component.ts';
import { asArray, asBoolean, asNumber, asObject, asObjects, asString, type JsonObject } from './json.ts';
import type { Volume, Workload } from './workload.ts';

const MIRROR = 'kubernetes.io/config.mirror';
const SOURCE = 'kubernetes.io/config.source';

/**
 * Whether a Pod is one that the kubelet runs from a file. The API server knows such pods only as mirrors, which may not refer to a
 * service account (plugin/pkg/admission/serviceaccount). In a manifest without the kubelet's marks a bare Pod that starts a component of
 * the control plane is taken for one.
 */
export function isStaticPod(workload: Workload): boolean {
  if (workload.kind !== 'Pod') return false;
  const { annotations, metadata } = workload.object;
  if (annotations[MIRROR] !== undefined || annotations[SOURCE] === 'file') return true;
  const owners = asArray(metadata['ownerReferences']) ?? [];
  if (owners.some((owner) => asObject(owner)?.['kind'] === 'Node')) return true;
  return Component.of(workload).length > 0;
}

/** Definitions that others run, under the service account that the run names. */
const DEFINITIONS = new Set([
  'Task',
  'ClusterTask',
  'Pipeline',
  'WorkflowTemplate',
  'ClusterWorkflowTemplate',
]);

/** Whether the pods' service account is chosen by whoever runs this definition (Tekton, Argo Workflows). */
export function isAccountChosenLater(workload: Workload): boolean {
  return DEFINITIONS.has(workload.kind) && workload.pod['serviceAccountName'] === undefined;
}

/** Field path of the service account's name, in whichever of its two spellings the pod uses. */
export function serviceAccountPath(workload: Workload): string {
  const legacy = !asString(workload.pod['serviceAccountName']) && asString(workload.pod['serviceAccount']);
  return workload.at(legacy ? 'serviceAccount' : 'serviceAccountName');
}

/**
 * Whether the API server mounts a token into the pods: as the pod says, else as its account says, else yes. Undefined where the
 * account decides and is not among the sources; `default`, which exists everywhere, is then taken to be as it was created.
 */
export function mountsToken(workload: Workload, cluster: Cluster): boolean | undefined {
  const stated = asBoolean(workload.pod['automountServiceAccountToken']);
  if (stated !== undefined) return stated;
  const account = cluster.serviceAccountOf(workload);
  if (account === undefined && workload.serviceAccountName !== 'default') return undefined;
  return account?.automount ?? true;
}

/**
 * The bindings of the pods' account, by its own name or through the group of its namespace's accounts. Where the workload names no
 * namespace, bindings to an account of that name in any namespace count: it may be applied there.
 */
export function bindingsOfAccount(workload: Workload, cluster: Cluster): readonly Binding[] {
  const { namespace, serviceAccountName: name } = workload;
  return [
    ...cluster.bindingsOfServiceAccount(namespace, name),
    ...cluster.bindingsOf('User', `system:serviceaccount:${namespace}:${name}`),
    ...cluster.bindingsOf('Group', `system:serviceaccounts:${namespace}`),
    ...(workload.object.namespace === undefined && name !== 'default'
      ? (bindingsByAccountName(cluster).get(name) ?? [])
      : []),
  ];
}

/** Names of the roles that are bound to the pods' account. */
export function rolesOfAccount(workload: Workload, cluster: Cluster): string[] {
  const bindings = bindingsOfAccount(workload, cluster);
  return [...new Set(bindings.map((binding) => `${binding.roleKind}/${binding.roleName}`))].sort();
}

function bindingsByAccountName(cluster: Cluster): ReadonlyMap<string, readonly Binding[]> {
  return cluster.memo('bindings by account name', () => {
    const index = new Map<string, Binding[]>();
    for (const binding of cluster.bindings) {
      for (const { kind, name } of binding.subjects) {
        if (kind !== 'ServiceAccount') continue;
        const list = index.get(name);
        if (list === undefined) index.set(name, [binding]);
        else list.push(binding);
      }
    }
    return index;
  });
}

/** A token that a pod asks for by a projected volume. */
export interface ProjectedToken {
  readonly volume: Volume;
  /** Field path of the `serviceAccountToken` source. */
  readonly path: string;
  /** Undefined where none is named: the token is then for the API server. */
  readonly audience: string | undefined;
  /** Seconds for which the token is valid; one hour where nothing is stated. */
  readonly expirationSeconds: number;
  /** Projected beside the cluster's CA and the namespace, as the API server itself does it: meant for calls to the API server. */
  readonly isForApiServer: boolean;
}

const DEFAULT_EXPIRATION_SECONDS = 3600;

export function projectedTokens(workload: Workload): ProjectedToken[] {
  return workload.volumes.flatMap((volume) => {
    if (volume.source !== 'projected') return [];
    const sources = asObjects(volume.settings['sources']);
    const isForApiServer = sources.some(holdsClusterCa) && sources.some(holdsNamespace);
    return sources.flatMap((source, index) => {
      const token = asObject(source['serviceAccountToken']);
      if (token === undefined) return [];
      return [
        {
          volume,
          path: `${volume.path}.projected.sources[${index}].serviceAccountToken`,
          audience: asString(token['audience']) || undefined,
          expirationSeconds: asNumber(token['expirationSeconds']) ?? DEFAULT_EXPIRATION_SECONDS,
          isForApiServer,
        },
      ];
    });
  });
}

function holdsClusterCa(source: JsonObject): boolean {
  return asObject(source['configMap'])?.['name'] === 'kube-root-ca.crt';
}

function holdsNamespace(source: JsonObject): boolean {
  const items = asArray(asObject(source['downwardAPI'])?.['items']) ?? [];
  return items.some((item) => asObject(asObject(item)?.['fieldRef'])?.['fieldPath'] === 'metadata.namespace');
}

/** Audiences under which API servers are known: the in-cluster names, and the issuers of managed control planes. */
const API_SERVER =
  /^(?:api|(?:https:\/\/)?kubernetes(?:\.default(?:\.svc(?:\.[a-z0-9.-]+)?)?)?\/?|https:\/\/container\.googleapis\.com\/v1\/projects\/.*|https:\/\/oidc\.eks\.[a-z0-9-]+\.amazonaws\.com.*|https:\/\/[a-z0-9-]+\.oic\.prod-aks\.azure\.com\/.*)$/;

/** Whether an audience is the cluster's own API server, by its usual names or by the flags of an API server among the sources. */
export function isApiServerAudience(audience: string, cluster: Cluster): boolean {
  const stated = cluster.memo('audiences of the API server', () => {
    const servers = cluster.subjects('component').filter(({ name }) => name === 'kube-apiserver');
    return new Set(
      servers.flatMap((server) =>
        ['api-audiences', 'service-account-issuer'].flatMap((flag) => server.flag(flag)?.split(',') ?? []),
      ),
    );
  });
  return stated.has(audience) || API_SERVER.test(audience);
}
