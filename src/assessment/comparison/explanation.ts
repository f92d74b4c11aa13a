import { asArray, asObject, asString, isObject } from '../../kubernetes/json.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { Explanation } from './comparison.ts';
import { kindOf } from './identity.ts';

const SYSTEM_NAMESPACES = new Set(['kube-system', 'kube-public', 'kube-node-lease']);
/** Kinds whose objects the cluster makes for itself. */
const SYSTEM_KINDS = new Set([
  '/Node',
  '/Endpoints',
  '/Event',
  '/ComponentStatus',
  'apps/ControllerRevision',
  'certificates.k8s.io/CertificateSigningRequest',
  'coordination.k8s.io/Lease',
  'discovery.k8s.io/EndpointSlice',
  'events.k8s.io/Event',
  'internal.apiserver.k8s.io/StorageVersion',
  'metrics.k8s.io/NodeMetrics',
  'metrics.k8s.io/PodMetrics',
  'networking.k8s.io/IPAddress',
  'networking.k8s.io/ServiceCIDR',
  'storage.k8s.io/CSINode',
  'storage.k8s.io/CSIStorageCapacity',
  'storage.k8s.io/VolumeAttachment',
]);

/** Objects by their kind and name that every cluster or every namespace has. */
const WELL_KNOWN: Readonly<Record<string, RegExp>> = {
  '/ConfigMap': /^kube-root-ca\.crt$/,
  '/ServiceAccount': /^default$/,
  '/Namespace': /^(?:default|kube-system|kube-public|kube-node-lease)$/,
  'scheduling.k8s.io/PriorityClass': /^system-/,
};

/** Why an object that runs is in no manifest; undefined where nothing explains it. */
export function explanationOf(object: KubernetesObject): Explanation | undefined {
  const owner = ownerOf(object);
  if (owner !== undefined) return { kind: 'owner', by: owner };
  if (isSystem(object)) return { kind: 'system' };
  const by = managedBy(object);
  return by === undefined ? undefined : { kind: 'managed-by', by };
}

function ownerOf({ metadata }: KubernetesObject): string | undefined {
  const owners = (asArray(metadata['ownerReferences']) ?? []).filter(isObject);
  const owner = owners.find((each) => each['controller'] === true) ?? owners[0];
  return owner === undefined ? undefined : `${asString(owner['kind'])}/${asString(owner['name'])}`;
}

function isSystem(object: KubernetesObject): boolean {
  const { namespace, name, labels, annotations } = object;
  const kind = kindOf(object);
  if (namespace !== undefined && SYSTEM_NAMESPACES.has(namespace)) return true;
  if (SYSTEM_KINDS.has(kind) || WELL_KNOWN[kind]?.test(name)) return true;
  // Anybody can set labels: they explain only what they are about.
  if (kind.startsWith('rbac.authorization.k8s.io/') && labels['kubernetes.io/bootstrapping']) {
    return name === 'cluster-admin' || /^(?:system:|admin$|edit$|view$)/.test(name);
  }
  if (kind.startsWith('flowcontrol.apiserver.k8s.io/')) {
    return annotations['apf.kubernetes.io/autoupdate-spec'] !== undefined;
  }
  switch (kind) {
    case '/Service':
      return namespace === 'default' && name === 'kubernetes';
    case '/PersistentVolume':
      return annotations['pv.kubernetes.io/provisioned-by'] !== undefined;
    case '/Secret':
      return object.raw['type'] === 'kubernetes.io/service-account-token';
    case 'apiregistration.k8s.io/APIService':
      return asObject(object.spec['service']) === undefined;
    default:
      return false;
  }
}

function managedBy({ kind, group, raw, labels, annotations }: KubernetesObject): string | undefined {
  const release = annotations['meta.helm.sh/release-name'];
  if (release !== undefined) return `Helm ${release}`;
  if (group === '' && kind === 'Secret' && raw['type'] === 'helm.sh/release.v1') {
    return `Helm ${labels['name'] ?? ''}`.trim();
  }
  return labels['addonmanager.kubernetes.io/mode'] === undefined ? undefined : 'addon manager';
}
