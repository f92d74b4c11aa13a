import { expect, test } from 'vitest';
import {
  FlowLineReader,
  FlowLog,
  generatePolicies,
  IRRELEVANT,
  Network,
  Prover,
  policyObject,
  UNKNOWN,
} from '../src/engines/network/index.ts';
import type { KubernetesObject } from '../src/kubernetes/object.ts';
import { objectsOf } from './network-random.ts';
import { NetworkReference } from './network-reference.ts';
import type { NetworkPolicyObject, PodObject } from './network-shapes.ts';
import { Choices } from './random-pod.ts';

/**
 * Random worlds with random evidence: applied to them, the generated policies let through what the evidence says and nothing else.
 * It is judged packet by packet by tests/network-reference.ts, which shares nothing with the engine, and the evidence is kept by
 * this test as it is made up, not as it is read.
 */
const SEED = Number(process.env['GENERATE_SEED'] ?? 20_261_124);
const WORLDS = Number(process.env['GENERATE_WORLDS'] ?? 20);

const NAMESPACES = ['shop', 'bank', 'kube-system'];
const PORTS = [53, 80, 443, 5432, 8080, 9090];
const OUTSIDE = ['203.0.113.7', '198.51.100.9', '10.20.30.40'];

interface Want {
  readonly from: string;
  readonly to: string;
  readonly protocol: string;
  readonly port: number;
}

interface World {
  readonly objects: readonly KubernetesObject[];
  readonly pods: readonly PodObject[];
  readonly lines: readonly string[];
  readonly wants: readonly Want[];
}

const keyOf = ({ metadata }: PodObject) => `${metadata.namespace}/${metadata.name}`;

function randomWorld(choices: Choices): World {
  const pods: PodObject[] = [];
  for (const namespace of NAMESPACES) {
    const count = 1 + Math.floor(choices.next() * 5);
    for (let number = 0; number < count; number++) pods.push(randomPod(choices, namespace, number));
  }
  pods.push({
    metadata: { name: 'coredns', namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } },
    spec: { containers: [{}] },
  });
  const services: object[] = [];
  const lines: string[] = [];
  const wants: Want[] = [];
  const settings = new Map<PodObject, { name: string; value: string }[]>();
  for (let number = choices.list(10, () => 0).length; number > 0; number--) {
    const [from, to] = [choices.of(pods), choices.of(pods)];
    if (from === to) continue;
    const [protocol, port] = [choices.of(['TCP', 'UDP']), choices.of(PORTS)];
    const want = { from: keyOf(from), to: keyOf(to), protocol, port };
    switch (choices.of(['hubble', 'setting', 'out', 'in'])) {
      case 'hubble':
        lines.push(hubble(choices, { pod: from }, { pod: to }, protocol, port));
        wants.push(want);
        break;
      case 'setting': {
        const name = `service-${number}`;
        const { namespace, labels = {} } = to.metadata;
        if (Object.keys(labels).length === 0) break;
        services.push({
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { name, namespace },
          spec: { selector: labels, ports: [{ port: 7, targetPort: port, protocol }] },
        });
        const host = choices.of([`${name}.${namespace}`, `${name}.${namespace}.svc.cluster.local`]);
        const value = choices.of([`http://user:secret@${host}:7/path`, `${host}:7`]);
        settings.set(from, [...(settings.get(from) ?? []), { name: `PEER_${number}`, value }]);
        for (const pod of pods) {
          const isBehind =
            pod.metadata.namespace === namespace &&
            Object.entries(labels).every(([key, each]) => pod.metadata.labels?.[key] === each);
          if (isBehind) wants.push({ ...want, to: keyOf(pod) });
        }
        break;
      }
      case 'out': {
        const address = choices.of(OUTSIDE);
        lines.push(hubble(choices, { pod: from }, { address }, protocol, port));
        wants.push({ ...want, to: address });
        break;
      }
      default: {
        const address = choices.of(OUTSIDE);
        lines.push(hubble(choices, { address }, { pod: to }, protocol, port));
        wants.push({ ...want, from: address });
      }
    }
  }
  const stated = pods.map((pod) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    ...pod,
    spec: {
      containers: [{ name: 'main', image: 'main', ...pod.spec.containers[0], env: settings.get(pod) ?? [] }],
    },
  }));
  const namespaces = NAMESPACES.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }));
  return { objects: objectsOf([...namespaces, ...stated, ...services]), pods, lines, wants };
}

function randomPod(choices: Choices, namespace: string, number: number): PodObject {
  const labels: Record<string, string> = {};
  // Few keys and values, so that labels of one pod often hold those of another, or are the same.
  for (const key of ['app', 'tier', 'app.kubernetes.io/version', 'pod-template-hash']) {
    if (choices.chance(0.6)) labels[key] = choices.of(['a', 'b', 'c']);
  }
  return { metadata: { name: `pod-${number}`, namespace, labels }, spec: { containers: [{}] } };
}

type LogEnd = { readonly pod: PodObject } | { readonly address: string };

