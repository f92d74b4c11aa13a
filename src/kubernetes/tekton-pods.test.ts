import { expect, test } from 'vitest';
import type { JsonObject } from './json.ts';
import { KubernetesObject } from './object.ts';
import { tektonPipelineRun, tektonTaskRun } from './tekton-pods.ts';
import { Workload } from './workload.ts';

const steps = [{ name: 'a', image: 'a' }];
const pipelineSpec = {
  tasks: [{ name: 'build', taskSpec: { steps } }],
  finally: [{ name: 'tell', taskSpec: { steps } }],
};

const origin = {
  file: { path: 'f.yaml' },
  document: 0,
  start: 0,
  end: 0,
  line: 1,
  column: 1,
  format: 'yaml',
  within: '',
} as const;
const workloads = (raw: JsonObject) => Workload.of(new KubernetesObject(raw, origin));

/** Fields as in pkg/apis/pipeline/v1 and v1beta1 of tektoncd/pipeline, PipelineRunSpec and PipelineTaskRunSpec. */
test.each<[string, string, JsonObject, [string, string][]]>([
  [
    'v1 shares by taskRunTemplate',
    'tekton.dev/v1',
    { taskRunTemplate: { serviceAccountName: 'ci' } },
    [
      ['ci', 'spec.taskRunTemplate.serviceAccountName'],
      ['ci', 'spec.taskRunTemplate.serviceAccountName'],
    ],
  ],
  [
    'v1beta1 shares by the spec',
    'tekton.dev/v1beta1',
    { serviceAccountName: 'ci', taskRunTemplate: { serviceAccountName: 'no field of v1beta1' } },
    [
      ['ci', 'spec.serviceAccountName'],
      ['ci', 'spec.serviceAccountName'],
    ],
  ],
  [
    'a task has its own',
    'tekton.dev/v1',
    {
      taskRunTemplate: { serviceAccountName: 'ci' },
      taskRunSpecs: [{ pipelineTaskName: 'build', serviceAccountName: 'builder' }],
    },
    [
      ['builder', 'spec.taskRunSpecs[0].serviceAccountName'],
      ['ci', 'spec.taskRunTemplate.serviceAccountName'],
    ],
  ],
  [
    'a task has its own in v1beta1',
    'tekton.dev/v1beta1',
    { taskRunSpecs: [{ pipelineTaskName: 'tell', taskServiceAccountName: 'teller' }] },
    [
      ['default', 'spec.serviceAccountName'],
      ['teller', 'spec.taskRunSpecs[0].taskServiceAccountName'],
    ],
  ],
])('the account of a PipelineRun: %s', (_, apiVersion, settings, expected) => {
  const found = workloads({ apiVersion, kind: 'PipelineRun', spec: { ...settings, pipelineSpec } });
  expect(found.map((pod) => [pod.serviceAccountName, pod.at('serviceAccountName')])).toEqual(expected);
});

test('a pod template is read from the run, and what it leaves out would stand there', () => {
  const spec = {
    taskSpec: { steps },
    podTemplate: { hostNetwork: true, securityContext: { runAsNonRoot: true } },
  };
  const [pod] = workloads({ apiVersion: 'tekton.dev/v1', kind: 'TaskRun', spec });
  expect(pod?.pod['hostNetwork']).toBe(true);
  expect(pod?.containers[0]?.security.runAsNonRoot).toBe(true);
  expect(pod?.at('automountServiceAccountToken')).toBe('spec.podTemplate.automountServiceAccountToken');
});

test('a step that refers to a StepAction says who completes it', () => {
  const spec = {
    taskSpec: {
      steps: [
        { name: 'clone', ref: { name: 'git-clone' } },
        { name: 'own', image: 'a' },
      ],
    },
  };
  const [pod] = workloads({ apiVersion: 'tekton.dev/v1', kind: 'TaskRun', spec });
  expect(pod?.containers.map(({ completedBy }) => completedBy)).toEqual(['StepAction git-clone', undefined]);
});

test('wrong types are read as absent', () => {
  for (const wrong of [null, 1, 'text', [], [null], {}]) {
    expect(tektonTaskRun({ spec: { taskSpec: wrong, podTemplate: wrong } })).toEqual([]);
    const spec = { taskRunTemplate: wrong, taskRunSpecs: wrong, pipelineSpec };
    expect(tektonPipelineRun({ apiVersion: 'tekton.dev/v1', spec })).toHaveLength(2);
  }
});
