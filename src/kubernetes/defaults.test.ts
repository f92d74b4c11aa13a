import { describe, expect, test } from 'vitest';
import { defaultPodSpec } from './defaults.ts';
import type { JsonObject } from './json.ts';

// Expectations: k8s.io/kubernetes v1.37, pkg/apis/core/v1/defaults_test.go; the test is named at each.

const CONTAINER_DEFAULTS = {
  imagePullPolicy: 'IfNotPresent',
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
};

function container(fields: JsonObject): JsonObject {
  const spec = defaultPodSpec({ containers: [fields] });
  return (spec['containers'] as JsonObject[])[0] ?? {};
}

function volume(fields: JsonObject): JsonObject {
  const spec = defaultPodSpec({ volumes: [fields] });
  return (spec['volumes'] as JsonObject[])[0] ?? {};
}

describe('pod', () => {
  test('TestPodDefaults: an empty spec', () => {
    expect(defaultPodSpec({})).toEqual({
      dnsPolicy: 'ClusterFirst',
      restartPolicy: 'Always',
      schedulerName: 'default-scheduler',
      securityContext: {},
      terminationGracePeriodSeconds: 30,
      enableServiceLinks: true,
    });
  });

  test('what is set stays, and untouched parts are shared', () => {
    const spec = Object.freeze({
      dnsPolicy: 'Default',
      restartPolicy: 'Never',
      schedulerName: 'other',
      securityContext: Object.freeze({ runAsUser: 1 }),
      enableServiceLinks: false,
      terminationGracePeriodSeconds: 0,
      tolerations: [{}],
    });
    const result = defaultPodSpec(spec);
    expect(result).toEqual(spec);
    expect(result).not.toBe(spec);
    expect(result['securityContext']).toBe(spec.securityContext);
    expect(result['tolerations']).toBe(spec.tolerations);
  });

  test.each([
    ['', '', undefined],
    ['a', 'a', 'a'],
    ['a', 'b', 'a'],
    ['a', '', 'a'],
    ['', 'a', 'a'],
  ])('TestSetDefaultServiceAccountAlias: %j and alias %j', (serviceAccountName, serviceAccount, expected) => {
    const result = defaultPodSpec({ serviceAccountName, serviceAccount });
    expect(result['serviceAccountName'] || undefined).toBe(expected);
    expect(result['serviceAccount'] || undefined).toBe(expected);
  });

  test.each([
    [-1, 1],
    [0, 0],
    [42, 42],
  ])('TestSetDefaultPodTerminationGracePeriodSeconds: %d', (terminationGracePeriodSeconds, expected) => {
    expect(defaultPodSpec({ terminationGracePeriodSeconds })['terminationGracePeriodSeconds']).toBe(expected);
  });

  test('TestSetDefaultPodSpecHostNetwork, TestPodHostNetworkDefaults', () => {
    const containers = () => [{ ports: [{ containerPort: 8080, protocol: 'TCP' }] }];
    const spec = {
      containers: containers(),
      initContainers: containers(),
      ephemeralContainers: containers(),
    };
    const plain = { ...CONTAINER_DEFAULTS, ports: [{ containerPort: 8080, protocol: 'TCP' }] };
    const hosted = {
      ...CONTAINER_DEFAULTS,
      ports: [{ containerPort: 8080, protocol: 'TCP', hostPort: 8080 }],
    };
    expect(defaultPodSpec({ ...spec, hostNetwork: true })).toMatchObject({
      containers: [hosted],
      initContainers: [hosted],
      ephemeralContainers: [plain],
    });
    expect(defaultPodSpec({ ...spec, hostNetwork: false })['containers']).toEqual([plain]);
  });
});

