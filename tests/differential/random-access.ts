import type { RequestAttributes } from '../../src/engines/authorization/index.ts';
import { asArray, asObject, type Json, type JsonObject } from '../../src/kubernetes/json.ts';
import type { Random } from './random.ts';
import type { Vocabulary } from './rbac-vocabulary.ts';

/** Requests about a world: most of them made from what a binding of it grants, many of those changed in one point. */
export class RandomAccess {
  readonly #random: Random;
  readonly #words: Vocabulary;
  readonly #bindings: readonly JsonObject[];
  readonly #roles: ReadonlyMap<string, JsonObject>;

  constructor(random: Random, words: Vocabulary, objects: readonly JsonObject[]) {
    this.#random = random;
    this.#words = words;
    this.#bindings = objects.filter(({ kind }) => String(kind).endsWith('Binding'));
    const roles = objects.filter(({ kind }) => kind === 'Role' || kind === 'ClusterRole');
    this.#roles = new Map(roles.map((role) => [`${role['kind']} ${metadataOf(role)['name']}`, role]));
  }

  request(): RequestAttributes {
    const request = this.#random.chance(0.75) ? this.#granted() : this.#any();
    const changed = this.#random.chance(0.35) ? this.#any() : undefined;
    if (changed === undefined) return request;
    const part = this.#random.pick<readonly (keyof RequestAttributes)[]>([
      ['user'],
      ['verb'],
      ['apiGroup'],
      ['resource', 'subresource'],
      ['subresource'],
      ['namespace'],
      ['name'],
      ['path'],
      ['isResourceRequest'],
    ]);
    return { ...request, ...Object.fromEntries(part.map((key) => [key, changed[key]])) };
  }

  /** A user with groups: often a service account with those that it has. */
  user(): RequestAttributes['user'] {
    const random = this.#random;
    const { users, groups, namespaces, accounts } = this.#words;
    const some = Array.from({ length: random.below(4) }, () => random.pick(groups));
    if (random.chance(0.5)) return { name: random.pick(users), groups: some };
    const namespace = random.pick(namespaces);
    const own = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'];
    return {
      name: `system:serviceaccount:${namespace}:${random.pick(accounts)}`,
      groups: random.chance(0.7) ? own : some,
    };
  }

  #any(): RequestAttributes {
    const random = this.#random;
    const words = this.#words;
    const literally = (items: readonly string[]): string => (random.chance(0.03) ? '*' : random.pick(items));
    return {
      user: this.user(),
      verb: literally(words.verbs),
      isResourceRequest: random.chance(0.8),
      apiGroup: literally(words.apiGroups),
      apiVersion: random.pick(['v1', '', '*']),
      ...this.#split(literally(words.resources)),
      namespace: random.chance(0.2) ? '' : random.pick(words.namespaces),
      name: random.chance(0.5) ? '' : random.pick(words.names),
      path: random.pick(words.urls) + random.pick(['', '', '/', 'x', '/x']),
    };
  }

  /** What a rule that somebody has speaks of. */
  #granted(): RequestAttributes {
    const random = this.#random;
    const any = this.#any();
    const binding = random.pick(this.#bindings);
    const reference = asObject(binding['roleRef']) ?? {};
    const role = this.#roles.get(`${reference['kind']} ${reference['name']}`);
    const rule = asObject(pickOf(random, role?.['rules']));
    const subject = asObject(pickOf(random, binding['subjects']));
    if (rule === undefined || subject === undefined) return any;
    const one = (field: string, otherwise: string): string => {
      const value = pickOf(random, rule[field]);
      return typeof value !== 'string' || (value === '*' && random.chance(0.9)) ? otherwise : value;
    };
    const namespace =
      binding['kind'] === 'RoleBinding'
        ? String(metadataOf(binding)['namespace'] ?? 'default')
        : any.namespace;
    const resource = one('resources', random.pick(this.#words.resources));
    return {
      user: this.#named(subject, namespace),
      verb: one('verbs', any.verb),
      isResourceRequest: rule['nonResourceURLs'] === undefined || random.chance(0.2),
      apiGroup: one('apiGroups', any.apiGroup),
      apiVersion: any.apiVersion,
      ...this.#split(resource.replace(/^\*/, () => (random.chance(0.9) ? any.resource : '*'))),
      namespace,
      name: one('resourceNames', any.name),
      path: one('nonResourceURLs', any.path).replace(/\*+$/, () => random.pick(['*', '', 'x', '/x', '**'])),
    };
  }

  #named(subject: JsonObject, namespace: string): RequestAttributes['user'] {
    const name = String(subject['name']);
    const user = this.user();
    if (subject['kind'] === 'Group') return { name: user.name, groups: [...user.groups, name] };
    if (subject['kind'] === 'User') return { name, groups: user.groups };
    return {
      name: `system:serviceaccount:${subject['namespace'] || namespace}:${name}`,
      groups: user.groups,
    };
  }

  /** A resource and its subresource, cut where the API server cuts a path, or where nobody would. */
  #split(resource: string): { resource: string; subresource: string } {
    const at = this.#random.chance(0.9) ? resource.indexOf('/') : resource.lastIndexOf('/');
    return at < 0 || this.#random.chance(0.05)
      ? { resource, subresource: '' }
      : { resource: resource.slice(0, at), subresource: resource.slice(at + 1) };
  }
}

function metadataOf(object: JsonObject): JsonObject {
  return asObject(object['metadata']) ?? {};
}

function pickOf(random: Random, items: Json | undefined): Json | undefined {
  const list = asArray(items) ?? [];
  return list.length === 0 ? undefined : random.pick(list);
}
