import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { assess } from '../src/assessment/assess.ts';
import { readManifests } from '../src/evidence/manifests/index.ts';
import type { Json, JsonObject } from '../src/kubernetes/json.ts';
import { SEVERITIES } from '../src/threats/define-check.ts';
import { checks } from '../src/threats/generated/registry.ts';
import { OWNERS, objectOf, quietContainer, quietPod, SURROUNDINGS } from './owners.ts';

const MEDIUM = SEVERITIES.indexOf('medium');

const IMAGES = [
  'nginx',
  'nginx:latest',
  'nginx:1.27',
  'example.com/shop/app:main',
  'example.com:5000/shop/app:4.2.0',
  `example.com/shop/app:4.2.0@sha256:${'2c26b46b68ffc68f'.repeat(4)}`,
];

type Loss = (pod: JsonObject, container: JsonObject) => void;

const inPod =
  (fields: JsonObject): Loss =>
  (pod) =>
    Object.assign(pod, fields);
const inSecurity =
  (fields: JsonObject): Loss =>
  (_, container) =>
    Object.assign(container['securityContext'] as JsonObject, fields);
const withoutSecurity =
  (field: string): Loss =>
  (pod, container) => {
    for (const holder of [pod, container]) delete (holder['securityContext'] as JsonObject)[field];
  };
const withoutResource =
  (list: string, name: string): Loss =>
  (_, container) => {
    delete ((container['resources'] as JsonObject)[list] as JsonObject)[name];
  };
const hostPath =
  (path: string, readOnly = false): Loss =>
  (pod, container) => {
    (pod['volumes'] as Json[]).push({ name: 'node', hostPath: { path } });
    (container['volumeMounts'] as Json[]).push({ name: 'node', mountPath: '/node', readOnly });
  };

/**
 * One protection less, and all findings of medium or above that follow: violations of the `baseline` profile are high (critical where
 * they give the node away, medium for a single host port or an ordinary directory), of `restricted` medium.
 */
const LOSSES: readonly [string, Loss, readonly string[]][] = [
  [
    'privileged',
    (_, container) => {
      container['securityContext'] = { privileged: true };
    },
    ['critical privileged-container'],
  ],
  ['the root of the node', hostPath('/'), ['critical host-path-root']],
  ['the socket of the runtime', hostPath('/var/run/docker.sock'), ['critical host-path-runtime-socket']],
  ["the kubelet's state", hostPath('/var/lib/kubelet'), ['high host-path-kubelet']],
  [
    "a plugin's directory",
    hostPath('/var/lib/kubelet/plugins/csi.example.com'),
    ['medium host-path-kubelet'],
  ],
  [
    'the volumes of others',
    hostPath('/var/lib/kubelet/plugins/kubernetes.io/csi'),
    ['high host-path-kubelet'],
  ],
  ['a directory of the node', hostPath('/srv/data'), ['medium host-path-other']],
  ['hostNetwork', inPod({ hostNetwork: true }), ['high host-network']],
  ['hostPID', inPod({ hostPID: true }), ['high host-pid']],
  ['hostIPC', inPod({ hostIPC: true }), ['high host-ipc']],
  [
    'a host port',
    (_, container) => {
      container['ports'] = [{ containerPort: 8080, hostPort: 8080 }];
    },
    ['medium host-port'],
  ],
  ['procMount Unmasked', inSecurity({ procMount: 'Unmasked' }), ['high proc-mount-unmasked']],
  [
    'an added SYS_ADMIN',
    inSecurity({ capabilities: { drop: ['ALL'], add: ['SYS_ADMIN'] } }),
    ['high added-capability'],
  ],
  ['seccomp Unconfined', inSecurity({ seccompProfile: { type: 'Unconfined' } }), ['high seccomp-unconfined']],
  ['no runAsNonRoot', withoutSecurity('runAsNonRoot'), ['medium run-as-non-root-missing']],
  ['user 0', inSecurity({ runAsUser: 0 }), ['medium run-as-root']],
  ['no seccomp profile', withoutSecurity('seccompProfile'), ['medium seccomp-not-set']],
  ['no dropped capabilities', withoutSecurity('capabilities'), ['medium capabilities-not-dropped']],
  [
    'no allowPrivilegeEscalation',
    withoutSecurity('allowPrivilegeEscalation'),
    ['medium allow-privilege-escalation'],
  ],
  ['no memory limit', withoutResource('limits', 'memory'), ['medium no-memory-limit']],
  [
    'a literal credential',
    (_, container) => {
      container['env'] = [{ name: 'DB_PASSWORD', value: 'kD83-lq0Pz-77xQ' }];
    },
    ['high env-literal-credential'],
  ],
  // Hygiene, in every form that is not loud.
  ['no CPU limit', withoutResource('limits', 'cpu'), []],
  ['no requests', withoutResource('requests', 'memory'), []],
  ['the default account', inPod({ serviceAccountName: 'default' }), []],
  ['NET_BIND_SERVICE', inSecurity({ capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } }), []],
];

