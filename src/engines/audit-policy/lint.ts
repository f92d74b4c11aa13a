import { RESOURCE_VERBS } from '../../kubernetes/request-verbs.ts';
import { type AuditedRequest, decideAudit } from './decide.ts';
import { NEEDED, NEEDS, type NeedId } from './needs.ts';
import { type AuditPolicy, LEVELS, type Level, type Stage } from './policy.ts';
import { asker, METHODS, OTHER, unreachableRules } from './reach.ts';

/** Whose requests are asked about: each may be the one who is investigated. */
export const ACTORS = {
  person: asker(OTHER, []),
  administrator: asker(OTHER, ['system:masters']),
  'service-account': asker(`system:serviceaccount:${OTHER}:${OTHER}`, []),
  stranger: asker('system:anonymous', []),
} as const;
export type Actor = keyof typeof ACTORS;

/** What an investigation would not find in the log. */
export interface AuditGap {
  readonly kind: 'gap';
  readonly need: NeedId;
  readonly actors: readonly Actor[];
  /** `pods/exec`, of which API group. */
  readonly group: string;
  readonly resource: string;
  readonly verbs: readonly string[];
  readonly level: Level;
  readonly needed: Level;
  /** The rule that decides; undefined where none matches. */
  readonly rule: number | undefined;
}

/** Bodies that hold credentials get into the log. */
export interface AuditLeak {
  readonly kind: 'leak';
  readonly group: string;
  readonly resource: string;
  readonly verbs: readonly string[];
  readonly level: Level;
  readonly rule: number;
}

export type AuditFinding =
  | AuditGap
  | AuditLeak
  /** A rule that earlier ones leave nothing for. */
  | { readonly kind: 'unreachable'; readonly rule: number; readonly before: readonly number[] }
  /** A value that matches no request: these lists know no wildcards, and verbs are the API's. */
  | { readonly kind: 'matches-nothing'; readonly path: string; readonly value: string }
  /** No event tells how requests ended. */
  | { readonly kind: 'no-outcome'; readonly rule: number | undefined; readonly stages: readonly Stage[] }
  /** Each request makes two events, and the first of them tells less than the second. */
  | { readonly kind: 'received-too' };

/** What is wrong with a policy, or worth to know of it; gaps last. */
export function lintAuditPolicy(policy: AuditPolicy): AuditFinding[] {
  return [
    ...unreachableRules(policy).map(({ rule, before }) => ({ kind: 'unreachable' as const, rule, before })),
    ...idleValues(policy),
    ...stageFindings(policy),
    ...leaks(policy),
    ...auditGaps(policy),
  ];
}

const VERBS: ReadonlySet<string> = new Set([...RESOURCE_VERBS, ...METHODS]);

function idleValues({ rules }: AuditPolicy): AuditFinding[] {
  const idle = (path: string, value: string): AuditFinding => ({ kind: 'matches-nothing', path, value });
  return rules.flatMap((rule, index) => {
    const wild = (field: 'users' | 'userGroups' | 'namespaces') =>
      rule[field].flatMap((value, at) =>
        value.includes('*') ? [idle(`rules[${index}].${field}[${at}]`, value)] : [],
      );
    return [
      ...wild('users'),
      ...wild('userGroups'),
      ...wild('namespaces'),
      ...rule.verbs.flatMap((verb, at) =>
        VERBS.has(verb) ? [] : [idle(`rules[${index}].verbs[${at}]`, verb)],
      ),
      ...rule.resources.flatMap(({ resources }, entry) =>
        resources.flatMap((resource, at) =>
          isIdleResource(resource)
            ? [idle(`rules[${index}].resources[${entry}].resources[${at}]`, resource)]
            : [],
        ),
      ),
    ];
  });
}

/** A `*` anywhere but alone, before a slash or behind it is one that no name has; names are in lower case. */
function isIdleResource(resource: string): boolean {
  return !/^(?:\*|(?:\*|[a-z0-9.-]+)\/[a-z0-9.-]+|[a-z0-9.-]+(?:\/\*)?)$/.test(resource);
}

