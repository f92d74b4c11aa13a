import type { KubernetesObject } from './object.ts';

/** Objects of built-in groups that live in no namespace, by `group/kind`. */
const CLUSTER_SCOPED = new Set([
  '/Namespace',
  '/Node',
  '/PersistentVolume',
  '/ComponentStatus',
  '/Config',
  'abac.authorization.kubernetes.io/*',
  'admissionregistration.k8s.io/*',
  'apiextensions.k8s.io/*',
  'apiregistration.k8s.io/*',
  'apiserver.config.k8s.io/*',
  'audit.k8s.io/*',
  'authentication.k8s.io/*',
  'certificates.k8s.io/*',
  'flowcontrol.apiserver.k8s.io/*',
  'kubelet.config.k8s.io/*',
  'kubeproxy.config.k8s.io/*',
  'kubescheduler.config.k8s.io/*',
  'kubeadm.k8s.io/*',
  'networking.k8s.io/IngressClass',
  'networking.k8s.io/IPAddress',
  'networking.k8s.io/ServiceCIDR',
  'node.k8s.io/*',
  'policy/PodSecurityPolicy',
  'extensions/PodSecurityPolicy',
  'policy.networking.k8s.io/*',
  'rbac.authorization.k8s.io/ClusterRole',
  'rbac.authorization.k8s.io/ClusterRoleBinding',
  'scheduling.k8s.io/PriorityClass',
  'storage.k8s.io/StorageClass',
  'storage.k8s.io/VolumeAttachment',
  'storage.k8s.io/CSIDriver',
  'storage.k8s.io/CSINode',
  'storage.k8s.io/VolumeAttributesClass',
  'storagemigration.k8s.io/*',
  'resource.k8s.io/DeviceClass',
  'resource.k8s.io/ResourceSlice',
  'resource.k8s.io/DeviceTaintRule',
  'gateway.networking.k8s.io/GatewayClass',
  'cilium.io/CiliumClusterwideNetworkPolicy',
  'crd.projectcalico.org/GlobalNetworkPolicy',
  'projectcalico.org/GlobalNetworkPolicy',
  'cert-manager.io/ClusterIssuer',
  'argoproj.io/ClusterWorkflowTemplate',
  'tekton.dev/ClusterTask',
  'kustomize.config.k8s.io/*',
]);

/** Custom resources are not known here: their definitions say where they live. */
export function isBuiltInClusterScoped({ group, kind }: KubernetesObject): boolean {
  return CLUSTER_SCOPED.has(`${group}/*`) || CLUSTER_SCOPED.has(`${group}/${kind}`);
}

const CLUSTER_SCOPED_KINDS: ReadonlySet<string> = new Set([
  ...[...CLUSTER_SCOPED].map((entry) => entry.slice(entry.indexOf('/') + 1)).filter((kind) => kind !== '*'),
  'APIService',
  'CertificateSigningRequest',
  'CustomResourceDefinition',
  'FlowSchema',
  'MutatingAdmissionPolicy',
  'MutatingAdmissionPolicyBinding',
  'MutatingWebhookConfiguration',
  'AdminNetworkPolicy',
  'BaselineAdminNetworkPolicy',
  'ClusterNetworkPolicy',
  'PriorityLevelConfiguration',
  'RuntimeClass',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
  'ValidatingWebhookConfiguration',
]);

/** The same by kind alone, for the kinds that checks ask for. */
export function isClusterScopedKind(kind: string): boolean {
  return CLUSTER_SCOPED_KINDS.has(kind);
}