describe('container', () => {
  test('TestPodDefaults: an empty container, also one that is null', () => {
    expect(container({})).toEqual(CONTAINER_DEFAULTS);
    expect(defaultPodSpec({ initContainers: [null] })['initContainers']).toEqual([CONTAINER_DEFAULTS]);
  });

  test('TestSetDefaultProbe', () => {
    const defaults = { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 };
    expect(container({ livenessProbe: {} })['livenessProbe']).toEqual(defaults);
    expect(container({ startupProbe: { timeoutSeconds: 0, periodSeconds: 5 } })['startupProbe']).toEqual({
      ...defaults,
      periodSeconds: 5,
    });
  });

  test('TestPodDefaults: handlers, ports and environment', () => {
    const http = { path: '/', scheme: 'HTTP' };
    const result = container({
      readinessProbe: { httpGet: { port: 80 }, grpc: { port: 1 } },
      lifecycle: { postStart: { httpGet: {} }, preStop: { httpGet: { path: '/stop', scheme: 'HTTPS' } } },
      ports: [{ containerPort: 80 }, { containerPort: 53, protocol: 'UDP' }],
      env: [
        { name: 'a', valueFrom: { fieldRef: { fieldPath: 'x' }, fileKeyRef: {} } },
        { name: 'b', value: 'c' },
      ],
    });
    expect(result).toMatchObject({
      readinessProbe: { httpGet: { port: 80, ...http }, grpc: { port: 1, service: '' } },
      lifecycle: { postStart: { httpGet: http }, preStop: { httpGet: { path: '/stop', scheme: 'HTTPS' } } },
      ports: [
        { containerPort: 80, protocol: 'TCP' },
        { containerPort: 53, protocol: 'UDP' },
      ],
      env: [
        { valueFrom: { fieldRef: { fieldPath: 'x', apiVersion: 'v1' }, fileKeyRef: { optional: false } } },
        { name: 'b', value: 'c' },
      ],
    });
  });

  test('TestSetDefaultRequestsPod: requests follow from limits, a request of 0 stays', () => {
    const resources = { requests: { memory: '0' }, limits: { cpu: '100m', memory: '1Gi' } };
    const requests = { cpu: '100m', memory: '0' };
    expect(container({ resources })['resources']).toEqual({ ...resources, requests });
    expect(container({ resources: {} })['resources']).toEqual({});
    expect(defaultPodSpec({ ephemeralContainers: [{ resources }] })['ephemeralContainers']).toEqual([
      { ...CONTAINER_DEFAULTS, resources },
    ]);
  });

  // Answers of SetObjectDefaults_Pod itself, v1.37.2.
  const digest = `sha256:${'a'.repeat(64)}`;
  test.each([
    ['a', 'Always'],
    ['a:latest', 'Always'],
    ['a/b', 'Always'],
    ['example.test:5000/a/b', 'Always'],
    ['A/b', 'Always'],
    ['[::1]:5000/a', 'Always'],
    [`a:latest@${digest}`, 'Always'],
    [`a/${'b'.repeat(253)}`, 'Always'],
    [`a/${'b'.repeat(254)}`, 'IfNotPresent'],
    [`example.test/${'b'.repeat(255)}`, 'Always'],
    ['a:1.2', 'IfNotPresent'],
    [`a@${digest}`, 'IfNotPresent'],
    ['a:LATEST', 'IfNotPresent'],
    ['', 'IfNotPresent'],
    ['A', 'IfNotPresent'],
    ['a/B', 'IfNotPresent'],
    ['a'.repeat(64), 'IfNotPresent'],
    ['a___b', 'IfNotPresent'],
    ['a:', 'IfNotPresent'],
    ['a:latest@sha256:aa', 'IfNotPresent'],
    [`a:latest@md5:${'a'.repeat(32)}`, 'IfNotPresent'],
    ['http://example.test/a', 'IfNotPresent'],
  ])('imagePullPolicy of %j is %s', (image, expected) => {
    expect(container({ image })['imagePullPolicy']).toBe(expected);
    expect(container({ image, imagePullPolicy: 'Never' })['imagePullPolicy']).toBe('Never');
  });
});

describe('volume', () => {
  test('TestSetDefaults_Volume: without a source it is an emptyDir', () => {
    expect(volume({ name: 'a' })).toEqual({ name: 'a', emptyDir: {} });
    expect(volume({ name: 'a', hostPath: null })).toEqual({ name: 'a', hostPath: null, emptyDir: {} });
    expect(volume({ name: 'a', noSource: {} })).toEqual({ name: 'a', noSource: {}, emptyDir: {} });
  });

  test.each([
    ['image:v1', 'IfNotPresent'],
    ['image:latest', 'Always'],
    ['image', 'Always'],
  ])('TestSetDefaults_Volume: image volume %s', (reference, pullPolicy) => {
    expect(volume({ image: { reference } })['image']).toEqual({ reference, pullPolicy });
  });

  test.each(['secret', 'configMap', 'downwardAPI', 'projected'])(
    'TestSetDefault…VolumeSource: %s',
    (source) => {
      expect(volume({ [source]: {} })[source]).toEqual({ defaultMode: 0o644 });
      expect(volume({ [source]: { defaultMode: 0 } })[source]).toEqual({ defaultMode: 0 });
    },
  );

  test('TestSetDefaultHostPathVolumeSource', () => {
    expect(volume({ hostPath: { path: 'foo' } })['hostPath']).toEqual({ path: 'foo', type: '' });
  });

  test('TestPodDefaults: projected tokens and fields', () => {
    const sources = [
      { serviceAccountToken: { path: 't' } },
      { serviceAccountToken: { path: 't', expirationSeconds: 600 } },
      { downwardAPI: { items: [{ path: 'p', fieldRef: { fieldPath: 'f' } }] } },
    ];
    expect(volume({ projected: { sources } })['projected']).toEqual({
      defaultMode: 0o644,
      sources: [
        { serviceAccountToken: { path: 't', expirationSeconds: 3600 } },
        { serviceAccountToken: { path: 't', expirationSeconds: 600 } },
        { downwardAPI: { items: [{ path: 'p', fieldRef: { fieldPath: 'f', apiVersion: 'v1' } }] } },
      ],
    });
  });

  test('TestPodDefaults, TestSetDefaultEphemeral: the other sources', () => {
    expect(volume({ iscsi: {} })['iscsi']).toEqual({ iscsiInterface: 'default' });
    expect(volume({ rbd: {} })['rbd']).toEqual({ pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring' });
    expect(volume({ scaleIO: {} })['scaleIO']).toEqual({ storageMode: 'ThinProvisioned', fsType: 'xfs' });
    expect(volume({ azureDisk: {} })['azureDisk']).toEqual({
      cachingMode: 'ReadWrite',
      fsType: 'ext4',
      readOnly: false,
      kind: 'Shared',
    });
    expect(volume({ ephemeral: { volumeClaimTemplate: {} } })['ephemeral']).toEqual({
      volumeClaimTemplate: { spec: { volumeMode: 'Filesystem' } },
    });
  });
});

test('a field of the wrong JSON type counts as absent', () => {
  const result = defaultPodSpec({
    dnsPolicy: 5,
    securityContext: 'x',
    containers: 'x',
    volumes: [7, { secret: 'x' }],
  });
  expect(result).toMatchObject({ dnsPolicy: 'ClusterFirst', securityContext: {}, containers: 'x' });
  expect(result['volumes']).toEqual([7, { secret: 'x', emptyDir: {} }]);
});
