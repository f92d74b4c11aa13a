import { expect, test } from 'vitest';
import { Cluster } from '../kubernetes/cluster.ts';
import type { JsonObject } from '../kubernetes/json.ts';
import { KubernetesObject } from '../kubernetes/object.ts';
import { isOpenToAnyPod, networkPodOf, reachersOf } from './network-questions.ts';

/** Objects by the folder in which they stand. */
function cluster(...objects: readonly (readonly [folder: string, raw: JsonObject])[]): Cluster {
  const place = { start: 0, end: 0, line: 1, column: 1, format: 'yaml', within: '' } as const;
  return new Cluster(
    objects.map(
      ([folder, raw], document) =>
        new KubernetesObject(raw, { ...place, file: { path: `${folder}/${document}.yaml` }, document }),
    ),
  );
}

const pod = (name: string): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels: { app: name } },
  spec: { containers: [{ name, image: name }] },
});
const DENY: JsonObject = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'deny' },
  spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
};

test('a policy for all pods of one folder closes nothing in another', () => {
  const both = cluster(['a', pod('here')], ['b', pod('there')], ['b', DENY]);
  const [here, there] = both.workloads.map((workload) =>
    isOpenToAnyPod(workload, networkPodOf(workload, both)!, 80, both),
  );
  expect([here, there]).toEqual([true, false]);
  const { total, reaching } = reachersOf([{ address: '10.0.0.1', port: 10_250 }], both);
  expect([total, reaching]).toEqual([2, ['default/here']]);
});
