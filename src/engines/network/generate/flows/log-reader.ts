import { asObject } from '../../../../kubernetes/json.ts';
import { type Address, formatAddress, isIpv4, parseAddress } from '../../addresses.ts';
import { portsNamed } from '../../endpoints.ts';
import { intersection } from '../../intervals.ts';
import type { WorkloadGroup } from '../../network.ts';
import type { Protocol } from '../../ports.ts';
import type { NetworkService } from '../../services.ts';
import type { Directory } from '../directory.ts';
import { type DnsServer, dnsServers, isDnsServer } from '../dns.ts';
import type { Block, Evidence, Flow, Party, PolicyPort, Seen } from '../evidence.ts';
import { EVERY_ADDRESS } from '../from-entries.ts';
import { addressesOf, rangesOf } from '../port-sets.ts';
import { lastingLabels } from '../units.ts';
import { EPHEMERAL } from './conversations.ts';
import type { FlowLog, LoggedEnd, Pair } from './flow-log.ts';
import { type Gathered, OutsideAddresses } from './outside-addresses.ts';
import { workloadOf } from './workload-names.ts';

/** Names that are told of one rule. */
const NAMED = 5;

type LeaveReason =
  | 'unknown-end'
  | 'unknown-direction'
  | 'host-network'
  | 'no-such-port'
  | 'no-pods'
  | 'no-target';

type Located = Party | { readonly kind: 'node'; readonly address: Address | undefined };

/** Finds the workloads behind the ends of logged connections. */
export class LogReader {
  readonly #directory: Directory;
  readonly #evidence: Evidence;
  readonly #outside = new OutsideAddresses();
  #replies = 0;
  readonly #dns: readonly DnsServer[];
  /** What objects let in from addresses or from everybody. */
  readonly #entrances = new Map<WorkloadGroup, readonly Flow[]>();

  constructor(directory: Directory, evidence: Evidence) {
    this.#directory = directory;
    this.#evidence = evidence;
    this.#dns = dnsServers(directory);
  }

  read(log: FlowLog): void {
    for (const flow of this.#evidence.flows) {
      if (flow.to.kind !== 'workload' || (flow.from.kind !== 'anywhere' && flow.from.kind !== 'blocks'))
        continue;
      const { group } = flow.to;
      this.#entrances.set(group, [...(this.#entrances.get(group) ?? []), flow]);
    }
    for (const pair of log.pairs()) this.#pair(pair);
    log.inferredReplies = this.#replies;
    for (const { group, isInto, protocol, port, blocks, seen, names, isMany } of this.#outside.gathered()) {
      this.#outsideFlow(group, isInto, { protocol, port }, blocks, seen, names, isMany);
    }
  }

