import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { NEEDS } from '../src/evidence/cluster/needs.ts';
import { Cluster } from '../src/kubernetes/cluster.ts';
import { isObject, type JsonObject } from '../src/kubernetes/json.ts';
import { KubernetesObject } from '../src/kubernetes/object.ts';
import { WORKLOAD_KINDS } from '../src/kubernetes/pod-templates.ts';
import { ALL, WORKLOADS } from '../src/kubernetes/reads.ts';
import { SUBJECT_KINDS } from '../src/kubernetes/subjects.ts';
import { compareApiVersions } from '../src/kubernetes/versions.ts';
import { readYaml } from '../src/kubernetes/yaml/index.ts';
import { checks } from '../src/threats/generated/registry.ts';

/** Kinds that checks look at and that never live in an API server, with the reason. */
const NEVER_LISTED: Readonly<Record<string, string>> = {
  'audit.k8s.io/Policy': 'a file of the API server',
  'apiserver.config.k8s.io/EncryptionConfiguration': 'a file of the API server',
  '/EncryptionConfig': 'the same, of old',
  'apiserver.config.k8s.io/AuthorizationConfiguration': 'a file of the API server',
  'abac.authorization.kubernetes.io/Policy': 'a line of a file of the API server',
  '/Config': 'a kubeconfig, a file of whoever logs in',
  'kubelet.config.k8s.io/KubeletConfiguration': 'a file of a node',
  'kubestride.evidence/ClusterFacts': "KubeStride's own document about the cluster",
  'kubestride.evidence/AuditFacts': "KubeStride's own document about audit logs",
  'kubestride.evidence/NodeFacts': "KubeStride's own document about a node",
};

/** What is served as something else by every API server that is read here. */
const SERVED_ELSEWHERE: Readonly<Record<string, string>> = {
  'extensions/Deployment': 'apps',
  'extensions/ReplicaSet': 'apps',
  'extensions/DaemonSet': 'apps',
  'extensions/Ingress': 'networking.k8s.io',
  'extensions/NetworkPolicy': 'networking.k8s.io',
  'extensions/PodSecurityPolicy': 'policy',
  '/DeploymentConfig': 'apps.openshift.io',
};

/**
 * Checks of how an object was written, which take any kind: what an API server hands out is decoded, without duplicate keys or
 * unknown fields, and in a version that it serves.
 */
const JUDGE_ANY_KIND = ['duplicate-key', 'unknown-field', 'removed-api'];

const needed = new Set(NEEDS.map(({ group, kind }) => `${group}/${kind}`));
const neededKinds = new Set(NEEDS.map(({ kind }) => kind));
const neverListedKinds = new Set(Object.keys(NEVER_LISTED).map((each) => each.split('/')[1]));

/** Text of a module without its comments, in which examples stand. */
function code(path: string): string {
  return readFileSync(path, 'utf8')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|\s)\/\/.*$/gm, '');
}

function casesOf(threat: string, id: string): KubernetesObject[] {
  const objects: KubernetesObject[] = [];
  for (const { value, start, end, line } of readYaml(
    readFileSync(join('src/threats', threat, id, 'cases.yaml')),
  )) {
    if (!isObject(value)) continue;
    const origin = { file: { path: '' }, document: 0, start, end, line, column: 1, within: '' };
    objects.push(new KubernetesObject(value, { ...origin, format: 'yaml' }));
  }
  return objects;
}

describe.each(checks.map((check) => [check.id, check] as const))('%s', (id, check) => {
  test('asks for nothing that a cluster is not asked for', () => {
    const kinds = new Set<string>();
    const groupsAndKinds = new Set<string>();
    for (const isComplete of [false, true]) {
      const cluster = new Cluster(casesOf(check.threat, id), { isComplete });
      for (const subject of cluster.subjects(check.subject)) {
        const { result, reads } = cluster.reads.during(() => check.evaluate(subject as never, cluster));
        for (const read of reads) kinds.add(read.kind);
        const { group, kind } = subject.object;
        const isJudged = result.verdict !== 'not-applicable' && check.subject !== 'cluster';
        if (isJudged && !JUDGE_ANY_KIND.includes(id)) groupsAndKinds.add(`${group}/${kind}`);
      }
    }
    for (const kind of SUBJECT_KINDS[check.subject]) kinds.add(kind);
    if (kinds.delete(WORKLOADS)) for (const kind of WORKLOAD_KINDS) kinds.add(kind);
    kinds.delete(ALL);
    expect([...kinds].filter((kind) => !neededKinds.has(kind) && !neverListedKinds.has(kind))).toEqual([]);
    const known = (each: string) => needed.has(each) || each in NEVER_LISTED || each in SERVED_ELSEWHERE;
    expect([...groupsAndKinds].filter((each) => !known(each))).toEqual([]);
  });
});

test('every group and kind that the model tells apart is asked for', () => {
  // Names such as 'networking.k8s.io/NetworkPolicy' are how the model writes a kind. Two files know more kinds than anyone reads:
  // which ones are in no namespace, and which ones a cluster makes for itself, for objects of manifests and of other tools' dumps.
  const ofAnyKind = ['scope.ts', 'comparison/explanation.ts'];
  const named = ['src/kubernetes', 'src/engines', 'src/threats', 'src/assessment'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter(
        (file) => /(?<!\.test)\.ts$/.test(file) && !file.includes('generated') && !ofAnyKind.includes(file),
      )
      .flatMap((file) => [
        ...code(join(folder, file)).matchAll(
          /'((?:[a-z][a-z0-9.-]*\.[a-z0-9.]+|apps|batch|policy|autoscaling|extensions|)\/[A-Z][A-Za-z]+)'/g,
        ),
      ])
      .map((match) => match[1]!)
      .filter((name) => !name.startsWith('example.com/')),
  );
  expect(named).toContain('apps/Deployment');
  expect(named).toContain('cilium.io/CiliumClusterwideNetworkPolicy');
  const missing = named.filter(
    (each) => !needed.has(each) && !(each in NEVER_LISTED) && !(each in SERVED_ELSEWHERE),
  );
  expect([...new Set(missing)]).toEqual([]);
  for (const [each, group] of Object.entries(SERVED_ELSEWHERE)) {
    expect(needed).toContain(`${group}/${each.split('/')[1]}`);
  }
});

test('versions are such as the product knows, best first', () => {
  const { kinds } = JSON.parse(readFileSync('src/kubernetes/schema/schema.generated.json', 'utf8')) as {
    kinds: Record<string, JsonObject>;
  };
  const byBest = (a: string, b: string) => -compareApiVersions(a, b);
  for (const { group, kind, versions } of NEEDS) {
    expect(versions).toEqual([...versions].sort(byBest));
    const known = Object.keys(kinds)
      .filter((apiVersion) => kind in kinds[apiVersion]! && apiVersion.replace(/\/?[^/]*$/, '') === group)
      .map((apiVersion) => apiVersion.replace(/^.*\//, ''))
      .sort(byBest);
    // Older ones than these went before any release that anyone still runs.
    if (known.length > 0) expect([kind, ...known.slice(0, versions.length)]).toEqual([kind, ...versions]);
  }
});

test('no need is stated twice', () => {
  const all = NEEDS.map(({ group, kind }) => `${group}/${kind}`);
  expect(all).toEqual([...new Set(all)]);
});
