import type { Client } from './client.ts';
import type { LinkerdSettings } from './settings.ts';
import type { Truth } from './truth.ts';

/** `account.namespace.serviceaccount.identity.<control plane's namespace>.<trust domain>` (policy-controller/k8s/index/src/cluster_info.rs). */
const IDENTITY = /^([^.]+)\.([^.]+)\.serviceaccount\.identity\.(.+)$/;

/**
 * Whether a client has an identity as policies name it: `*`, `*.` and the rest of a name, or a whole name
 * (linkerd/linkerd2 policy-controller/core/src/identity_match.rs).
 */
export function hasIdentity(pattern: string, { identity }: Client, settings: LinkerdSettings): Truth {
  if (identity === 'none') return 'no';
  if (identity === 'unknown') return 'unknown';
  if (pattern === '*') return 'yes';
  const named = (suffix: string) =>
    `${identity.account}.${identity.namespace}.serviceaccount.identity.${suffix}`;
  const matches = (name: string) =>
    pattern.startsWith('*.') ? name.endsWith(pattern.slice(1)) : name === pattern;
  if (matches(named(settings.identitySuffix))) return 'yes';
  if (settings.isSeen) return 'no';
  // Where the control plane is and which trust domain it has is not known: the pattern's own may be right.
  const own = IDENTITY.exec(pattern.replace(/^\*\.(?=[^.]+\.serviceaccount\.)/, `${identity.account}.`))?.[3];
  return own !== undefined && matches(named(own)) ? 'unknown' : 'no';
}

export function accountIdentity(
  account: string,
  namespace: string,
  { identitySuffix }: LinkerdSettings,
): string {
  return `${account}.${namespace}.serviceaccount.identity.${identitySuffix}`;
}

export function namespaceIdentity(namespace: string, { identitySuffix }: LinkerdSettings): string {
  return `*.${namespace}.serviceaccount.identity.${identitySuffix}`;
}
