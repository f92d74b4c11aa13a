import { expect, test } from 'vitest';
import { prune } from './prune.ts';

test('drops what it says and nothing else, without touching the original', () => {
  const object = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'a',
      managedFields: [{ manager: 'm' }],
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}', kept: 'yes' },
    },
    spec: { status: 'kept', managedFields: 'kept' },
    status: { phase: 'Running' },
  };
  const before = structuredClone(object);
  expect(prune(object)).toEqual({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a', annotations: { kept: 'yes' } },
    spec: { status: 'kept', managedFields: 'kept' },
  });
  expect(object).toEqual(before);
});

test('keeps what was decided about a certificate', () => {
  const status = { conditions: [{ type: 'Approved', status: 'True' }], certificate: 'LS0t', phase: 'x' };
  const { phase: _phase, ...kept } = status;
  const request = { apiVersion: 'certificates.k8s.io/v1', kind: 'CertificateSigningRequest', spec: {} };
  expect(prune({ ...request, status })).toEqual({ ...request, status: kept });
  expect(prune({ ...request, apiVersion: 'example.com/v1', status })).toEqual({
    ...request,
    apiVersion: 'example.com/v1',
  });
});

test('drops schemas of definitions only', () => {
  const spec = {
    group: 'x.io',
    validation: {},
    versions: [{ name: 'v1', schema: { openAPIV3Schema: {} }, served: true }, 7],
  };
  expect(prune({ kind: 'CustomResourceDefinition', spec })).toEqual({
    kind: 'CustomResourceDefinition',
    spec: { group: 'x.io', versions: [{ name: 'v1', served: true }, 7] },
  });
  expect(prune({ kind: 'Other', spec })).toEqual({ kind: 'Other', spec });
});

test('an object without any of it stays itself', () => {
  const object = { kind: 'Pod', metadata: { name: 'a', annotations: {} } };
  expect(prune(object)).toBe(object);
});

test.each([
  ['v1', 'Service', 'loadBalancer', { ingress: [{ ip: '10.0.0.1' }] }],
  ['networking.k8s.io/v1', 'Ingress', 'loadBalancer', { ingress: [{ hostname: 'a.example.com' }] }],
  ['gateway.networking.k8s.io/v1', 'Gateway', 'addresses', [{ value: '10.0.0.1' }]],
])(
  'keeps the addresses by which an object of %s %s lets clients in',
  (apiVersion, kind, field, addresses) => {
    const status = { [field]: addresses, conditions: [] };
    expect(prune({ apiVersion, kind, status })).toEqual({ apiVersion, kind, status: { [field]: addresses } });
  },
);
