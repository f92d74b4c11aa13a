import { PRIVILEGED_GROUPS } from './always.ts';
import type { Answer, Authorizer, RequestAttributes } from './attributes.ts';

/** An authorizer of a chain under the name that it is configured with. */
export interface ChainLink {
  readonly name: string;
  readonly authorizer: Pick<Authorizer, 'authorize'> & Partial<Pick<Authorizer, 'mode'>>;
}

export interface ChainAnswer extends Answer {
  /** The authorizer that decides; absent where none has an opinion. */
  readonly by?: string;
  /** Where a decision is unknown: what it is in case that the authorizer which is not known has no opinion. */
  readonly otherwise?: ChainAnswer;
}

const PRIVILEGED_GROUP_LINK = 'kubernetes.io/system-privileged-group';

/**
 * Authorizers in the order in which an API server asks them, the one for system:masters before all: the first that allows or
 * denies decides (k8s.io/apiserver pkg/authorization/union).
 */
export class AuthorizerChain {
  readonly links: readonly ChainLink[];

  constructor(links: readonly ChainLink[]) {
    this.links = [{ name: PRIVILEGED_GROUP_LINK, authorizer: PRIVILEGED_GROUPS }, ...links];
  }

  /** Where nobody has an opinion, which refuses the request, the reasons are those of all authorizers, one a line. */
  authorize(attributes: RequestAttributes): ChainAnswer {
    return this.#from(0, [], attributes);
  }

  #from(start: number, reasons: readonly string[], attributes: RequestAttributes): ChainAnswer {
    const given = [...reasons];
    for (let i = start; i < this.links.length; i++) {
      const { name, authorizer } = this.links[i]!;
      const answer = authorizer.authorize(attributes);
      if (answer.decision === 'allow' || answer.decision === 'deny') return { ...answer, by: name };
      if (answer.decision === 'unknown') {
        const otherwise = this.#from(i + 1, given, attributes);
        // Nobody but a webhook denies, so what a later one allows is allowed either way.
        const isSettled = authorizer.mode !== 'Webhook' && otherwise.decision === 'allow';
        return isSettled ? otherwise : { ...answer, by: name, otherwise };
      }
      if (answer.reason !== '') given.push(`${name}: ${answer.reason}`);
    }
    return { decision: 'no-opinion', reason: given.join('\n') };
  }
}
