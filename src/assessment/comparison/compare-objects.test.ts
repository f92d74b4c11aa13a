import { describe, expect, it } from 'vitest';
import type { Gap } from '../../kubernetes/gaps.ts';
import type { Json, JsonObject } from '../../kubernetes/json.ts';
import { KubernetesObject } from '../../kubernetes/object.ts';
import { compareObjects, type Sight } from './compare-objects.ts';
import { counts, type ObjectComparison, type Side } from './comparison.ts';

function object(raw: JsonObject): KubernetesObject {
  const place = { document: 0, start: 0, end: 0, line: 1, column: 1, format: 'yaml', within: '' } as const;
  return new KubernetesObject(raw, { file: { path: 'a.yaml' }, ...place });
}

function manifests(...raws: JsonObject[]): Side & Sight {
  return { objects: raws.map(object), isLive: false, gaps: [], unread: [] };
}

function live(...raws: JsonObject[]): Side & Sight {
  return { ...manifests(...raws), isLive: true };
}

function counted({ changed }: ObjectComparison): string[] {
  return changed.flatMap(({ after, fields }) =>
    fields
      .filter(counts)
      .map(
        ({ path, before, after: now, because, manager }) =>
          `${after.kind} ${path}: ${JSON.stringify(before)} -> ${JSON.stringify(now)}` +
          (because === undefined ? '' : ` (${[because, manager].filter(Boolean).join(' ')})`),
      ),
  );
}

function names(objects: ObjectComparison['added']): string[] {
  return objects.map(({ object: { kind, name }, explanation }) =>
    [`${kind}/${name}`, explanation?.kind].filter(Boolean).join(' '),
  );
}

const configMap = (name: string, more: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'shop' },
  ...more,
});

function deployment(spec: JsonObject, pod: JsonObject, metadata: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'shop', ...metadata },
    spec: { selector: { matchLabels: { app: 'web' } }, ...spec, template: { metadata: {}, spec: pod } },
  };
}

describe('two sets of manifests', () => {
  it('differ in what came, went and changed, whatever the order of items with keys', () => {
    const a = { name: 'a', image: 'x:1', env: [{ name: 'A', value: '1' }], args: ['--x'] };
    const b = { name: 'b', image: 'y:1' };
    const before = manifests(configMap('old'), deployment({}, { initContainers: [a], containers: [b] }));
    const changedA = { ...a, image: 'x:2', env: [{ name: 'B', value: '2' }, ...a.env], args: ['--y'] };
    const after = manifests(
      configMap('new'),
      deployment({}, { initContainers: [changedA], containers: [b] }),
    );
    const result = compareObjects(before, after);
    expect(names(result.removed)).toEqual(['ConfigMap/old']);
    expect(names(result.added)).toEqual(['ConfigMap/new']);
    const at = 'Deployment spec.template.spec.initContainers[name="a"]';
    expect(counted(result)).toEqual([
      `${at}.args: ["--x"] -> ["--y"]`,
      `${at}.env[name="B"]: undefined -> {"name":"B","value":"2"}`,
      `${at}.image: "x:1" -> "x:2"`,
    ]);
  });

  it('do not differ in notation, nor in what the API server would fill in', () => {
    const result = compareObjects(
      manifests(
        deployment(
          {},
          { hostNetwork: false, containers: [{ name: 'a', resources: { limits: { cpu: '1000m' } } }] },
        ),
      ),
      manifests(
        deployment(
          { replicas: 1 },
          {
            dnsPolicy: 'ClusterFirst',
            containers: [{ name: 'a', resources: { limits: { cpu: 1 } }, ports: [] }],
          },
        ),
      ),
    );
    expect(counted(result)).toEqual([]);
    expect(result.same).toBe(1);
    expect(result.changed[0]?.fields.map(({ path, because }) => `${path} ${because}`)).toEqual([
      'spec.replicas default',
      'spec.template.spec.dnsPolicy default',
    ]);
  });

  it('differ where false is not the same as nothing', () => {
    const result = compareObjects(
      manifests(deployment({}, { automountServiceAccountToken: false, containers: [] })),
      manifests(deployment({}, { containers: [] })),
    );
    expect(counted(result)).toEqual([
      'Deployment spec.template.spec.automountServiceAccountToken: false -> undefined',
    ]);
  });

  it('say that init containers stand in another order, which is the order in which they run', () => {
    const [a, b] = [{ name: 'a' }, { name: 'b' }];
    const result = compareObjects(
      manifests(deployment({}, { initContainers: [a, b] })),
      manifests(deployment({}, { initContainers: [b, a] })),
    );
    expect(counted(result)).toEqual(['Deployment spec.template.spec.initContainers: ["a","b"] -> ["b","a"]']);
  });

  it('never show what may be secret', () => {
    const secret = (value: string): JsonObject => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's' },
      stringData: { any: value },
    });
    const pod = (value: string, more: JsonObject[] = []): JsonObject => ({
      containers: [
        { name: 'a', env: [{ name: 'DB_PASSWORD', value }], args: ['--user=x', `--password=${value}`] },
        ...more,
      ],
    });
    const file = (value: string) =>
      configMap('file', { data: { 'app.properties': `user: x\npassword: ${value}\n` } });
    const added = { name: 'b', env: [{ name: 'API_TOKEN', value: 'zXwV83hdq92' }] };
    const result = compareObjects(
      manifests(secret('qXw1873hdq'), deployment({}, pod('qXw1873hdq')), file('qXw1873hdq')),
      manifests(secret('mNb5529kfs'), deployment({}, pod('mNb5529kfs', [added])), file('mNb5529kfs')),
    );
    expect(counted(result)).toHaveLength(5);
    expect(JSON.stringify(counted(result))).not.toMatch(/qXw1873hdq|mNb5529kfs|zXwV83hdq92|UVh3|bU5i/);
    expect(counted(result).join('\n')).toContain('--user=x');
  });

  it('differ in the values of Secrets where those of one are empty', () => {
    const secret = (value: string): JsonObject => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's' },
      stringData: { any: value },
    });
    const result = compareObjects(manifests(secret('')), manifests(secret('qXw1873hdq')));
    expect(counted(result)).toEqual(['Secret data.any: "[hidden]" -> "[hidden]"']);
    expect(result.notCompared).toEqual([]);
  });

  it('leave out objects that get another name each time', () => {
    const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { generateName: 'a-' } };
    const result = compareObjects(manifests(job), manifests());
    expect(result.removed).toEqual([]);
    expect(result.notCompared).toEqual([{ subject: 'Job a-', reason: 'generated-name', objects: 1 }]);
  });
});

