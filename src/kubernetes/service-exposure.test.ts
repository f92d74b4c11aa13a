import { describe, expect, test } from 'vitest';
import { Cluster } from './cluster.ts';
import type { JsonObject } from './json.ts';
import { KubernetesObject } from './object.ts';
import {
  firewallAnnotation,
  isInternalLoadBalancer,
  servesThrough,
  sourceRanges,
} from './service-exposure.ts';

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

const service = (annotations: JsonObject, spec: JsonObject = {}) =>
  new KubernetesObject(
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 's', annotations },
      spec: { type: 'LoadBalancer', ...spec },
    },
    origin,
  );

/** Values from the Kubernetes documentation, Service, "Internal load balancer". */
describe('internal load balancers', () => {
  test.each([
    ['networking.gke.io/load-balancer-type', 'Internal'],
    ['service.beta.kubernetes.io/aws-load-balancer-internal', '0.0.0.0/0'],
    ['service.beta.kubernetes.io/aws-load-balancer-scheme', 'internal'],
    ['service.beta.kubernetes.io/azure-load-balancer-internal', 'true'],
    ['service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type', 'private'],
    ['service.beta.kubernetes.io/openstack-internal-load-balancer', 'true'],
    ['service.kubernetes.io/qcloud-loadbalancer-internal-subnetid', 'subnet-1'],
    ['service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type', 'intranet'],
  ])('%s: %s', (name, value) => {
    expect(isInternalLoadBalancer(service({ [name]: value }))).toBe(true);
  });
  test.each([
    ['networking.gke.io/load-balancer-type', 'External'],
    ['service.beta.kubernetes.io/aws-load-balancer-internal', 'false'],
    ['service.beta.kubernetes.io/azure-load-balancer-internal', 'false'],
    ['service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type', 'public'],
  ])('%s: %s is not one', (name, value) => {
    expect(isInternalLoadBalancer(service({ [name]: value }))).toBe(false);
  });
  test('the AWS Load Balancer Controller is internal by default, the in-tree controller is not', () => {
    const type = 'service.beta.kubernetes.io/aws-load-balancer-type';
    const scheme = 'service.beta.kubernetes.io/aws-load-balancer-scheme';
    expect(isInternalLoadBalancer(service({ [type]: 'external' }))).toBe(true);
    expect(isInternalLoadBalancer(service({ [type]: 'external', [scheme]: 'internet-facing' }))).toBe(false);
    expect(isInternalLoadBalancer(service({ [type]: 'nlb' }))).toBe(false);
    expect(isInternalLoadBalancer(service({}, { loadBalancerClass: 'service.k8s.aws/nlb' }))).toBe(true);
  });
});

test('the field of source ranges wins over the annotation', () => {
  const annotation = { 'service.beta.kubernetes.io/load-balancer-source-ranges': '10.0.0.0/8, 192.0.2.0/24' };
  expect(sourceRanges(service({}))).toBeUndefined();
  expect(sourceRanges(service(annotation, { loadBalancerSourceRanges: [] }))?.ranges).toEqual([
    '10.0.0.0/8',
    '192.0.2.0/24',
  ]);
  expect(sourceRanges(service(annotation, { loadBalancerSourceRanges: ['198.51.100.0/24'] }))).toEqual({
    ranges: ['198.51.100.0/24'],
    path: 'spec.loadBalancerSourceRanges',
  });
});

test("a cloud's firewall may decide instead", () => {
  const name = 'service.beta.kubernetes.io/aws-load-balancer-security-groups';
  expect(firewallAnnotation(service({ [name]: 'sg-1' }))).toBe(name);
  expect(firewallAnnotation(service({ [name]: '' }))).toBeUndefined();
});

describe('containers that serve clients', () => {
  function serves(containers: JsonObject[], selector?: JsonObject) {
    const pod: JsonObject = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', labels: { app: 'web' } },
      spec: { containers },
    };
    const objects = [new KubernetesObject(pod, origin)];
    if (selector !== undefined) {
      const raw = { apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec: { selector } };
      objects.push(new KubernetesObject(raw, origin));
    }
    const cluster = new Cluster(objects);
    return cluster.workloads[0]!.containers.map((container) => servesThrough(container, cluster));
  }
  const ports = [{ containerPort: 80 }];
  test.each<[JsonObject[], JsonObject | undefined, (string | undefined)[]]>([
    [[{ name: 'a' }], undefined, [undefined]],
    [[{ name: 'a' }], { app: 'web' }, ['service']],
    [[{ name: 'a' }], { app: 'other' }, [undefined]],
    [[{ name: 'a' }], {}, [undefined]],
    [[{ name: 'a', ports }], undefined, ['port']],
    [[{ name: 'a', ports }, { name: 'b' }], { app: 'web' }, ['service', undefined]],
  ])('%j selected by %j', (containers, selector, expected) => {
    expect(serves(containers, selector)).toEqual(expected);
  });
});
