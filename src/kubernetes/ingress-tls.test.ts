import { expect, test } from 'vitest';
import { ingressHosts, isCanary, tlsElsewhere } from './ingress-tls.ts';
import type { Json, JsonObject } from './json.ts';
import { KubernetesObject } from './object.ts';

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

const ingress = (spec: JsonObject, annotations: JsonObject = {}) =>
  new KubernetesObject(
    { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name: 'i', annotations }, spec },
    origin,
  );

/** RFC 6125 section 6.4.3, and the comments on IngressTLS and IngressRule in k8s.io/api/networking/v1/types.go. */
test.each([
  [['a.example'], 'a.example', true],
  [['A.Example'], 'a.eXAMPLE', true],
  [['*.example'], 'a.example', true],
  [['*.example'], '*.example', true],
  [['*.example'], 'a.b.example', false],
  [['*.example'], 'example', false],
  [['a.example'], '*.example', false],
  [['b.example'], 'a.example', false],
  [[], 'a.example', true],
])('certificates for %j cover %s: %s', (hosts, host, covered) => {
  const { uncovered } = ingressHosts(ingress({ tls: [{ hosts }], rules: [{ host }] }));
  expect(uncovered.length === 0).toBe(covered);
});

test('without TLS every named host is uncovered, at its own path', () => {
  const found = ingressHosts(ingress({ rules: [{}, { host: 'a' }, null, { host: 3 }] as Json[] }));
  expect(found).toEqual({
    hasTls: false,
    routes: true,
    uncovered: [{ host: 'a', path: 'spec.rules[1].host' }],
  });
});

test('an Ingress without rules and backend routes nothing', () => {
  expect(ingressHosts(ingress({})).routes).toBe(false);
  expect(ingressHosts(ingress({ backend: { serviceName: 's' } })).routes).toBe(true);
});

test.each([
  ['alb.ingress.kubernetes.io/listen-ports', '[{"HTTP": 80}, {"HTTPS": 443}]', true],
  ['alb.ingress.kubernetes.io/listen-ports', '[{"HTTP": 80}]', false],
  ['networking.gke.io/managed-certificates', 'shop', true],
  ['nginx.ingress.kubernetes.io/ssl-passthrough', 'true', true],
  ['nginx.ingress.kubernetes.io/ssl-redirect', 'true', false],
  ['route.openshift.io/termination', 'edge', true],
  ['kubernetes.io/ingress.class', 'tailscale', true],
  ['kubernetes.io/ingress.class', 'nginx', false],
])('%s: %s settles TLS elsewhere: %s', (name, value, expected) => {
  expect(tlsElsewhere(ingress({}, { [name]: value })) !== undefined).toBe(expected);
});

test('canaries', () => {
  expect(isCanary(ingress({}, { 'nginx.ingress.kubernetes.io/canary': 'true' }))).toBe(true);
  expect(isCanary(ingress({}, { 'nginx.ingress.kubernetes.io/canary-weight': '10' }))).toBe(false);
});
