import { asArray, asObject, asString, type Json, type JsonObject } from './json.ts';
import type { KubernetesObject } from './object.ts';

/**
 * A pod as an owner embeds it. `spec` has the shape of a PodSpec even where the owner spells it otherwise (an Argo
 * Workflow template, a Tekton Task), and `sourcePath` leads from a field of that pod back to the field in the owner.
 */
export interface PodTemplate {
  readonly metadata: JsonObject;
  readonly spec: JsonObject;
  readonly metadataPath: string;
  /** Field path of the pod spec in the owner; where the owner has no such field, of what stands nearest to it. */
  readonly specPath: string;
  /** Fields of the pod spec that stand elsewhere than below `specPath`, e.g. `containers[0]` → `spec.steps[0]`. */
  readonly moved?: ReadonlyMap<string, string>;
  /** Name within the owner where it embeds several pods, e.g. an Argo template's. */
  readonly part?: string;
  /** Set where a controller adds containers that the owner does not show, such as the Prometheus operator. */
  readonly generatedBy?: string;
}

const NONE: JsonObject = Object.freeze({});

function at(object: JsonObject, ...keys: string[]): JsonObject | undefined {
  let value: JsonObject | undefined = object;
  for (const key of keys) value = asObject(value?.[key]);
  return value;
}

function embedded(raw: JsonObject, ...path: string[]): PodTemplate[] {
  const template = path.length === 0 ? raw : at(raw, ...path);
  const spec = asObject(template?.['spec']);
  if (template === undefined || spec === undefined) return [];
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

function list(value: Json | undefined): JsonObject[] {
  return (asArray(value) ?? []).map((item) => asObject(item) ?? NONE);
}

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

/** Fields of a PodSpec that other owners repeat under the same name. */
const POD_FIELDS = [
  'activeDeadlineSeconds',
  'affinity',
  'automountServiceAccountToken',
  'dnsPolicy',
  'hostAliases',
  'hostIPC',
  'hostNetwork',
  'hostPID',
  'hostUsers',
  'imagePullSecrets',
  'nodeSelector',
  'priorityClassName',
  'runtimeClassName',
  'securityContext',
  'serviceAccountName',
  'tolerations',
  'topologySpreadConstraints',
] as const;

/** Tekton: the steps of a Task run as the containers of one pod; `stepTemplate` gives each its defaults. */
function tektonTask(
  spec: JsonObject | undefined,
  path: string,
  settings: { podTemplate?: JsonObject; podTemplatePath?: string; serviceAccount?: Json; part?: string } = {},
): PodTemplate[] {
  const steps = list(spec?.['steps']);
  if (spec === undefined || steps.length === 0) return [];
  const defaults = asObject(spec['stepTemplate']) ?? NONE;
  const moved = new Map<string, string>();
  const containers: Json[] = steps.map((step, i) => {
    moved.set(`containers[${i}]`, `${path}.steps[${i}]`);
    return { ...defaults, ...step, name: asString(step['name']) ?? `unnamed-${i}` };
  });
  list(spec['sidecars']).forEach((sidecar, i) => {
    moved.set(`containers[${containers.length}]`, `${path}.sidecars[${i}]`);
    containers.push(sidecar);
  });
  const pod: JsonObject = { containers, restartPolicy: 'Never' };
  if (spec['volumes'] !== undefined) pod['volumes'] = spec['volumes'];
  if (settings.serviceAccount !== undefined) pod['serviceAccountName'] = settings.serviceAccount;
  const podTemplate = settings.podTemplate;
  if (podTemplate !== undefined) {
    for (const key of POD_FIELDS) {
      if (podTemplate[key] === undefined) continue;
      pod[key] = podTemplate[key];
      moved.set(key, `${settings.podTemplatePath}.${key}`);
    }
    const extra = asArray(podTemplate['volumes']);
    if (extra !== undefined) {
      const own = asArray(pod['volumes']) ?? [];
      extra.forEach((_, i) => {
        moved.set(`volumes[${own.length + i}]`, `${settings.podTemplatePath}.volumes[${i}]`);
      });
      pod['volumes'] = [...own, ...extra];
    }
  }
  return [
    {
      metadata: NONE,
      spec: pod,
      metadataPath: 'metadata',
      specPath: path,
      moved,
      ...(settings.part === undefined ? {} : { part: settings.part }),
    },
  ];
}

function tektonTaskRun(raw: JsonObject): PodTemplate[] {
  const spec = asObject(raw['spec']);
  if (spec === undefined) return [];
  return tektonTask(asObject(spec['taskSpec']), 'spec.taskSpec', {
    ...podTemplateOf(asObject(spec['podTemplate']), 'spec.podTemplate'),
    ...(spec['serviceAccountName'] === undefined ? {} : { serviceAccount: spec['serviceAccountName'] }),
  });
}

function podTemplateOf(
  podTemplate: JsonObject | undefined,
  podTemplatePath: string,
): { podTemplate?: JsonObject; podTemplatePath?: string } {
  return podTemplate === undefined ? {} : { podTemplate, podTemplatePath };
}

function tektonPipeline(spec: JsonObject | undefined, path: string, run: JsonObject = NONE): PodTemplate[] {
  const template = at(run, 'taskRunTemplate') ?? NONE;
  const settings = {
    ...podTemplateOf(asObject(template['podTemplate']), 'spec.taskRunTemplate.podTemplate'),
    ...(template['serviceAccountName'] === undefined
      ? {}
      : { serviceAccount: template['serviceAccountName'] }),
  };
  const pods: PodTemplate[] = [];
  for (const key of ['tasks', 'finally'] as const) {
    list(spec?.[key]).forEach((task, i) => {
      pods.push(
        ...tektonTask(asObject(task['taskSpec']), `${path}.${key}[${i}].taskSpec`, {
          ...settings,
          part: asString(task['name']) ?? `${key}[${i}]`,
        }),
      );
    });
  }
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
  [
    'tekton.dev/PipelineRun',
    (raw) =>
      tektonPipeline(at(raw, 'spec', 'pipelineSpec'), 'spec.pipelineSpec', asObject(raw['spec']) ?? NONE),
  ],
  ['monitoring.coreos.com/Prometheus', prometheusOperator],
  ['monitoring.coreos.com/PrometheusAgent', prometheusOperator],
  ['monitoring.coreos.com/Alertmanager', prometheusOperator],
  ['monitoring.coreos.com/ThanosRuler', prometheusOperator],
]);

const NO_TEMPLATES: readonly PodTemplate[] = Object.freeze([]);

/** The pods that an object runs or describes; empty for an object that embeds none. */
export function podTemplates(object: KubernetesObject): readonly PodTemplate[] {
  return OWNERS.get(`${object.group}/${object.kind}`)?.(object.raw) ?? NO_TEMPLATES;
}