async function scan(...paths: string[]) {
  const evidence = await readManifests(paths);
  return { evidence, report: assess(evidence, { checks }) };
}

/** Users of other scanners complain most of noise: what is done right must be quiet. */
describe('a workload that meets restricted, has limits, its own service account and network policies', () => {
  test('has no finding of medium or above', async () => {
    const { evidence, report } = await scan('examples/shop/orders.yaml');
    expect(evidence.objects.length).toBe(4);
    const loud = report.findings
      .filter((finding) => SEVERITIES.indexOf(finding.severity) <= MEDIUM)
      .map((finding) => `${finding.check.id} ${finding.object.kind}/${finding.object.name} ${finding.path}`);
    expect(loud).toEqual([]);
  });

  test('is judged, not skipped', async () => {
    const { report } = await scan('examples/shop/orders.yaml');
    for (const [threat, tally] of Object.entries(report.coverage.byThreat)) {
      if (threat === 'repudiation' || threat === 'spoofing') continue;
      expect(tally.evaluated, threat).toBeGreaterThan(0);
    }
  });
});

test('the example of the README shows findings for each threat', async () => {
  const { report } = await scan('examples/shop');
  expect(new Set(report.findings.map(({ check }) => check.threat)).size).toBe(6);
});

const SMALL = '../shared/corpora/small';

test('no check throws on real manifests', async () => {
  if (!existsSync(SMALL)) {
    process.stderr.write(`\nSKIPPED: ${SMALL} is absent; checks were not tried on real manifests.\n`);
    return;
  }
  const { evidence, report } = await scan('../shared/corpora');
  expect(evidence.objects.length).toBeGreaterThan(1900);
  expect(report.notAssessed.filter(({ reason }) => reason === 'check-error')).toEqual([]);
});

