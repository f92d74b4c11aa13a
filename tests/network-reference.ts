import { BlockList, isIPv4 } from 'node:net';
import {
  type End,
  isOnHost,
  isPort,
  isPortOfAdminRule,
  isSamePod,
  namespaceOf,
  type Packet,
  type Plugin,
  policyTypesOf,
  selects,
  tierOf,
} from './network-reference-rules.ts';
import type {
  AdminPeer,
  AdminPolicyObject,
  NamespacedPod,
  NamespaceObject,
  NetworkPolicyObject,
  NetworkPolicyPeer,
  NetworkPolicyRule,
  NodeObject,
  PodObject,
  Selector,
} from './network-shapes.ts';

/**
 * A naive reading of the specifications, one packet at a time: k8s.io/api/networking/v1/types.go ("NP"), the page
 * Network Policies of Kubernetes ("page"), and apis/v1alpha1 and apis/v1alpha2 of the Network Policy API ("ANP", "CNP").
 * Plain loops over the objects as they are written. Nothing here is shared with the engine that it is held against.
 */

/** What an API server holds; objects that it would refuse are not in it. */
export interface ReferenceWorld {
  readonly namespaces: readonly NamespaceObject[];
  readonly nodes: readonly NodeObject[];
  readonly policies: readonly NetworkPolicyObject[];
  readonly adminPolicies: readonly AdminPolicyObject[];
}

/** One end of the packet as a policy sees it that holds for the other one. */
interface Side {
  readonly direction: 'ingress' | 'egress';
  readonly subject: PodObject;
  readonly peer: End;
  /** Of the peer; undefined where it is not known. */
  readonly peerAddress: string | undefined;
  readonly packet: Packet;
  readonly plugin: Plugin;
}

const PLUGINS: readonly Plugin[] = ['distinguishes', 'ignores'];

type Outcomes = ReadonlySet<boolean>;

export class NetworkReference {
  readonly #world: ReferenceWorld;
  readonly #inBlock = new Map<string, boolean>();

  constructor(world: ReferenceWorld) {
    this.#world = world;
  }

