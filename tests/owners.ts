import type { Json, JsonObject } from '../src/kubernetes/json.ts';
import { KubernetesObject } from '../src/kubernetes/object.ts';

/** An object as if it had been read from a file of its own. */
export function objectOf(raw: JsonObject): KubernetesObject {
  const metadata = raw['metadata'] as JsonObject;
  return new KubernetesObject(raw, {
    file: { path: `${String(raw['kind'])}-${String(metadata['name'])}.yaml` },
    document: 0,
    start: 0,
    end: 0,
    line: 1,
    column: 1,
    format: 'yaml',
    within: '',
  });
}

/** A container that meets `restricted`, with requests and limits for CPU and memory. */
export function quietContainer(image: string): JsonObject {
  return {
    name: 'app',
    image,
    command: ['/app/serve'],
    ports: [{ name: 'http', containerPort: 8080 }],
    env: [
      { name: 'MODE', value: 'production' },
      { name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: 'database', key: 'password' } } },
    ],
    envFrom: [{ secretRef: { name: 'more' } }, { configMapRef: { name: 'settings' } }],
    volumeMounts: [
      { name: 'settings', mountPath: '/etc/app' },
      { name: 'scratch', mountPath: '/tmp' },
    ],
    resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '1', memory: '128Mi' } },
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
  };
}

/** A pod that does what the severity policy asks for and nothing beyond: no probes, one replica, a token, a writable root. */
export function quietPod(image: string): JsonObject {
  return {
    serviceAccountName: 'app',
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [quietContainer(image)],
    volumes: [
      { name: 'settings', configMap: { name: 'settings' } },
      { name: 'scratch', emptyDir: {} },
    ],
  };
}

const NAMESPACE = 'shop';
const labels = { app: 'app' };
const metadata = { name: 'app', namespace: NAMESPACE };

/** Each kind of owner around the same pod. */
export const OWNERS: Readonly<Record<string, (pod: JsonObject) => JsonObject>> = {
  Deployment: (pod) => selecting('apps/v1', 'Deployment', pod, { replicas: 1 }),
  StatefulSet: (pod) => selecting('apps/v1', 'StatefulSet', pod, { replicas: 1, serviceName: 'app' }),
  DaemonSet: (pod) => selecting('apps/v1', 'DaemonSet', pod),
  ReplicaSet: (pod) => selecting('apps/v1', 'ReplicaSet', pod, { replicas: 1 }),
  'Argo Rollout': (pod) => selecting('argoproj.io/v1alpha1', 'Rollout', pod, { replicas: 1 }),
  Job: (pod) => templated('batch/v1', 'Job', { ...pod, restartPolicy: 'Never' }),
  CronJob: (pod) => ({
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata,
    spec: {
      schedule: '0 4 * * *',
      jobTemplate: { spec: { template: template({ ...pod, restartPolicy: 'Never' }) } },
    },
  }),
  Pod: (pod) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { ...metadata, labels }, spec: pod }),
  'Knative Service': (pod) => templated('serving.knative.dev/v1', 'Service', pod),
};

function template(pod: JsonObject): JsonObject {
  return { metadata: { labels }, spec: pod };
}

function templated(apiVersion: string, kind: string, pod: JsonObject, spec: JsonObject = {}): JsonObject {
  return { apiVersion, kind, metadata, spec: { ...spec, template: template(pod) } };
}

function selecting(apiVersion: string, kind: string, pod: JsonObject, spec: JsonObject = {}): JsonObject {
  return templated(apiVersion, kind, pod, { ...spec, selector: { matchLabels: labels } });
}

/** What stands around the workload: its account, policies for both directions, a Service, a ConfigMap. */
export const SURROUNDINGS: readonly JsonObject[] = [
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
  networkPolicy('Ingress', { ingress: [{ from: [{ podSelector: {} }] }] }),
  networkPolicy('Egress', { egress: [{ to: [{ podSelector: {} }] }] }),
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata,
    spec: { selector: labels, ports: [{ port: 80, targetPort: 'http' }] },
  },
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'settings', namespace: NAMESPACE },
    data: { 'app.yaml': 'mode: production\n', LOG_LEVEL: 'info' },
  },
];

function networkPolicy(type: 'Ingress' | 'Egress', rules: JsonObject): JsonObject {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: type.toLowerCase(), namespace: NAMESPACE },
    spec: { podSelector: { matchLabels: labels }, policyTypes: [type], ...rules } as Json,
  };
}
