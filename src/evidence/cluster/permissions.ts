import { NEEDS, type Need, type NeedTopic } from './needs.ts';

/** What a rule is for; the command line has words for each. */
export type PermissionTopic = NeedTopic | 'server' | 'kubelet-configuration';

export interface PermissionRule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly verbs: readonly string[];
}

export interface PermissionRole {
  readonly apiVersion: 'rbac.authorization.k8s.io/v1';
  readonly kind: 'ClusterRole' | 'Role';
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly rules: readonly { readonly topics: readonly PermissionTopic[]; readonly rule: PermissionRule }[];
}

export interface PermissionOptions {
  /** Only what reading this one namespace needs: a Role in it, and a ClusterRole for what is in none. */
  readonly namespace?: string | undefined;
  readonly secrets?: boolean | undefined;
  readonly watch?: boolean | undefined;
  /** Kubelets' configuration, which the API server passes on from the nodes. */
  readonly kubeletConfiguration?: boolean | undefined;
}

/**
 * Discovery, and what the API server tells about itself. All but its flags is granted to everyone who is logged in by bootstrap roles
 * (`system:discovery`, `system:public-info-viewer`); clusters exist that took this back.
 */
const SERVER_URLS = ['/api', '/api/*', '/apis', '/apis/*', '/flagz', '/version'] as const;

const NAME = 'kubestride';

/** The least that RBAC must grant for reading a cluster: each rule that is missing is a gap in the evidence and nothing else. */
export function permissions(options: PermissionOptions = {}): PermissionRole[] {
  const { namespace, secrets, watch, kubeletConfiguration } = options;
  const verbs = watch ? ['list', 'watch'] : ['list'];
  const needs = NEEDS.filter(({ onDemand }) => !onDemand || secrets);
  const isWithin = (need: Need) => namespace !== undefined && need.namespaced;
  const isTheNamespace = (need: Need) =>
    namespace !== undefined && need.group === '' && need.kind === 'Namespace';
  const rules = [
    { topics: ['server'] as const, rule: { nonResourceURLs: SERVER_URLS, verbs: ['get'] } },
    ...listRules(
      needs.filter((need) => !isWithin(need) && !isTheNamespace(need)),
      verbs,
    ),
    ...listRules(needs.filter(isTheNamespace), verbs, namespace),
    ...(kubeletConfiguration
      ? [
          {
            topics: ['kubelet-configuration'] as const,
            rule: { apiGroups: [''], resources: ['nodes/proxy'], verbs: ['get'] },
          },
        ]
      : []),
  ];
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  const clusterRole: PermissionRole = { apiVersion, kind: 'ClusterRole', metadata: { name: NAME }, rules };
  if (namespace === undefined) return [clusterRole];
  return [
    clusterRole,
    {
      apiVersion,
      kind: 'Role',
      metadata: { name: NAME, namespace },
      rules: listRules(needs.filter(isWithin), verbs),
    },
  ];
}

/** One rule for each API group; Secrets have theirs, because it is the one to think about. */
function listRules(
  needs: readonly Need[],
  verbs: readonly string[],
  resourceName?: string,
): PermissionRole['rules'] {
  const byGroup = new Map<string, Need[]>();
  for (const need of needs) {
    const key = need.topic === 'secrets' ? 'secrets' : need.group;
    byGroup.set(key, [...(byGroup.get(key) ?? []), need]);
  }
  return [...byGroup.values()]
    .map((group) => ({
      topics: [...new Set(group.map(({ topic }) => topic))],
      rule: {
        apiGroups: [group[0]!.group],
        resources: [...new Set(group.map(({ resource }) => resource))].sort(),
        ...(resourceName === undefined ? {} : { resourceNames: [resourceName] }),
        verbs,
      },
    }))
    .sort((a, b) => compare(a.rule.apiGroups[0]!, b.rule.apiGroups[0]!));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Words of the comments. */
export interface PermissionWords {
  /** Lines above everything. */
  readonly introduction: readonly string[];
  readonly topic: Readonly<Record<PermissionTopic, readonly string[]>>;
}

/** The roles as a YAML stream for `kubectl apply -f -`. */
export function permissionsYaml(roles: readonly PermissionRole[], words: PermissionWords): string {
  const documents = roles.map(({ apiVersion, kind, metadata, rules }) => {
    const lines = [`apiVersion: ${apiVersion}`, `kind: ${kind}`, 'metadata:', `  name: ${metadata.name}`];
    if (metadata.namespace !== undefined) lines.push(`  namespace: ${JSON.stringify(metadata.namespace)}`);
    lines.push('rules:');
    for (const { topics, rule } of rules) {
      for (const topic of topics) lines.push(...words.topic[topic].map((line) => `  # ${line}`));
      const fields = Object.entries(rule).flatMap(([field, values]) => [
        `${field}:`,
        ...(values as readonly string[]).map((value) => `  - ${JSON.stringify(value)}`),
      ]);
      lines.push(...fields.map((line, index) => `  ${index === 0 ? '- ' : '  '}${line}`));
    }
    return lines.join('\n');
  });
  return `${words.introduction.map((line) => `# ${line}\n`).join('')}${documents.join('\n---\n')}\n`;
}