/** The same for every kind of owner: what the policy calls hygiene stays below medium, whatever else is missing. */
describe.each(Object.keys(OWNERS))('a quiet %s', (kind) => {
  const owner = OWNERS[kind]!;

  function judge(pod: JsonObject, without: (raw: JsonObject) => boolean = () => false) {
    const objects = [owner(pod), ...SURROUNDINGS.filter((raw) => !without(raw))].map(objectOf);
    const report = assess({ objects, documents: objects.length, notKubernetes: [], unread: [] }, { checks });
    expect(report.notAssessed.filter(({ reason }) => reason === 'check-error')).toEqual([]);
    return report;
  }
  const loud = (...args: Parameters<typeof judge>) =>
    judge(...args)
      .findings.filter((finding) => SEVERITIES.indexOf(finding.severity) <= MEDIUM)
      .map((finding) => `${finding.severity} ${finding.check.id}`)
      .sort();

  test.each(IMAGES)('has no finding of medium or above with image %s', (image) => {
    expect(loud(quietPod(image))).toEqual([]);
    expect(judge(quietPod(image)).coverage.byThreat['elevation-of-privilege'].evaluated).toBeGreaterThan(5);
  });

  test('has none with an init container, a sidecar and a second container of the same make', () => {
    const pod = quietPod('example.com/app:1.2.3');
    const own = (name: string) => ({ ...quietContainer('example.com/tool:2.0'), name, ports: [] });
    pod['initContainers'] = [own('init'), { ...own('proxy'), restartPolicy: 'Always' }];
    pod['containers'] = [quietContainer('example.com/app:1.2.3'), own('second')];
    expect(loud(pod)).toEqual([]);
  });

  test.each(LOSSES)('is loud about %s', (_, lose, expected) => {
    const pod = quietPod('example.com/app:1.2.3');
    lose(pod, (pod['containers'] as JsonObject[])[0]!);
    expect(loud(pod)).toEqual([...expected].sort());
  });

  test('is loud without a policy for ingress, not without one for egress', () => {
    const isPolicy = (name: string) => (raw: JsonObject) =>
      raw['kind'] === 'NetworkPolicy' && (raw['metadata'] as JsonObject)['name'] === name;
    const pod = quietPod('example.com/app:1.2.3');
    expect(loud(pod, isPolicy('ingress'))).toEqual(['medium no-network-policy-ingress']);
    expect(loud(pod, isPolicy('egress'))).toEqual([]);
  });
});

test('a Job that names no port is not loud without a policy for ingress', () => {
  const pod = quietPod('example.com/app:1.2.3');
  delete (pod['containers'] as JsonObject[])[0]!['ports'];
  for (const [kind, severity] of [
    ['Job', 'low'],
    ['CronJob', 'low'],
    ['Deployment', 'medium'],
  ] as const) {
    const objects = [objectOf(OWNERS[kind]!(pod))];
    const report = assess({ objects, documents: 1, notKubernetes: [], unread: [] }, { checks });
    const found = report.findings.filter(({ check }) => check.id === 'no-network-policy-ingress');
    expect(
      found.map((finding) => finding.severity),
      kind,
    ).toEqual([severity]);
  }
});

test('a patch is named as not assessed and has no findings', () => {
  const patch = objectOf({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'istiod', namespace: 'istio-system' },
    spec: { template: { spec: { containers: [{ name: 'discovery', env: [{ name: 'A', value: 'b' }] }] } } },
  });
  const report = assess({ objects: [patch], documents: 1, notKubernetes: [], unread: [] }, { checks });
  expect(report.findings).toEqual([]);
  expect(report.coverage).toMatchObject({ documents: 1, objects: 0, unreadable: 1 });
  expect(report.notAssessed).toEqual([
    {
      kind: 'reading',
      file: patch.origin.file.path,
      line: 1,
      subject: 'Deployment/istiod',
      reason: 'kustomize-patch',
    },
  ]);
});

test('what the pods of one object share is said once', () => {
  const task = (name: string) => ({ name, taskSpec: { steps: [{ name, image: 'example.com/a:1' }] } });
  const run = objectOf({
    apiVersion: 'tekton.dev/v1',
    kind: 'PipelineRun',
    metadata: { name: 'release', namespace: 'shop' },
    spec: { pipelineSpec: { tasks: [task('build'), task('test')] } },
  });
  const report = assess({ objects: [run], documents: 1, notKubernetes: [], unread: [] }, { checks });
  const keys = report.findings.map(({ check, path, message, params }) =>
    JSON.stringify([check.id, path, message, params]),
  );
  expect(new Set(keys).size).toBe(keys.length);
  const paths = (id: string) =>
    report.findings.filter(({ check }) => check.id === id).map(({ path }) => path);
  expect(paths('default-service-account')).toEqual(['spec.taskRunTemplate.serviceAccountName']);
  // One for each container all the same.
  expect(paths('no-memory-limit')).toHaveLength(2);
});