  #pair(pair: Pair): void {
    const { from, to, protocol } = pair;
    const seen: Seen = {
      count: pair.count,
      first: pair.first,
      last: pair.last,
      files: [...pair.files].sort(),
    };
    const source = this.#locate(from);
    const service = this.#serviceOf(to);
    const destination = service === undefined ? this.#locate(to) : undefined;
    const ports = service === undefined ? this.#serverPorts(pair, source, destination) : [...pair.ports];
    if (ports === 'reply') {
      this.#replies += pair.count;
      return;
    }
    const text = `${nameOf(from)} → ${nameOf(to)} ${protocol} ${[...pair.ports].slice(0, 4).join()}`;
    const groupOf = (end: Located | undefined) => (end?.kind === 'workload' ? end.group : undefined);
    const about = groupOf(destination) ?? groupOf(source);
    const leave = (reason: LeaveReason) => this.#evidence.leaveOut({ reason, group: about, text, seen });
    if (ports === undefined) {
      leave('unknown-direction');
      return;
    }
    if (source === undefined || (destination === undefined && service === undefined)) {
      leave('unknown-end');
      return;
    }
    if (ports.length < pair.ports.size || pair.beyond > 0) leave('unknown-direction');
    for (const port of ports) {
      if (service === undefined) this.#flow(source, destination!, { protocol, port }, seen, pair, leave);
      else this.#serviceFlow(source, service, { protocol, port }, seen, pair, leave);
    }
  }

  #serviceFlow(
    source: Located,
    service: NetworkService,
    { protocol, port }: { readonly protocol: Protocol; readonly port: number },
    seen: Seen,
    pair: Pair,
    leave: (reason: LeaveReason) => void,
  ): void {
    if (service.namespace === 'default' && service.name === 'kubernetes') {
      const because = { reason: 'flows', text: `${protocol} ${port} kubernetes.default`, seen } as const;
      if (source.kind === 'workload') this.#evidence.callsApiServer(source.group, because);
      return;
    }
    const groups = this.#directory.behind(service);
    const targets = groups.flatMap((group) =>
      this.#directory
        .targets(service, group, port)
        .filter((target) => target.protocol === protocol)
        .map((target) => ({ group, target })),
    );
    for (const { group, target } of targets) {
      this.#flow(source, { kind: 'workload', group }, target, seen, pair, leave);
    }
    if (targets.length > 0) return;
    const isServed = service.ports.some((each) => each.port === port && each.protocol === protocol);
    leave(groups.length === 0 ? 'no-pods' : isServed ? 'no-target' : 'no-such-port');
  }

  #flow(
    source: Located,
    destination: Located,
    port: PolicyPort,
    seen: Seen,
    { from, to }: Pair,
    leave: (reason: LeaveReason) => void,
  ): void {
    if (this.#isDns(destination, port)) return;
    if (source.kind === 'node') {
      // The kubelet's probes pass always; of what else comes from nodes, only an object that opens the port can say so.
      const group = destination.kind === 'workload' ? destination.group : undefined;
      if (
        group !== undefined &&
        !this.#isProbed(group, port.port) &&
        !this.#isOpen(group, port, source.address)
      )
        leave('host-network');
      return;
    }
    const [into, outOf] = [destination, source].map((end) =>
      end.kind === 'workload' ? end.group : undefined,
    );
    if (source.kind === 'blocks' && into !== undefined) {
      this.#outside.add(into, true, port, source.blocks, seen, from.names ?? []);
      return;
    }
    if (outOf !== undefined && (destination.kind === 'blocks' || destination.kind === 'node')) {
      const address = destination.kind === 'node' ? destination.address : undefined;
      const blocks =
        destination.kind === 'blocks' ? destination.blocks : address === undefined ? [] : [single(address)];
      if (blocks.length === 0) leave('host-network');
      else this.#outside.add(outOf, false, port, blocks, seen, to.names ?? []);
      return;
    }
    if (destination.kind === 'node' || (into === undefined && outOf === undefined)) return;
    const because = { reason: 'flows', text: `${port.protocol} ${port.port}`, seen } as const;
    this.#evidence.add({ from: source, to: destination, ports: [port], because });
  }

  #outsideFlow(
    group: WorkloadGroup,
    isInto: boolean,
    port: PolicyPort,
    blocks: readonly Block[],
    seen: Seen,
    names: readonly string[],
    isMany: Gathered['isMany'],
  ): void {
    if (!isInto) this.#evidence.knowNames(group, names);
    const own: Party = { kind: 'workload', group };
    const other: Party = { kind: 'blocks', blocks };
    const shown = names.length > NAMED ? [...names.slice(0, NAMED), '…'] : names;
    const text = [`${port.protocol} ${port.port}`, ...shown].join(' ');
    const because = {
      reason: 'flows',
      text,
      seen,
      ...(isMany ? { remark: 'many-addresses' as const } : {}),
    } as const;
    this.#evidence.add({ from: isInto ? other : own, to: isInto ? own : other, ports: [port], because });
  }

  #serviceOf({ address }: LoggedEnd) {
    const parsed = address === undefined ? undefined : parseAddress(address);
    return parsed === undefined ? undefined : this.#directory.serviceAt(parsed);
  }

  #locate(end: LoggedEnd): Located | undefined {
    const { namespace, labels = {}, address, isNode, isApiServer } = end;
    const parsed = address === undefined ? undefined : parseAddress(address);
    if (namespace !== undefined) {
      const group = workloadOf(this.#directory, namespace, end);
      if (group !== undefined) return { kind: 'workload', group };
      const lasting = lastingLabels(labels);
      return Object.keys(lasting).length === 0 ? undefined : { kind: 'pods', namespace, labels: lasting };
    }
    const running = parsed === undefined ? undefined : this.#directory.podAt(parsed);
    if (running !== undefined) return { kind: 'workload', group: running };
    if (isApiServer && parsed !== undefined) return { kind: 'blocks', blocks: [single(parsed)] };
    if (isNode || (parsed !== undefined && this.#directory.nodes.has(parsed)))
      return { kind: 'node', address: parsed };
    return parsed === undefined ? undefined : { kind: 'blocks', blocks: [single(parsed)] };
  }

  /** Every pod may ask the cluster's DNS. */
  #isDns(end: Located, port: PolicyPort): boolean {
    switch (end.kind) {
      case 'blocks':
        return port.port === 53 && end.blocks[0]?.cidr === '169.254.20.10/32';
      case 'workload':
        return isDnsServer(this.#dns, end.group.namespace, end.group.pods[0]!.labels, port);
      case 'pods':
        return isDnsServer(this.#dns, end.namespace, end.labels, port);
      default:
        return false;
    }
  }

  /** The ports that the destination serves; undefined where either end may be the server. */
  #serverPorts(
    pair: Pair,
    source: Located | undefined,
    destination: Located | undefined,
  ): readonly number[] | 'reply' | undefined {
    const ports = [...pair.ports];
    if (pair.isReply === false || pair.sourcePorts.size === 0) return ports;
    const served = ports.filter((port) => this.#serves(destination, pair.protocol, port));
    const sources = [...pair.sourcePorts];
    const isSourceServer = sources.every((port) => this.#serves(source, pair.protocol, port));
    if (served.length > 0 && !isSourceServer) return served;
    if (isSourceServer && served.length === 0) return 'reply';
    const isHigh = (port: number) => port >= EPHEMERAL;
    const isClient = ports.every((port) => !isHigh(port)) && sources.every(isHigh);
    const isReply = ports.every(isHigh) && sources.every((port) => !isHigh(port));
    // Where signs say different things, none of them is believed.
    if (isClient || (pair.server === 'destination' && !isReply))
      return pair.server === 'source' ? undefined : ports;
    return (isReply && pair.server !== 'destination') || pair.server === 'source' ? 'reply' : undefined;
  }

  #serves(end: Located | undefined, protocol: Protocol, port: number): boolean {
    if (end?.kind !== 'workload') return false;
    const { group } = end;
    if (
      group.pods.some(({ ports }) => ports.some((each) => each.port === port && each.protocol === protocol))
    )
      return true;
    return this.#directory
      .servicesOf(group)
      .some((service) =>
        this.#directory
          .targets(service, group, undefined)
          .some((target) => target.port === port && target.protocol === protocol),
      );
  }

  /** Whether objects open the port to everybody, or to blocks that hold the node. */
  #isOpen(group: WorkloadGroup, port: PolicyPort, node: Address | undefined): boolean {
    return (this.#entrances.get(group) ?? []).some(({ from, ports }) => {
      const isMet =
        from.kind === 'anywhere' ||
        (from.kind === 'blocks' &&
          (node === undefined
            ? from.blocks === EVERY_ADDRESS
            : intersection(addressesOf(from), [node, node + 1n]).length > 0));
      return (
        isMet &&
        ports.some(
          (each) =>
            each.protocol === port.protocol &&
            (each.port === port.port ||
              group.pods.every((pod) =>
                rangesOf([each], pod).some(({ from: number }) => number === port.port),
              )),
        )
      );
    });
  }

  #isProbed(group: WorkloadGroup, port: number | string): boolean {
    return group.pods.some((pod) =>
      (this.#directory.network.workloads.get(pod)?.containers ?? []).some(({ spec }) =>
        PROBES.some((name) => {
          const probe = asObject(spec[name]);
          const handlers = [probe?.['httpGet'], probe?.['tcpSocket'], probe?.['grpc']];
          return handlers.some((handler) => {
            const asked = asObject(handler)?.['port'];
            return asked === port || portsNamed(pod, String(asked), 'TCP').some(({ from }) => from === port);
          });
        }),
      ),
    );
  }
}

const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const;

function single(address: Address): Block {
  return { cidr: `${formatAddress(address)}/${isIpv4(address) ? 32 : 128}`, except: [] };
}

function nameOf({ namespace, pod, workload, address, isNode }: LoggedEnd): string {
  if (namespace !== undefined) return `${namespace}/${workload ?? pod ?? '?'}`;
  return address ?? (isNode ? 'node' : '?');
}
