/**
 * What Calico does with one packet, rule by rule, as its API describes it (api/pkg/apis/projectcalico/v3 and
 * https://docs.tigera.io/calico/latest/reference/resources/): everything by addresses, without classes, sets of ports or stages.
 */
export type Labels = Readonly<Record<string, string>>;

/** A selector in Calico's words, and what it means. */
export interface Selector {
  readonly text: string;
  readonly matches: (labels: Labels) => boolean;
}

/** A pod, or a set of addresses with labels. */
export interface Thing {
  readonly name: string;
  /** Undefined for a GlobalNetworkSet. */
  readonly namespace: string | undefined;
  readonly labels: Labels;
  readonly account: string | undefined;
  /** The addresses of a set are all that begin like this. */
  readonly prefix: string;
  readonly ports: Readonly<Record<string, number>>;
}

export interface Entity {
  readonly selector?: Selector;
  readonly notSelector?: Selector;
  readonly namespaceSelector?: Selector | 'all()' | 'global()';
  readonly accounts?: readonly string[];
  readonly accountSelector?: Selector;
  /** Beginnings of addresses. */
  readonly nets?: readonly string[];
  readonly notNets?: readonly string[];
  readonly ports?: readonly (number | string)[];
  readonly notPorts?: readonly (number | string)[];
}

export interface Rule {
  readonly action: 'Allow' | 'Deny' | 'Pass' | 'Log';
  readonly protocol?: 'TCP' | 'UDP' | 'ICMP';
  readonly notProtocol?: 'TCP' | 'UDP';
  readonly source: Entity;
  readonly destination: Entity;
  /** A condition that is not looked at: by a toss-up, it holds or not. */
  readonly http?: boolean;
}

export interface Policy {
  readonly name: string;
  readonly kind: 'NetworkPolicy' | 'GlobalNetworkPolicy';
  readonly namespace: string | undefined;
  readonly tier: string;
  readonly order: number;
  readonly selector: Selector;
  readonly namespaceSelector?: Selector;
  readonly accountSelector?: Selector;
  readonly types: readonly ('Ingress' | 'Egress')[];
  readonly ingress: readonly Rule[];
  readonly egress: readonly Rule[];
}

export interface Tier {
  readonly name: string;
  readonly order: number;
  readonly defaultAction: 'Deny' | 'Pass';
}

export interface World {
  /** Labels of namespaces and of their service accounts. */
  readonly namespaces: Readonly<Record<string, Labels>>;
  readonly accounts: Readonly<Record<string, Labels>>;
  readonly pods: readonly Thing[];
  readonly sets: readonly Thing[];
  readonly tiers: readonly Tier[];
  readonly policies: readonly Policy[];
}

export interface Packet {
  readonly from: string;
  readonly to: string;
  readonly protocol: 'TCP' | 'UDP';
  readonly port: number;
}

/** @param holds whether the condition that is not looked at holds */
export function passes(world: World, packet: Packet, holds: (rule: Rule) => boolean): boolean {
  const at = (address: string) => world.pods.find(({ prefix }) => prefix === address);
  const [source, destination] = [at(packet.from), at(packet.to)];
  if (source !== undefined && source === destination) return true;
  return (
    (source === undefined || passesAt(world, source, 'Egress', packet, holds)) &&
    (destination === undefined || passesAt(world, destination, 'Ingress', packet, holds))
  );
}

