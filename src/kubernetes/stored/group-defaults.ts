import { type Change, fillAbsent, fillPointers, fillValues, inField, inOrder } from '../defaulting.ts';
import { asArray, asObject, asString, type JsonObject } from '../json.ts';
import { CORE_DEFAULTS, type DefaultsByType } from './core-defaults.ts';
import { isEmpty } from './emptiness.ts';
import { APPS_DEFAULTS, BATCH_DEFAULTS } from './workload-defaults.ts';

const MAX = { type: 'Percent', value: 100, periodSeconds: 15 };
const SCALE_UP = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [{ type: 'Pods', value: 4, periodSeconds: 15 }, MAX],
};
const SCALE_DOWN = { selectPolicy: 'Max', policies: [MAX] };

const AUTOSCALING: DefaultsByType = {
  'v1.HorizontalPodAutoscalerSpec': fillPointers({ minReplicas: 1 }),
  'v2.HorizontalPodAutoscalerSpec': inOrder(
    fillPointers({ minReplicas: 1 }),
    (spec) => {
      if (!isEmpty(spec['metrics'])) return spec;
      const target = { type: 'Utilization', averageUtilization: 80 };
      return { ...spec, metrics: [{ type: 'Resource', resource: { name: 'cpu', target } }] };
    },
    inField('behavior', (behavior) => ({
      ...behavior,
      scaleUp: fillAbsent(SCALE_UP)(asObject(behavior['scaleUp']) ?? {}),
      scaleDown: fillAbsent(SCALE_DOWN)(asObject(behavior['scaleDown']) ?? {}),
    })),
  ),
};

const NETWORKING: DefaultsByType = {
  'v1.NetworkPolicyPort': fillPointers({ protocol: 'TCP' }),
  'v1.NetworkPolicySpec': (spec) => {
    if (!isEmpty(spec['policyTypes'])) return spec;
    return { ...spec, policyTypes: isEmpty(spec['egress']) ? ['Ingress'] : ['Ingress', 'Egress'] };
  },
  'v1.IngressClassSpec': inField('parameters', fillPointers({ scope: 'Cluster' })),
  'v1beta1.HTTPIngressPath': fillPointers({ pathType: 'ImplementationSpecific' }),
};

const RBAC_GROUP = 'rbac.authorization.k8s.io';
const roleRef = (binding: JsonObject): JsonObject => ({
  ...binding,
  roleRef: fillValues({ apiGroup: RBAC_GROUP })(asObject(binding['roleRef']) ?? {}),
});
const subject: Change = (value) =>
  value['kind'] === 'User' || value['kind'] === 'Group' ? fillValues({ apiGroup: RBAC_GROUP })(value) : value;
const RBAC: DefaultsByType = {
  'v1.RoleBinding': roleRef,
  'v1.ClusterRoleBinding': roleRef,
  'v1.Subject': subject,
  'v1beta1.RoleBinding': roleRef,
  'v1beta1.ClusterRoleBinding': roleRef,
  'v1beta1.Subject': subject,
};

