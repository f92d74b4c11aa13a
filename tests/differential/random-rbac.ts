import type { JsonObject } from '../../src/kubernetes/json.ts';
import type { Random } from './random.ts';

import { numbered, type Vocabulary, vocabularyOf, type WorldSize } from './rbac-vocabulary.ts';

const RBAC = 'rbac.authorization.k8s.io';
/** Named like objects of RBAC, and none: what they say would allow everything to everyone. */
const FOREIGN: readonly JsonObject[] = [
  {
    apiVersion: 'example.com/v1',
    kind: 'ClusterRole',
    metadata: { name: 'role2', labels: { 'aggregate-to-a': 'true' } },
    rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }],
  },
  {
    apiVersion: 'example.com/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'foreign' },
    subjects: [{ apiGroup: RBAC, kind: 'Group', name: 'system:authenticated' }],
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: 'role2' },
  },
];
const WILD_RESOURCES = ['*/*', '*/scale', '*/log', '*/', '*/b/c', '*/*/c', 'pods/*', '*s', '**'];
const WILD_URLS = [
  '/healthz/*',
  '/healthz*',
  '/api*',
  '/logs/*',
  '/metrics**',
  '/a*b*',
  'health*',
  '*/x',
  '**',
];
const LABELS = ['aggregate-to-a', 'aggregate-to-b', 'aggregate-to-c'];
/** Of roles that none selects. */
const CLOSED = 'closed';
const LABEL_VALUES = ['true', 'True', 'false', ''];

/** What RBAC can be made of, by chance. The objects are of the right types, but the API server would refuse some. */
export class RandomRbac {
  readonly vocabulary: Vocabulary;
  readonly #random: Random;
  readonly #size: WorldSize;
  /** Many: one wildcard in the hands of a common group would decide nearly everything. */
  readonly #many: boolean;
  /** Aggregated roles that state rules themselves; else, selectors of everything. */
  readonly #stale: boolean;

  constructor(random: Random, size: WorldSize) {
    this.vocabulary = vocabularyOf(size);
    this.#random = random;
    this.#size = size;
    this.#many = size.names > 10;
    this.#stale = random.chance(0.5);
  }

