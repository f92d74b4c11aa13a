/** The namespaces that every cluster starts with for its own components, besides `default`. */
const SYSTEM = new Set(['kube-system', 'kube-public', 'kube-node-lease']);

/** Whether a namespace is Kubernetes' own: what keeps the cluster alive runs there, under other rules than users' pods. */
export function isSystemNamespace(name: string): boolean {
  return SYSTEM.has(name);
}
