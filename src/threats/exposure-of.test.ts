import { expect, test } from 'vitest';
import { Cluster } from '../kubernetes/cluster.ts';
import type { JsonObject } from '../kubernetes/json.ts';
import { KubernetesObject } from '../kubernetes/object.ts';
import { fromEveryNamespace, fromInternet } from './exposure-of.ts';

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

function asked(objects: Cluster, name: string) {
  const { containers } = objects.workloads.find((each) => each.name === name)!;
  return {
    internet: fromInternet(containers[0]!, [5432], objects),
    everyNamespace: fromEveryNamespace(containers[0]!, [5432], objects).verdict,
  };
}

const pod = (name: string, namespace?: string): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels: { app: name }, ...(namespace === undefined ? {} : { namespace }) },
  spec: { containers: [{ name, image: name }] },
});
const service = (name: string, spec: JsonObject): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { selector: { app: name }, ports: [{ port: 5432 }], ...spec },
});
const DENY: JsonObject = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'deny' },
  spec: { podSelector: {}, policyTypes: ['Ingress'] },
};

test('names the way by which the internet gets in', () => {
  const world = cluster(['a', pod('db')], ['a', service('db', { type: 'LoadBalancer' })]);
  expect(asked(world, 'db').internet).toEqual({
    verdict: 'open',
    port: 5432,
    way: 'Service/db (LoadBalancer)',
  });
});

test('leaves open what nobody can tell of nodes, and of entries that are not evaluated', () => {
  const nodes = cluster(['a', pod('db')], ['a', service('db', { type: 'NodePort' })]);
  expect(asked(nodes, 'db').internet).toMatchObject({ verdict: 'unknown', reason: 'node-addresses' });
  const proxy = {
    apiVersion: 'projectcontour.io/v1',
    kind: 'HTTPProxy',
    metadata: { name: 'edge' },
    spec: { routes: [{ services: [{ name: 'db', port: 5432 }] }] },
  };
  const entry = cluster(['a', pod('db')], ['a', service('db', {})], ['a', proxy]);
  expect(asked(entry, 'db').internet).toMatchObject({
    verdict: 'unknown',
    reason: 'entry-not-evaluated',
    params: { entry: 'HTTPProxy/edge' },
  });
  // One in another namespace means another Service of that name.
  const other = cluster(
    ['a', pod('db')],
    ['a', service('db', {})],
    ['a', { ...proxy, metadata: { name: 'edge', namespace: 'b' } }],
  );
  expect(asked(other, 'db').internet).toEqual({ verdict: 'closed' });
});

test('a policy for all pods of one folder closes nothing in another', () => {
  const world = cluster(['a', pod('here')], ['b', pod('there')], ['b', DENY]);
  expect([asked(world, 'here').everyNamespace, asked(world, 'there').everyNamespace]).toEqual([
    'open',
    'closed',
  ]);
});
