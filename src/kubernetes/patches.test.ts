import { expect, test } from 'vitest';
import type { Json } from './json.ts';
import { KubernetesObject } from './object.ts';
import { isPatch } from './patches.ts';

function object(kind: string, spec: Json, apiVersion = 'apps/v1') {
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
  return new KubernetesObject({ apiVersion, kind, metadata: { name: 'x' }, spec }, origin);
}

const pod = (container: Json) => ({ template: { spec: { containers: [container] } } });

test.each<[string, boolean, KubernetesObject]>([
  ['one variable of a container', true, object('Deployment', pod({ name: 'a', env: [] }))],
  ['a toleration', true, object('DaemonSet', { template: { spec: { tolerations: [] } } })],
  ['no pod at all: nothing would be concluded', false, object('StatefulSet', { replicas: 3 })],
  // A slip rather than a patch: what is stated is worth judging.
  ['an image without a selector', false, object('Deployment', pod({ name: 'a', image: 'a' }))],
  [
    'a selector without an image',
    false,
    object('Deployment', { selector: { matchLabels: { a: 'b' } }, ...pod({ name: 'a' }) }),
  ],
  ['a Job, whose selector is generated', false, object('Job', pod({ name: 'a' }), 'batch/v1')],
  ['a Rollout, which may refer to a Deployment', false, object('Rollout', {}, 'argoproj.io/v1alpha1')],
  ['an old Deployment, whose selector is defaulted', false, object('Deployment', {}, 'extensions/v1beta1')],
])('%s: %s', (_, expected, subject) => {
  expect(isPatch(subject)).toBe(expected);
});
