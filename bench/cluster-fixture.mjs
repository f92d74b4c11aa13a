/**
 * The objects of the cluster that bench/cluster.mjs measures: 100 namespaces with 10,000 pods that run, each owned by a
 * ReplicaSet of a Deployment, and what stands around them in clusters that people use. Made without controllers, so that it is
 * the same every time.
 */

const NAMESPACES = 100;
const DEPLOYMENTS = 4;
const PODS_OF_DEPLOYMENT = 25;
export const PODS = NAMESPACES * DEPLOYMENTS * PODS_OF_DEPLOYMENT;
const OLD_REPLICA_SETS = 10;
export const NODES = 20;

const text = (bytes) =>
  'The quick brown fox jumps over the lazy dog. '.repeat(Math.ceil(bytes / 45)).slice(0, bytes);

function template(app, namespace, index) {
  return {
    metadata: {
      labels: { app, 'app.kubernetes.io/name': app, 'app.kubernetes.io/part-of': namespace },
      annotations: { 'checksum/config': `${index}`.padStart(64, '0'), 'prometheus.io/scrape': 'true' },
    },
    spec: {
      serviceAccountName: app,
      securityContext: {
        runAsNonRoot: index % 2 === 0,
        fsGroup: 1000,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containers: [
        {
          name: 'app',
          image: `registry.example/${namespace}/${app}:1.${index % 40}.0`,
          args: ['--port=8080', `--config=/etc/${app}/config.yaml`],
          ports: [
            { name: 'http', containerPort: 8080 },
            { name: 'metrics', containerPort: 9090 },
          ],
          env: Array.from({ length: 12 }, (_, i) => ({ name: `SETTING_${i}`, value: `value-${index}-${i}` })),
          resources: { requests: { cpu: '10m', memory: '32Mi' }, limits: { memory: '64Mi' } },
          readinessProbe: { httpGet: { path: '/ready', port: 'http' }, periodSeconds: 5 },
          livenessProbe: { httpGet: { path: '/live', port: 'http' } },
          securityContext: { allowPrivilegeEscalation: index % 3 === 0, capabilities: { drop: ['ALL'] } },
          volumeMounts: [
            { name: 'config', mountPath: `/etc/${app}` },
            { name: 'cache', mountPath: '/cache' },
          ],
        },
        {
          name: 'proxy',
          image: 'registry.example/mesh/proxy:2.3.1',
          env: [{ name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } }],
          resources: { requests: { cpu: '5m', memory: '16Mi' } },
        },
      ],
      volumes: [
        { name: 'config', configMap: { name: `${app}-0` } },
        { name: 'cache', emptyDir: {} },
      ],
    },
  };
}

const owner = (apiVersion, kind, { metadata: { name, uid } }) => [
  { apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true },
];

const rules = (index) => [
  { apiGroups: [''], resources: ['configmaps', 'services'], verbs: ['get', 'list', 'watch'] },
  {
    apiGroups: ['apps'],
    resources: ['deployments'],
    resourceNames: [`app-${index}`],
    verbs: ['get', 'patch'],
  },
];

/** Everything that one namespace holds beside its Deployments: `[path below the namespace, objects]`. */
function beside(namespace) {
  const each = (count, make) => Array.from({ length: count }, (_, index) => make(index));
  const rbac = '/apis/rbac.authorization.k8s.io/v1';
  const name = (prefix, index) => ({ name: `${prefix}-${index}` });
  return [
    ['/api/v1', 'serviceaccounts', each(20, (index) => ({ metadata: name('sa', index) }))],
    [
      '/api/v1',
      'configmaps',
      each(230, (index) => ({
        metadata: name('settings', index),
        data: { 'config.yaml': text(1500), mode: 'a' },
      })),
    ],
    [
      '/api/v1',
      'services',
      each(12, (index) => ({
        metadata: name('app', index),
        spec: { clusterIP: 'None', selector: { app: `app-${index % DEPLOYMENTS}` }, ports: [{ port: 80 }] },
      })),
    ],
    ['/api/v1', 'limitranges', each(1, () => ({ metadata: { name: 'limits' }, spec: { limits: [] } }))],
    [rbac, 'roles', each(20, (index) => ({ metadata: name('role', index), rules: rules(index) }))],
    [
      rbac,
      'rolebindings',
      each(20, (index) => ({
        metadata: name('binding', index),
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: `role-${index}` },
        subjects: [{ kind: 'ServiceAccount', name: `sa-${index}`, namespace }],
      })),
    ],
    [
      '/apis/networking.k8s.io/v1',
      'networkpolicies',
      each(8, (index) => ({
        metadata: name('policy', index),
        spec: {
          podSelector: { matchLabels: { app: `app-${index}` } },
          policyTypes: ['Ingress'],
          ingress: [{ from: [{ podSelector: { matchLabels: { app: 'app-0' } } }] }],
        },
      })),
    ],
    [
      '/apis/networking.k8s.io/v1',
      'ingresses',
      each(6, (index) => ({
        metadata: name('app', index),
        spec: {
          tls: [{ hosts: [`${namespace}-${index}.example`], secretName: 'tls' }],
          defaultBackend: { service: { name: `app-${index}`, port: { number: 80 } } },
        },
      })),
    ],
    [
      '/apis/policy/v1',
      'poddisruptionbudgets',
      each(DEPLOYMENTS, (index) => ({
        metadata: name('app', index),
        spec: { maxUnavailable: 1, selector: { matchLabels: { app: `app-${index}` } } },
      })),
    ],
    [
      '/apis/batch/v1',
      'cronjobs',
      each(10, (index) => ({
        metadata: name('job', index),
        spec: {
          schedule: '0 0 1 1 *',
          jobTemplate: {
            spec: { template: withRestart(template('sa-0', namespace, index), 'Never') },
          },
        },
      })),
    ],
    [
      '/apis/apps/v1',
      'statefulsets',
      each(5, (index) => ({
        metadata: name('store', index),
        spec: {
          replicas: 0,
          serviceName: 'app-0',
          selector: { matchLabels: { app: 'sa-1' } },
          template: template('sa-1', namespace, index),
        },
      })),
    ],
  ];
}