function stageFindings({ rules, omitStages }: AuditPolicy): AuditFinding[] {
  const findings: AuditFinding[] = rules.flatMap(({ level, omitStages: stages }, rule) =>
    level !== 'None' && stages.includes('ResponseComplete')
      ? [{ kind: 'no-outcome' as const, rule, stages }]
      : [],
  );
  const isLogged = ({ level, omitStages: stages }: AuditPolicy['rules'][number]) =>
    level !== 'None' && !stages.includes('RequestReceived');
  if (!omitStages.includes('RequestReceived') && rules.some(isLogged))
    findings.push({ kind: 'received-too' });
  return findings;
}

/** Which bodies hold credentials: the reading of a Secret in the answer, a token in what is asked of a TokenReview. */
const SENSITIVE: readonly { group: string; resource: string; reads: boolean; writes: Level }[] = [
  { group: '', resource: 'secrets', reads: true, writes: 'Request' },
  { group: '', resource: 'configmaps', reads: true, writes: 'Request' },
  { group: '', resource: 'serviceaccounts/token', reads: false, writes: 'RequestResponse' },
  { group: 'authentication.k8s.io', resource: 'tokenreviews', reads: false, writes: 'Request' },
];

function leaks(policy: AuditPolicy): AuditLeak[] {
  const found = new Map<string, AuditLeak & { verbs: string[] }>();
  for (const { group, resource, reads, writes } of SENSITIVE) {
    const asked: [string, Level][] = [
      ...(reads ? ['get', 'list', 'watch'].map((verb): [string, Level] => [verb, 'RequestResponse']) : []),
      ...(reads ? ['create', 'update', 'patch'] : ['create']).map((verb): [string, Level] => [verb, writes]),
    ];
    for (const [verb, from] of asked) {
      for (const actor of Object.values(ACTORS)) {
        for (const namespace of group === '' ? [OTHER, 'kube-system'] : ['']) {
          const { level, rule } = decideAudit(policy, requestOf(actor, verb, group, resource, namespace));
          if (rule === undefined || LEVELS.indexOf(level) < LEVELS.indexOf(from)) continue;
          const key = `${resource} ${rule}`;
          const leak = found.get(key) ?? { kind: 'leak', group, resource, verbs: [], level, rule };
          if (!leak.verbs.includes(verb)) leak.verbs.push(verb);
          found.set(key, leak);
        }
      }
    }
  }
  return [...found.values()];
}

/** What an investigation asks for and the policy does not write down, by need, resource and deciding rule. */
export function auditGaps(policy: AuditPolicy, needs: readonly NeedId[] = NEEDS): AuditGap[] {
  const found = new Map<string, AuditGap & { verbs: string[]; actors: Actor[] }>();
  for (const need of needs) {
    for (const { group, resource, isNamespaced, verbs, level: needed } of NEEDED[need]) {
      for (const actor of need === 'strangers' ? (['stranger'] as const) : ASKED) {
        for (const verb of verbs) {
          for (const namespace of isNamespaced ? [OTHER, 'kube-system'] : ['']) {
            const request = requestOf(ACTORS[actor], verb, group, resource, namespace);
            const { level, rule } = decideAudit(policy, request);
            if (LEVELS.indexOf(level) >= LEVELS.indexOf(needed)) continue;
            const key = `${need} ${group}/${resource} ${level} ${needed} ${rule}`;
            const gap = found.get(key) ?? {
              ...{ kind: 'gap', need, group, resource, level, needed, rule },
              verbs: [],
              actors: [],
            };
            if (!gap.verbs.includes(verb)) gap.verbs.push(verb);
            if (!gap.actors.includes(actor)) gap.actors.push(actor);
            found.set(key, gap as AuditGap & { verbs: string[]; actors: Actor[] });
          }
        }
      }
    }
  }
  return [...found.values()];
}

const ASKED: readonly Actor[] = ['person', 'administrator', 'service-account'];

function requestOf(
  { user, groups }: { readonly user: string; readonly groups: readonly string[] },
  verb: string,
  apiGroup: string,
  path: string,
  namespace: string,
): AuditedRequest {
  const [resource = '', subresource = ''] = path.split('/');
  const where = { apiGroup, resource, subresource, namespace, name: OTHER, path: '' };
  return { user, groups, verb, isResourceRequest: true, ...where };
}
