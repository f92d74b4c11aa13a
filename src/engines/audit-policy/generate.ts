import type { JsonObject } from '../../kubernetes/json.ts';
import { auditGaps, lintAuditPolicy } from './lint.ts';
import { NEEDED, NEEDS, type NeededRequests, type NeedId } from './needs.ts';
import { type Level, readAuditPolicy } from './policy.ts';

/** What else is logged beside the needs: nothing; what changes something; everything, as Metadata. */
export const BREADTHS = ['needs', 'changes', 'everything'] as const;
export type Breadth = (typeof BREADTHS)[number];

/** Why a rule is there: something that is left out for its number, needs, the rest. */
export type RuleReason = 'health' | 'leases' | 'events' | 'node-status' | 'reviews' | 'needs' | 'rest';

export interface GeneratedRule {
  /** As the policy holds it. */
  readonly rule: JsonObject;
  readonly reason: RuleReason;
  /** Empty but for the reason `needs`. */
  readonly needs: readonly NeedId[];
}

/** Watches, leases and reviews of one's own access are most of the requests of a cluster at rest, and none changes what is stored. */
const QUIET: readonly GeneratedRule[] = [
  {
    reason: 'health',
    needs: [],
    rule: {
      level: 'None',
      verbs: ['get', 'head'],
      nonResourceURLs: ['/healthz*', '/livez*', '/readyz*', '/version', '/openapi/*', '/metrics'],
    },
  },
  {
    reason: 'leases',
    needs: [],
    rule: {
      level: 'None',
      verbs: ['get', 'list', 'watch', 'create', 'update', 'patch'],
      resources: [{ group: 'coordination.k8s.io', resources: ['leases'] }],
    },
  },
  {
    reason: 'events',
    needs: [],
    rule: {
      level: 'None',
      verbs: ['create', 'update', 'patch'],
      resources: [
        { group: '', resources: ['events'] },
        { group: 'events.k8s.io', resources: ['events'] },
      ],
    },
  },
  {
    reason: 'node-status',
    needs: [],
    rule: {
      level: 'None',
      userGroups: ['system:nodes'],
      verbs: ['get', 'list', 'watch', 'update', 'patch'],
      resources: [{ group: '', resources: ['nodes', 'nodes/status', 'pods/status'] }],
    },
  },
  {
    reason: 'reviews',
    needs: [],
    rule: {
      level: 'None',
      verbs: ['create'],
      resources: [
        {
          group: 'authorization.k8s.io',
          resources: ['subjectaccessreviews', 'selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
        },
      ],
    },
  },
];

/**
 * A policy that writes down what the needs ask for, without bodies of credentials and without what only fills the log. Its own lint finds
 * no gap in the needs, no leak and no rule that nothing is left for; anything else is a defect and throws.
 */
export function generateAuditPolicy(needs: readonly NeedId[], breadth: Breadth): GeneratedRule[] {
  const rules: GeneratedRule[] = [...QUIET, ...ofNeeds(needs), ...rest(breadth)];
  prove(rules, needs);
  return rules;
}

/** The document that holds the rules. */
export function auditPolicyDocument(rules: readonly GeneratedRule[]): JsonObject {
  return {
    apiVersion: 'audit.k8s.io/v1',
    kind: 'Policy',
    omitStages: ['RequestReceived'],
    omitManagedFields: true,
    rules: rules.map(({ rule }) => rule),
  };
}

/** One rule for all requests of a need that have the same level and verbs. */
function ofNeeds(needs: readonly NeedId[]): GeneratedRule[] {
  return NEEDS.filter((need) => needs.includes(need)).flatMap((need) => {
    const alike = new Map<string, NeededRequests[]>();
    for (const requests of NEEDED[need]) {
      const key = `${requests.level} ${requests.verbs.join()}`;
      alike.set(key, [...(alike.get(key) ?? []), requests]);
    }
    return [...alike.values()].map((same): GeneratedRule => {
      const [{ level, verbs }] = same as [NeededRequests];
      const users = need === 'strangers' ? { userGroups: ['system:unauthenticated'] } : {};
      const rule: JsonObject =
        need === 'strangers'
          ? { level, ...users }
          : { level, verbs: [...verbs], resources: resourcesOf(same) };
      return { reason: 'needs', needs: [need], rule };
    });
  });
}

function resourcesOf(requests: readonly NeededRequests[]): JsonObject[] {
  const byGroup = new Map<string, string[]>();
  for (const { group, resource } of requests) byGroup.set(group, [...(byGroup.get(group) ?? []), resource]);
  return [...byGroup].map(([group, resources]) => ({ group, resources }));
}

function rest(breadth: Breadth): GeneratedRule[] {
  const level: Level = 'Metadata';
  if (breadth === 'needs') return [];
  const verbs = ['create', 'update', 'patch', 'delete', 'deletecollection'];
  return [{ reason: 'rest', needs: [], rule: breadth === 'changes' ? { level, verbs } : { level } }];
}

function prove(rules: readonly GeneratedRule[], needs: readonly NeedId[]): void {
  const { policy, errors } = readAuditPolicy(auditPolicyDocument(rules));
  if (policy === undefined)
    throw new Error(`generated an audit policy that is refused: ${errors[0]?.message}`);
  const wrong = lintAuditPolicy(policy).filter(({ kind }) => kind !== 'gap');
  const [first] = [...wrong, ...auditGaps(policy, needs)];
  if (first !== undefined)
    throw new Error(`generated an audit policy with a fault: ${JSON.stringify(first)}`);
}
