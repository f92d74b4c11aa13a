import { urlPrefix } from '../../../kubernetes/policy-rules.ts';
import type { Answer, Authorizer, RequestAttributes } from '../attributes.ts';
import type { AbacPolicy } from './policies.ts';

const NO_POLICY: Answer = Object.freeze({ decision: 'no-opinion', reason: 'No policy matched.' });

/** The ABAC authorizer: k8s.io/kubernetes pkg/auth/authorizer/abac. */
export class AbacAuthorizer implements Authorizer {
  readonly mode = 'ABAC';
  readonly #byUser = new Map<string, AbacPolicy[]>();
  /** Those that name no user. */
  readonly #byGroup = new Map<string, AbacPolicy[]>();

  constructor(policies: readonly AbacPolicy[]) {
    for (const policy of policies) {
      if (policy.user !== '') add(this.#byUser, policy.user, policy);
      else if (policy.group !== '') add(this.#byGroup, policy.group, policy);
    }
  }

  authorize(attributes: RequestAttributes): AbacAnswer {
    const { name, groups } = attributes.user;
    const own = this.#byUser
      .get(name)
      ?.find(
        (policy) => (policy.group === '' || groups.includes(policy.group)) && allows(policy, attributes),
      );
    if (own !== undefined) return { decision: 'allow', reason: '', policy: own };
    for (const group of groups) {
      const policy = this.#byGroup.get(group)?.find((each) => allows(each, attributes));
      if (policy !== undefined) return { decision: 'allow', reason: '', policy };
    }
    return NO_POLICY;
  }
}

/** With the policy that allows. */
export interface AbacAnswer extends Answer {
  readonly policy?: AbacPolicy;
}

function add(index: Map<string, AbacPolicy[]>, key: string, policy: AbacPolicy): void {
  const policies = index.get(key);
  if (policies === undefined) index.set(key, [policy]);
  else policies.push(policy);
}

function allows(policy: AbacPolicy, attributes: RequestAttributes): boolean {
  if (policy.readonly && !['get', 'list', 'watch'].includes(attributes.verb)) return false;
  if (!attributes.isResourceRequest) return pathMatches(policy.nonResourcePath, attributes.path);
  return (
    matches(policy.namespace, attributes.namespace) &&
    matches(policy.resource, attributes.resource) &&
    matches(policy.apiGroup, attributes.apiGroup)
  );
}

function matches(pattern: string, value: string): boolean {
  return pattern === '*' || pattern === value;
}

function pathMatches(pattern: string, path: string): boolean {
  return pattern === path || (pattern.endsWith('*') && path.startsWith(urlPrefix(pattern)));
}
