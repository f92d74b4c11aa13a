import type { JsonObject } from '../src/kubernetes/json.ts';
import { KubernetesObject } from '../src/kubernetes/object.ts';
import { adminPolicies } from './network-random-admin.ts';
import { networkPolicies } from './network-random-policies.ts';
import type { ReferenceWorld } from './network-reference.ts';
import type { Metadata, NamespaceObject, NodeObject, PodObject } from './network-shapes.ts';
import { NAMESPACES, PORT_NAMES, PROTOCOLS, randomLabels } from './network-vocabulary.ts';
import type { Choices } from './random-pod.ts';

type Families = readonly ('IPv4' | 'IPv6')[];

export interface RandomWorld {
  /** In a random order, with policies among them that an API server refuses. */
  readonly objects: readonly KubernetesObject[];
  readonly reference: ReferenceWorld;
  readonly pods: readonly PodObject[];
  /** Outside of the cluster. */
  readonly outside: readonly string[];
  readonly nodeAddresses: readonly string[];
  readonly refused: readonly { metadata: Metadata; spec: object }[];
  readonly isComplete: boolean;
}

export function randomWorld(choices: Choices): RandomWorld {
  const families = choices.of<Families>([['IPv4'], ['IPv4'], ['IPv6'], ['IPv4', 'IPv6']]);
  const isRunning = choices.chance(0.75);
  const nodes = isRunning ? [1, 2, 3].map((number) => randomNode(choices, number, families)) : [];
  const pods = randomPods(choices, nodes, families);
  const namespaces = NAMESPACES.filter(() => choices.chance(0.85)).map((name) =>
    randomNamespace(choices, name),
  );
  const network = networkPolicies(choices);
  const admin = adminPolicies(choices);
  const policies = [...network.accepted, ...network.refused, ...admin.accepted, ...admin.refused];
  return {
    objects: objectsOf(shuffled(choices, [...nodes, ...namespaces, ...pods, ...policies])),
    reference: { namespaces, nodes, policies: network.accepted, adminPolicies: admin.accepted },
    pods,
    outside: [
      ...(families.includes('IPv4') ? ['203.0.113.7', '203.0.113.200', '169.254.169.254', '1.1.1.1'] : []),
      ...(families.includes('IPv6') ? ['2001:db8::7', 'fe80::1', '2001:db8:1::'] : []),
    ],
    nodeAddresses: nodes.flatMap(internalAddresses),
    refused: [...network.refused, ...admin.refused],
    isComplete: isRunning && choices.chance(0.7),
  };
}

function randomNode(choices: Choices, number: number, families: Families): NodeObject {
  const ofFamily = { IPv4: `192.168.0.${number}`, IPv6: `fd01::${number}` };
  const addresses = families.map((family) => ({ type: 'InternalIP', address: ofFamily[family] }));
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: `node-${number}`, labels: randomLabels(choices) },
    status: { addresses: [{ type: 'Hostname', address: `node-${number}` }, ...addresses] },
  } as NodeObject;
}

export function objectsOf(raws: readonly object[]): KubernetesObject[] {
  const origin = {
    file: { path: 'random.json' },
    start: 0,
    end: 0,
    line: 1,
    column: 1,
    format: 'json',
    within: '',
  } as const;
  return raws.map((raw, document) => new KubernetesObject(raw as JsonObject, { ...origin, document }));
}

const internalAddresses = ({ status }: NodeObject) => status.addresses.slice(1).map(({ address }) => address);

function randomNamespace(choices: Choices, name: string): NamespaceObject {
  const metadata = choices.chance(0.3) ? { name } : { name, labels: randomLabels(choices) };
  return { apiVersion: 'v1', kind: 'Namespace', metadata } as NamespaceObject;
}

function randomPods(choices: Choices, nodes: readonly NodeObject[], families: Families): PodObject[] {
  return NAMESPACES.flatMap((namespace, space) =>
    choices
      .list(4, () => 0)
      .map((_, index) => {
        const ofFamily = { IPv4: `10.0.${space}.${index + 1}`, IPv6: `fd00::${space}:${index + 1}` };
        return randomPod(
          choices,
          namespace,
          index,
          nodes,
          families.map((family) => ofFamily[family]),
        );
      }),
  );
}

function randomPod(
  choices: Choices,
  namespace: string,
  index: number,
  nodes: readonly NodeObject[],
  own: readonly string[],
): PodObject {
  const isOnHost = choices.chance(0.15);
  const node = nodes.length > 0 ? choices.of(nodes) : undefined;
  // In a cluster of both families, a pod may have addresses of one alone.
  const isOfOne = own.length > 1 && choices.chance(0.2);
  const addresses = isOnHost ? node && internalAddresses(node) : isOfOne ? own.slice(0, 1) : own;
  const container = () => ({
    name: 'c',
    ...(choices.chance(0.8)
      ? {
          ports: choices.list(2, () => ({
            containerPort: choices.of([53, 80, 8080, 9090]),
            ...choices.fields(0.8, { name: () => choices.of(PORT_NAMES.slice(0, 3)) }),
            ...choices.fields(0.6, { protocol: () => choices.of(PROTOCOLS) }),
          })),
        }
      : {}),
  });
  const sidecars = choices.list(1, () => ({
    ...container(),
    ...choices.fields(0.5, { restartPolicy: () => 'Always' }),
  }));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `pod-${index}`,
      ...(namespace === 'default' && choices.chance(0.5) ? {} : { namespace }),
      ...(choices.chance(0.2) ? {} : { labels: randomLabels(choices) }),
      ...(choices.chance(0.3)
        ? {
            ownerReferences: [
              { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'set', uid: 'u', controller: true },
            ],
          }
        : {}),
    },
    spec: {
      ...(isOnHost ? { hostNetwork: true } : {}),
      ...(node ? { nodeName: node.metadata.name } : {}),
      containers: [container(), ...choices.list(1, container)],
      ...(choices.chance(0.5) ? { initContainers: sidecars } : {}),
    },
    ...(node ? { status: { podIPs: addresses!.map((ip) => ({ ip })) } } : {}),
  } as PodObject;
}

function shuffled<T>(choices: Choices, items: readonly T[]): T[] {
  return items
    .map((item) => [choices.next(), item] as const)
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item);
}