const managed = (manager: string, fieldsV1: JsonObject, more: JsonObject = {}): JsonObject => ({
  manager,
  operation: 'Update',
  time: '2026-11-23T12:00:00Z',
  fieldsV1,
  ...more,
});

describe('manifests and a cluster', () => {
  it('are the same object without a namespace, and in another version', () => {
    const scaler = (apiVersion: string, metadata: JsonObject, spec: JsonObject): JsonObject => ({
      apiVersion,
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'web', ...metadata },
      spec: { maxReplicas: 3, scaleTargetRef: { kind: 'Deployment', name: 'web' }, ...spec },
    });
    const cpu = { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } };
    const result = compareObjects(
      manifests(scaler('autoscaling/v1', {}, { targetCPUUtilizationPercentage: 70 })),
      live(
        scaler(
          'autoscaling/v2',
          { namespace: 'default', uid: 'u' },
          { metrics: [{ type: 'Resource', resource: cpu }] },
        ),
      ),
    );
    expect(counted(result)).toEqual([]);
    expect(result.same).toBe(1);
  });

  it('tell who changed a field', () => {
    const replicas = { 'f:spec': { 'f:replicas': {} } };
    const image = {
      'f:spec': { 'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"a"}': { 'f:image': {} } } } } },
    };
    const metadata = {
      managedFields: [
        managed('kubectl-edit', image),
        managed('kube-controller-manager', replicas, { subresource: 'scale' }),
        managed('argocd-controller', { 'f:metadata': { 'f:labels': { 'f:team': {} } } }),
      ],
      labels: { team: 'x' },
      annotations: { 'deployment.kubernetes.io/revision': '2' },
    };
    const result = compareObjects(
      manifests(deployment({ replicas: 1, paused: true }, { containers: [{ name: 'a', image: 'x:1' }] })),
      live(deployment({ replicas: 4 }, { containers: [{ name: 'a', image: 'x:2' }] }, metadata)),
    );
    expect(counted(result)).toEqual([
      'Deployment metadata.labels.team: undefined -> "x" (edit argocd-controller)',
      'Deployment spec.paused: true -> undefined (unknown)',
      'Deployment spec.replicas: 1 -> 4 (controller kube-controller-manager)',
      'Deployment spec.template.spec.containers[name="a"].image: "x:1" -> "x:2" (edit kubectl-edit)',
    ]);
    const scaled = result.changed[0]?.fields.find(({ path }) => path === 'spec.replicas');
    expect(scaled).toMatchObject({ operation: 'Update', subresource: 'scale', time: '2026-11-23T12:00:00Z' });
  });

  it('do not count defaults of a definition of custom resources', () => {
    const preset = (type: string, value: Json): JsonObject => ({ type, default: value });
    const item = { type: 'object', properties: { mode: preset('string', 'fast') } };
    const spec = {
      type: 'object',
      properties: {
        size: preset('integer', 3),
        parts: { type: 'array', items: item },
        deep: { ...preset('object', {}), properties: { on: preset('boolean', true) } },
      },
    };
    const definition: JsonObject = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'things.example.test' },
      spec: {
        group: 'example.test',
        names: { kind: 'Thing' },
        versions: [{ name: 'v1', schema: { openAPIV3Schema: { type: 'object', properties: { spec } } } }],
      },
    };
    const thing = (of: JsonObject): JsonObject => ({
      apiVersion: 'example.test/v1',
      kind: 'Thing',
      metadata: { name: 't', namespace: 'shop' },
      spec: of,
    });
    const stored = { size: 3, parts: [{ name: 'a', mode: 'fast' }], deep: { on: true } };
    const asked = thing({ parts: [{ name: 'a' }] });
    expect(counted(compareObjects(manifests(asked), live(definition, thing(stored))))).toEqual([]);
    expect(
      counted(compareObjects(manifests(asked), live(definition, thing({ ...stored, size: 4 })))),
    ).toEqual(['Thing spec.size: 3 -> 4 (unknown)']);
    expect(counted(compareObjects(manifests(asked), live(thing(stored))))).toHaveLength(3);
  });

  it('count a port of the nodes only where somebody chose it', () => {
    const service = (port: JsonObject, managedFields: JsonObject[] = []): JsonObject => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace: 'shop', managedFields },
      spec: { type: 'NodePort', ports: [{ port: 80, ...port }] },
    });
    const owner = managed('kubectl-patch', {
      'f:spec': { 'f:ports': { 'k:{"port":80,"protocol":"TCP"}': { 'f:nodePort': {} } } },
    });
    const asked = manifests(service({}));
    expect(counted(compareObjects(asked, live(service({ nodePort: 30001 }))))).toEqual([]);
    expect(counted(compareObjects(asked, live(service({ nodePort: 30001 }, [owner]))))).toEqual([
      'Service spec.ports[port=80,protocol="TCP"].nodePort: undefined -> 30001 (edit kubectl-patch)',
    ]);
  });

  it('do not count defaults that follow from another field, which counts', () => {
    const service = (spec: JsonObject, metadata: JsonObject = {}): JsonObject => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace: 'shop', ...metadata },
      spec: { ports: [{ port: 80 }], ...spec },
    });
    const fields = { 'f:spec': { 'f:externalTrafficPolicy': {}, 'f:type': {} } };
    const patched = { managedFields: [managed('kubectl-patch', fields)] };
    const type = 'Service spec.type: "ClusterIP" -> "NodePort" (edit kubectl-patch)';
    const opened = (policy: string) =>
      compareObjects(
        manifests(service({})),
        live(service({ type: 'NodePort', externalTrafficPolicy: policy }, patched)),
      );
    expect(counted(opened('Cluster'))).toEqual([type]);
    expect(counted(opened('Local'))).toEqual([
      'Service spec.externalTrafficPolicy: undefined -> "Local" (edit kubectl-patch)',
      type,
    ]);
    const closed = (asked: JsonObject) =>
      counted(compareObjects(manifests(service({ type: 'NodePort', ...asked })), live(service({}))));
    expect(closed({})).toEqual(['Service spec.type: "NodePort" -> "ClusterIP" (unknown)']);
    expect(closed({ externalTrafficPolicy: 'Local' })).toHaveLength(2);

    const account = (name: string) => deployment({}, { serviceAccountName: name, serviceAccount: name });
    expect(counted(compareObjects(manifests(account('a')), live(account('b'))))).toContain(
      'Deployment spec.template.spec.serviceAccountName: "a" -> "b" (unknown)',
    );
    const limited = (limits: JsonObject, requests?: JsonObject) =>
      deployment({}, { containers: [{ name: 'a', resources: { limits, ...(requests && { requests }) } }] });
    const at = 'Deployment spec.template.spec.containers[name="a"].resources';
    // SetDefaults_Pod fills in requests from limits in Pods alone, not in templates of Pods.
    expect(
      counted(compareObjects(manifests(limited({ cpu: '1' })), live(limited({ cpu: '2' }, { cpu: '2' })))),
    ).toEqual([`${at}.limits.cpu: "1" -> "2" (unknown)`, `${at}.requests.cpu: undefined -> "2" (unknown)`]);
  });

  it('explain what runs without a manifest, and count the rest', () => {
    const owned = configMap('made', {
      metadata: { name: 'made', namespace: 'shop', ownerReferences: [{ kind: 'App', name: 'x' }] },
    });
    const helm = configMap('chart', {
      metadata: { name: 'chart', namespace: 'shop', annotations: { 'meta.helm.sh/release-name': 'r' } },
    });
    const role = (name: string): JsonObject => ({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name, labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' } },
    });
    const result = compareObjects(
      manifests(configMap('asked')),
      live(
        configMap('asked'),
        configMap('kube-root-ca.crt'),
        configMap('by-hand'),
        owned,
        helm,
        role('view'),
        role('mine'),
      ),
    );
    expect(names(result.added)).toEqual([
      'ConfigMap/by-hand',
      'ConfigMap/chart managed-by',
      'ConfigMap/kube-root-ca.crt system',
      'ConfigMap/made owner',
      'ClusterRole/mine',
      'ClusterRole/view system',
    ]);
  });

  it('do not say gone of what was not shown', () => {
    const gap: Gap = { group: '', kind: 'Secret', resource: 'secrets', reason: 'forbidden', detail: 'no' };
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', namespace: 'shop' } };
    const custom = { apiVersion: 'example.test/v1', kind: 'Thing', metadata: { name: 't' } };
    const result = compareObjects(manifests(secret, configMap('a'), custom, configMap('far')), {
      ...live(),
      gaps: [gap],
      onlyNamespace: 'other',
      kinds: new Set(['/Secret', '/ConfigMap']),
    });
    expect(result.removed).toEqual([]);
    expect(result.notCompared).toEqual([
      { subject: 'secrets', reason: 'forbidden', detail: 'no', objects: 1 },
      { subject: 'Thing.example.test', reason: 'kind-not-listed', objects: 1 },
      { subject: 'ConfigMap (shop)', reason: 'not-asked', objects: 2 },
    ]);
  });

  it('do not say gone of other namespaces than the one that was asked for', () => {
    const namespace = (name: string): JsonObject => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name },
    });
    const result = compareObjects(manifests(namespace('shop'), namespace('mesh')), {
      ...live(),
      onlyNamespace: 'mesh',
    });
    expect(names(result.removed)).toEqual(['Namespace/mesh']);
    expect(result.notCompared).toEqual([{ subject: 'Namespace (shop)', reason: 'not-asked', objects: 1 }]);
  });

  it('do not say added of what stands in a document that could not be read', () => {
    const asked = {
      ...manifests(),
      unread: [{ file: 'b.yaml', line: 3, subject: 'ConfigMap shop/broken', reason: 'refused' }],
    };
    const result = compareObjects(asked, live(configMap('broken'), configMap('other')));
    expect(names(result.added)).toEqual(['ConfigMap/other']);
    expect(result.notCompared.map(({ subject, reason }) => `${subject} ${reason}`)).toEqual([
      'ConfigMap broken unread',
      'ConfigMap shop/broken (b.yaml:3) unread',
    ]);
  });

  it('compare the keys of Secrets whose values are not read', () => {
    const secret = (data: JsonObject): JsonObject => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's', namespace: 'shop' },
      data,
    });
    const result = compareObjects(
      manifests(secret({ a: 'YQ==', b: 'Yg==' })),
      live(secret({ a: '', c: '' })),
    );
    expect(counted(result)).toEqual([
      'Secret data.b: "[hidden]" -> undefined (unknown)',
      'Secret data.c: undefined -> "[hidden]" (unknown)',
    ]);
    expect(result.notCompared).toEqual([{ subject: 'Secret.data', reason: 'values-not-read', objects: 1 }]);
  });
});

it('between two states of a cluster, what controllers do to their own objects does not count', () => {
  const replicaSet = (replicas: number): JsonObject => ({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: 'web-1',
      namespace: 'shop',
      resourceVersion: String(replicas),
      annotations: { 'deployment.kubernetes.io/desired-replicas': String(replicas) },
      ownerReferences: [{ kind: 'Deployment', name: 'web', controller: true }],
      managedFields: [managed('kube-controller-manager', { 'f:spec': { 'f:replicas': {} } })],
    },
    spec: { replicas },
  });
  const result = compareObjects(live(replicaSet(1)), live(replicaSet(2)));
  expect(counted(result)).toEqual([]);
  expect(result.changed[0]?.fields.map(({ because }) => because)).toEqual(['server', 'server']);
});

it('does not take keys of an object for its prototype', () => {
  const raw = JSON.parse(
    '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"__proto__":"x"}}',
  );
  const result = compareObjects(
    manifests(raw as JsonObject),
    manifests(configMap('a', { metadata: { name: 'a' } })),
  );
  expect(counted(result)).toEqual(['ConfigMap data.__proto__: "x" -> undefined']);
  expect(({} as Record<string, unknown>)['x']).toBeUndefined();
});
