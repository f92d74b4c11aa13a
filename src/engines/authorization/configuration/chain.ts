import { AbacAuthorizer } from '../abac/authorizer.ts';
import type { AbacPolicy } from '../abac/policies.ts';
import { ALWAYS_ALLOW, ALWAYS_DENY } from '../always.ts';
import type { Authorizer } from '../attributes.ts';
import { AuthorizerChain } from '../chain.ts';
import { WebhookAuthorizer } from '../webhook.ts';
import type { ConfiguredAuthorizer } from './types.ts';

/** What authorizers decide by, beside their configuration. */
export interface ChainParts {
  readonly rbac: Authorizer;
  readonly node: Authorizer;
  /** The policies of --authorization-policy-file; undefined where the file was not seen, and ABAC's answers are unknown. */
  readonly abacPolicies?: readonly AbacPolicy[] | undefined;
}

/** The chain that an API server asks with a configuration. */
export function chainOf(authorizers: readonly ConfiguredAuthorizer[], parts: ChainParts): AuthorizerChain {
  return new AuthorizerChain(
    authorizers.map((configured) => ({ name: configured.name, authorizer: authorizerOf(configured, parts) })),
  );
}

function authorizerOf({ type, webhook }: ConfiguredAuthorizer, parts: ChainParts): Authorizer {
  switch (type) {
    case 'RBAC':
      return parts.rbac;
    case 'Node':
      return parts.node;
    case 'ABAC':
      return parts.abacPolicies === undefined ? UNSEEN_POLICIES : new AbacAuthorizer(parts.abacPolicies);
    case 'AlwaysAllow':
      return ALWAYS_ALLOW;
    case 'AlwaysDeny':
      return ALWAYS_DENY;
    case 'Webhook':
      return new WebhookAuthorizer(webhook!.matchConditions, webhook!.failurePolicy);
  }
}

const UNSEEN_POLICIES: Authorizer = Object.freeze({
  mode: 'ABAC',
  authorize: () => ({ decision: 'unknown', reason: 'decided by a policy file that was not seen' }) as const,
});
