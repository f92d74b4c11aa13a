import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { assess } from '../../src/assessment/assess.ts';
import { asStored } from '../../src/assessment/comparison/as-stored.ts';
import { compareFields } from '../../src/assessment/comparison/compare-fields.ts';
import { compareFindings } from '../../src/assessment/comparison/compare-findings.ts';
import { compareObjects, type Sight } from '../../src/assessment/comparison/compare-objects.ts';
import { counts, type FieldChange, type Side } from '../../src/assessment/comparison/comparison.ts';
import { Identities } from '../../src/assessment/comparison/identity.ts';
import { isObject, type JsonObject } from '../../src/kubernetes/json.ts';
import { KubernetesObject, type Origin } from '../../src/kubernetes/object.ts';
import { readYaml } from '../../src/kubernetes/yaml/index.ts';
import { checks } from '../../src/threats/generated/registry.ts';
import { cluster, describeWithCluster, eventually, freshNamespace } from './cluster.ts';

const corpora = join(import.meta.dirname, '../../../shared/corpora');
const ORIGIN: Origin = {
  file: { path: 'a.yaml' },
  document: 0,
  start: 0,
  end: 0,
  line: 1,
  column: 1,
  format: 'yaml',
  within: '',
};

function objectOf(raw: JsonObject): KubernetesObject {
  return new KubernetesObject(raw, ORIGIN);
}

function* documents(folder: string): Generator<JsonObject> {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.(ya?ml|json)$/.test(entry.name)) continue;
    for (const { value } of readYaml(readFileSync(join(entry.parentPath, entry.name)))) {
      if (!isObject(value)) continue;
      const items = value['kind'] === 'List' && Array.isArray(value['items']) ? value['items'] : [value];
      for (const item of items) {
        if (isObject(item) && typeof item['apiVersion'] === 'string' && typeof item['kind'] === 'string')
          yield item;
      }
    }
  }
}

interface Resource {
  readonly path: string;
  readonly namespaced: boolean;
}

/** The API's path for each `apiVersion kind`, by discovery. */
async function resources(): Promise<Map<string, Resource>> {
  const found = new Map<string, Resource>();
  const groups = await cluster().expect('GET', '/apis');
  const versions = groups.groups.flatMap((group: { versions: { groupVersion: string }[] }) =>
    group.versions.map(({ groupVersion }) => groupVersion),
  ) as string[];
  for (const version of ['v1', ...versions]) {
    const root = version === 'v1' ? '/api/v1' : `/apis/${version}`;
    const body = await cluster().expect('GET', root);
    for (const { name, kind, namespaced } of body.resources as {
      name: string;
      kind: string;
      namespaced: boolean;
    }[]) {
      if (!name.includes('/')) found.set(`${version} ${kind}`, { path: `${root}|${name}`, namespaced });
    }
  }
  return found;
}

function collection({ path, namespaced }: Resource, namespace: string): string {
  const [root = '', name = ''] = path.split('|');
  return namespaced ? `${root}/namespaces/${namespace}/${name}` : `${root}/${name}`;
}

/** What is said of the running objects and not of the manifests, and the other way round. */
function newFindings(asked: Side & Sight, live: Side & Sight): string[] {
  const identities = new Identities([asked, live]);
  const { compared } = compareObjects(asked, live, identities);
  const report = ({ objects }: Side) =>
    assess(
      { objects: asStored(objects, identities), documents: 0, notKubernetes: [], unread: [] },
      { checks },
    );
  const { added, gone } = compareFindings(report(asked), report(live), {
    isCompared: (object) => compared.has(identities.of(object)),
    areAlike: false,
  });
  return [...added, ...gone].map(({ check, object }) => `${check.id} ${object.kind}/${object.name}`);
}

function inNamespace(raw: JsonObject, namespace: string): JsonObject {
  return { ...raw, metadata: { ...(isObject(raw['metadata']) ? raw['metadata'] : {}), namespace } };
}

function create(resource: Resource, manifest: JsonObject, namespace: string, query: string) {
  return cluster().request('POST', `${collection(resource, namespace)}?${query}`, manifest);
}

function say({ path, before, after, because, manager, subresource }: FieldChange): string {
  const value = (each: unknown) => JSON.stringify(each)?.slice(0, 150);
  const who = [because, manager, subresource].filter((part) => part !== undefined).join(' ');
  return `${path}: ${value(before)} -> ${value(after)} (${who})`;
}

