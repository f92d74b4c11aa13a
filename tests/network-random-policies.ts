import type {
  NetworkPolicyObject,
  NetworkPolicyPeer,
  NetworkPolicyPort,
  NetworkPolicyRule,
} from './network-shapes.ts';
import { SPOILED_NETWORK_POLICIES, spoil } from './network-spoiled.ts';
import {
  BLOCKS,
  NAMESPACES,
  PORT_NAMES,
  PORTS,
  PROTOCOLS,
  randomNamespaceSelector,
  randomSelector,
} from './network-vocabulary.ts';
import type { Choices } from './random-pod.ts';

/** Policies as they are written, and which of them an API server takes. */
export interface Policies<P> {
  readonly accepted: readonly P[];
  readonly refused: readonly P[];
}

export function networkPolicies(choices: Choices): Policies<NetworkPolicyObject> {
  const policies = choices.list(16, () => 0).map((_, index) => networkPolicy(choices, `np-${index}`));
  return spoil(choices, policies, () => SPOILED_NETWORK_POLICIES);
}

export function networkPolicy(choices: Choices, name: string): NetworkPolicyObject {
  const namespace = choices.of([...NAMESPACES, 'nowhere']);
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, ...(namespace === 'default' && choices.chance(0.5) ? {} : { namespace }) },
    spec: {
      ...(choices.chance(0.1) ? {} : { podSelector: choices.chance(0.05) ? null : randomSelector(choices) }),
      ...(choices.chance(0.5)
        ? {
            policyTypes: choices.of([
              ['Ingress'],
              ['Egress'],
              ['Ingress', 'Egress'],
              ['Egress', 'Ingress'],
              [],
              null,
            ]),
          }
        : {}),
      ...(choices.chance(0.75) ? { ingress: rules(choices, 'from') } : {}),
      ...(choices.chance(0.6) ? { egress: rules(choices, 'to') } : {}),
    },
  } as NetworkPolicyObject;
}

function rules(choices: Choices, peers: 'from' | 'to'): NetworkPolicyRule[] | null {
  if (choices.chance(0.05)) return null;
  return choices.list(3, () => ({
    ...(choices.chance(0.8)
      ? { [peers]: choices.chance(0.05) ? null : choices.list(2, () => peer(choices)) }
      : {}),
    ...(choices.chance(0.6)
      ? { ports: choices.chance(0.05) ? null : choices.list(2, () => port(choices)) }
      : {}),
  }));
}

function peer(choices: Choices): NetworkPolicyPeer {
  const kind = choices.next();
  if (kind < 0.25) return { podSelector: randomSelector(choices) };
  if (kind < 0.5) return { namespaceSelector: randomNamespaceSelector(choices) };
  if (kind < 0.7) {
    return { podSelector: randomSelector(choices), namespaceSelector: randomNamespaceSelector(choices) };
  }
  if (kind < 0.75) return { podSelector: {}, namespaceSelector: null, ipBlock: null };
  const cidr = choices.of([...BLOCKS.keys()]);
  const within = BLOCKS.get(cidr)!;
  const except =
    within.length > 0 && choices.chance(0.6) ? choices.list(2, () => choices.of(within)) : undefined;
  return { ipBlock: { cidr, ...(except ? { except } : choices.chance(0.1) ? { except: null } : {}) } };
}

function port(choices: Choices): NetworkPolicyPort {
  const protocol = choices.chance(0.6) ? { protocol: choices.of([...PROTOCOLS, null]) } : {};
  const kind = choices.next();
  if (kind < 0.15) return protocol;
  if (kind < 0.4) return { ...protocol, port: choices.of(PORT_NAMES) };
  const from = choices.of(PORTS);
  if (kind < 0.7) return { ...protocol, port: from };
  return { ...protocol, port: from, endPort: choices.of(PORTS.filter((to) => to >= from)) };
}
