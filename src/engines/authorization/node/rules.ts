import {
  groupMatches,
  nameMatches,
  nonResourceUrlMatches,
  type PolicyRule,
  policyRules,
  verbMatches,
} from '../../../kubernetes/policy-rules.ts';
import type { RequestAttributes } from '../attributes.ts';
import { BOOTSTRAP_OBJECTS } from '../bootstrap.ts';

/** bootstrappolicy.NodeRules, which the role system:node is made of too; what a cluster makes of that role changes nothing here. */
const NODE_ROLE = 'system:node';

/** The rules by the resources that they name, and those of paths. */
interface Rules {
  readonly byResource: ReadonlyMap<string, readonly PolicyRule[]>;
  readonly ofPaths: readonly PolicyRule[];
}

let shared: Rules | undefined;

/** Whether every node may do it, whatever it runs. */
export function isAllowedToAllNodes(attributes: RequestAttributes): boolean {
  shared ??= readRules();
  const { verb, apiGroup, resource, subresource, name, isResourceRequest, path } = attributes;
  if (!isResourceRequest)
    return shared.ofPaths.some((rule) => verbMatches(rule, verb) && nonResourceUrlMatches(rule, path));
  const rules = shared.byResource.get(subresource === '' ? resource : `${resource}/${subresource}`);
  return (
    rules?.some(
      (rule) => verbMatches(rule, verb) && groupMatches(rule, apiGroup) && nameMatches(rule, name),
    ) ?? false
  );
}

function readRules(): Rules {
  const byResource = new Map<string, PolicyRule[]>();
  const rules = BOOTSTRAP_OBJECTS.filter(({ kind, metadata }) => {
    return kind === 'ClusterRole' && (metadata as { name?: string }).name === NODE_ROLE;
  }).flatMap(policyRules);
  for (const rule of rules) {
    // None of them names resources by a pattern.
    for (const resource of rule.resources) {
      const known = byResource.get(resource);
      if (known === undefined) byResource.set(resource, [rule]);
      else known.push(rule);
    }
  }
  return { byResource, ofPaths: rules.filter(({ nonResourceURLs }) => nonResourceURLs.length > 0) };
}
