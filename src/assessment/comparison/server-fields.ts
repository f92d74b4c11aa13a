import { asString, isObject, type Json } from '../../kubernetes/json.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { formatSteps, type Step } from '../../kubernetes/stored/steps.ts';
import { kindOf } from './identity.ts';

/** Annotations and labels that Kubernetes' own controllers and kubectl keep on objects. */
const NOTES =
  /^metadata\.(?:annotations\["(?:kubectl\.kubernetes\.io\/last-applied-configuration|deployment\.kubernetes\.io\/|pv\.kubernetes\.io\/|volume\.(?:beta\.)?kubernetes\.io\/|deprecated\.daemonset\.template\.generation|autoscaling\.alpha\.kubernetes\.io\/|batch\.kubernetes\.io\/|control-plane\.alpha\.kubernetes\.io\/leader|endpoints\.kubernetes\.io\/|kubernetes\.io\/(?:limit-ranger|config\.|service-account\.uid|legacy-token))|labels(?:\["(?:controller-revision-hash|statefulset\.kubernetes\.io\/|apps\.kubernetes\.io\/pod-index|batch\.kubernetes\.io\/|kubernetes\.io\/(?:legacy-token|metadata\.name))|\.(?:pod-template-hash|pod-template-generation|controller-revision-hash|controller-uid|job-name)$))/;
const FINALIZERS =
  /^metadata\.finalizers\[="(?:kubernetes\.io\/|kubernetes"|foregroundDeletion"|orphan"|service\.kubernetes\.io\/|batch\.kubernetes\.io\/)/;

/** Fields that the API server, admission or a controller of Kubernetes fills in where the object does not state them. */
const ASSIGNED: Readonly<Record<string, RegExp>> = {
  '/Namespace': /^spec\.finalizers/,
  '/PersistentVolumeClaim': /^spec\.(?:volumeName|storageClassName|dataSource|dataSourceRef)\b/,
  '/PersistentVolume': /^spec\.claimRef\b/,
  '/Pod':
    /^spec\.(?:nodeName|serviceAccountName|serviceAccount|priority|preemptionPolicy|hostname|resources)\b|^spec\.volumes\[name="kube-api-access-|\.volumeMounts\[mountPath="\/var\/run\/secrets\/kubernetes\.io\/serviceaccount"\]|^spec\.imagePullSecrets|^metadata\.labels\["topology\.kubernetes\.io\/(?:zone|region)"\]/,
  '/ServiceAccount': /^(?:secrets|imagePullSecrets)\b/,
  '/Node': /^spec\.(?:podCIDRs?|providerID)\b|^metadata\.(?:annotations|labels)\b/,
  '/Secret': /^data\b(?=.*(?:ca\.crt|namespace|token))/,
  'batch/Job':
    /^spec\.selector\b|^(?:spec\.template\.)?metadata\.labels(?:\["batch\.kubernetes\.io\/|\.(?:controller-uid|job-name)$)/,
  'certificates.k8s.io/CertificateSigningRequest': /^spec\.(?:username|uid|groups|extra)\b/,
};

/** The same, of fields that people set as well: an owner in managed fields tells it. */
const ALLOCATED: Readonly<Record<string, RegExp>> = {
  '/Service':
    /^spec\.(?:clusterIPs?|ipFamilies|ipFamilyPolicy|healthCheckNodePort)\b|^spec\.ports\[.*\]\.nodePort$/,
};

const SYSTEM_TOLERATION = /^node\.kubernetes\.io\/|^node\.cloudprovider\.kubernetes\.io\//;

/** How a field that only one of two states has came to be there by itself. */
export function serverField(
  object: KubernetesObject,
  steps: readonly Step[],
  value: Json | undefined,
): 'assigned' | 'allocated' | undefined {
  const path = formatSteps(steps);
  if (NOTES.test(path) || FINALIZERS.test(path)) return 'assigned';
  const kind = kindOf(object);
  if (kind === '/Secret' && object.raw['type'] !== 'kubernetes.io/service-account-token') return undefined;
  if (ASSIGNED[kind]?.test(path)) return 'assigned';
  if (kind === '/Pod' && /^spec\.tolerations\[\d+\]$/.test(path) && isObject(value)) {
    return SYSTEM_TOLERATION.test(asString(value['key']) ?? '') ? 'assigned' : undefined;
  }
  return ALLOCATED[kind]?.test(path) ? 'allocated' : undefined;
}
