import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../kubernetes/json.ts';
import { Network } from '../network.ts';
import { MeshWorld, namespace, pod } from './test-world.ts';

const planes = (ns: string, own: string, ...more: string[]) =>
  new MeshWorld(ns, own, ...more).planes('a/web');
const ISTIO =
  'apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: { name: x, namespace: x }\nspec: {}';

// istio/istio manifests/charts/istio-control/istio-discovery/templates/mutatingwebhook.yaml; pkg/kube/inject/inject.go, injectRequired.
describe('sidecars of Istio', () => {
  test.each([
    ['istio-injection: enabled', '', '', 'sidecar'],
    ['istio-injection: enabled', "sidecar.istio.io/inject: 'false'", '', 'none'],
    ['istio-injection: enabled', '', "sidecar.istio.io/inject: 'false'", 'none'],
    ['istio-injection: disabled', "sidecar.istio.io/inject: 'true'", '', 'none'],
    ['istio-injection: disabled, istio.io/rev: canary', '', '', 'none'],
    ['istio.io/rev: canary', '', '', 'sidecar'],
    ['', "sidecar.istio.io/inject: 'true'", '', 'sidecar'],
    ['', 'istio.io/rev: canary', '', 'sidecar'],
    ['', '', "sidecar.istio.io/inject: 'true'", 'none'],
    ['', '', '', 'none'],
  ])('namespace {%s}, labels {%s}, annotations {%s}', (ns, labels, annotations, expected) => {
    expect(planes(namespace('a', ns), pod('a/web', labels, annotations), ISTIO)).toBe(expected);
  });

  test('not where the pod is on the network of its node, nor in namespaces of the system', () => {
    expect(
      planes(namespace('a', 'istio-injection: enabled'), pod('a/web', '', '', 'hostNetwork: true')),
    ).toBe('none');
    const world = new MeshWorld(namespace('kube-system', 'istio-injection: enabled'), pod('kube-system/web'));
    expect(world.planes('kube-system/web')).toBe('none');
  });

  test('a namespace that is not among the sources leaves it open', () => {
    const world = new MeshWorld(pod('a/web'), pod('a/out', "sidecar.istio.io/inject: 'false'"), ISTIO);
    expect([world.planes('a/web'), world.planes('a/out')]).toEqual(['sidecar,none', 'none']);
    expect(world.mode('a/web')).toBe('unknown');
    expect(new MeshWorld(pod('a/web')).network.mesh).toBeUndefined();
  });

  test('of a pod that runs, its containers tell', () => {
    const running = (containers: string) =>
      `apiVersion: v1\nkind: Pod\nmetadata: { name: web, namespace: a }\nspec: { containers: [${containers}] }\nstatus: { podIP: 10.0.0.1 }`;
    const labelled = namespace('a', 'istio-injection: enabled');
    expect(planes(labelled, running('{ name: main }'))).toBe('none');
    expect(planes(namespace('a'), running('{ name: main }, { name: istio-proxy }'))).toBe('sidecar');
    expect(planes(namespace('a'), running('{ name: main }, { name: linkerd-proxy }'))).toBe('linkerd');
  });

  test('of a cluster, a template stands for pods that were made before their namespace was put into the mesh', () => {
    const metadata = (name: string, owner?: string) => ({
      name,
      namespace: 'a',
      uid: name,
      ...(owner === undefined
        ? {}
        : { ownerReferences: [{ controller: true, kind: 'ReplicaSet', name: owner, uid: owner }] }),
    });
    const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'main' }] } };
    const proxied = { containers: [{ name: 'main' }, { name: 'istio-proxy' }] };
    const running = (name: string, spec: JsonObject): JsonObject => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { ...metadata(name, 'web'), labels: { app: 'web' } },
      spec,
      status: { podIP: '10.0.0.1' },
    });
    const planesOf = (...pods: JsonObject[]) => {
      const objects = [
        {
          apiVersion: 'v1',
          kind: 'Namespace',
          metadata: { name: 'a', labels: { 'istio-injection': 'enabled' } },
        },
        { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: metadata('web'), spec: { template } },
        ...pods,
      ];
      const { mesh, groups } = Network.of(objects, { isComplete: true });
      return groups.flatMap((group) => group.pods.map((each) => mesh!.planesOf(each).join())).join(' ');
    };
    expect(planesOf()).toBe('sidecar');
    expect(planesOf(running('old', template.spec))).toBe('none');
    expect(planesOf(running('new', proxied))).toBe('sidecar sidecar');
    expect(planesOf(running('old', template.spec), running('new', proxied))).toBe('none sidecar');
  });
});

// istio/istio manifests/charts/istio-cni/values.yaml, enablementSelectors; cni/pkg/util/enablement_selector.go.
describe('ambient mode', () => {
  test.each([
    ['istio.io/dataplane-mode: ambient', '', 'ambient'],
    ['istio.io/dataplane-mode: ambient', 'istio.io/dataplane-mode: none', 'none'],
    ['', 'istio.io/dataplane-mode: ambient', 'ambient'],
    ['istio.io/dataplane-mode: ambient, istio-injection: enabled', '', 'sidecar'],
  ])('namespace {%s}, labels {%s}', (ns, labels, expected) => {
    expect(planes(namespace('a', ns), pod('a/web', labels), ISTIO)).toBe(expected);
  });
});

// linkerd/linkerd2 pkg/inject/report.go, the truth table in disabledByAnnotation; pkg/inject/report_test.go.
describe('proxies of Linkerd', () => {
  test.each([
    ['enabled', 'enabled', 'linkerd'],
    ['enabled', '', 'linkerd'],
    ['enabled', 'disabled', 'none'],
    ['disabled', 'enabled', 'linkerd'],
    ['', 'enabled', 'linkerd'],
    ['disabled', 'disabled', 'none'],
    ['', 'disabled', 'none'],
    ['disabled', '', 'none'],
    ['', '', 'none'],
    ['ingress', '', 'linkerd'],
    ['invalid', 'enabled', 'none'],
    ['enabled', 'invalid', 'none'],
  ])('namespace %s, pod %s', (ns, own, expected) => {
    const inject = (value: string) => (value === '' ? '' : `linkerd.io/inject: ${value}`);
    expect(planes(namespace('a', '', inject(ns)), pod('a/web', '', inject(own)))).toBe(
      expected === 'none' && ns + own === '' ? '' : expected,
    );
  });

  test('not on the network of the node', () => {
    expect(
      planes(namespace('a', '', 'linkerd.io/inject: enabled'), pod('a/web', '', '', 'hostNetwork: true')),
    ).toBe('none');
  });
});
