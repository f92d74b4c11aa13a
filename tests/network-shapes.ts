/** Objects of Kubernetes and of the Network Policy API as they are written, as far as packets depend on them. */

export interface Requirement {
  key: string;
  operator: string;
  values?: string[] | null;
}

export interface Selector {
  matchLabels?: Record<string, string> | null;
  matchExpressions?: Requirement[] | null;
}

export interface Metadata {
  name: string;
  namespace?: string;
  labels?: Record<string, string>;
}

export interface NamespaceObject {
  metadata: Metadata;
}

export interface NodeObject {
  metadata: Metadata;
  status: { addresses: { type: string; address: string }[] };
}

export interface ContainerObject {
  ports?: { name?: string; containerPort: number; protocol?: string }[] | null;
  restartPolicy?: string;
}

export interface PodObject {
  metadata: Metadata;
  spec: {
    hostNetwork?: boolean;
    nodeName?: string;
    containers: ContainerObject[];
    initContainers?: ContainerObject[];
  };
  status?: { podIPs: { ip: string }[] };
}

export interface NetworkPolicyPort {
  protocol?: string | null;
  port?: number | string | null;
  endPort?: number | null;
}

export interface NetworkPolicyPeer {
  podSelector?: Selector | null;
  namespaceSelector?: Selector | null;
  ipBlock?: { cidr: string; except?: string[] | null } | null;
}

export interface NetworkPolicyRule {
  ports?: NetworkPolicyPort[] | null;
  from?: NetworkPolicyPeer[] | null;
  to?: NetworkPolicyPeer[] | null;
}

export interface NetworkPolicyObject {
  metadata: Metadata;
  spec: {
    podSelector?: Selector | null;
    policyTypes?: string[] | null;
    ingress?: NetworkPolicyRule[] | null;
    egress?: NetworkPolicyRule[] | null;
  };
}

export interface NamespacedPod {
  namespaceSelector?: Selector;
  podSelector: Selector;
}

export interface AdminPeer {
  namespaces?: Selector;
  pods?: NamespacedPod;
  nodes?: Selector;
  networks?: string[];
  domainNames?: string[];
}

export interface PortMatch {
  destinationPort: { number?: number; range?: { start: number; end: number } };
}

export interface AdminRule {
  action: string;
  from?: AdminPeer[];
  to?: AdminPeer[];
  /** ANP and BANP. */
  ports?: {
    portNumber?: { protocol?: string; port: number };
    portRange?: { protocol?: string; start: number; end: number };
    namedPort?: string;
  }[];
  /** CNP. */
  protocols?: { tcp?: PortMatch; udp?: PortMatch; sctp?: PortMatch; destinationNamedPort?: string }[];
}

export interface AdminPolicyObject {
  apiVersion: string;
  metadata: Metadata;
  kind: string;
  spec: {
    tier?: string;
    priority?: number;
    subject: { namespaces?: Selector; pods?: NamespacedPod };
    ingress?: AdminRule[];
    egress?: AdminRule[];
  };
}
