import type { JsonObject } from '../src/kubernetes/json.ts';
import type {
  CiliumRule,
  CiliumSpec,
  End,
  Packet,
  Pod,
  Port,
  PortRule,
  Selector,
  World,
} from './network-cilium-reference.ts';
import { namespace, node, pod, policy } from './network-cilium-world.ts';
import type { Choices } from './random-pod.ts';

const NAMESPACES = { red: { team: 'a' }, blue: { team: 'b' }, bare: {} };
const NODES = { near: '10.0.0.1', far: '10.0.0.2' };
const ADDRESSES = ['1.1.1.1', '192.0.2.3', '192.0.2.200', '10.1.7.7', '2001:db8::1', ...Object.values(NODES)];
const BLOCKS = [
  '0.0.0.0/0',
  '1.0.0.0/8',
  '192.0.2.0/24',
  '192.0.2.3/32',
  '10.0.0.0/8',
  '10.0.0.0/16',
  '::/0',
];
const ENTITIES = ['all', 'world', 'cluster', 'host', 'remote-node', 'kube-apiserver', 'health', 'none'];
const PROTOCOLS = ['TCP', 'UDP', 'SCTP'];
const PORTS = [53, 80, 443, 8080];
const LABELS: Readonly<Record<string, readonly string[]>> = {
  app: ['web', 'db'],
  tier: ['one', 'two'],
  'app.kubernetes.io/name': ['x'],
  'pod-template-hash': ['1'],
};
const DERIVED: Readonly<Record<string, readonly string[]>> = {
  'io.kubernetes.pod.namespace': Object.keys(NAMESPACES),
  'io.cilium.k8s.namespace.labels.team': ['a', 'b'],
  'io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name': ['red', 'bare'],
  'io.cilium.k8s.policy.serviceaccount': ['default', 'robot'],
  'io.cilium.k8s.policy.cluster': ['default'],
};
const RESERVED = ['reserved:host', 'reserved:health', 'reserved:world', 'reserved:kube-apiserver'];

/** A world of pods, nodes and policies of Cilium, as the reference knows it. */
export function randomWorld(choices: Choices): { world: World; pods: Pod[] } {
  const namespaces = Object.fromEntries(
    Object.entries(NAMESPACES).map(([name, labels]) => [
      name,
      { ...labels, 'kubernetes.io/metadata.name': name },
    ]),
  );
  const pods = Array.from({ length: 6 }, (_, index) => randomPod(choices, `p${index}`));
  const policies = Array.from({ length: 1 + Math.floor(choices.next() * 4) }, () => randomSpec(choices));
  return { world: { namespaces, nodes: NODES, policies }, pods };
}

export function randomPacket(choices: Choices, pods: readonly Pod[]): Packet {
  const at = choices.of(pods);
  const peer: End = choices.chance(0.6) ? choices.of(pods) : choices.of(ADDRESSES);
  const [from, to] = choices.chance(0.5) ? [at, peer] : [peer, at];
  return { from, to, protocol: choices.of(PROTOCOLS), port: choices.of(PORTS) };
}

/** The same as objects of Kubernetes. */
export function objectsOf({ policies }: World, pods: readonly Pod[]): JsonObject[] {
  return [
    ...Object.entries(NAMESPACES).map(([name, labels]) => namespace(name, labels)),
    ...Object.entries(NODES).map(([name, address]) => node(name, address)),
    ...pods.map(({ namespace: where, name, labels, account, node: nodeName, hostNetwork, ports }) =>
      pod(`${where}/${name}`, { labels, serviceAccountName: account, nodeName, hostNetwork, ports }),
    ),
    ...policies.map(({ namespace: where, ...spec }, index) => {
      const written = Object.fromEntries(
        Object.entries(spec).map(([field, value]) => [
          field,
          Array.isArray(value) ? value.map((rule) => written_(rule, field)) : value,
        ]),
      );
      return where === undefined
        ? policy('CiliumClusterwideNetworkPolicy', { name: `p${index}` }, { spec: written })
        : policy('CiliumNetworkPolicy', { name: `p${index}`, namespace: where }, { specs: [written] });
    }),
  ];
}

function written_(rule: CiliumRule, section: string): object {
  const side = section.startsWith('ingress') ? 'from' : 'to';
  const names: Record<string, string> = {
    endpoints: `${side}Endpoints`,
    cidr: `${side}CIDR`,
    cidrSet: `${side}CIDRSet`,
    entities: `${side}Entities`,
    fqdns: `${side}FQDNs`,
    services: `${side}Services`,
    groups: `${side}Groups`,
  };
  return Object.fromEntries(Object.entries(rule).map(([field, value]) => [names[field] ?? field, value]));
}

function randomPod(choices: Choices, name: string): Pod {
  const labels = Object.entries(LABELS).flatMap(([key, values]) =>
    choices.chance(0.5) ? [[key, choices.of(values)] as const] : [],
  );
  return {
    namespace: choices.of(Object.keys(NAMESPACES)),
    name,
    labels: Object.fromEntries(labels),
    account: choices.of(['default', 'robot']),
    node: choices.of(Object.keys(NODES)),
    hostNetwork: choices.chance(0.1),
    ports: choices.chance(0.5)
      ? [{ name: 'web', containerPort: choices.of([80, 8080]), protocol: 'TCP' }]
      : [],
  };
}