/** A line of Hubble's; now and then with a reply or a dropped flow beside it, which are no evidence. */
function hubble(choices: Choices, from: LogEnd, to: LogEnd, protocol: string, port: number): string {
  const end = (each: LogEnd) =>
    'pod' in each
      ? { namespace: each.pod.metadata.namespace, pod_name: each.pod.metadata.name, labels: [] }
      : { labels: ['reserved:world'] };
  const ip = (each: LogEnd) => ('address' in each ? each.address : '10.0.0.1');
  const line = (fields: object, ends: readonly [LogEnd, LogEnd], ports: readonly [number, number]) =>
    JSON.stringify({
      flow: {
        time: '2026-11-23T10:00:00.000Z',
        IP: { source: ip(ends[0]), destination: ip(ends[1]) },
        l4: { [protocol]: { source_port: ports[0], destination_port: ports[1] } },
        source: end(ends[0]),
        destination: end(ends[1]),
        ...fields,
      },
    });
  const lines = [line({ verdict: 'FORWARDED', is_reply: false }, [from, to], [40_000, port])];
  if (choices.chance(0.3)) {
    lines.push(line({ verdict: 'FORWARDED', is_reply: true }, [to, from], [port, 40_000]));
  }
  if (choices.chance(0.3)) {
    lines.push(line({ verdict: 'DROPPED', is_reply: false }, [from, to], [40_001, 4444]));
  }
  return lines.join('\n');
}

function logOf(lines: readonly string[]): FlowLog {
  const log = new FlowLog();
  const reader = new FlowLineReader();
  for (const line of lines.flatMap((each) => each.split('\n'))) {
    const read = reader.read(line);
    if (read === UNKNOWN || read === IRRELEVANT) throw new Error(`not read: ${line}`);
    log.add(read, 'flows.jsonl', false);
  }
  return log;
}

/** What labels tell pods apart by: those that change with each release or each pod do not count. */
function lasting({ metadata }: PodObject): string {
  const { app, tier, 'k8s-app': system } = metadata.labels ?? {};
  return JSON.stringify([metadata.namespace, app, tier, system]);
}

test(`what there is evidence for passes, and nothing else (seed ${SEED})`, () => {
  const choices = new Choices(SEED);
  const counts = { passed: 0, stopped: 0, worlds: 0 };
  for (let number = 0; number < WORLDS; number++) {
    const world = randomWorld(choices);
    const scope = choices.of([NAMESPACES, ['shop'], ['shop', 'bank']]);
    const wrong = check(world, scope, counts);
    expect(wrong, `seed ${SEED}, world ${number}`).toEqual([]);
    counts.worlds++;
  }
  expect(counts.worlds).toBe(WORLDS);
  expect(counts.passed).toBeGreaterThan(WORLDS * 10);
  expect(counts.stopped).toBeGreaterThan(WORLDS * 1000);
});

function check(
  world: World,
  scope: readonly string[],
  counts: { passed: number; stopped: number },
): string[] {
  const { objects, pods, lines, wants } = world;
  const network = new Network(objects, { isComplete: false });
  const generation = generatePolicies(network, objects, {
    includes: ({ namespace }) => scope.includes(namespace),
    wholeNamespaces: true,
    includeAmbiguous: false,
    apiServers: [],
    log: logOf(lines),
  });
  const policies = generation.policies.map(policyObject);
  const wrong: string[] = generation.leftOut.map(({ reason, text }) => `left out: ${reason} ${text}`);
  const after = new Network([...objects, ...objectsOf(policies)], { isComplete: false });
  wrong.push(...after.problems.map(({ kind, path }) => `refused: ${kind} ${path}`));
  const proof = new Prover(network, after, generation).prove();
  if (proof.lost.length + proof.unknown.length + proof.excess.length > 0) wrong.push('the proof fails');

  const reference = new NetworkReference({
    namespaces: NAMESPACES.map((name) => ({
      metadata: { name, labels: { 'kubernetes.io/metadata.name': name } },
    })),
    nodes: [],
    policies: policies as unknown as NetworkPolicyObject[],
    adminPolicies: [],
  });
  const ends = [
    ...pods.map((pod) => ({ name: keyOf(pod), like: lasting(pod), end: { pod }, pod })),
    ...OUTSIDE.map((address) => ({ name: address, like: address, end: { address }, pod: undefined })),
  ];
  const like = new Map(ends.map((each) => [each.name, each.like]));
  const wanted = new Set(
    wants.map(({ from, to, protocol, port }) => `${like.get(from)} ${like.get(to)} ${protocol} ${port}`),
  );
  for (const from of ends) {
    for (const to of ends) {
      if (from === to || (from.pod === undefined && to.pod === undefined)) continue;
      const isIn = (pod: PodObject | undefined) =>
        pod !== undefined && scope.includes(pod.metadata.namespace!);
      if (!isIn(from.pod) && !isIn(to.pod)) continue;
      for (const protocol of ['TCP', 'UDP']) {
        for (const port of [...PORTS, 4444, 40_000]) {
          const passes = reference.passes({ from: from.end, to: to.end, protocol, port });
          const isDns = port === 53 && to.name === 'kube-system/coredns';
          const isWanted = isDns || wanted.has(`${from.like} ${to.like} ${protocol} ${port}`);
          if (passes !== isWanted) {
            wrong.push(`${from.name} → ${to.name} ${protocol} ${port}: ${passes}, wanted ${isWanted}`);
          }
          if (isWanted) counts.passed++;
          else counts.stopped++;
        }
      }
    }
  }
  return wrong;
}
