import type { Answer, Authorizer, RequestAttributes } from './attributes.ts';
import type { MatchConditions } from './match-conditions.ts';

/** What is decided where a match condition fails, or the webhook does not answer. */
export type FailurePolicy = 'NoOpinion' | 'Deny';

/**
 * A webhook: which requests it is asked about is known, what it says of them is not
 * (k8s.io/apiserver plugin/pkg/authorizer/webhook).
 */
export class WebhookAuthorizer implements Authorizer {
  readonly mode = 'Webhook';
  readonly #conditions: MatchConditions;
  readonly #failurePolicy: FailurePolicy;

  constructor(conditions: MatchConditions, failurePolicy: FailurePolicy) {
    this.#conditions = conditions;
    this.#failurePolicy = failurePolicy;
  }

  authorize(attributes: RequestAttributes): Answer {
    const { outcome, failed } = this.#conditions.match(attributes);
    switch (outcome) {
      case 'match':
        return { decision: 'unknown', reason: 'decided by a webhook' };
      case 'no-match':
        return { decision: 'no-opinion', reason: '' };
      case 'error':
        return {
          decision: this.#failurePolicy === 'Deny' ? 'deny' : 'no-opinion',
          reason: '',
          ...(failed && { failedCondition: failed }),
        };
      default:
        return { decision: 'unknown', reason: 'a match condition of the webhook cannot be decided' };
    }
  }
}