function randomSpec(choices: Choices): CiliumSpec {
  const rules = (direction: string, isDeny: boolean) =>
    Array.from({ length: 1 + Math.floor(choices.next() * 2) }, () => randomRule(choices, direction, isDeny));
  const spec: CiliumSpec = {
    namespace: choices.chance(0.7) ? choices.of(Object.keys(NAMESPACES)) : undefined,
    endpointSelector: choices.chance(0.5) ? {} : randomSelector(choices),
  };
  if (choices.chance(0.5)) spec.ingress = rules('ingress', false);
  if (choices.chance(0.25)) spec.ingressDeny = rules('ingress', true);
  if (choices.chance(0.4)) spec.egress = rules('egress', false);
  if (choices.chance(0.2)) spec.egressDeny = rules('egress', true);
  const isEmpty = [spec.ingress, spec.ingressDeny, spec.egress, spec.egressDeny].every(
    (each) => each === undefined,
  );
  if (isEmpty) spec.ingress = [{}];
  if (choices.chance(0.2))
    spec.enableDefaultDeny = { ingress: choices.chance(0.3), egress: choices.chance(0.3) };
  return spec;
}

function randomRule(choices: Choices, direction: string, isDeny: boolean): CiliumRule {
  const rule: CiliumRule = {};
  const some = <T>(make: () => T) =>
    Array.from({ length: choices.chance(0.05) ? 0 : 1 + Math.floor(choices.next() * 2) }, make);
  const kind = choices.next();
  if (kind < 0.45) rule.endpoints = some(() => (choices.chance(0.2) ? {} : randomSelector(choices)));
  else if (kind < 0.53) rule.cidr = some(() => choices.of(BLOCKS));
  else if (kind < 0.63) {
    rule.cidrSet = some(() => {
      if (choices.chance(0.2)) return { cidrGroupRef: 'g', except: ['192.0.2.3/32'] };
      return choices.chance(0.5)
        ? { cidr: choices.of(BLOCKS) }
        : { cidr: '192.0.2.0/24', except: ['192.0.2.3/32'] };
    });
  } else if (kind < 0.78) rule.entities = some(() => choices.of(ENTITIES));
  else if (kind < 0.8) rule.groups = [{ aws: {} }];
  else if (kind < 0.83 && direction === 'egress') rule.services = [{ k8sService: { serviceName: 's' } }];
  else if (kind < 0.87 && direction === 'egress' && !isDeny) rule.fqdns = [{ matchName: 'cilium.io' }];
  if (choices.chance(0.5)) rule.toPorts = some(() => randomPortRule(choices, direction, isDeny));
  else if (choices.chance(0.05)) rule.icmps = [{ fields: [{ type: 8 }] }];
  if (!isDeny && choices.chance(0.07)) {
    rule.authentication = { mode: choices.of(['required', 'disabled', 'test-always-fail']) };
  }
  return rule;
}

function randomPortRule(choices: Choices, direction: string, isDeny: boolean): PortRule {
  const ports = Array.from({ length: 1 + Math.floor(choices.next() * 2) }, (): Port => {
    const protocol = choices.of(['TCP', 'TCP', 'UDP', 'SCTP', 'ANY']);
    const stated = choices.chance(0.1) ? {} : { protocol };
    if (choices.chance(0.12)) return { port: 'web', ...stated };
    if (choices.chance(0.08)) return { port: '0', ...stated };
    const port = String(choices.of(PORTS));
    return choices.chance(0.2)
      ? { port, endPort: choices.of([79, 100, 8080]), ...stated }
      : { port, ...stated };
  });
  if (isDeny) return { ports };
  if (direction === 'egress' && choices.chance(0.08)) {
    return { ports, listener: { name: 'l', envoyConfig: { name: 'e' } } };
  }
  if (choices.chance(0.1))
    return { ports: [{ port: '80', protocol: 'TCP' }], rules: { http: [{ method: 'GET' }] } };
  return { ports };
}

function randomSelector(choices: Choices): Selector {
  const prefix = () => choices.of(['', '', 'k8s:', 'any:']);
  const any = () => {
    const [key, values] = choices.of(Object.entries(choices.chance(0.7) ? LABELS : DERIVED));
    return { key: `${prefix()}${key}`, values };
  };
  const selector: Selector = {};
  if (choices.chance(0.7)) {
    const { key, values } = any();
    selector.matchLabels = { [key]: choices.of(values) };
  }
  if (choices.chance(0.4) || selector.matchLabels === undefined) {
    const { key, values } = choices.chance(0.08) ? { key: choices.of(RESERVED), values: [''] } : any();
    const operator = choices.of(['In', 'NotIn', 'Exists', 'DoesNotExist']);
    const stated = operator.endsWith('In')
      ? { values: choices.chance(0.5) ? [...values] : [choices.of(values)] }
      : {};
    selector.matchExpressions = [{ key, operator, ...stated }];
  }
  return selector;
}
