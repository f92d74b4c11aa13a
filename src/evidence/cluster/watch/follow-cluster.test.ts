import { expect, test } from 'vitest';
import type { ResourceList } from '../../snapshot.ts';
import { type FollowOptions, followCluster } from './follow-cluster.ts';
import { ModelServer } from './test-model-server.ts';
import { Picture } from './test-picture.ts';
import { VirtualTime } from './test-virtual-time.ts';

const PODS: ResourceList = { group: '', version: 'v1', resource: 'pods', kind: 'Pod', namespaced: true };
const CRDS: ResourceList = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  resource: 'customresourcedefinitions',
  kind: 'CustomResourceDefinition',
  namespaced: false,
};
const POLICIES: ResourceList = {
  group: 'cilium.io',
  version: 'v2',
  resource: 'ciliumnetworkpolicies',
  kind: 'CiliumNetworkPolicy',
  namespaced: true,
};
const SECOND = 1000;

/** Aggregated discovery (apidiscovery.k8s.io/v2), as a server answers that serves these. */
function serve(server: ModelServer, ...lists: readonly ResourceList[]): void {
  const answer = (served: readonly ResourceList[]) => ({
    kind: 'APIGroupDiscoveryList',
    items: served.map(({ group, version, resource, kind, namespaced }) => ({
      metadata: { name: group },
      versions: [
        {
          version,
          resources: [
            {
              resource,
              responseKind: { kind },
              scope: namespaced ? 'Namespaced' : 'Cluster',
              verbs: ['list', 'watch'],
            },
          ],
        },
      ],
    })),
  });
  server.documents.set('/api', answer(lists.filter(({ group }) => group === '')));
  server.documents.set('/apis', answer(lists.filter(({ group }) => group !== '')));
}

function start(prepare: (server: ModelServer) => void, options: FollowOptions = {}) {
  const time = new VirtualTime();
  const server = new ModelServer(time);
  prepare(server);
  const picture = new Picture((signal) =>
    followCluster(server, { clock: time, random: () => 0.5, ...options, signal }),
  );
  const contents = (resource: string) => picture.byResource(resource);
  return { time, server, picture, contents };
}

test('watches what is served and needed, and says what it is', async () => {
  const { time, picture, contents } = start((server) => {
    serve(server, PODS, CRDS, { ...PODS, resource: 'events', kind: 'Event' });
    server.create(PODS, 'a', 'one');
  });
  await time.settle();
  expect([...picture.lists].sort()).toEqual(['customresourcedefinitions', 'pods']);
  expect(picture.gaps.map(({ resource, reason }) => [resource, reason])).toEqual([['secrets', 'not-asked']]);
  expect(contents('pods').size).toBe(1);
  await picture.stop();
});

test('a kind whose definition comes is watched, and one whose definition goes is not', async () => {
  const { time, server, picture, contents } = start((model) => serve(model, PODS, CRDS));
  await time.settle();
  serve(server, PODS, CRDS, POLICIES);
  server.create(CRDS, '', 'ciliumnetworkpolicies.cilium.io');
  server.create(POLICIES, 'a', 'allow');
  await time.pass(4 * SECOND);
  expect(picture.lists).toContain('ciliumnetworkpolicies');
  expect([...contents('ciliumnetworkpolicies').keys()]).toEqual(['a/allow']);
  serve(server, PODS, CRDS);
  server.delete(CRDS, '', 'ciliumnetworkpolicies.cilium.io');
  await time.pass(20 * SECOND);
  expect(picture.lists).not.toContain('ciliumnetworkpolicies');
  expect(contents('ciliumnetworkpolicies').size).toBe(0);
  expect(picture.faults).toEqual([]);
  await picture.stop();
});

test('a kind that discovery leaves out once is kept', async () => {
  const { time, server, picture, contents } = start((model) => {
    serve(model, PODS, CRDS, POLICIES);
    model.create(POLICIES, 'a', 'allow');
  });
  await time.settle();
  serve(server, PODS, CRDS);
  server.create(CRDS, '', 'other');
  await time.pass(5 * SECOND);
  serve(server, PODS, CRDS, POLICIES);
  await time.pass(60 * SECOND);
  expect(contents('ciliumnetworkpolicies').size).toBe(1);
  expect(picture.events.some(({ type }) => type === 'removed')).toBe(false);
  await picture.stop();
});

test('another version of a kind takes its place without a moment with both or a loss', async () => {
  const { time, server, picture, contents } = start((model) => {
    serve(model, PODS, { ...CRDS, version: 'v1beta1' });
    model.create(CRDS, '', 'one');
  });
  await time.settle();
  // The model serves objects by path: the older version has none.
  expect(contents('customresourcedefinitions').size).toBe(0);
  serve(server, PODS, CRDS);
  await time.pass(400 * SECOND);
  expect([...contents('customresourcedefinitions').keys()]).toEqual(['/one']);
  expect(picture.faults).toEqual([]);
  await picture.stop();
});

test('a server that cannot be reached at the start is an error, and later is not', async () => {
  const failing = start((server) => {
    server.fault = () => new Error('connection refused');
  });
  await expect(failing.picture.stop()).rejects.toThrow('connection refused');
  const { time, server, picture } = start((model) => serve(model, PODS));
  await time.settle();
  server.fault = () => new Error('connection refused');
  for (const connection of [...server.connections]) connection.cut();
  await time.pass(400 * SECOND);
  server.fault = () => undefined;
  server.create(PODS, 'a', 'one');
  await time.pass(60 * SECOND);
  expect(picture.byResource('pods').size).toBe(1);
  await picture.stop();
});