function withRestart(pod, restartPolicy) {
  return { ...pod, spec: { ...pod.spec, restartPolicy } };
}

/** Creates it all; about two minutes on two cores. @param expect sends a request and throws where it is refused */
export async function makeFixture(expect, say) {
  let made = 0;
  const create = async (root, namespace, resource, object) => {
    const scope = namespace === undefined ? '' : `/namespaces/${namespace}`;
    const created = await expect('POST', `${root}${scope}/${resource}`, object);
    if (++made % 5000 === 0) say(`${made} objects`);
    return created;
  };
  const names = Array.from({ length: NAMESPACES }, (_, index) => `team-${String(index).padStart(3, '0')}`);
  await parallel(8, names, (name) => create('/api/v1', undefined, 'namespaces', { metadata: { name } }));
  const rbac = '/apis/rbac.authorization.k8s.io/v1';
  await parallel(16, [...Array(600).keys()], (index) =>
    create(rbac, undefined, 'clusterroles', { metadata: { name: `reader-${index}` }, rules: rules(index) }),
  );
  await parallel(16, [...Array(600).keys()], (index) =>
    create(rbac, undefined, 'clusterrolebindings', {
      metadata: { name: `reader-${index}` },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: `reader-${index}` },
      subjects: [{ kind: 'ServiceAccount', name: 'sa-0', namespace: names[index % NAMESPACES] }],
    }),
  );
  const tasks = names.flatMap((namespace) =>
    beside(namespace).flatMap(([root, resource, objects]) =>
      objects.map((object) => () => create(root, namespace, resource, object)),
    ),
  );
  await parallel(16, tasks, (task) => task());
  await parallel(
    16,
    names.flatMap((namespace) => [...Array(DEPLOYMENTS).keys()].map((index) => ({ namespace, index }))),
    async ({ namespace, index }) => {
      const app = `app-${index}`;
      await create('/api/v1', namespace, 'serviceaccounts', { metadata: { name: app } });
      const pod = template(app, namespace, index);
      const deployment = await create('/apis/apps/v1', namespace, 'deployments', {
        metadata: { name: app, labels: pod.metadata.labels },
        spec: { replicas: PODS_OF_DEPLOYMENT, selector: { matchLabels: { app } }, template: pod },
      });
      for (let revision = 0; revision <= OLD_REPLICA_SETS; revision++) {
        const hash = `${revision}`.padStart(10, 'b');
        const labels = { ...pod.metadata.labels, 'pod-template-hash': hash };
        const hashed = { ...pod, metadata: { ...pod.metadata, labels } };
        const isCurrent = revision === OLD_REPLICA_SETS;
        const set = await create('/apis/apps/v1', namespace, 'replicasets', {
          metadata: {
            name: `${app}-${hash}`,
            labels,
            ownerReferences: owner('apps/v1', 'Deployment', deployment),
          },
          spec: {
            replicas: isCurrent ? PODS_OF_DEPLOYMENT : 0,
            selector: { matchLabels: { app, 'pod-template-hash': hash } },
            template: hashed,
          },
        });
        for (let i = 0; isCurrent && i < PODS_OF_DEPLOYMENT; i++) {
          await create('/api/v1', namespace, 'pods', {
            metadata: {
              ...hashed.metadata,
              name: `${app}-${hash}-${String(i).padStart(5, 'x')}`,
              ownerReferences: owner('apps/v1', 'ReplicaSet', set),
            },
            spec: { ...hashed.spec, nodeName: `kwok-node-${i % NODES}` },
          });
        }
      }
    },
  );
  return made;
}

async function parallel(workers, items, work) {
  let next = 0;
  await Promise.all(
    Array.from({ length: workers }, async () => {
      while (next < items.length) await work(items[next++]);
    }),
  );
}
