import {
  groupMatches,
  nameMatches,
  nonResourceUrlMatches,
  type PolicyRule,
  policyRules,
  resourceMatches,
  verbMatches,
} from '../../../kubernetes/policy-rules.ts';
import type { RequestAttributes } from '../attributes.ts';
import { BOOTSTRAP_OBJECTS } from '../bootstrap.ts';

/** bootstrappolicy.NodeRules, which the role system:node is made of too; what a cluster makes of that role changes nothing here. */
const NODE_ROLE = 'system:node';
let rules: readonly PolicyRule[] | undefined;

/** Whether every node may do it, whatever it runs. */
export function isAllowedToAllNodes(attributes: RequestAttributes): boolean {
  rules ??= BOOTSTRAP_OBJECTS.filter(({ kind, metadata }) => {
    return kind === 'ClusterRole' && (metadata as { name?: string }).name === NODE_ROLE;
  }).flatMap(policyRules);
  return rules.some((rule) => allows(rule, attributes));
}

function allows(rule: PolicyRule, attributes: RequestAttributes): boolean {
  const { verb, apiGroup, resource, subresource, name } = attributes;
  if (!verbMatches(rule, verb)) return false;
  if (!attributes.isResourceRequest) return nonResourceUrlMatches(rule, attributes.path);
  return (
    groupMatches(rule, apiGroup) && resourceMatches(rule, resource, subresource) && nameMatches(rule, name)
  );
}
