import type {
  AdminPolicyObject,
  AdminRule,
  Metadata,
  NetworkPolicyObject,
  NetworkPolicyPort,
  PodObject,
  Selector,
} from './network-shapes.ts';

export type End = { readonly pod: PodObject } | { readonly address: string };

export interface Packet {
  readonly from: End;
  readonly to: End;
  readonly protocol: string;
  readonly port: number;
}

/**
 * Page, "NetworkPolicy and hostNetwork pods": "The network plugin can distinguish hostNetwork pod traffic from all other
 * traffic [...] and will apply NetworkPolicy to hostNetwork pods just like it does to pod-network pods", or "it ignores
 * hostNetwork pods when matching podSelector and namespaceSelector".
 */
export type Plugin = 'distinguishes' | 'ignores';

/** ANP: "All AdminNetworkPolicy rules have higher precedence than NetworkPolicy or BaselineAdminNetworkPolicy rules." */
export function tierOf({ kind, spec }: AdminPolicyObject): string {
  if (kind === 'ClusterNetworkPolicy') return spec.tier!;
  return kind === 'AdminNetworkPolicy' ? 'Admin' : 'Baseline';
}

export const isOnHost = (pod: PodObject) => pod.spec.hostNetwork === true;

export const namespaceOf = ({ metadata }: { metadata: Metadata }) => metadata.namespace ?? 'default';

export const isSamePod = (a: PodObject, b: PodObject) =>
  namespaceOf(a) === namespaceOf(b) && a.metadata.name === b.metadata.name;

/**
 * NP, `policyTypes`: "If this field is not specified, it will default based on the existence of ingress or egress rules;
 * policies that contain an egress section are assumed to affect egress, and all policies [...] are assumed to affect ingress."
 */
export function policyTypesOf({ spec }: NetworkPolicyObject): string[] {
  const stated = spec.policyTypes ?? [];
  if (stated.length > 0) return stated.map((type) => type.toLowerCase());
  return (spec.egress ?? []).length > 0 ? ['ingress', 'egress'] : ['ingress'];
}

/** apimachinery, LabelSelector: "The requirements are ANDed"; "An empty label selector matches all objects." */
export function selects(
  { matchLabels, matchExpressions }: Selector,
  labels: Record<string, string>,
): boolean {
  for (const [key, value] of Object.entries(matchLabels ?? {})) if (labels[key] !== value) return false;
  for (const { key, operator, values } of matchExpressions ?? []) {
    const value = labels[key];
    const isListed = value !== undefined && (values ?? []).includes(value);
    if (operator === 'In' && !isListed) return false;
    // apimachinery, labels.Requirement.Matches: an object without the label matches NotIn.
    if (operator === 'NotIn' && isListed) return false;
    if (operator === 'Exists' && value === undefined) return false;
    if (operator === 'DoesNotExist' && value !== undefined) return false;
  }
  return true;
}

export function isPort(
  { protocol, port, endPort }: NetworkPolicyPort,
  packet: Packet,
  plugin: Plugin,
): boolean {
  // NP, `protocol`: "If not specified, this field defaults to TCP."
  if ((protocol ?? 'TCP') !== packet.protocol) return false;
  // NP, `port`: "If this field is not provided, this matches all port names and numbers."
  if (port === undefined || port === null) return true;
  if (typeof port === 'number') return packet.port >= port && packet.port <= (endPort ?? port);
  // NP, `port`: "a numerical or named port on a pod"; which pods the plugin cannot tell, it knows no ports of.
  if ('pod' in packet.to && isOnHost(packet.to.pod) && plugin === 'ignores') return false;
  return isNamedPort(port, packet);
}

function isNamedPort(name: string, { to, protocol, port }: Packet): boolean {
  if (!('pod' in to)) return false;
  // api/core/v1, Container.restartPolicy: init containers with "Always" keep running beside the others.
  const sidecars = (to.pod.spec.initContainers ?? []).filter(
    ({ restartPolicy }) => restartPolicy === 'Always',
  );
  return [...to.pod.spec.containers, ...sidecars].some((container) =>
    (container.ports ?? []).some(
      (declared) =>
        declared.name === name &&
        declared.containerPort === port &&
        (declared.protocol ?? 'TCP') === protocol,
    ),
  );
}

export function isPortOfAdminRule({ ports, protocols }: AdminRule, packet: Packet): boolean {
  // ANP, `ports`: "If Ports is not set then the rule does not filter traffic via port." CNP, `protocols`: "If unspecified,
  // protocol-specific attributes will not be used to match traffic."
  if (ports === undefined && protocols === undefined) return true;
  const isOfPort = (protocol: string, from: number, to: number) =>
    packet.protocol === protocol && packet.port >= from && packet.port <= to;
  const byPort = (ports ?? []).some(({ portNumber, portRange, namedPort }) => {
    if (portNumber) return isOfPort(portNumber.protocol ?? 'TCP', portNumber.port, portNumber.port);
    if (portRange) return isOfPort(portRange.protocol ?? 'TCP', portRange.start, portRange.end);
    return isNamedPort(namedPort!, packet);
  });
  const byProtocol = (protocols ?? []).some(({ tcp, udp, sctp, destinationNamedPort }) => {
    if (destinationNamedPort !== undefined) return isNamedPort(destinationNamedPort, packet);
    const protocol = tcp ? 'TCP' : udp ? 'UDP' : 'SCTP';
    const { number, range } = (tcp ?? udp ?? sctp)!.destinationPort;
    return isOfPort(protocol, range?.start ?? number!, range?.end ?? number!);
  });
  return byPort || byProtocol;
}
