import { describe, expect, test } from 'vitest';
import type { JsonObject } from './json.ts';
import { KubernetesObject } from './object.ts';
import { Workload } from './workload.ts';

const origin = {
  file: { path: 'test.yaml' },
  document: 0,
  start: 0,
  end: 0,
  line: 1,
  column: 1,
  format: 'yaml' as const,
  within: '',
};

function workloads(raw: JsonObject): readonly Workload[] {
  return Workload.of(new KubernetesObject(raw, origin));
}

function only(raw: JsonObject): Workload {
  const found = workloads(raw);
  expect(found).toHaveLength(1);
  return found[0]!;
}

const template = { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'app', image: 'a' }] } };

describe('owners that embed a pod', () => {
  test.each([
    ['v1', 'ReplicationController', { template }, 'spec.template.spec.containers[0]'],
    ['apps/v1', 'Deployment', { template }, 'spec.template.spec.containers[0]'],
    ['apps/v1', 'ReplicaSet', { template }, 'spec.template.spec.containers[0]'],
    ['apps/v1', 'StatefulSet', { template }, 'spec.template.spec.containers[0]'],
    ['apps/v1', 'DaemonSet', { template }, 'spec.template.spec.containers[0]'],
    ['batch/v1', 'Job', { template }, 'spec.template.spec.containers[0]'],
    [
      'batch/v1',
      'CronJob',
      { jobTemplate: { spec: { template } } },
      'spec.jobTemplate.spec.template.spec.containers[0]',
    ],
    ['argoproj.io/v1alpha1', 'Rollout', { template }, 'spec.template.spec.containers[0]'],
    ['serving.knative.dev/v1', 'Service', { template }, 'spec.template.spec.containers[0]'],
  ])('%s %s', (apiVersion, kind, spec, path) => {
    const workload = only({ apiVersion, kind, metadata: { name: 'w' }, spec });
    expect(workload.containers.map((container) => container.path)).toEqual([path]);
    expect(workload.podLabels).toEqual({ app: 'x' });
  });

  test('a Pod is its own template, a PodTemplate has it at the top', () => {
    expect(only({ apiVersion: 'v1', kind: 'Pod', ...template }).containers[0]?.path).toBe(
      'spec.containers[0]',
    );
    expect(only({ apiVersion: 'v1', kind: 'PodTemplate', template }).containers[0]?.path).toBe(
      'template.spec.containers[0]',
    );
  });

  test('a kind of another group with the same name is no workload', () => {
    expect(workloads({ apiVersion: 'example.com/v1', kind: 'Deployment', spec: { template } })).toEqual([]);
  });

  test('each running template of an Argo Workflow is a pod; settings of the workflow keep their own paths', () => {
    const [first, second, ...rest] = workloads({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Workflow',
      spec: {
        securityContext: { runAsUser: 7 },
        volumes: [{ name: 'shared', hostPath: { path: '/' } }],
        templates: [
          { name: 'steps', steps: [] },
          { name: 'one', container: { image: 'a' }, volumes: [{ name: 'own', emptyDir: {} }] },
          {
            name: 'two',
            script: { image: 'b' },
            securityContext: { runAsUser: 8 },
            sidecars: [{ name: 's' }],
          },
        ],
      },
    });
    expect(rest).toEqual([]);
    expect(first?.containers[0]?.path).toBe('spec.templates[1].container');
    expect(first?.containers[0]?.security.runAsUser).toBe(7);
    expect(first?.containers[0]?.security.pathOf('runAsUser')).toBe('spec.securityContext.runAsUser');
    expect(first?.volumes.map((volume) => volume.path)).toEqual([
      'spec.templates[1].volumes[0]',
      'spec.volumes[0]',
    ]);
    expect(second?.containers.map((container) => container.path)).toEqual([
      'spec.templates[2].script',
      'spec.templates[2].sidecars[0]',
    ]);
    expect(second?.containers[0]?.security.pathOf('runAsUser')).toBe(
      'spec.templates[2].securityContext.runAsUser',
    );
  });

  test('the steps of a Tekton Task are containers, with the defaults of its stepTemplate', () => {
    const task = only({
      apiVersion: 'tekton.dev/v1',
      kind: 'Task',
      spec: {
        stepTemplate: { securityContext: { privileged: true } },
        steps: [{ image: 'a' }, { name: 'b' }],
      },
    });
    expect(task.containers.map(({ name, path }) => [name, path])).toEqual([
      ['unnamed-0', 'spec.steps[0]'],
      ['b', 'spec.steps[1]'],
    ]);
    expect(task.containers[0]?.security.privileged).toBe(true);
    expect(task.runsToCompletion).toBe(true);
  });

  test('a Prometheus shows the settings of its pod and says who generates the rest', () => {
    const prometheus = only({
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'Prometheus',
      spec: { hostNetwork: true, serviceAccountName: 'prometheus' },
    });
    expect(prometheus.pod['hostNetwork']).toBe(true);
    expect(prometheus.template.generatedBy).toBe('prometheus-operator');
  });
});

