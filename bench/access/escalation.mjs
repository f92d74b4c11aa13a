import { makeObjects, Numbers } from './world.mjs';

/** What a cluster of 20,000 subjects has besides roles and bindings: namespaces, service accounts, nodes and pods on them. */
export function makeCluster({ subjects, nodes, pods }) {
  const rbac = makeObjects({ roles: 2000, bindings: 20_000 });
  const numbers = new Numbers(20_000);
  const named = new Set(
    rbac.flatMap(({ subjects: bound = [] }) =>
      bound.map(({ kind, namespace = '', name }) => `${kind}/${namespace}/${name}`),
    ),
  );
  const namespaces = [...new Set(rbac.flatMap(({ metadata }) => metadata.namespace ?? []))];
  const accounts = [...named]
    .map((key) => key.split('/'))
    .filter(([kind]) => kind === 'ServiceAccount')
    .map(([, namespace, name]) => ({ namespace, name }));
  for (let i = 0; named.size + i < subjects; i++) {
    accounts.push({ namespace: numbers.of(namespaces), name: `quiet-${i}` });
  }
  const levels = [undefined, 'privileged', 'baseline', 'restricted'];
  return [
    ...rbac,
    ...namespaces.map((name) => {
      const level = numbers.of(levels);
      const labels = level === undefined ? {} : { 'pod-security.kubernetes.io/enforce': level };
      return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
    }),
    ...accounts.map((metadata) => ({ apiVersion: 'v1', kind: 'ServiceAccount', metadata })),
    ...Array.from({ length: nodes }, (_, i) => ({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: `node-${i}`, labels: i < 3 ? { 'node-role.kubernetes.io/control-plane': '' } : {} },
    })),
    ...Array.from({ length: pods }, (_, i) => {
      const { namespace, name } = numbers.of(accounts);
      return {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { namespace, name: `pod-${i}` },
        spec: {
          serviceAccountName: name,
          nodeName: `node-${numbers.below(nodes)}`,
          containers: [{ name: 'c', image: 'i', securityContext: { privileged: numbers.below(200) === 0 } }],
        },
      };
    }),
  ];
}
