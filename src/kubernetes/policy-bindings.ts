import type { Cluster } from './cluster.ts';
import { asString } from './json.ts';
import type { KubernetesObject } from './object.ts';

const GROUP = 'admissionregistration.k8s.io';

/** The bindings among the sources that put a ValidatingAdmissionPolicy or MutatingAdmissionPolicy into effect. */
export function bindingsOfPolicy(cluster: Cluster, policy: KubernetesObject): readonly KubernetesObject[] {
  const byPolicy = cluster.memo('admission policy bindings', () => {
    const index = new Map<string, KubernetesObject[]>();
    for (const binding of cluster.ofKind(
      'ValidatingAdmissionPolicyBinding',
      'MutatingAdmissionPolicyBinding',
    )) {
      if (binding.group !== GROUP) continue;
      const key = `${binding.kind}/${asString(binding.spec['policyName'])}`;
      const list = index.get(key);
      if (list === undefined) index.set(key, [binding]);
      else list.push(binding);
    }
    return index;
  });
  return byPolicy.get(`${policy.kind}Binding/${policy.name}`) ?? [];
}
