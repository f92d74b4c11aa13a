import { asArray, asObject, asString, type Json, type JsonObject } from './json.ts';
import { list, NONE, POD_FIELDS, type PodTemplate } from './pod-template.ts';

/** What a Tekton run gives to the pods of its tasks, and where it states it. */
interface TektonRun {
  readonly podTemplate?: JsonObject;
  readonly podTemplatePath?: string;
  readonly serviceAccount?: Json;
  readonly serviceAccountPath?: string;
}

/** Tekton: the steps of a Task run as the containers of one pod; `stepTemplate` gives each its defaults. */
export function tektonTask(
  spec: JsonObject | undefined,
  path: string,
  run: TektonRun = {},
  part?: string,
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
  const { podTemplate, podTemplatePath } = run;
  if (podTemplatePath !== undefined) {
    for (const key of POD_FIELDS) {
      moved.set(key, `${podTemplatePath}.${key}`);
      if (podTemplate?.[key] !== undefined) pod[key] = podTemplate[key];
    }
    const extra = asArray(podTemplate?.['volumes']);
    if (extra !== undefined) {
      const own = asArray(pod['volumes']) ?? [];
      extra.forEach((_, i) => {
        moved.set(`volumes[${own.length + i}]`, `${podTemplatePath}.volumes[${i}]`);
      });
      pod['volumes'] = [...own, ...extra];
    }
  }
  if (run.serviceAccount !== undefined) pod['serviceAccountName'] = run.serviceAccount;
  if (run.serviceAccountPath !== undefined) moved.set('serviceAccountName', run.serviceAccountPath);
  return [
    {
      metadata: NONE,
      spec: pod,
      metadataPath: 'metadata',
      specPath: path,
      moved,
      ...(part === undefined ? {} : { part }),
    },
  ];
}

/** A run's settings, from the object that holds `serviceAccountName` and a pod template. */
function tektonRun(holder: JsonObject, path: string, podTemplateKey = 'podTemplate'): TektonRun {
  const podTemplate = asObject(holder[podTemplateKey]);
  const serviceAccount = holder['serviceAccountName'];
  return {
    podTemplatePath: `${path}.${podTemplateKey}`,
    serviceAccountPath: `${path}.serviceAccountName`,
    ...(podTemplate === undefined ? {} : { podTemplate }),
    ...(serviceAccount === undefined ? {} : { serviceAccount }),
  };
}

export function tektonTaskRun(raw: JsonObject): PodTemplate[] {
  const spec = asObject(raw['spec']);
  return spec === undefined
    ? []
    : tektonTask(asObject(spec['taskSpec']), 'spec.taskSpec', tektonRun(spec, 'spec'));
}

/** v1 states what its tasks share in `taskRunTemplate`, v1beta1 in the spec itself; `taskRunSpecs` speaks of single tasks. */
export function tektonPipelineRun(raw: JsonObject): PodTemplate[] {
  const spec = asObject(raw['spec']) ?? NONE;
  const shared =
    asString(raw['apiVersion']) === 'tekton.dev/v1'
      ? tektonRun(asObject(spec['taskRunTemplate']) ?? NONE, 'spec.taskRunTemplate')
      : tektonRun(spec, 'spec');
  const own = new Map<string | undefined, TektonRun>(
    list(spec['taskRunSpecs']).map((entry, i) => [
      asString(entry['pipelineTaskName']),
      tektonOwnRun(entry, `spec.taskRunSpecs[${i}]`, shared),
    ]),
  );
  return tektonPipeline(
    asObject(spec['pipelineSpec']),
    'spec.pipelineSpec',
    (task) => own.get(task) ?? shared,
  );
}

/** An entry of `taskRunSpecs` where it states something, the shared settings where it does not. */
function tektonOwnRun(entry: JsonObject, path: string, shared: TektonRun): TektonRun {
  const run = { ...shared };
  const v1 = tektonRun(entry, path);
  const v1beta1 = {
    ...tektonRun(entry, path, 'taskPodTemplate'),
    serviceAccount: entry['taskServiceAccountName'],
    serviceAccountPath: `${path}.taskServiceAccountName`,
  };
  for (const { podTemplate, podTemplatePath, serviceAccount, serviceAccountPath } of [v1beta1, v1]) {
    if (podTemplate !== undefined) Object.assign(run, { podTemplate, podTemplatePath });
    if (serviceAccount !== undefined) Object.assign(run, { serviceAccount, serviceAccountPath });
  }
  return run;
}

export function tektonPipeline(
  spec: JsonObject | undefined,
  path: string,
  runOf: (task: string | undefined) => TektonRun = () => ({}),
): PodTemplate[] {
  return (['tasks', 'finally'] as const).flatMap((key) =>
    list(spec?.[key]).flatMap((task, i) => {
      const name = asString(task['name']);
      const taskPath = `${path}.${key}[${i}].taskSpec`;
      return tektonTask(asObject(task['taskSpec']), taskPath, runOf(name), name ?? `${key}[${i}]`);
    }),
  );
}
