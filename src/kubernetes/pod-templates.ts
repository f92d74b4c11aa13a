import { asArray, asObject, asString, type Json, type JsonObject } from './json.ts';
import type { KubernetesObject } from './object.ts';
import { list, NONE, POD_FIELDS, type PodTemplate } from './pod-template.ts';
import { tektonPipeline, tektonPipelineRun, tektonTask, tektonTaskRun } from './tekton-pods.ts';

function at(object: JsonObject, ...keys: string[]): JsonObject | undefined {
  let value: JsonObject | undefined = object;
  for (const key of keys) value = asObject(value?.[key]);
  return value;
}

function embedded(raw: JsonObject, ...path: string[]): PodTemplate[] {
  const template = path.length === 0 ? raw : at(raw, ...path);
  if (template === undefined) return [];
  // A pod without a spec is still a pod to Pod Security admission, which judges before the API server validates.
  const spec = asObject(template['spec']) ?? NONE;
  const prefix = path.length === 0 ? '' : `${path.join('.')}.`;
  return [
    {
      metadata: asObject(template['metadata']) ?? NONE,
      spec,
      metadataPath: `${prefix}metadata`,
      specPath: `${prefix}spec`,
    },
  ];
}

/** Knative's RevisionSpec is a PodSpec with fields of its own beside it. */
const knativeRevision = (raw: JsonObject): PodTemplate[] => embedded(raw);

/** Argo Workflows: each entry of `templates` that runs something is a pod of its own (workflow_types.go, Template). */
function argoTemplates(spec: JsonObject | undefined, path: string): PodTemplate[] {
  if (spec === undefined) return [];
  const pods: PodTemplate[] = [];
  const workflowMetadata = asObject(spec['podMetadata']) ?? NONE;
  list(spec['templates']).forEach((template, index) => {
    const templatePath = `${path}.templates[${index}]`;
    const moved = new Map<string, string>();
    const containers: Json[] = [];
    for (const key of ['container', 'script'] as const) {
      const main = asObject(template[key]);
      if (main === undefined) continue;
      moved.set(`containers[${containers.length}]`, `${templatePath}.${key}`);
      containers.push(main['name'] === undefined ? { ...main, name: 'main' } : main);
    }
    list(at(template, 'containerSet')?.['containers']).forEach((container, i) => {
      moved.set(`containers[${containers.length}]`, `${templatePath}.containerSet.containers[${i}]`);
      containers.push(container);
    });
    if (containers.length === 0) return;
    list(template['sidecars']).forEach((container, i) => {
      moved.set(`containers[${containers.length}]`, `${templatePath}.sidecars[${i}]`);
      containers.push(container);
    });
    const pod: JsonObject = { containers };
    if (template['initContainers'] !== undefined) pod['initContainers'] = template['initContainers'];
    for (const key of POD_FIELDS) {
      const own = template[key];
      const inherited = spec[key];
      if (own === undefined && inherited === undefined) continue;
      pod[key] = own ?? inherited;
      if (own === undefined) moved.set(key, `${path}.${key}`);
    }
    const volumes = [...(asArray(template['volumes']) ?? []), ...(asArray(spec['volumes']) ?? [])];
    if (volumes.length > 0) {
      pod['volumes'] = volumes;
      const own = asArray(template['volumes'])?.length ?? 0;
      for (let i = own; i < volumes.length; i++) moved.set(`volumes[${i}]`, `${path}.volumes[${i - own}]`);
    }
    pods.push({
      metadata: asObject(template['metadata']) ?? workflowMetadata,
      spec: pod,
      metadataPath: `${templatePath}.metadata`,
      specPath: templatePath,
      moved,
      part: asString(template['name']) ?? String(index),
    });
  });
  return pods;
}

