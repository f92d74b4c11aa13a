import { asObject, asString } from '../../kubernetes/json.ts';
import type { Endpoint, NetworkPod } from './endpoints.ts';
import { isPod } from './endpoints.ts';
import type { MeshStep } from './mesh/client.ts';
import type { NetworkModel } from './model.ts';
import type { Action, Direction, OpaquePolicy, Policy, Rule } from './policies/policy.ts';
import type { PortSet, Protocol } from './ports.ts';
import { type Asked, type AskedStage, ownNodeAt, type Side, type Verdict } from './side.ts';
import type { Nearness } from './surroundings.ts';

type NamedPolicy = Pick<Policy, 'object' | 'kind' | 'namespace' | 'name'>;

/** Why a packet passes one end of its way, or does not. */
export type Because = { readonly direction: Direction; readonly pod: NetworkPod } & (
  | {
      readonly effect: 'allowed' | 'denied' | 'passed-on' | 'undecided';
      /** Of a service mesh too, which has the last word on what reaches a pod. */
      readonly policy: NamedPolicy;
      readonly rule: Pick<Rule, 'path' | 'name'>;
    }
  /** These policies isolate the pod, and none of their rules lets the packet through. */
  | { readonly effect: 'no-rule'; readonly policies: readonly NamedPolicy[] }
  /** Whether these policies hold for a pod on the network of its node is up to the network plugin. */
  | { readonly effect: 'host-network'; readonly policies: readonly Policy[] }
  /** It comes from the node that the pod runs on, which policies of namespaces cannot refuse. */
  | { readonly effect: 'own-node' }
  /** The same, where that is not certain, or goes to that node, of which Kubernetes' API and documentation do not say the same. */
  | { readonly effect: 'maybe-own-node' }
  /** No policy speaks of it at this end. */
  | { readonly effect: 'not-isolated' }
  | { readonly effect: 'not-evaluated'; readonly opaque: readonly OpaquePolicy[] }
);

export interface Explanation {
  readonly allowed: boolean | 'unknown';
  readonly because: readonly Because[];
}

/** The same for all ports at once. */
export interface PortsExplanation {
  readonly verdict: Verdict;
  /** Every rule that speaks of the two ends, in the order in which they are asked. */
  readonly because: readonly Because[];
}

/** Where a packet goes: a port of a protocol. */
export interface Packet {
  readonly protocol: Protocol;
  readonly port: number;
}

/** Which ports are open between two ends. One of them at least is a pod. */
export function explainPorts(model: NetworkModel, from: Endpoint, to: Endpoint): PortsExplanation {
  const { all, none } = model.algebra;
  if (from === to) return { verdict: { allowed: all, unknown: none }, because: [] };
  const verdict = !isPod(from)
    ? model.at(to as NetworkPod, 'ingress', from, to as NetworkPod)
    : isPod(to)
      ? model.between(from, to)
      : model.at(from, 'egress', to, undefined);
  const destination = isPod(to) ? to : undefined;
  const at = (pod: NetworkPod, direction: Direction, peer: Endpoint) =>
    steps(model, pod, direction, peer, destination, undefined);
  return {
    verdict,
    because: [...(isPod(from) ? at(from, 'egress', to) : []), ...(isPod(to) ? at(to, 'ingress', from) : [])],
  };
}

/**
 * What happens to one packet, at both ends. One end at least is a pod; a pod always reaches itself. Of pods with addresses of both
 * IP families, what is said is of the family that the packet passes with.
 */
export function explain(model: NetworkModel, from: Endpoint, to: Endpoint, packet: Packet): Explanation {
  if (from === to) return { allowed: true, because: [] };
  const ways = model
    .ways(from, to)
    .map(([source, destination]) => alongWay(model, source, destination, packet));
  const best = (allowed: boolean | 'unknown') => ways.find((way) => way.allowed === allowed);
  return best(true) ?? best('unknown') ?? ways[0]!;
}

function alongWay(model: NetworkModel, from: Endpoint, to: Endpoint, packet: Packet): Explanation {
  const destination = isPod(to) ? to : undefined;
  const ends = [
    ...(isPod(from) ? [atEnd(model, from, 'egress', to, destination, packet)] : []),
    ...(isPod(to) ? [atEnd(model, to, 'ingress', from, destination, packet)] : []),
  ];
  const verdicts = ends.map(({ allowed }) => allowed);
  return {
    allowed: verdicts.includes(false) ? false : verdicts.includes('unknown') ? 'unknown' : true,
    because: ends.flatMap(({ because }) => because),
  };
}

function atEnd(
  model: NetworkModel,
  pod: NetworkPod,
  direction: Direction,
  peer: Endpoint,
  destination: NetworkPod | undefined,
  packet: Packet,
): Explanation {
  const { protocol, port } = packet;
  const verdict = model.at(pod, direction, peer, destination);
  return {
    allowed: verdict.allowed.has(protocol, port) || (verdict.unknown.has(protocol, port) ? 'unknown' : false),
    because: steps(model, pod, direction, peer, destination, packet),
  };
}

