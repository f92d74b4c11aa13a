import type { JsonObject } from '../src/kubernetes/json.ts';
import type {
  Entity,
  Labels,
  Packet,
  Policy,
  Rule,
  Selector,
  Thing,
  Tier,
  World,
} from './network-calico-reference.ts';
import type { Choices } from './random-pod.ts';

const KEYS = ['app', 'tier'];
const VALUES = ['web', 'db', 'webdb'];
const NAMESPACES = ['shop', 'bank'];
const ACCOUNTS = ['default', 'robot'];
const OUTSIDE = ['203.0.113.7', '203.0.114.7', '198.51.100.1'];
const NETS = ['203.0.113.', '203.0.', '10.0.0.', '10.0.1.', '10.0.0.1'];

export function randomCalicoWorld(choices: Choices): World {
  const pods = [...Array(7).keys()].map(
    (index): Thing => ({
      name: `pod-${index}`,
      namespace: choices.of(NAMESPACES),
      labels: randomLabels(choices),
      account: choices.of(ACCOUNTS),
      prefix: `10.0.${index % 2}.${index}`,
      ports: choices.chance(0.7) ? { http: choices.of([80, 81]) } : {},
    }),
  );
  const sets = [...Array(2).keys()].map(
    (index): Thing => ({
      name: `set-${index}`,
      namespace: choices.of([undefined, ...NAMESPACES]),
      labels: randomLabels(choices),
      account: undefined,
      prefix: choices.of(NETS.filter((net) => net.endsWith('.'))),
      ports: {},
    }),
  );
  const tiers: Tier[] = [
    { name: 'default', order: 1_000_000, defaultAction: 'Deny' },
    { name: 'first', order: choices.of([10, 20]), defaultAction: choices.of(['Deny', 'Pass']) },
    { name: 'second', order: choices.of([10, 20, 2_000_000]), defaultAction: choices.of(['Deny', 'Pass']) },
  ];
  const labels = () => randomLabels(choices);
  const named = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, labels()]));
  return {
    namespaces: named(NAMESPACES),
    accounts: named(NAMESPACES.flatMap((namespace) => ACCOUNTS.map((account) => `${namespace}/${account}`))),
    pods,
    sets,
    tiers,
    policies: [...Array(1 + Math.floor(choices.of([0, 1, 2, 3, 4]))).keys()].map((index) =>
      randomPolicy(choices, `p${index}`, tiers),
    ),
  };
}

export function randomPacket(choices: Choices, { pods }: World): Packet {
  const address = () => choices.of(pods).prefix;
  const [from, to] = choices.of([
    [address(), address()],
    [address(), choices.of(OUTSIDE)],
    [choices.of(OUTSIDE), address()],
  ]) as [string, string];
  return { from, to, protocol: choices.of(['TCP', 'TCP', 'UDP']), port: choices.of([80, 81, 443]) };
}

function randomLabels(choices: Choices): Labels {
  return Object.fromEntries(KEYS.filter(() => choices.chance(0.6)).map((key) => [key, choices.of(VALUES)]));
}

/** Its text and its meaning are made side by side. */
function randomSelector(choices: Choices, depth = 2): Selector {
  if (depth > 0 && choices.chance(0.35)) {
    const [one, other] = [randomSelector(choices, depth - 1), randomSelector(choices, depth - 1)];
    return choices.of<Selector>([
      {
        text: `(${one.text}) && ${other.text.includes('||') ? `(${other.text})` : other.text}`,
        matches: (labels) => one.matches(labels) && other.matches(labels),
      },
      {
        text: `${one.text} || ${other.text}`,
        matches: (labels) => one.matches(labels) || other.matches(labels),
      },
      { text: `!(${one.text})`, matches: (labels) => !one.matches(labels) },
    ]);
  }
  const [key, value, second] = [choices.of(KEYS), choices.of(VALUES), choices.of(VALUES)];
  return choices.of<Selector>([
    { text: `${key} == '${value}'`, matches: (labels) => labels[key] === value },
    { text: `${key} != "${value}"`, matches: (labels) => labels[key] !== value },
    { text: `has(${key})`, matches: (labels) => key in labels },
    {
      text: `${key} in {'${value}', "${second}"}`,
      matches: (labels) => [value, second].includes(labels[key]!),
    },
    { text: `${key} not in { '${value}' }`, matches: (labels) => labels[key] !== value },
    { text: `${key} starts with 'web'`, matches: (labels) => labels[key]?.startsWith('web') === true },
    { text: `${key} endswith 'db'`, matches: (labels) => labels[key]?.endsWith('db') === true },
    { text: `${key} contains 'b'`, matches: (labels) => labels[key]?.includes('b') === true },
    { text: 'all()', matches: () => true },
  ]);
}