function counted(manifest: JsonObject, live: JsonObject): FieldChange[] {
  const { fields } = compareFields(objectOf(manifest), objectOf(live), { before: false, after: true });
  return fields.filter(counts);
}

const container = {
  name: 'web',
  image: 'example.test/web:1',
  ports: [{ containerPort: 8080 }],
  resources: { limits: { cpu: '0.5', memory: '1024Mi' }, requests: { cpu: '100m' } },
  readinessProbe: { httpGet: { port: 8080 } },
  env: [{ name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }],
  volumeMounts: [{ name: 'settings', mountPath: '/etc/settings' }],
};

const SHOP: readonly JsonObject[] = [
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { a: 'b' } },
  { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'token' }, stringData: { password: 'hunter2 ä' } },
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'web' } },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: {
          serviceAccountName: 'web',
          hostNetwork: false,
          containers: [container],
          volumes: [{ name: 'settings', configMap: { name: 'settings' } }],
        },
      },
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'alone', labels: {} },
    spec: { containers: [{ name: 'c', image: 'example.test/c', resources: { limits: { cpu: 1 } } }] },
  },
  {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'once' },
    spec: {
      template: {
        metadata: { labels: { app: 'once' } },
        spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'example.test/c' }] },
      },
    },
  },
  {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'web' },
    spec: { maxUnavailable: 1, selector: { matchLabels: { app: 'web' } } },
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'web' },
    spec: { podSelector: {}, ingress: [{ ports: [{ port: 8080 }] }], policyTypes: [] },
  },
  {
    apiVersion: 'autoscaling/v1',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'web' },
    spec: {
      maxReplicas: 5,
      targetCPUUtilizationPercentage: 70,
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
    },
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'web' },
    subjects: [
      { kind: 'ServiceAccount', name: 'web', namespace: 'default' },
      { kind: 'User', name: 'jane' },
    ],
    roleRef: { kind: 'ClusterRole', name: 'view', apiGroup: 'rbac.authorization.k8s.io' },
  },
  {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'data' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1024Mi' } } },
  },
];

/** Everything in the namespace, as the server lists it in its preferred versions. */
async function running(namespace: string, known: ReadonlyMap<string, Resource>): Promise<Side & Sight> {
  const kinds = [
    ...['v1 ConfigMap', 'v1 Secret', 'v1 ServiceAccount', 'v1 Service', 'v1 Pod', 'v1 PersistentVolumeClaim'],
    ...['v1 Endpoints', 'discovery.k8s.io/v1 EndpointSlice', 'apps/v1 Deployment', 'apps/v1 ReplicaSet'],
    ...['batch/v1 Job', 'policy/v1 PodDisruptionBudget', 'networking.k8s.io/v1 NetworkPolicy'],
    ...['autoscaling/v2 HorizontalPodAutoscaler', 'rbac.authorization.k8s.io/v1 RoleBinding'],
  ];
  const objects: KubernetesObject[] = [];
  for (const name of kinds) {
    const [apiVersion = '', kind = ''] = name.split(' ');
    const { items } = await cluster().expect('GET', collection(known.get(name)!, namespace));
    for (const item of items as JsonObject[]) objects.push(objectOf({ ...item, apiVersion, kind }));
  }
  return { objects, isLive: true, gaps: [], unread: [] };
}

