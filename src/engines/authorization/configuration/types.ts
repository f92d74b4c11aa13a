import type { FieldError } from '../../../kubernetes/field-errors.ts';
import type { MatchConditions } from '../match-conditions.ts';
import type { FailurePolicy } from '../webhook.ts';

/** In upstream's order (k8s.io/kubernetes pkg/kubeapiserver/authorizer/modes). */
export const AUTHORIZER_TYPES = ['ABAC', 'AlwaysAllow', 'AlwaysDeny', 'Node', 'RBAC', 'Webhook'] as const;
export type AuthorizerType = (typeof AUTHORIZER_TYPES)[number];

/** How an API server asks a webhook (apiserver.config.k8s.io WebhookConfiguration); times in seconds, defaults filled in. */
export interface WebhookSettings {
  readonly authorizedTtl: number;
  readonly cacheAuthorizedRequests: boolean;
  readonly unauthorizedTtl: number;
  readonly cacheUnauthorizedRequests: boolean;
  readonly timeout: number;
  readonly failurePolicy: FailurePolicy;
  /** Where it is reached; undefined: in the cluster, which kube-apiserver does not do. */
  readonly kubeConfigFile: string | undefined;
  /** The expressions as written. */
  readonly expressions: readonly string[];
  readonly matchConditions: MatchConditions;
}

/** One authorizer of an API server. */
export interface ConfiguredAuthorizer {
  readonly type: AuthorizerType;
  readonly name: string;
  /** Of a webhook, and only of one. */
  readonly webhook?: WebhookSettings;
  /** Field path in the document, such as `authorizers[0]`; empty where flags say it. */
  readonly path: string;
}

/** Why an API server does not start with a configuration; the path is empty where it is about flags, too. */
export type ConfigurationProblem = FieldError;

export interface ConfigurationReading {
  /** In the order in which they are asked; those with a problem left out. */
  readonly authorizers: readonly ConfiguredAuthorizer[];
  readonly problems: readonly ConfigurationProblem[];
}