/** The Prometheus operator's resources embed pod settings beside their own; the operator adds its containers to them. */
function prometheusOperator(raw: JsonObject): PodTemplate[] {
  const spec = asObject(raw['spec']);
  if (spec === undefined) return [];
  const pod: JsonObject = {};
  for (const key of [...POD_FIELDS, 'containers', 'initContainers', 'volumes']) {
    if (spec[key] !== undefined) pod[key] = spec[key];
  }
  return [
    {
      metadata: asObject(spec['podMetadata']) ?? NONE,
      spec: pod,
      metadataPath: 'spec.podMetadata',
      specPath: 'spec',
      generatedBy: 'prometheus-operator',
    },
  ];
}

type Extract = (raw: JsonObject) => PodTemplate[];

const POD: Extract = (raw) => embedded(raw);
const TEMPLATE: Extract = (raw) => embedded(raw, 'spec', 'template');
const TEKTON_TASK: Extract = (raw) => tektonTask(asObject(raw['spec']), 'spec');
const ARGO: Extract = (raw) => argoTemplates(asObject(raw['spec']), 'spec');

/** API group and kind of every owner that is understood; versions of one group spell the template alike. */
const OWNERS: ReadonlyMap<string, Extract> = new Map([
  ['/Pod', POD],
  ['/PodTemplate', (raw) => embedded(raw, 'template')],
  ['/ReplicationController', TEMPLATE],
  ['apps/Deployment', TEMPLATE],
  ['apps/ReplicaSet', TEMPLATE],
  ['apps/StatefulSet', TEMPLATE],
  ['apps/DaemonSet', TEMPLATE],
  ['extensions/Deployment', TEMPLATE],
  ['extensions/ReplicaSet', TEMPLATE],
  ['extensions/DaemonSet', TEMPLATE],
  ['batch/Job', TEMPLATE],
  ['batch/CronJob', (raw) => embedded(raw, 'spec', 'jobTemplate', 'spec', 'template')],
  // OpenShift's, deprecated there in 4.14 and still common; the version without a group is from OpenShift 3.
  ['apps.openshift.io/DeploymentConfig', TEMPLATE],
  ['/DeploymentConfig', TEMPLATE],
  ['argoproj.io/Rollout', TEMPLATE],
  ['argoproj.io/Workflow', ARGO],
  ['argoproj.io/WorkflowTemplate', ARGO],
  ['argoproj.io/ClusterWorkflowTemplate', ARGO],
  ['argoproj.io/CronWorkflow', (raw) => argoTemplates(at(raw, 'spec', 'workflowSpec'), 'spec.workflowSpec')],
  ['serving.knative.dev/Service', TEMPLATE],
  ['serving.knative.dev/Configuration', TEMPLATE],
  ['serving.knative.dev/Revision', knativeRevision],
  ['tekton.dev/Task', TEKTON_TASK],
  ['tekton.dev/ClusterTask', TEKTON_TASK],
  ['tekton.dev/TaskRun', tektonTaskRun],
  ['tekton.dev/Pipeline', (raw) => tektonPipeline(asObject(raw['spec']), 'spec')],
  ['tekton.dev/PipelineRun', tektonPipelineRun],
  ['monitoring.coreos.com/Prometheus', prometheusOperator],
  ['monitoring.coreos.com/PrometheusAgent', prometheusOperator],
  ['monitoring.coreos.com/Alertmanager', prometheusOperator],
  ['monitoring.coreos.com/ThanosRuler', prometheusOperator],
]);

/** The kinds of all those owners. */
export const WORKLOAD_KINDS: ReadonlySet<string> = new Set(
  [...OWNERS.keys()].map((owner) => owner.slice(owner.indexOf('/') + 1)),
);

const NO_TEMPLATES: readonly PodTemplate[] = Object.freeze([]);

/** The pods that an object runs or describes; empty for an object that embeds none. */
export function podTemplates(object: KubernetesObject): readonly PodTemplate[] {
  return OWNERS.get(`${object.group}/${object.kind}`)?.(object.raw) ?? NO_TEMPLATES;
}
