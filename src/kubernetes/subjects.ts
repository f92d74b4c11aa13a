import type { Binding, Role } from './access.ts';
import type { AuthorizationSetup } from './authorization-setup.ts';
import type { Cluster } from './cluster.ts';
import type { ClusterFacts } from './cluster-facts.ts';
import type { Component } from './component.ts';
import type { Kubeconfig } from './kubeconfig.ts';
import type { Namespace } from './namespace.ts';
import { CLUSTER_POLICY_KINDS, type NetworkPolicy, POLICY_KINDS } from './network-policies.ts';
import type { NodeSubject } from './node-evidence.ts';
import type { KubernetesObject } from './object.ts';
import { ALL, WORKLOADS } from './reads.ts';
import type { ServiceAccount } from './service-account.ts';
import type { Webhook } from './webhook.ts';
import type { Container, Workload } from './workload.ts';

/** An object that a check sees as it is, for kinds without a normal form of their own. */
export interface PlainSubject {
  readonly object: KubernetesObject;
  readonly path: string;
}

/** What a check can be about. Every subject leads to the object that a finding points into. */
export interface Subjects {
  /** The whole source, once; a finding points at the object that `Cluster.anchor` names. */
  cluster: Cluster;
  /** Every object, of whatever kind. */
  object: PlainSubject;
  workload: Workload;
  container: Container;
  'service-account': ServiceAccount;
  role: Role;
  binding: Binding;
  namespace: Namespace;
  'network-policy': NetworkPolicy;
  service: PlainSubject;
  ingress: PlainSubject;
  /** Gateway API `Gateway`. */
  gateway: PlainSubject;
  secret: PlainSubject;
  'config-map': PlainSubject;
  /** A webhook of an admission configuration, a CRD's conversion webhook, or an APIService: whatever the API server calls. */
  webhook: Webhook;
  /** ValidatingAdmissionPolicy and MutatingAdmissionPolicy. */
  'admission-policy': PlainSubject;
  /** A control plane program with its flags. */
  component: Component;
  /** What a live API server tells about itself and its nodes; nothing in manifests. */
  'api-server': ClusterFacts;
  /** A node as it was read from within; and the nodes of a live cluster that were not, as one subject. */
  node: NodeSubject;
  /** An `audit.k8s.io` Policy document. */
  'audit-policy': PlainSubject;
  /** An `apiserver.config.k8s.io` EncryptionConfiguration document. */
  'encryption-configuration': PlainSubject;
  /** The authorizers of an API server, by its flags or by an `apiserver.config.k8s.io` AuthorizationConfiguration document. */
  authorization: AuthorizationSetup;
  /** A line of a policy file of the ABAC authorizer, `abac.authorization.kubernetes.io` Policy. */
  'abac-policy': PlainSubject;
  /** A kubeconfig: a document of its own, or text in a ConfigMap or a Secret. */
  kubeconfig: Kubeconfig;
  'certificate-signing-request': PlainSubject;
}

export type SubjectName = keyof Subjects;

/**
 * The kinds of objects that each subject is made from: where one of them could not be listed, there may be subjects that nobody
 * judged. `*` is every kind.
 */
export const SUBJECT_KINDS: Readonly<Record<SubjectName, readonly string[]>> = {
  cluster: [],
  object: [ALL],
  workload: [WORKLOADS],
  container: [WORKLOADS],
  'service-account': ['ServiceAccount'],
  role: ['Role', 'ClusterRole'],
  binding: ['RoleBinding', 'ClusterRoleBinding'],
  namespace: ['Namespace'],
  'network-policy': [...POLICY_KINDS, ...CLUSTER_POLICY_KINDS],
  service: ['Service'],
  ingress: ['Ingress'],
  gateway: ['Gateway'],
  secret: ['Secret'],
  'config-map': ['ConfigMap'],
  webhook: [
    'ValidatingWebhookConfiguration',
    'MutatingWebhookConfiguration',
    'CustomResourceDefinition',
    'APIService',
  ],
  'admission-policy': ['ValidatingAdmissionPolicy', 'MutatingAdmissionPolicy'],
  // Static pods are pods; files of a node are not listed from an API.
  component: ['Pod'],
  'api-server': [],
  node: [],
  'audit-policy': [],
  'encryption-configuration': [],
  // As for components.
  authorization: ['Pod'],
  'abac-policy': [],
  // Values of Secrets are not kept, so that a list of them that was not read hides no more than that.
  kubeconfig: ['ConfigMap'],
  'certificate-signing-request': ['CertificateSigningRequest'],
};