  /**
   * Whether the packet passes; 'unknown' where implementations may differ by the letter of the specifications. Pods on
   * the network of their node are answered as docs/network.md says: as if the plugin distinguished them at both ends, and
   * what passes only if it does not is unknown. Between pods of both IP families, a packet of either is one that passes.
   */
  passes(packet: Packet): boolean | 'unknown' {
    const { from, to } = packet;
    // Page: "a pod cannot block access to itself".
    if ('pod' in from && 'pod' in to && isSamePod(from.pod, to.pod)) return true;
    const answers = this.#addressPairs(from, to).map(([source, destination]) => {
      const held = this.#outcomes(packet, source, destination, 'distinguishes', 'distinguishes');
      if (!held.has(false)) return true;
      const others = PLUGINS.flatMap((atSource) =>
        PLUGINS.flatMap((atDestination) => [
          ...this.#outcomes(packet, source, destination, atSource, atDestination),
        ]),
      );
      return others.includes(true) ? 'unknown' : false;
    });
    return answers.includes(true) || (answers.includes('unknown') && 'unknown');
  }

  #outcomes(
    packet: Packet,
    source: string | undefined,
    destination: string | undefined,
    atSource: Plugin,
    atDestination: Plugin,
  ): Outcomes {
    const { from, to } = packet;
    const egress = this.#decide('egress', from, to, destination, packet, atSource);
    const ingress = this.#decide('ingress', to, from, source, packet, atDestination);
    // Page: "For a connection from a source pod to a destination pod to be allowed, both the egress policy on the source
    // pod and the ingress policy on the destination pod need to allow the connection."
    return new Set([...egress].flatMap((out) => [...ingress].map((into) => out && into)));
  }

  /** The packet may be of any IP family that both ends have. */
  #addressPairs(from: End, to: End): [string | undefined, string | undefined][] {
    const pairs: [string | undefined, string | undefined][] = [];
    for (const source of this.#addresses(from)) {
      for (const destination of this.#addresses(to)) {
        const isPossible =
          source === undefined || destination === undefined || isIPv4(source) === isIPv4(destination);
        if (isPossible) pairs.push([source, destination]);
      }
    }
    return pairs;
  }

  #addresses(end: End): (string | undefined)[] {
    if ('address' in end) return [end.address];
    const own = end.pod.status?.podIPs.map(({ ip }) => ip) ?? [];
    if (own.length > 0) return own;
    return [undefined];
  }

  /** CNP, `tier`: "Admin tier, NetworkPolicy tier, Baseline tier". */
  #decide(
    direction: Side['direction'],
    subject: End,
    peer: End,
    peerAddress: string | undefined,
    packet: Packet,
    plugin: Plugin,
  ): Outcomes {
    // Policies hold for pods alone.
    if ('address' in subject) return new Set([true]);
    const side: Side = { direction, subject: subject.pod, peer, peerAddress, packet, plugin };
    const outcomes = new Set<boolean>();
    for (const admin of this.#tier('Admin', side)) {
      if (admin === 'Allow' || admin === 'Deny') {
        outcomes.add(admin === 'Allow');
        continue;
      }
      const networkPolicy = this.#networkPolicyTier(side);
      // CNP, `tier`: "v1.NetworkPolicy always makes a final decision for selected pods. Further evaluation only happens
      // for Pods not selected by a v1.NetworkPolicy."
      if (networkPolicy !== undefined) {
        for (const outcome of networkPolicy) outcomes.add(outcome);
        continue;
      }
      // CNP, `tier`: "If a given connection wasn't allowed or denied by any of the tiers, the default kubernetes policy is
      // applied, which says that all pods can communicate with each other."
      for (const baseline of this.#tier('Baseline', side)) outcomes.add(baseline !== 'Deny');
    }
    return outcomes;
  }

  /** The actions that may be taken in the tier; 'None' where none of its rules may match. */
  #tier(tier: string, side: Side): Set<string> {
    const policies = this.#world.adminPolicies.filter((policy) => tierOf(policy) === tier);
    const outcomes = new Set<string>();
    // CNP, `priority`: "Policies with lower priority values [...] are checked before policies with higher priority values".
    const priorities = [...new Set(policies.map(({ spec }) => spec.priority ?? 0))].sort((a, b) => a - b);
    for (const priority of priorities) {
      const each = policies
        .filter(({ spec }) => (spec.priority ?? 0) === priority)
        .map((policy) => this.#firstMatch(policy, side));
      // CNP, `priority`: "If two (or more) policies in the same tier with the same priority could match a connection, then
      // the implementation can apply any of the matching policies to the connection".
      for (const actions of each) for (const action of actions) if (action !== 'None') outcomes.add(action);
      if (!each.every((actions) => actions.has('None'))) return outcomes;
    }
    return outcomes.add('None');
  }

  /** CNP, `ingress`: "a rule that appears at the top of the ingress rules would take the highest precedence". */
  #firstMatch({ spec }: AdminPolicyObject, side: Side): Set<string> {
    const { namespaces, pods } = spec.subject;
    // CNP, subject: "Note that host-networked pods are not included in subject selection."
    const isSubject = !isOnHost(side.subject) && this.#isAmong(side.subject, namespaces, pods);
    const outcomes = new Set<string>();
    for (const rule of (isSubject ? spec[side.direction] : undefined) ?? []) {
      if (!isPortOfAdminRule(rule, side.packet)) continue;
      const matches = (rule.from ?? rule.to ?? []).map((peer) => this.#isAdminPeer(peer, side));
      if (!matches.some((match) => match !== false)) continue;
      outcomes.add(rule.action === 'Accept' ? 'Allow' : rule.action);
      if (matches.includes(true)) return outcomes;
    }
    return outcomes.add('None');
  }

  #isAdminPeer(
    { namespaces, pods, nodes, networks, domainNames }: AdminPeer,
    { peer, peerAddress }: Side,
  ): boolean | 'maybe' {
    // NPEP-133: which addresses a name stands for is known to who resolves it; "Headless Services can be selected using
    // their generated DNS record because the generated DNS records contain a list of all the Pod IPs".
    if (domainNames !== undefined) {
      const hasPods = domainNames.some((name) => name.endsWith('.svc.cluster.local'));
      return ('address' in peer || hasPods) && 'maybe';
    }
    if (networks !== undefined) return networks.some((cidr) => this.#isIn(cidr, peerAddress));
    if (nodes !== undefined) {
      // CNP, `nodes`: "It selects the nodeIPs as the peer type by matching on the IPs present in the node.Status.Addresses
      // field of the node."
      return this.#world.nodes
        .filter(({ metadata }) => selects(nodes, metadata.labels ?? {}))
        .some(({ status }) => status.addresses.some(({ address }) => address === peerAddress));
    }
    // CNP, `namespaces`, `pods`: "Note that host-networked pods are not included in this type of peer."
    return 'pod' in peer && !isOnHost(peer.pod) && this.#isAmong(peer.pod, namespaces, pods);
  }

  #isAmong(pod: PodObject, namespaces: Selector | undefined, pods: NamespacedPod | undefined): boolean {
    const labels = this.#namespaceLabels(namespaceOf(pod));
    if (namespaces !== undefined) return selects(namespaces, labels);
    // CNP, `namespaceSelector`: "if empty, it selects all Namespaces".
    return (
      selects(pods!.namespaceSelector ?? {}, labels) && selects(pods!.podSelector, pod.metadata.labels ?? {})
    );
  }

  /** What the NetworkPolicies of the subject's namespace decide; undefined where none of them selects it. */
  #networkPolicyTier(side: Side): Outcomes | undefined {
    const { direction, subject } = side;
    if (isOnHost(subject) && side.plugin === 'ignores') return undefined;
    const selecting = this.#world.policies.filter(
      (policy) =>
        namespaceOf(policy) === namespaceOf(subject) &&
        policyTypesOf(policy).includes(direction) &&
        selects(policy.spec.podSelector ?? {}, subject.metadata.labels ?? {}),
    );
    if (selecting.length === 0) return undefined;
    // NP, `ingress`: "Traffic is allowed to a pod [...] if the traffic source is the pod's local node".
    const isLocal = this.#isLocalNode(side);
    if (isLocal === true && direction === 'ingress') return new Set([true]);
    // NP, `ingress`: "OR if the traffic matches at least one ingress rule across all of the NetworkPolicy objects whose
    // podSelector matches the pod". So does `egress`.
    const isAllowed = selecting.some((policy) =>
      (policy.spec[direction] ?? []).some((rule) => this.#isAllowedBy(rule, policy, side)),
    );
    // NP, `egress`, has no such sentence; page: "traffic to and from the node where a Pod is running is always allowed".
    return new Set(isLocal === false ? [isAllowed] : [isAllowed, true]);
  }

  /** Which node a pod that is not scheduled will run on is not known. */
  #isLocalNode({ subject, peer, peerAddress, plugin }: Side): boolean | 'maybe' {
    const own = subject.spec.nodeName;
    if ('pod' in peer) {
      // Page: "Traffic to/from hostNetwork pods is treated the same as all other traffic to/from the node IP."
      if (!isOnHost(peer.pod) || plugin === 'distinguishes') return false;
      const other = peer.pod.spec.nodeName;
      return own === undefined || other === undefined ? 'maybe' : own === other;
    }
    const nodes = this.#world.nodes.filter(({ status }) =>
      status.addresses.some(({ address }) => address === peerAddress),
    );
    if (nodes.length === 0) return false;
    return own === undefined ? 'maybe' : nodes.some(({ metadata }) => metadata.name === own);
  }

  /** NP, NetworkPolicyIngressRule: "The traffic must match both ports and from." */
  #isAllowedBy(rule: NetworkPolicyRule, policy: NetworkPolicyObject, side: Side): boolean {
    const [peers, ports] = [rule.from ?? rule.to ?? [], rule.ports ?? []];
    // NP, `from`: "If this field is empty or missing, this rule matches all sources". So does `ports`.
    const isPeer = peers.length === 0 || peers.some((peer) => this.#isPeer(peer, policy, side));
    return isPeer && (ports.length === 0 || ports.some((port) => isPort(port, side.packet, side.plugin)));
  }

  #isPeer(
    { podSelector, namespaceSelector, ipBlock }: NetworkPolicyPeer,
    policy: NetworkPolicyObject,
    side: Side,
  ) {
    const { peer, peerAddress, plugin } = side;
    if (ipBlock) {
      // NP, IPBlock: "The except entry describes CIDRs that should not be included within this rule."
      const isExcepted = (ipBlock.except ?? []).some((cidr) => this.#isIn(cidr, peerAddress));
      return this.#isIn(ipBlock.cidr, peerAddress) && !isExcepted;
    }
    if (!('pod' in peer)) return false;
    if (isOnHost(peer.pod) && plugin === 'ignores') return false;
    // NP, `podSelector`: "If namespaceSelector is also set, then the NetworkPolicyPeer as a whole selects the pods matching
    // podSelector in the Namespaces selected by NamespaceSelector. Otherwise it selects the pods matching podSelector in the
    // policy's own namespace."
    const isInNamespace = namespaceSelector
      ? selects(namespaceSelector, this.#namespaceLabels(namespaceOf(peer.pod)))
      : namespaceOf(peer.pod) === namespaceOf(policy);
    return isInNamespace && selects(podSelector ?? {}, peer.pod.metadata.labels ?? {});
  }

  /** Every namespace has the label `kubernetes.io/metadata.name` (well-known labels of Kubernetes). */
  #namespaceLabels(name: string): Record<string, string> {
    const own = this.#world.namespaces.find(({ metadata }) => metadata.name === name)?.metadata.labels;
    return { ...own, 'kubernetes.io/metadata.name': name };
  }

  #isIn(cidr: string, address: string | undefined): boolean {
    if (address === undefined) return false;
    const key = `${cidr} ${address}`;
    const known = this.#inBlock.get(key);
    if (known !== undefined) return known;
    const [base, length] = cidr.split('/') as [string, string];
    const block = new BlockList();
    block.addSubnet(base, Number(length), isIPv4(base) ? 'ipv4' : 'ipv6');
    const isIn = isIPv4(base) === isIPv4(address) && block.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
    this.#inBlock.set(key, isIn);
    return isIn;
  }
}
