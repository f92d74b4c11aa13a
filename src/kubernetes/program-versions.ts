import type { ClusterFacts } from './cluster-facts.ts';
import type { KubernetesVersion } from './kubernetes-version.ts';

/** A version in which programs of Kubernetes run in a cluster. */
export interface ProgramVersion {
  readonly program: 'kube-apiserver' | 'kubelet';
  /** As the program states it. */
  readonly stated: string;
  /** Undefined where that is no version, as of simulated nodes. */
  readonly version: KubernetesVersion | undefined;
  /** Operating system of the nodes; undefined for the API server. */
  readonly os: string | undefined;
  /** Names of the nodes that run it; empty for the API server. */
  readonly nodes: readonly string[];
  readonly at: string;
}

/** The versions of the API server and of the kubelets, each once: nodes of one version and system are one entry. */
export function programVersions(facts: ClusterFacts): readonly ProgramVersion[] {
  const kubelets = new Map<string, ProgramVersion & { readonly nodes: string[] }>();
  for (const { name, kubeletVersion, version, os, at } of facts.nodes ?? []) {
    const key = `${kubeletVersion} ${os}`;
    const known = kubelets.get(key);
    if (known !== undefined) known.nodes.push(name);
    else kubelets.set(key, { program: 'kubelet', stated: kubeletVersion, version, os, nodes: [name], at });
  }
  const { gitVersion, version } = facts;
  if (gitVersion === undefined) return [...kubelets.values()];
  const at = 'spec.version.gitVersion';
  return [
    { program: 'kube-apiserver', stated: gitVersion, version, os: undefined, nodes: [], at },
    ...kubelets.values(),
  ];
}

const NAMED = 3;

/** `a, b, c …`: the first nodes by name. */
export function namedNodes({ nodes }: ProgramVersion): string {
  const first = [...nodes].sort().slice(0, NAMED).join(', ');
  return nodes.length > NAMED ? `${first} …` : first;
}

export function releaseName({ major, minor }: KubernetesVersion): string {
  return `${major}.${minor}`;
}