describe('containers', () => {
  test('of every type', () => {
    const pod = only({
      apiVersion: 'v1',
      kind: 'Pod',
      spec: {
        initContainers: [{ name: 'i' }, { name: 's', restartPolicy: 'Always' }],
        containers: [{ name: 'c' }],
        ephemeralContainers: [{ name: 'e' }],
      },
    });
    expect(pod.containers.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'i init',
      's sidecar',
      'c container',
      'e ephemeral',
    ]);
  });

  test("a container's own security context wins over the pod's, field by field, and says where it stands", () => {
    const pod = only({
      apiVersion: 'v1',
      kind: 'Pod',
      spec: {
        securityContext: {
          runAsUser: 1,
          runAsNonRoot: true,
          seccompProfile: { type: 'RuntimeDefault' },
          windowsOptions: { hostProcess: true, runAsUserName: 'a' },
          // Not fields of a PodSecurityContext: they must not be inherited.
          privileged: true,
          readOnlyRootFilesystem: true,
        },
        containers: [
          { name: 'own', securityContext: { runAsUser: 2, windowsOptions: { runAsUserName: 'b' } } },
          { name: 'inherits' },
        ],
      },
    });
    const [own, inherits] = pod.containers;
    expect(own?.security.runAsUser).toBe(2);
    expect(own?.security.pathOf('runAsUser')).toBe('spec.containers[0].securityContext.runAsUser');
    expect(own?.security.runAsNonRoot).toBe(true);
    expect(own?.security.pathOf('runAsNonRoot')).toBe('spec.securityContext.runAsNonRoot');
    expect(own?.security.windowsOptions).toEqual({ hostProcess: true, runAsUserName: 'b' });
    expect(inherits?.security.runAsUser).toBe(1);
    expect(inherits?.security.seccompProfile).toEqual({ type: 'RuntimeDefault' });
    expect(inherits?.security.privileged).toBe(false);
    expect(inherits?.security.readOnlyRootFilesystem).toBe(false);
    expect(inherits?.security.pathOf('privileged')).toBe('spec.containers[1].securityContext.privileged');
  });

  test('the AppArmor annotation stands in for the field', () => {
    const pod = only({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { annotations: { 'container.apparmor.security.beta.kubernetes.io/a': 'localhost/p' } },
      spec: { containers: [{ name: 'a' }, { name: 'b' }] },
    });
    expect(pod.containers[0]?.security.appArmorProfile).toEqual({ type: 'Localhost', localhostProfile: 'p' });
    expect(pod.containers[0]?.security.pathOf('appArmorProfile')).toBe(
      'metadata.annotations["container.apparmor.security.beta.kubernetes.io/a"]',
    );
    expect(pod.containers[1]?.security.appArmorProfile).toBeUndefined();
  });
});

test('wrong types everywhere are read as absent, never thrown on', () => {
  for (const wrong of [null, 1, 'text', [], [[]], [null], { a: 1 }]) {
    for (const key of ['containers', 'initContainers', 'volumes', 'securityContext', 'serviceAccountName']) {
      for (const workload of workloads({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: wrong,
        spec: { [key]: wrong },
      })) {
        for (const container of workload.containers) {
          expect(container.security.privileged).toBe(false);
          expect(container.environment).toEqual([]);
          expect(container.volumeMounts).toEqual([]);
        }
        expect(workload.volumes).toBeDefined();
        expect(workload.serviceAccountName).toBeTypeOf('string');
      }
    }
  }
});

test('volumes name their source; one without a source is an emptyDir', () => {
  const pod = only({
    apiVersion: 'v1',
    kind: 'Pod',
    spec: { volumes: [{ name: 'a', hostPath: { path: '/' } }, { name: 'b' }] },
  });
  expect(pod.volumes.map(({ source }) => source)).toEqual(['hostPath', 'emptyDir']);
});

test.each([
  [{ os: { name: 'windows' } }, true],
  [{ nodeSelector: { 'kubernetes.io/os': 'windows' } }, true],
  [{ os: { name: 'linux' } }, false],
  [{ nodeSelector: { 'kubernetes.io/os': 'linux' } }, false],
  [{}, false],
])('%j runs on Windows: %s', (spec, expected) => {
  expect(only({ apiVersion: 'v1', kind: 'Pod', spec }).isWindows).toBe(expected);
});
