import type { NetworkAccount, NetworkPod } from './endpoints.ts';
import type { DerivedLabels } from './policies/policy.ts';

type Labels = Readonly<Record<string, string>>;

/**
 * The labels that network plugins derive for pods, and that their selectors may ask for: Calico from the profiles of namespaces and
 * service accounts (libcalico-go/lib/backend/k8s/conversion of projectcalico/calico), Cilium from its metadata (pkg/k8s/apis/cilium.io
 * and pkg/policy/api of cilium/cilium).
 */
export class DerivedLabelsOf {
  readonly #namespaces: { labelsOf(namespace: string): Labels };
  readonly #accounts = new Map<string, Labels>();
  readonly #known = { calico: new Map<NetworkPod, Labels>(), cilium: new Map<NetworkPod, Labels>() };

  constructor(namespaces: { labelsOf(namespace: string): Labels }, accounts: readonly NetworkAccount[]) {
    this.#namespaces = namespaces;
    for (const { namespace, name, labels } of accounts) this.#accounts.set(`${namespace}/${name}`, labels);
  }

  of(pod: NetworkPod, plugin: DerivedLabels['plugin']): Labels {
    let labels = this.#known[plugin].get(pod);
    if (labels === undefined) {
      labels = plugin === 'calico' ? this.#calico(pod) : this.#cilium(pod);
      this.#known[plugin].set(pod, labels);
    }
    return labels;
  }

  #calico({ namespace, serviceAccount, labels }: NetworkPod): Labels {
    const account = this.#accounts.get(`${namespace}/${serviceAccount}`) ?? {};
    return {
      // What the profiles hand on gives way to the labels of the pod itself.
      ...prefixed('pcns.', this.#namespaces.labelsOf(namespace)),
      'pcns.projectcalico.org/name': namespace,
      ...prefixed('pcsa.', account),
      'pcsa.projectcalico.org/name': serviceAccount,
      ...labels,
      'projectcalico.org/namespace': namespace,
      'projectcalico.org/orchestrator': 'k8s',
      'projectcalico.org/serviceaccount': serviceAccount,
    };
  }

  #cilium({ namespace, serviceAccount, labels }: NetworkPod): Labels {
    return {
      ...labels,
      ...prefixed('io.cilium.k8s.namespace.labels.', this.#namespaces.labelsOf(namespace)),
      'io.kubernetes.pod.namespace': namespace,
      'io.cilium.k8s.policy.serviceaccount': serviceAccount,
    };
  }
}

function prefixed(prefix: string, labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).map(([key, value]) => [prefix + key, value]));
}