function passesAt(
  world: World,
  pod: Thing,
  type: 'Ingress' | 'Egress',
  packet: Packet,
  holds: (rule: Rule) => boolean,
): boolean {
  const tiers = [...world.tiers].sort((a, b) => a.order - b.order || (a.name < b.name ? -1 : 1));
  next: for (const tier of tiers) {
    const policies = world.policies
      .filter(
        (policy) => policy.tier === tier.name && policy.types.includes(type) && isFor(world, policy, pod),
      )
      .sort((a, b) => (a.order === b.order ? (a.name < b.name ? -1 : 1) : a.order < b.order ? -1 : 1));
    if (policies.length === 0) continue;
    for (const policy of policies) {
      for (const rule of type === 'Ingress' ? policy.ingress : policy.egress) {
        if (rule.action === 'Log' || !isMatch(world, policy, rule, packet)) continue;
        if (rule.http === true && !holds(rule)) continue;
        if (rule.action === 'Pass') continue next;
        return rule.action === 'Allow';
      }
    }
    if (tier.defaultAction === 'Deny') return false;
  }
  // The profile of the namespace lets everything through.
  return true;
}

function isFor(world: World, policy: Policy, pod: Thing): boolean {
  if (policy.namespace !== undefined && policy.namespace !== pod.namespace) return false;
  return (
    policy.selector.matches(pod.labels) &&
    (policy.namespaceSelector?.matches(ofNamespace(world, pod)) ?? true) &&
    (policy.accountSelector?.matches(ofAccount(world, pod)) ?? true)
  );
}

function ofNamespace(world: World, { namespace }: Thing): Labels {
  return namespace === undefined
    ? {}
    : { ...world.namespaces[namespace], 'projectcalico.org/name': namespace };
}

function ofAccount(world: World, { namespace, account }: Thing): Labels {
  if (account === undefined) return {};
  return { ...world.accounts[`${namespace}/${account}`], 'projectcalico.org/name': account };
}

function isMatch(world: World, policy: Policy, rule: Rule, packet: Packet): boolean {
  if (rule.protocol !== undefined && rule.protocol !== packet.protocol) return false;
  if (rule.notProtocol === packet.protocol) return false;
  const { ports, notPorts } = rule.destination;
  const destination = world.pods.find(({ prefix }) => prefix === packet.to);
  const hasPort = (list: readonly (number | string)[]) =>
    list.some((port) =>
      typeof port === 'number'
        ? port === packet.port
        : // The named ports of these worlds are ports of TCP.
          packet.protocol === 'TCP' && destination?.ports[port] === packet.port,
    );
  if (ports !== undefined && !hasPort(ports)) return false;
  if (notPorts !== undefined && hasPort(notPorts)) return false;
  return (
    isEntity(world, policy, rule.source, packet.from) && isEntity(world, policy, rule.destination, packet.to)
  );
}

/** Everything is by addresses in the end, as in the IP sets of the data plane. */
function isEntity(world: World, policy: Policy, entity: Entity, address: string): boolean {
  const { selector, notSelector, namespaceSelector, accounts, accountSelector, nets, notNets } = entity;
  const things = [...world.pods, ...world.sets];
  const isAmong = (chosen: readonly Thing[]) => chosen.some(({ prefix }) => address.startsWith(prefix));
  if (nets !== undefined && !nets.some((net) => address.startsWith(net))) return false;
  if (notNets?.some((net) => address.startsWith(net)) === true) return false;
  if (notSelector !== undefined && isAmong(things.filter(({ labels }) => notSelector.matches(labels)))) {
    return false;
  }
  const selects = [selector, accounts, accountSelector, namespaceSelector].some((each) => each !== undefined);
  const isLimited = selects || (policy.namespace !== undefined && notSelector !== undefined);
  if (!isLimited) return true;
  return isAmong(
    things.filter((thing) => {
      const isThere =
        namespaceSelector === undefined
          ? policy.namespace === undefined || thing.namespace === policy.namespace
          : namespaceSelector === 'all()'
            ? thing.namespace !== undefined
            : namespaceSelector === 'global()'
              ? thing.namespace === undefined
              : namespaceSelector.matches(ofNamespace(world, thing));
      return (
        isThere &&
        (selector?.matches(thing.labels) ?? true) &&
        (accounts === undefined || (thing.account !== undefined && accounts.includes(thing.account))) &&
        (accountSelector?.matches(ofAccount(world, thing)) ?? true)
      );
    }),
  );
}
