import {
  type Change,
  fillAbsent,
  fillPointers,
  fillValues,
  inField,
  inItems,
  inOrder,
} from '../defaulting.ts';
import { defaultPodOnly, defaultTemplateSpec } from '../defaults.ts';
import { asArray, asObject, asString, isObject, type Json, type JsonObject } from '../json.ts';
import { defaultPersistentVolumeSource, defaultVolume } from '../volume-defaults.ts';
import { isEmpty, labelsOf } from './emptiness.ts';

/** Defaults by Go type; each is applied to the struct before its fields are. */
export type DefaultsByType = Readonly<Record<string, Change>>;

/** SetDefaults_* of k8s.io/kubernetes v1.37 pkg/apis/core/v1, and `+default` of k8s.io/api core/v1. */
export const CORE_DEFAULTS: DefaultsByType = {
  'v1.Pod': (pod) => ({ ...pod, spec: defaultPodOnly(asObject(pod['spec']) ?? {}) }),
  'v1.PodSpec': defaultTemplateSpec,
  'v1.Volume': defaultVolume,
  'v1.PersistentVolume': (volume) => ({
    ...volume,
    spec: inOrder(
      fillValues({ persistentVolumeReclaimPolicy: 'Retain' }),
      fillPointers({ volumeMode: 'Filesystem' }),
    )(asObject(volume['spec']) ?? {}),
  }),
  'v1.PersistentVolumeSpec': defaultPersistentVolumeSource,
  'v1.PersistentVolumeStatus': fillValues({ phase: 'Pending' }),
  'v1.PersistentVolumeClaimSpec': fillPointers({ volumeMode: 'Filesystem' }),
  'v1.PersistentVolumeClaimStatus': fillValues({ phase: 'Pending' }),
  'v1.ReplicationController': defaultReplicationController,
  'v1.ReplicationControllerSpec': fillPointers({ replicas: 1 }),
  'v1.Service': defaultService,
  'v1.Secret': fillValues({ type: 'Opaque' }),
  'v1.EndpointPort': fillValues({ protocol: 'TCP' }),
  'v1.Namespace': defaultNamespace,
  'v1.NamespaceStatus': fillValues({ phase: 'Active' }),
  'v1.NodeStatus': (status) =>
    isObject(status['capacity']) ? fillAbsent({ allocatable: status['capacity'] })(status) : status,
  'v1.PodStatus': defaultPodStatus,
  'v1.LimitRangeItem': defaultLimitRangeItem,
};

/** The selector and the labels of a ReplicationController without them are its template's. */
function defaultReplicationController(controller: JsonObject): JsonObject {
  const spec = asObject(controller['spec']) ?? {};
  const labels = labelsOf(asObject(spec['template']));
  if (labels === undefined) return controller;
  const selected = isEmpty(spec['selector'])
    ? { ...controller, spec: { ...spec, selector: labels } }
    : controller;
  return withLabels(selected, labels);
}

/** Labels for an object that has none. */
export function withLabels(object: JsonObject, labels: JsonObject): JsonObject {
  const metadata = asObject(object['metadata']) ?? {};
  return isEmpty(metadata['labels']) ? { ...object, metadata: { ...metadata, labels } } : object;
}

const CLIENT_IP_SECONDS = 10800;

function defaultService(service: JsonObject): JsonObject {
  const spec = fillValues({ sessionAffinity: 'None', type: 'ClusterIP' })(asObject(service['spec']) ?? {});
  const result = { ...spec };
  const affinity = asObject(spec['sessionAffinityConfig']);
  if (spec['sessionAffinity'] === 'None') delete result['sessionAffinityConfig'];
  else if (spec['sessionAffinity'] === 'ClientIP') {
    const seconds = asObject(affinity?.['clientIP'])?.['timeoutSeconds'];
    if (typeof seconds !== 'number') {
      result['sessionAffinityConfig'] = { clientIP: { timeoutSeconds: CLIENT_IP_SECONDS } };
    }
  }
  const type = spec['type'];
  const isExternal =
    type === 'LoadBalancer' || type === 'NodePort' || (type === 'ClusterIP' && !isEmpty(spec['externalIPs']));
  if (isExternal && !asString(spec['externalTrafficPolicy'])) result['externalTrafficPolicy'] = 'Cluster';
  const isRouted = type === 'LoadBalancer' || type === 'NodePort' || type === 'ClusterIP';
  const changed = inOrder(
    inItems('ports', defaultServicePort),
    isRouted ? fillPointers({ internalTrafficPolicy: 'Cluster' }) : same,
    type === 'LoadBalancer' ? fillPointers({ allocateLoadBalancerNodePorts: true }) : same,
  )(result);
  const defaulted = { ...service, spec: changed };
  return type === 'LoadBalancer' ? defaultIngressModes(defaulted) : defaulted;
}

const same: Change = (object) => object;

function defaultServicePort(port: JsonObject): JsonObject {
  const result = fillValues({ protocol: 'TCP' })(port);
  const target = port['targetPort'];
  return target === undefined || target === null || target === 0 || target === ''
    ? { ...result, targetPort: typeof port['port'] === 'number' ? port['port'] : 0 }
    : result;
}

const defaultIngressModes = inField(
  'status',
  inField(
    'loadBalancer',
    inItems('ingress', (ingress) =>
      asString(ingress['ip']) ? fillPointers({ ipMode: 'VIP' })(ingress) : ingress,
    ),
  ),
);

function defaultNamespace(namespace: JsonObject): JsonObject {
  const metadata = asObject(namespace['metadata']) ?? {};
  const name = asString(metadata['name']);
  if (!name) return namespace;
  const labels = { ...asObject(metadata['labels']), 'kubernetes.io/metadata.name': name };
  return { ...namespace, metadata: { ...metadata, labels } };
}

/** Keeps the one address and the list of them in step. */
function defaultPodStatus(status: JsonObject): JsonObject {
  const ip = asString(status['podIP']) ?? '';
  const list = asArray(status['podIPs']) ?? [];
  const first = asString(asObject(list[0])?.['ip']) ?? '';
  if (ip === '') return list.length > 0 ? { ...status, podIP: first } : status;
  return list.length > 0 && first === ip ? status : { ...status, podIPs: [{ ip }] };
}

/** For containers, what is not stated follows: the limit from the maximum, the request from the limit or the minimum. */
function defaultLimitRangeItem(item: JsonObject): JsonObject {
  if (item['type'] !== 'Container') return item;
  const limits: Record<string, Json | undefined> = { ...asObject(item['max']), ...asObject(item['default']) };
  const requests = { ...asObject(item['min']), ...limits, ...asObject(item['defaultRequest']) };
  return { ...item, default: limits, defaultRequest: requests };
}
