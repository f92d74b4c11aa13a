import { serviceAccountOf } from '../../engines/authorization/index.ts';
import type { Entry } from './entry.ts';

export const GARBAGE_COLLECTOR = 'generic-garbage-collector';
export const NAMESPACE_CONTROLLER = 'namespace-controller';

/** Service accounts of kube-controller-manager that are not called so (cmd/kube-controller-manager/names). */
const OTHERS: ReadonlySet<string> = new Set([
  GARBAGE_COLLECTOR,
  'pod-garbage-collector',
  'cronjob-controller',
]);
/** With `--use-service-account-credentials=false` all controllers are one user, and the agent tells them apart. */
const SHARED = 'system:kube-controller-manager';
const AGENT = /\/system:serviceaccount:kube-system:([a-z0-9-]+)$/;

/** As whom an API server asks itself, which it does to make roles and bindings at its start. */
export const API_SERVER = 'system:apiserver';

/** Which controller of Kubernetes a request is from; undefined for others. */
export function controllerOf({ user, agent }: Pick<Entry, 'user' | 'agent'>): string | undefined {
  if (user === SHARED) return AGENT.exec(agent)?.[1] ?? 'kube-controller-manager';
  const account = serviceAccountOf(user);
  if (account?.namespace !== 'kube-system') return undefined;
  return OTHERS.has(account.name) || account.name.endsWith('-controller') ? account.name : undefined;
}

/** The node whose kubelet a user is. */
export function nodeOf(user: string): string | undefined {
  return user.startsWith('system:node:') ? user.slice('system:node:'.length) : undefined;
}

/** Controllers, kubelets and the other parts of the control plane: what they do follows from what somebody else wanted. */
export function isMachinery(entry: Pick<Entry, 'user' | 'agent'>): boolean {
  const { user } = entry;
  return (
    controllerOf(entry) !== undefined ||
    nodeOf(user) !== undefined ||
    user === 'system:kube-scheduler' ||
    user === API_SERVER
  );
}