describeWithCluster('differences from what was asked for', () => {
  it.skipIf(!existsSync(corpora))(
    'are none where real manifests are created',
    async () => {
      const namespace = await freshNamespace();
      const known = await resources();
      const tally = { stored: 0, refused: 0, notServed: 0 };
      const different: string[] = [];
      for (const document of documents(corpora)) {
        const resource = known.get(`${document['apiVersion']} ${document['kind']}`);
        if (resource === undefined) {
          tally.notServed++;
          continue;
        }
        const manifest = resource.namespaced ? inNamespace(document, namespace) : document;
        const answer = await create(resource, manifest, namespace, 'dryRun=All&fieldManager=kubectl-create');
        if (answer.status !== 201) {
          tally.refused++;
          continue;
        }
        tally.stored++;
        different.push(
          ...counted(manifest, answer.body as JsonObject).map((field) => `${document['kind']} ${say(field)}`),
        );
      }
      process.stdout.write(`drift: ${JSON.stringify(tally)}, different ${different.length}\n`);
      expect(different.slice(0, 20)).toEqual([]);
      expect(tally.stored).toBeGreaterThan(1_000);
    },
    300_000,
  );

  it('are none in a namespace where manifests were applied, and name who changed what afterwards', async () => {
    const namespace = await freshNamespace();
    const known = await resources();
    const manifests = SHOP.map((manifest) => inNamespace(manifest, namespace));
    for (const [index, manifest] of manifests.entries()) {
      const resource = known.get(`${manifest['apiVersion']} ${manifest['kind']}`)!;
      // As `kubectl apply --server-side` and as a client that creates.
      const path = `${collection(resource, namespace)}/${objectOf(manifest).name}?fieldManager=kubectl`;
      const answer =
        index % 2 === 0
          ? await cluster().request('PATCH', path, manifest, { contentType: 'application/apply-patch+yaml' })
          : await create(resource, manifest, namespace, 'fieldManager=helm');
      expect(answer.status, JSON.stringify(answer.body)).toBe(201);
    }
    const asked: Side & Sight = { objects: manifests.map(objectOf), isLive: false, gaps: [], unread: [] };
    // Controllers are at work: pods, replica sets, endpoints, conditions, revisions.
    const pods = `/api/v1/namespaces/${namespace}/pods`;
    await eventually(async () => (await cluster().request('GET', pods)).body.items.length >= 3);
    const before = compareObjects(asked, await running(namespace, known));
    expect(
      before.changed.flatMap(({ after, fields }) =>
        fields.filter(counts).map((field) => `${after.kind} ${say(field)}`),
      ),
    ).toEqual([]);
    expect(before.removed).toEqual([]);
    expect(before.added.filter(({ explanation }) => explanation === undefined)).toEqual([]);
    expect(before.added.some(({ explanation }) => explanation?.kind === 'owner')).toBe(true);
    expect(before.same).toBe(manifests.length);
    expect(newFindings(asked, await running(namespace, known))).toEqual([]);

    const deployment = `/apis/apps/v1/namespaces/${namespace}/deployments/web`;
    const merge = { contentType: 'application/strategic-merge-patch+json' };
    const edits: [string, unknown][] = [
      [
        `${deployment}?fieldManager=kubectl-edit`,
        { spec: { template: { spec: { containers: [{ name: 'web', image: 'example.test/web:evil' }] } } } },
      ],
      [`${deployment}/scale?fieldManager=kube-controller-manager`, { spec: { replicas: 4 } }],
      [
        `/api/v1/namespaces/${namespace}/services/web?fieldManager=kubectl-patch`,
        { spec: { type: 'NodePort' } },
      ],
      [
        `/api/v1/namespaces/${namespace}/secrets/token?fieldManager=Mozilla`,
        { data: { password: 'bm90IHRoZSBvbGQgb25l' } },
      ],
    ];
    for (const [path, patch] of edits) {
      const isScale = path.includes('/scale');
      const options = isScale ? { contentType: 'application/merge-patch+json' } : merge;
      const answer = await cluster().request('PATCH', path, patch, options);
      expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    }
    const extra = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'by-hand' } };
    await create(known.get('v1 ConfigMap')!, extra, namespace, 'fieldManager=kubectl-create');
    await cluster().expect('DELETE', `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets/web`);

    const after = compareObjects(asked, await running(namespace, known));
    expect(
      after.changed.flatMap(({ after: object, fields }) =>
        fields.filter(counts).map((field) => `${object.kind}/${object.name} ${say(field)}`),
      ),
    ).toEqual([
      'Secret/token data.password: "[hidden]" -> "[hidden]" (edit Mozilla)',
      'Service/web spec.type: "ClusterIP" -> "NodePort" (edit kubectl-patch)',
      'Deployment/web spec.replicas: 2 -> 4 (controller kube-controller-manager scale)',
      'Deployment/web spec.template.spec.containers[name="web"].image: "example.test/web:1" -> "example.test/web:evil" (edit kubectl-edit)',
    ]);
    expect(after.removed.map(({ object }) => `${object.kind}/${object.name}`)).toEqual([
      'PodDisruptionBudget/web',
    ]);
    expect(
      after.added.filter(({ explanation }) => explanation === undefined).map(({ object }) => object.name),
    ).toEqual(['by-hand']);
    const said = after.changed.flatMap(({ fields }) => fields).filter(counts);
    for (const { operation, subresource, time } of said) {
      expect(operation).toBe('Update');
      // The API server keeps no time of what is set through scale.
      if (subresource === 'scale') expect(time).toBeUndefined();
      else expect(Math.abs(Date.parse(time ?? '') - Date.now())).toBeLessThan(120_000);
    }
  }, 120_000);
});