const storageClass = fillPointers({ reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' });
const csiDriver = inOrder(
  fillPointers({
    attachRequired: true,
    podInfoOnMount: false,
    storageCapacity: false,
    fsGroupPolicy: 'ReadWriteOnceWithFSType',
    requiresRepublish: false,
    seLinuxMount: false,
    preventPodSchedulingIfMissing: false,
  }),
  (spec) =>
    isEmpty(spec['volumeLifecycleModes']) ? { ...spec, volumeLifecycleModes: ['Persistent'] } : spec,
);
const STORAGE: DefaultsByType = {
  'v1.StorageClass': storageClass,
  'v1beta1.StorageClass': storageClass,
  'v1.CSIDriverSpec': csiDriver,
  'v1beta1.CSIDriverSpec': csiDriver,
};

const EVERYTHING = { namespaceSelector: {}, objectSelector: {} };
const FAIL = fillPointers({ failurePolicy: 'Fail' });
const webhook = inOrder(fillAbsent({ ...EVERYTHING, matchPolicy: 'Equivalent', timeoutSeconds: 10 }), FAIL);
const oldWebhook = inOrder(
  fillAbsent({
    ...EVERYTHING,
    matchPolicy: 'Exact',
    timeoutSeconds: 30,
    failurePolicy: 'Ignore',
    sideEffects: 'Unknown',
  }),
  (value) =>
    isEmpty(value['admissionReviewVersions']) ? { ...value, admissionReviewVersions: ['v1beta1'] } : value,
);
const NEVER = fillPointers({ reinvocationPolicy: 'Never' });
const matchResources = fillAbsent({ ...EVERYTHING, matchPolicy: 'Equivalent' });
const serviceReference = fillPointers({ port: 443 });
const anyScope = fillPointers({ scope: '*' });
const ADMISSION: DefaultsByType = {
  'v1.ValidatingWebhook': webhook,
  'v1.MutatingWebhook': inOrder(webhook, NEVER),
  'v1beta1.ValidatingWebhook': oldWebhook,
  'v1beta1.MutatingWebhook': inOrder(oldWebhook, NEVER),
  'v1.ServiceReference': serviceReference,
  'v1beta1.ServiceReference': serviceReference,
  'v1.RuleWithOperations': anyScope,
  'v1.NamedRuleWithOperations': anyScope,
  'v1beta1.NamedRuleWithOperations': anyScope,
  'v1alpha1.NamedRuleWithOperations': anyScope,
  'v1.ValidatingAdmissionPolicySpec': FAIL,
  'v1.MutatingAdmissionPolicySpec': FAIL,
  'v1.MatchResources': matchResources,
  'v1beta1.ValidatingAdmissionPolicySpec': FAIL,
  'v1beta1.MutatingAdmissionPolicySpec': FAIL,
  'v1beta1.MatchResources': matchResources,
  'v1alpha1.ValidatingAdmissionPolicySpec': FAIL,
  'v1alpha1.MutatingAdmissionPolicySpec': FAIL,
  'v1alpha1.MatchResources': matchResources,
  'v1alpha1.ParamRef': fillPointers({ parameterNotFoundAction: 'Deny' }),
};

const EXTENSIONS: DefaultsByType = {
  'v1.CustomResourceDefinition': (definition) => {
    const status = asObject(definition['status']) ?? {};
    if (!isEmpty(status['storedVersions'])) return definition;
    const versions = asArray(asObject(definition['spec'])?.['versions']) ?? [];
    const storage = versions.find((version) => asObject(version)?.['storage'] === true);
    const name = asString(asObject(storage)?.['name']);
    return storage === undefined
      ? definition
      : { ...definition, status: { ...status, storedVersions: [name ?? ''] } };
  },
  'v1.CustomResourceDefinitionSpec': (spec) => {
    const names = asObject(spec['names']) ?? {};
    const kind = asString(names['kind']) ?? '';
    const named = { ...names };
    if (!asString(names['singular'])) named['singular'] = kind.toLowerCase();
    if (!asString(names['listKind']) && kind !== '') named['listKind'] = `${kind}List`;
    return fillAbsent({ conversion: { strategy: 'None' } })({ ...spec, names: named });
  },
  'v1.ServiceReference': serviceReference,
};

const REGISTRATION: DefaultsByType = {
  'v1.ServiceReference': serviceReference,
  'v1beta1.ServiceReference': serviceReference,
};

const DISCOVERY: DefaultsByType = {
  'v1.EndpointPort': fillPointers({ name: '', protocol: 'TCP' }),
  'v1beta1.EndpointPort': fillPointers({ name: '', protocol: 'TCP' }),
};

const flowSchema = fillValues({ matchingPrecedence: 1000 });
const queuing = fillValues({ handSize: 8, queues: 64, queueLengthLimit: 50 });
const exempt = fillPointers({ nominalConcurrencyShares: 0, lendablePercent: 0 });
const FLOW_CONTROL: DefaultsByType = {
  'v1.FlowSchemaSpec': flowSchema,
  'v1.ExemptPriorityLevelConfiguration': exempt,
  'v1.LimitedPriorityLevelConfiguration': fillPointers({ nominalConcurrencyShares: 30, lendablePercent: 0 }),
  'v1.QueuingConfiguration': queuing,
};

const SINGLE = fillAbsent({ disruptionMode: { single: {} } });
const SCHEDULING: DefaultsByType = {
  'v1.PriorityClass': fillPointers({ preemptionPolicy: 'PreemptLowerPriority' }),
  'v1beta1.PriorityClass': fillPointers({ preemptionPolicy: 'PreemptLowerPriority' }),
  'v1beta1.PodGroupSpec': SINGLE,
  'v1alpha3.PodGroupSpec': SINGLE,
  'v1alpha3.CompositePodGroupSpec': SINGLE,
};

const CERTIFICATES: DefaultsByType = {
  'v1.PodCertificateRequestSpec': fillPointers({ maxExpirationSeconds: 86_400 }),
  'v1beta1.PodCertificateRequestSpec': fillPointers({ maxExpirationSeconds: 86_400 }),
};

const device: Change = (request) => {
  const result = fillValues({ allocationMode: 'ExactCount' })(request);
  return result['allocationMode'] === 'ExactCount' ? fillValues({ count: 1 })(result) : result;
};
const tolerationOperator = fillValues({ operator: 'Equal' });
const RESOURCE: DefaultsByType = {
  'v1.ExactDeviceRequest': device,
  'v1.DeviceSubRequest': device,
  'v1.DeviceToleration': tolerationOperator,
  'v1beta2.ExactDeviceRequest': device,
  'v1beta2.DeviceSubRequest': device,
  'v1beta2.DeviceToleration': tolerationOperator,
  'v1beta1.DeviceRequest': (request) => (asString(request['deviceClassName']) ? device(request) : request),
  'v1beta1.DeviceSubRequest': device,
  'v1beta1.DeviceToleration': tolerationOperator,
  'v1alpha3.ResourcePoolStatusRequestSpec': fillPointers({ limit: 100 }),
};

/**
 * Go types with defaults, by API group: SetDefaults_* of k8s.io/kubernetes v1.37, apiextensions-apiserver and
 * kube-aggregator, and `+default` of k8s.io/api. A group that stands here uses the types of core/v1 as well. Left out are
 * versions that no supported API server serves (apps/v1beta1 and v1beta2, extensions/v1beta1, flowcontrol betas,
 * rbac and storage v1alpha1) and the
 * time that a device taint is given.
 */
export const GROUP_DEFAULTS: Readonly<Record<string, DefaultsByType>> = {
  '': CORE_DEFAULTS,
  apps: { ...CORE_DEFAULTS, ...APPS_DEFAULTS },
  batch: { ...CORE_DEFAULTS, ...BATCH_DEFAULTS },
  autoscaling: AUTOSCALING,
  'networking.k8s.io': NETWORKING,
  'rbac.authorization.k8s.io': RBAC,
  'storage.k8s.io': { ...CORE_DEFAULTS, ...STORAGE },
  'admissionregistration.k8s.io': ADMISSION,
  'apiextensions.k8s.io': EXTENSIONS,
  'apiregistration.k8s.io': REGISTRATION,
  'discovery.k8s.io': DISCOVERY,
  'flowcontrol.apiserver.k8s.io': FLOW_CONTROL,
  'scheduling.k8s.io': SCHEDULING,
  'certificates.k8s.io': CERTIFICATES,
  'resource.k8s.io': RESOURCE,
};