function randomPolicy(choices: Choices, name: string, tiers: readonly Tier[]): Policy {
  const namespace = choices.of([undefined, ...NAMESPACES]);
  const rules = () => [...Array(choices.of([0, 1, 2, 3])).keys()].map(() => randomRule(choices));
  const isGlobal = namespace === undefined;
  return {
    name,
    kind: isGlobal ? 'GlobalNetworkPolicy' : 'NetworkPolicy',
    namespace,
    tier: choices.of(tiers).name,
    order: choices.of([1, 2, 500, Number.POSITIVE_INFINITY]),
    selector: randomSelector(choices),
    ...(isGlobal && choices.chance(0.3) ? { namespaceSelector: randomSelector(choices) } : {}),
    ...(choices.chance(0.15) ? { accountSelector: randomSelector(choices) } : {}),
    types: choices.of([['Ingress'], ['Egress'], ['Ingress', 'Egress']]),
    ingress: rules(),
    egress: rules(),
  };
}

function randomRule(choices: Choices): Rule {
  const protocol = choices.of([undefined, 'TCP', 'TCP', 'UDP', 'ICMP'] as const);
  const hasPorts = protocol === 'TCP' || protocol === 'UDP';
  const ports = () => choices.of<readonly (number | string)[]>([[80], ['http'], ['http', 443], [81, 443]]);
  const isAllowed = choices.chance(0.5);
  return {
    action: isAllowed ? 'Allow' : choices.of(['Deny', 'Deny', 'Pass', 'Log']),
    ...(protocol === undefined ? {} : { protocol }),
    ...(protocol === undefined && choices.chance(0.2) ? { notProtocol: choices.of(['TCP', 'UDP']) } : {}),
    source: randomEntity(choices),
    destination: {
      ...randomEntity(choices),
      ...(hasPorts && choices.chance(0.5) ? { ports: ports() } : {}),
      ...(hasPorts && choices.chance(0.2) ? { notPorts: ports() } : {}),
    },
    ...(isAllowed && hasPorts && protocol === 'TCP' && choices.chance(0.1) ? { http: true } : {}),
  };
}

function randomEntity(choices: Choices): Entity {
  return {
    ...(choices.chance(0.35) ? { selector: randomSelector(choices) } : {}),
    ...(choices.chance(0.1) ? { notSelector: randomSelector(choices) } : {}),
    ...(choices.chance(0.2)
      ? {
          namespaceSelector: choices.of([
            'all()',
            'global()',
            randomSelector(choices, 0),
            randomSelector(choices, 0),
          ] as const),
        }
      : {}),
    ...(choices.chance(0.1) ? { accounts: [choices.of(ACCOUNTS)] } : {}),
    ...(choices.chance(0.05) ? { accountSelector: randomSelector(choices, 0) } : {}),
    ...(choices.chance(0.15) ? { nets: [choices.of(NETS), choices.of(NETS)] } : {}),
    ...(choices.chance(0.1) ? { notNets: [choices.of(NETS)] } : {}),
  };
}

