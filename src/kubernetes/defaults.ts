import {
  type Change,
  changeItems,
  fillPointers,
  fillValues,
  inField,
  inItems,
  inOrder,
} from './defaulting.ts';
import { defaultImagePullPolicy } from './image-pull-policy.ts';
import { asNumber, asObject, asString, isObject, type Json, type JsonObject } from './json.ts';
import { defaultObjectFieldSelector, defaultVolume } from './volume-defaults.ts';

/**
 * The pod spec with the defaults that the API server gives a Pod: SetObjectDefaults_Pod of k8s.io/kubernetes v1.37
 * (pkg/apis/core/v1/defaults.go) with its default feature gates. A template's spec is defaulted as the pods made from
 * it will be, so that for example `hostPort` follows from `containerPort` under `hostNetwork`.
 *
 * Returns a new object that shares whatever did not change; never mutates and never throws. A field of the wrong JSON
 * type counts as absent. Not included, because admission and not defaulting sets it: the service account `default`,
 * pod-level requests; and quantities are not rounded up to milli-units.
 */
export function defaultPodSpec(spec: JsonObject): JsonObject {
  return defaultPodOnly(defaultTemplateSpec(spec));
}

/** The pod spec with the defaults that the API server gives the template of an owner (SetDefaults_PodSpec and below). */
export function defaultTemplateSpec(spec: JsonObject): JsonObject {
  const result = { ...spec };
  const account = asString(spec['serviceAccountName']) || asString(spec['serviceAccount']);
  if (account) {
    result['serviceAccountName'] = account;
    result['serviceAccount'] = account;
  }
  result['dnsPolicy'] = asString(spec['dnsPolicy']) || 'ClusterFirst';
  result['restartPolicy'] = asString(spec['restartPolicy']) || 'Always';
  result['schedulerName'] = asString(spec['schedulerName']) || 'default-scheduler';
  result['securityContext'] = asObject(spec['securityContext']) ?? {};
  result['terminationGracePeriodSeconds'] = asNumber(spec['terminationGracePeriodSeconds']) ?? 30;
  replaceItems(result, 'initContainers', defaultContainer);
  replaceItems(result, 'containers', defaultContainer);
  replaceItems(result, 'ephemeralContainers', defaultContainer);
  replaceItems(result, 'volumes', defaultVolume);
  return result;
}

/** What only a Pod's own spec gets and a template's does not (SetDefaults_Pod). */
export function defaultPodOnly(spec: JsonObject): JsonObject {
  const result = { ...spec };
  const period = asNumber(spec['terminationGracePeriodSeconds']);
  if (period !== undefined && period < 0) result['terminationGracePeriodSeconds'] = 1;
  result['enableServiceLinks'] = spec['enableServiceLinks'] !== false;
  // Neither requests nor host ports are defaulted for ephemeral containers, which may have none.
  for (const field of ['initContainers', 'containers']) {
    replaceItems(result, field, inField('resources', requestsFromLimits));
    if (spec['hostNetwork'] === true) replaceItems(result, field, inItems('ports', defaultHostNetworkPort));
  }
  return result;
}

function replaceItems(owner: JsonObject, field: string, change: Change): void {
  const list = owner[field];
  if (list !== undefined) owner[field] = changeItems(list, change);
}

const defaultPort = fillValues({ protocol: 'TCP' });

/** Under hostNetwork a container port is a port of the host (defaultHostNetworkPorts). */
export function defaultHostNetworkPort(port: JsonObject): JsonObject {
  const result = defaultPort(port);
  const containerPort = asNumber(port['containerPort']);
  return asNumber(port['hostPort']) || !containerPort ? result : { ...result, hostPort: containerPort };
}

const defaultHttpGet = fillValues({ path: '/', scheme: 'HTTP' });

const defaultProbe = inOrder(
  fillValues({ timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 }),
  inField('httpGet', defaultHttpGet),
  inField('grpc', fillPointers({ service: '' })),
);

const defaultHook = inField('httpGet', defaultHttpGet);

const NESTED: readonly [string, Change][] = [
  ['livenessProbe', defaultProbe],
  ['readinessProbe', defaultProbe],
  ['startupProbe', defaultProbe],
  ['lifecycle', inOrder(inField('postStart', defaultHook), inField('preStop', defaultHook))],
];

const defaultEnv = inField(
  'valueFrom',
  inOrder(defaultObjectFieldSelector, inField('fileKeyRef', fillPointers({ optional: false }))),
);

function defaultContainer(fields: JsonObject): JsonObject {
  const result = { ...fields };
  result['imagePullPolicy'] =
    asString(fields['imagePullPolicy']) || defaultImagePullPolicy(asString(fields['image']) ?? '');
  result['terminationMessagePath'] = asString(fields['terminationMessagePath']) || '/dev/termination-log';
  result['terminationMessagePolicy'] = asString(fields['terminationMessagePolicy']) || 'File';
  replaceItems(result, 'ports', defaultPort);
  replaceItems(result, 'env', defaultEnv);
  for (const [field, change] of NESTED) {
    const value = fields[field];
    if (isObject(value)) result[field] = change(value);
  }
  return result;
}

/** A resource with a limit and without a request requests its limit. */
function requestsFromLimits(resources: JsonObject): JsonObject {
  const limits = resources['limits'];
  if (!isObject(limits)) return resources;
  const requests = asObject(resources['requests']) ?? {};
  const names = Object.keys(limits);
  if (names.every((name) => Object.hasOwn(requests, name))) return resources;
  const merged: Record<string, Json | undefined> = { ...limits, ...requests };
  return { ...resources, requests: merged };
}
