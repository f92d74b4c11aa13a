/** What a distribution is recognised by, as far as it was seen. */
export interface DistributionTraces {
  /** `gitVersion` of the API server. */
  readonly version: string | undefined;
  /** API groups that the server has. */
  readonly groups: readonly string[];
  readonly nodes: readonly NodeTraces[];
}

export interface NodeTraces {
  readonly name: string;
  readonly osImage: string;
  /** Scheme of `spec.providerID`: `aws` of `aws:///eu-west-1a/i-0123`. */
  readonly provider: string;
  /** Keys of labels and annotations that `isNodeMark` names. */
  readonly marks: readonly string[];
}

export interface DistributionEvidence {
  readonly by: 'version' | 'api-group' | 'node-mark' | 'node-provider' | 'node-os';
  readonly value: string;
  /** The first node that shows it. */
  readonly node?: string;
}

export interface Distribution {
  /** Stable id, such as `eks`; `unknown` where nothing tells. */
  readonly id: string;
  /** Its name, the same in all languages. */
  readonly name: string;
  /** Somebody else runs the control plane, and shows no more of it than the API. */
  readonly isManaged: boolean;
  /** Its vendor fixes vulnerabilities in versions that upstream has given up, or under the same version number. */
  readonly isBackporting: boolean;
  /** Where the programs of the control plane run. */
  readonly controlPlane: 'hidden' | 'pods' | 'processes' | 'unknown';
  readonly evidence: readonly DistributionEvidence[];
}

interface Rule extends Omit<Distribution, 'evidence'> {
  readonly version?: RegExp;
  readonly groups?: readonly string[];
  /** Domains of labels and annotations of nodes. */
  readonly marks?: readonly string[];
  readonly providers?: readonly string[];
  readonly os?: RegExp;
  /** The version alone does not tell, where nodes are seen that have none of the other traces. */
  readonly versionIsShared?: true;
}

const managed = { isManaged: true, isBackporting: true, controlPlane: 'hidden' } as const;
const pods = { isManaged: false, isBackporting: false, controlPlane: 'pods' } as const;
const processes = { isManaged: false, isBackporting: false, controlPlane: 'processes' } as const;

/** The first that fits counts: what is built on something else comes before it. */
const RULES: readonly Rule[] = [
  { id: 'openshift', name: 'OpenShift', ...pods, isBackporting: true, groups: ['config.openshift.io'] },
  {
    id: 'eks',
    name: 'Amazon EKS',
    ...managed,
    version: /-eks-/,
    marks: ['eks.amazonaws.com'],
    versionIsShared: true,
  },
  { id: 'eks-distro', name: 'Amazon EKS Distro', ...pods, isBackporting: true, version: /-eks-/ },
  {
    id: 'gke',
    name: 'Google Kubernetes Engine',
    ...managed,
    version: /-gke\./,
    marks: ['cloud.google.com/gke-nodepool'],
    versionIsShared: true,
  },
  {
    id: 'google-distributed-cloud',
    name: 'Google Distributed Cloud',
    ...pods,
    isBackporting: true,
    version: /-gke\./,
  },
  { id: 'aks', name: 'Azure Kubernetes Service', ...managed, marks: ['kubernetes.azure.com'] },
  { id: 'doks', name: 'DigitalOcean Kubernetes', ...managed, marks: ['doks.digitalocean.com'] },
  { id: 'lke', name: 'Linode Kubernetes Engine', ...managed, marks: ['lke.linode.com'] },
  { id: 'oke', name: 'Oracle Kubernetes Engine', ...managed, marks: ['oke.oraclecloud.com'] },
  {
    id: 'iks',
    name: 'IBM Cloud Kubernetes Service',
    ...managed,
    version: /\+IKS$/,
    marks: ['ibm-cloud.kubernetes.io'],
  },
  { id: 'ack', name: 'Alibaba Cloud ACK', ...managed, version: /-aliyun\./, marks: ['ack.aliyun.com'] },
  { id: 'tke', name: 'Tencent Kubernetes Engine', ...managed, version: /-tke\./ },
  { id: 'kapsule', name: 'Scaleway Kapsule', ...managed, marks: ['k8s.scaleway.com'] },
  { id: 'rke2', name: 'RKE2', ...pods, version: /\+rke2/ },
  { id: 'k3s', name: 'K3s', ...processes, version: /\+k3s/ },
  { id: 'k0s', name: 'k0s', ...processes, version: /\+k0s/ },
  {
    id: 'microk8s',
    name: 'MicroK8s',
    ...processes,
    marks: ['microk8s.io', 'node.kubernetes.io/microk8s-controlplane'],
  },
  { id: 'tanzu', name: 'VMware Tanzu', ...pods, isBackporting: true, version: /\+vmware\./ },
  { id: 'talos', name: 'Talos Linux', ...pods, os: /^Talos\b/ },
  { id: 'kind', name: 'kind', ...pods, providers: ['kind'] },
  { id: 'minikube', name: 'minikube', ...pods, marks: ['minikube.k8s.io'] },
  { id: 'kops', name: 'kOps', ...pods, marks: ['kops.k8s.io'] },
  { id: 'kubeadm', name: 'kubeadm', ...pods, marks: ['kubeadm.alpha.kubernetes.io'] },
];

const UNKNOWN: Distribution = {
  id: 'unknown',
  name: 'unknown',
  isManaged: false,
  isBackporting: false,
  controlPlane: 'unknown',
  evidence: [],
};

const MARKS: ReadonlySet<string> = new Set(RULES.flatMap(({ marks = [] }) => marks));

/** Whether the key of a node's label or annotation tells of a distribution. */
export function isNodeMark(key: string): boolean {
  return MARKS.has(key) || MARKS.has(key.slice(0, Math.max(0, key.indexOf('/'))));
}

/** Which distribution of Kubernetes it is, with everything that says so. */
export function recogniseDistribution(traces: DistributionTraces): Distribution {
  for (const rule of RULES) {
    const evidence = evidenceFor(rule, traces);
    const onlyVersion = evidence.every(({ by }) => by === 'version');
    if (evidence.length === 0) continue;
    if (rule.versionIsShared && onlyVersion && traces.nodes.length > 0) continue;
    const { id, name, isManaged, isBackporting, controlPlane } = rule;
    return { id, name, isManaged, isBackporting, controlPlane, evidence };
  }
  return UNKNOWN;
}

function evidenceFor(rule: Rule, { version, groups, nodes }: DistributionTraces): DistributionEvidence[] {
  const evidence: DistributionEvidence[] = [];
  if (version !== undefined && rule.version?.test(version)) evidence.push({ by: 'version', value: version });
  for (const group of rule.groups ?? []) {
    if (groups.includes(group)) evidence.push({ by: 'api-group', value: group });
  }
  const found = new Set<string>();
  const add = (by: DistributionEvidence['by'], value: string, node: string) => {
    if (found.has(`${by} ${value}`)) return;
    found.add(`${by} ${value}`);
    evidence.push({ by, value, node });
  };
  for (const { name, marks, provider, osImage } of nodes) {
    for (const mark of rule.marks ?? []) {
      const key = marks.find((each) => each === mark || each.startsWith(`${mark}/`));
      if (key !== undefined) add('node-mark', key, name);
    }
    if (rule.providers?.includes(provider)) add('node-provider', provider, name);
    if (rule.os?.test(osImage)) add('node-os', osImage, name);
  }
  return evidence;
}