/** The world as manifests. */
export function objectsOf({ namespaces, accounts, pods, sets, tiers, policies }: World): JsonObject[] {
  const ofCalico = (kind: string, metadata: JsonObject, spec: JsonObject) => ({
    apiVersion: 'projectcalico.org/v3',
    kind,
    metadata,
    spec,
  });
  const within = (namespace: string | undefined) => (namespace === undefined ? {} : { namespace });
  return [
    ...Object.entries(namespaces).map(([name, labels]) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels },
    })),
    ...Object.entries(accounts).map(([path, labels]) => {
      const [namespace = '', name = ''] = path.split('/');
      return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace, name, labels } };
    }),
    ...pods.map(({ name, namespace, labels, account, prefix, ports }) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: namespace!, labels },
      spec: {
        serviceAccountName: account!,
        containers: [
          {
            name: 'app',
            image: 'example.com/app:1',
            ports: Object.entries(ports).map(([port, containerPort]) => ({ name: port, containerPort })),
          },
        ],
      },
      status: { podIPs: [{ ip: prefix }] },
    })),
    ...sets.map(({ name, namespace, labels, prefix }) =>
      ofCalico(
        namespace === undefined ? 'GlobalNetworkSet' : 'NetworkSet',
        { name, ...within(namespace), labels },
        { nets: [blockOf(prefix)] },
      ),
    ),
    ...tiers.map(({ name, order, defaultAction }) => ofCalico('Tier', { name }, { order, defaultAction })),
    ...policies.map((policy) => {
      const { kind, name, namespace, tier, order, selector, namespaceSelector, accountSelector } = policy;
      return ofCalico(
        kind,
        { name, ...within(namespace) },
        {
          tier,
          ...(order === Number.POSITIVE_INFINITY ? {} : { order }),
          selector: selector.text,
          ...(namespaceSelector === undefined ? {} : { namespaceSelector: namespaceSelector.text }),
          ...(accountSelector === undefined ? {} : { serviceAccountSelector: accountSelector.text }),
          types: [...policy.types],
          ingress: policy.ingress.map(ruleOf),
          egress: policy.egress.map(ruleOf),
        },
      );
    }),
  ];
}

function ruleOf({ action, protocol, notProtocol, source, destination, http }: Rule): JsonObject {
  return {
    action,
    ...(protocol === undefined ? {} : { protocol }),
    ...(notProtocol === undefined ? {} : { notProtocol }),
    source: entityOf(source),
    destination: entityOf(destination),
    ...(http === true ? { http: { methods: ['GET'] } } : {}),
  };
}

function entityOf({
  selector,
  notSelector,
  namespaceSelector,
  accounts,
  accountSelector,
  ...rest
}: Entity): JsonObject {
  const { nets, notNets, ports, notPorts } = rest;
  const namespaces = typeof namespaceSelector === 'object' ? namespaceSelector.text : namespaceSelector;
  return {
    ...(selector === undefined ? {} : { selector: selector.text }),
    ...(notSelector === undefined ? {} : { notSelector: notSelector.text }),
    ...(namespaces === undefined ? {} : { namespaceSelector: namespaces }),
    ...(accounts === undefined && accountSelector === undefined
      ? {}
      : {
          serviceAccounts: {
            ...(accounts === undefined ? {} : { names: [...accounts] }),
            ...(accountSelector === undefined ? {} : { selector: accountSelector.text }),
          },
        }),
    ...(nets === undefined ? {} : { nets: nets.map(blockOf) }),
    ...(notNets === undefined ? {} : { notNets: notNets.map(blockOf) }),
    ...(ports === undefined ? {} : { ports: [...ports] }),
    ...(notPorts === undefined ? {} : { notPorts: [...notPorts] }),
  };
}

/** The block of all addresses that begin with a text. */
function blockOf(prefix: string): string {
  const parts = prefix.split('.').filter((part) => part !== '');
  return `${[...parts, '0', '0', '0', '0'].slice(0, 4).join('.')}/${8 * parts.length}`;
}