/** What is said of one end. */
function steps(
  model: NetworkModel,
  pod: NetworkPod,
  direction: Direction,
  peer: Endpoint,
  destination: NetworkPod | undefined,
  packet: Packet | undefined,
): Because[] {
  const nearness = model.surroundings.nearness(pod, peer);
  const found = stepsOf(model, model.side(pod, direction), nearness, peer, destination, packet);
  const ofMesh =
    direction === 'ingress' && packet?.protocol !== 'UDP' && packet?.protocol !== 'SCTP'
      ? (model.mesh?.steps(peer, pod, packet?.port) ?? []).flatMap(stepsOfMesh)
      : [];
  return [...found, ...ofMesh].map((step) => ({ direction, pod, ...step }));
}

function stepsOfMesh({ effect, statements }: MeshStep): Step[] {
  const told = statements.map(({ object, path }) => {
    const metadata = asObject(object['metadata']);
    const [kind, name] = [asString(object['kind']) ?? '', asString(metadata?.['name']) ?? ''];
    return { policy: { object, kind, namespace: asString(metadata?.['namespace']), name }, path };
  });
  if (effect !== 'no-rule') {
    return told.map(({ policy, path }) => ({ effect, policy, rule: { path, name: undefined } }));
  }
  return told.length === 0 ? [] : [{ effect, policies: told.map(({ policy }) => policy) }];
}

type Step = Because extends infer B ? (B extends unknown ? Omit<B, 'direction' | 'pod'> : never) : never;

/** A step of policies, with the whole rule. */
type Told =
  | Exclude<Step, { readonly rule: unknown }>
  | {
      readonly effect: 'allowed' | 'denied' | 'passed-on' | 'undecided';
      readonly policy: Policy;
      readonly rule: Rule;
    };

/** The rules that speak of the packet, in the order in which they are asked, until one decides; of any packet, all of them. */
function stepsOf(
  { judge, algebra }: NetworkModel,
  side: Side,
  nearness: Nearness,
  peer: Endpoint,
  destination: NetworkPod | undefined,
  packet: Packet | undefined,
): Told[] {
  const speaksOf = (ports: PortSet) =>
    packet === undefined ? !ports.isEmpty : ports.has(packet.protocol, packet.port);
  const found: Told[] = [];
  if (side.opaque.length > 0) found.push({ effect: 'not-evaluated', opaque: side.opaque });
  if (side.opaque.some(({ isOfMesh }) => !isOfMesh)) return found;
  /** The first rule of a policy that certainly speaks, and those before it that may. */
  const ask = ({ policy, rules }: Asked, actions: readonly Action[]): Action | undefined => {
    for (const rule of rules) {
      const ports = judge.portsOf(rule.ports, destination);
      if (!actions.includes(rule.action) || !speaksOf(ports)) continue;
      const match = judge.matcher.rule(policy, rule, peer, nearness);
      if (match === 'no') continue;
      const effect = match === 'unknown' ? 'undecided' : EFFECTS[rule.action];
      found.push({ effect, policy, rule });
      if (match === 'yes' && (packet !== undefined || ports === algebra.all)) return rule.action;
    }
    return undefined;
  };
  const ordered = (groups: AskedStage['groups']): 'decided' | 'passed-on' | 'open' => {
    const before = found.length;
    for (const group of groups) {
      const actions = new Set(
        group.map((asked) => ask(asked, ACTIONS)).filter((action) => action !== undefined),
      );
      if (actions.size === 0) continue;
      // Of any packet, some may have been passed on before.
      const passes = packet === undefined && found.slice(before).some(({ effect }) => effect === 'passed-on');
      return passes || (actions.size === 1 && actions.has('pass')) ? 'passed-on' : 'decided';
    }
    return 'open';
  };
  for (const stage of side.stages) {
    const asked = stage.groups.flat();
    const policies = asked.map(({ policy }) => policy);
    const isUnited = stage.combination === 'united';
    if (isUnited && side.isOnHostNetwork) found.push({ effect: 'host-network', policies });
    const ownNode = ownNodeAt(stage, side.direction, nearness);
    const passes = ownNode === 'passes';
    if (ownNode !== 'asked') found.push({ effect: passes ? 'own-node' : 'maybe-own-node' });
    if (passes && !isUnited) return found;
    const before = found.length;
    if (isUnited) {
      // All of them are told: without one, the others would do the same.
      const decides = (action: Action) =>
        asked.map((each) => ask(each, [action])).some((answer) => answer !== undefined);
      if (decides('deny')) return found;
      if (passes && packet !== undefined) return found;
      if (decides('allow')) return found;
    } else {
      const outcome = ordered(stage.groups);
      if (outcome === 'decided') return found;
      if (outcome === 'passed-on') continue;
    }
    if (!stage.isIsolating) continue;
    const steps = found.slice(before);
    // A rule that may deny lets nothing through where it does not.
    const isDoubtAlone = (step: Told) => step.effect === 'undecided' && step.rule.action === 'deny';
    if (steps.every(isDoubtAlone)) found.push({ effect: 'no-rule', policies });
    if (!steps.some((step) => 'rule' in step && step.rule.action === 'pass')) return found;
  }
  return [...found, { effect: 'not-isolated' }];
}

const EFFECTS = { allow: 'allowed', deny: 'denied', pass: 'passed-on' } as const;
const ACTIONS: readonly Action[] = ['allow', 'deny', 'pass'];