  /** All objects of a world, in any order: a binding may come before its role. No two of RBAC have kind and name in common. */
  world(): JsonObject[] {
    const random = this.#random;
    const { namespaces, roles } = this.vocabulary;
    const { clusterRoles, clusterRoleBindings, roleBindings } = this.#size;
    const objects = [
      ...roles.slice(0, clusterRoles).map((name) => this.clusterRole(name)),
      ...numbered(this.#size.roles, '').map(() => this.#role(random.pick(roles), random.pick(namespaces))),
      ...numbered(clusterRoleBindings, 'b').map((name) => this.clusterRoleBinding(name)),
      ...numbered(roleBindings, 'b').map((name) => this.roleBinding(name, random.pick(namespaces))),
      ...FOREIGN,
    ];
    const byName = new Map(objects.map((object) => [nameOf(object), object]));
    return shuffled(random, [...byName.values()]);
  }

  clusterRole(name: string): JsonObject {
    const random = this.#random;
    const labels = random.chance(0.5) ? this.#labels() : undefined;
    const plain = { apiVersion: `${RBAC}/v1`, kind: 'ClusterRole', rules: this.#rules(0.2) };
    if (!random.chance(this.#many ? 0.03 : 0.25)) {
      return { ...plain, metadata: { name, ...(labels === undefined ? {} : { labels }) } };
    }
    // Rules that an aggregated role states are replaced, if there are others. Where they could come round to it again, what counts depends on
    // the order in which the controller comes to the roles, so only roles that no other takes rules from state some.
    if (this.#stale && random.chance(0.4)) {
      const matchLabels = random.chance(0.5) ? { 'on-no-role': 'true' } : this.#labels();
      const aggregationRule = { clusterRoleSelectors: [{ matchLabels }] };
      return { ...plain, metadata: { name, labels: { [CLOSED]: '' } }, aggregationRule };
    }
    const rules = random.pick([null, []]);
    const aggregationRule = this.#aggregationRule();
    return { ...plain, metadata: { name, labels: labels ?? {} }, rules, aggregationRule };
  }

  #role(name: string, namespace: string): JsonObject {
    return {
      apiVersion: `${RBAC}/v1`,
      kind: 'Role',
      metadata: this.#placed(name, namespace),
      rules: this.#rules(0.03),
    };
  }

  clusterRoleBinding(name: string, roleRef = this.#roleRef(0.04)): JsonObject {
    return {
      apiVersion: `${RBAC}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name },
      ...this.#subjects(),
      roleRef,
    };
  }

  roleBinding(name: string, namespace: string, roleRef = this.#roleRef(0.5)): JsonObject {
    return {
      apiVersion: `${RBAC}/v1`,
      kind: 'RoleBinding',
      metadata: this.#placed(name, namespace),
      ...this.#subjects(),
      roleRef,
    };
  }

  /** A manifest may leave out that it is for the namespace `default`. */
  #placed(name: string, namespace: string): JsonObject {
    return namespace === 'default' && this.#random.chance(0.5) ? { name } : { name, namespace };
  }

  /** @param urls how likely it is about paths */
  rule(urls = 0.2): JsonObject {
    const random = this.#random;
    const words = this.vocabulary;
    const wild = (items: string[]): string[] =>
      random.chance(this.#many ? 0.002 : 0.06) ? [...items, '*'] : items;
    const rule: JsonObject = { verbs: this.#listed(wild(this.#some(words.verbs, 3))) };
    const ofUrls = random.chance(urls);
    if (ofUrls) {
      const paths = random.chance(0.4) ? this.#some(WILD_URLS, 2) : wild(this.#some(words.urls, 2));
      rule['nonResourceURLs'] = this.#listed(paths);
      // A rule of both is refused by the API server, and works for both.
      if (!random.chance(0.1)) return rule;
    }
    rule['apiGroups'] = this.#listed(wild(this.#some(words.apiGroups, 2)));
    const resources = wild(this.#some(words.resources, 3));
    if (random.chance(0.12)) resources.push(random.pick(WILD_RESOURCES));
    rule['resources'] = this.#listed(resources);
    if (random.chance(0.25)) rule['resourceNames'] = this.#listed(this.#some(words.names, 3));
    return rule;
  }

  #rules(urls: number): JsonObject[] | null {
    const random = this.#random;
    if (random.chance(0.03)) return random.pick([null, []]);
    return Array.from({ length: 1 + random.below(4) }, () => this.rule(urls));
  }

  /** One to `most` of them, rarely none. */
  #some(items: readonly string[], most: number): string[] {
    const count = this.#random.chance(0.04) ? 0 : 1 + this.#random.below(most);
    return Array.from({ length: count }, () => this.#random.pick(items));
  }

  /** Files say in three ways that a list is empty. */
  #listed(items: string[]): string[] | null | undefined {
    return items.length > 0 ? items : this.#random.pick([items, null, undefined]);
  }

  #labels(): JsonObject {
    const random = this.#random;
    return { [random.pick(LABELS)]: random.pick(LABEL_VALUES), [random.pick(LABELS)]: 'true' };
  }

  #aggregationRule(): JsonObject {
    const random = this.#random;
    const selectors = Array.from({ length: 1 + random.below(2) }, () => this.#selector());
    return random.chance(0.05)
      ? random.pick<JsonObject>([{}, { clusterRoleSelectors: [] }])
      : { clusterRoleSelectors: selectors };
  }

  #selector(): JsonObject {
    const random = this.#random;
    const matchLabels = { [random.pick(LABELS)]: random.pick(LABEL_VALUES) };
    // Where there are many roles, one that takes in nearly all of them is as large as all together.
    if (this.#many || random.chance(0.7)) return { matchLabels };
    const operator = random.pick(['In', 'NotIn', 'Exists', 'DoesNotExist', 'In', 'in']);
    const values = operator === 'Exists' || operator === 'DoesNotExist' ? {} : { values: ['true', ''] };
    if (!this.#stale && random.chance(0.1)) return {};
    const closed = { key: CLOSED, operator: 'DoesNotExist' };
    return { matchExpressions: [{ key: random.pick(LABELS), operator, ...values }, closed] };
  }

  #subjects(): { subjects?: JsonObject[] | null } {
    const random = this.#random;
    if (random.chance(0.03)) return random.pick([{}, { subjects: [] }, { subjects: null }]);
    return { subjects: Array.from({ length: 1 + random.below(3) }, () => this.#subject()) };
  }

  #subject(): JsonObject {
    const random = this.#random;
    const { users, groups, accounts, namespaces } = this.vocabulary;
    const odd = <T>(value: T, others: readonly T[]): T => (random.chance(0.04) ? random.pick(others) : value);
    const apiGroup = odd(RBAC, ['', 'apps', RBAC.toUpperCase()]);
    switch (random.below(this.#many ? 9 : 3)) {
      case 0:
        return {
          kind: odd('Group', ['group', 'Groups', '']),
          // What everyone is in would decide too much where there are many.
          name:
            this.#many && random.chance(0.95)
              ? random.pick(groups.slice(-this.#size.subjects))
              : random.pick(groups),
          ...(random.chance(0.8) ? { apiGroup } : {}),
        };
      case 1:
      case 3:
      case 4:
        return {
          kind: odd('User', ['user', 'Username']),
          name: random.pick(users),
          ...(random.chance(0.8) ? { apiGroup } : {}),
          ...odd<JsonObject>({}, [{ namespace: random.pick(namespaces) }]),
        };
      default:
        return {
          kind: odd('ServiceAccount', ['serviceaccount', 'SystemAccount']),
          name: random.pick(accounts),
          ...(random.chance(0.85)
            ? { namespace: random.pick(namespaces) }
            : odd<JsonObject>({}, [{ namespace: '' }])),
          ...odd<JsonObject>({}, [{ apiGroup }]),
        };
    }
  }

  #roleRef(role: number): JsonObject {
    const random = this.#random;
    const kind = random.chance(role) ? 'Role' : 'ClusterRole';
    return {
      apiGroup: random.chance(0.97) ? RBAC : random.pick(['', 'apps']),
      kind: random.chance(0.98) ? kind : random.pick(['role', 'clusterrole', 'Group', '']),
      name: random.chance(0.95) ? random.pick(this.vocabulary.roles) : random.pick(['missing', 'ROLE1', '']),
    };
  }
}

function nameOf({ apiVersion, kind, metadata }: JsonObject): string {
  const { name, namespace = 'default' } = metadata as JsonObject;
  return JSON.stringify([apiVersion, kind, namespace, name]);
}

function shuffled<T>(random: Random, items: T[]): T[] {
  for (let i = items.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [items[i], items[j]] = [items[j]!, items[i]!];
  }
  return items;
}
