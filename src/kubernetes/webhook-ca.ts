import type { Role } from './access.ts';
import { decodeBase64, pemCertificates, subjectCommonName } from './certificate-subject.ts';
import type { Cluster } from './cluster.ts';
import { asArray, asObject, asString } from './json.ts';
import { type PolicyRule, ruleAllows } from './policy-rules.ts';
import { labelSelector } from './selectors.ts';
import type { Webhook } from './webhook.ts';

/** What a registration trusts: nothing stated, something that is no certificate, or certificates (base64 of the DER). */
export type CaBundle =
  | { readonly state: 'absent' }
  | { readonly state: 'unreadable' }
  | { readonly state: 'present'; readonly certificates: readonly string[] };

/** Reads `caBundle`. One that holds only white space (`Cg==`) is a place kept for a controller: absent. */
export function caBundle(webhook: Webhook): CaBundle {
  const stated = asString(webhook.clientConfig['caBundle'])?.trim() ?? '';
  if (stated === '') return { state: 'absent' };
  const text = decodeBase64(stated);
  if (text?.trim() === '') return { state: 'absent' };
  const certificates = text === undefined ? [] : pemCertificates(text);
  return certificates.length === 0 ? { state: 'unreadable' } : { state: 'present', certificates };
}

/** Annotations on the registration by which a controller fills `caBundle` in. */
const INJECTORS = [
  'cert-manager.io/inject-ca-from',
  'cert-manager.io/inject-ca-from-secret',
  'cert-manager.io/inject-apiserver-ca',
  'certmanager.k8s.io/inject-ca-from',
  'certmanager.k8s.io/inject-apiserver-ca',
  'service.beta.openshift.io/inject-cabundle',
  'service.alpha.openshift.io/inject-cabundle',
] as const;

/** cert-manager's annotations for the CA of the API server itself. */
const CLUSTER_CA_INJECTORS: readonly string[] = [
  'cert-manager.io/inject-apiserver-ca',
  'certmanager.k8s.io/inject-apiserver-ca',
];

function annotationOf(webhook: Webhook, names: readonly string[]): string | undefined {
  const { annotations } = webhook.object;
  return names.find((name) => (annotations[name] ?? 'false') !== 'false' && annotations[name] !== '');
}

/** The annotation that asks cert-manager for the cluster's own CA, if there is one. */
export function clusterCaAnnotation(webhook: Webhook): string | undefined {
  return annotationOf(webhook, CLUSTER_CA_INJECTORS);
}

/**
 * Who will fill `caBundle` in: an annotation's name, or the role that lets an account of the webhook's own namespace change this kind of
 * registration, as controllers that make their own certificates need it.
 */
export function injectorOf(webhook: Webhook, cluster: Cluster): string | undefined {
  const annotation = annotationOf(webhook, INJECTORS);
  if (annotation !== undefined) return annotation;
  const namespace = asString(asObject(webhook.clientConfig['service'])?.['namespace']);
  const resource = `${webhook.object.group}/${webhook.object.kind}`;
  const patchers = cluster.memo('roles that change registrations', () => registrationPatchers(cluster));
  return patchers
    .get(`${namespace}/${resource}`)
    ?.find(({ names }) => names.length === 0 || names.includes(webhook.object.name))?.role;
}

const RESOURCES = [
  ['admissionregistration.k8s.io', 'ValidatingWebhookConfiguration', 'validatingwebhookconfigurations'],
  ['admissionregistration.k8s.io', 'MutatingWebhookConfiguration', 'mutatingwebhookconfigurations'],
  ['apiextensions.k8s.io', 'CustomResourceDefinition', 'customresourcedefinitions'],
  ['apiregistration.k8s.io', 'APIService', 'apiservices'],
] as const;

interface Patcher {
  readonly role: string;
  readonly names: readonly string[];
}

/** A role's own rules and those that the control plane aggregates into it, of one level. */
function rulesOf(role: Role, cluster: Cluster): readonly PolicyRule[] {
  const selectors = asArray(asObject(role.object.raw['aggregationRule'])?.['clusterRoleSelectors']) ?? [];
  if (selectors.length === 0) return role.rules;
  const matchers = selectors.map((selector) => labelSelector(asObject(selector)));
  const parts = cluster.roles.filter(
    (part) => part.isClusterRole && matchers.some((matches) => matches?.(part.object.labels)),
  );
  return [...role.rules, ...parts.flatMap(({ rules }) => rules)];
}

/** By `namespace of the bound account/group/kind`. Rules for every resource say nothing about what their holder really does. */
function registrationPatchers(cluster: Cluster): Map<string, Patcher[]> {
  const found = new Map<string, Patcher[]>();
  const aggregated = new Map<Role, readonly PolicyRule[]>();
  for (const binding of cluster.bindings) {
    const role = binding.role;
    if (role === undefined || !binding.isClusterWide) continue;
    const namespaces = new Set(
      binding.subjects.flatMap(({ kind, namespace }) => (kind === 'ServiceAccount' ? [namespace] : [])),
    );
    const rules = aggregated.get(role) ?? rulesOf(role, cluster);
    aggregated.set(role, rules);
    for (const [group, kind, resource] of RESOURCES) {
      for (const rule of rules) {
        if (!rule.resources.includes(resource)) continue;
        if (!ruleAllows(rule, 'patch', group, resource) && !ruleAllows(rule, 'update', group, resource))
          continue;
        for (const namespace of namespaces) {
          const key = `${namespace}/${group}/${kind}`;
          const list = found.get(key) ?? [];
          list.push({ role: `${role.object.kind}/${role.object.name}`, names: rule.resourceNames });
          found.set(key, list);
        }
      }
    }
  }
  return found;
}

/** Names that installers give the cluster's own CA: kubeadm, EKS and others; kOps; RKE; k3s and RKE2, followed by a time. */
const CLUSTER_CA_NAME = /^(?:kubernetes|kubernetes-ca|kube-ca|(?:k3s|rke2)-(?:server|client)-ca@\d+)$/;

/** Whether a certificate (base64 of its DER) is the cluster's own CA: one that the sources show as such, or one that bears its name. */
export function isClusterCa(certificate: string, cluster: Cluster): boolean {
  const known = cluster.memo('certificates of the cluster CA', () => {
    const texts = cluster.ofKind('ConfigMap').flatMap(({ name, namespace, raw }) => {
      const data = asObject(raw['data']);
      if (name === 'kube-root-ca.crt') return [data?.['ca.crt']];
      if (name === 'extension-apiserver-authentication' && namespace === 'kube-system')
        return [data?.['client-ca-file'], data?.['requestheader-client-ca-file']];
      return [];
    });
    return new Set(texts.flatMap((text) => pemCertificates(asString(text) ?? '')));
  });
  return known.has(certificate) || CLUSTER_CA_NAME.test(subjectCommonName(certificate) ?? '');
}
