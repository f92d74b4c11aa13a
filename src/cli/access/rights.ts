import { compareText } from '../../assessment/order.ts';
import { type HeldRule, type Rule, uncovered } from '../../engines/authorization/index.ts';
import type { ApiResources } from '../../kubernetes/api-resources.ts';
import { RESOURCE_VERBS } from '../../kubernetes/request-verbs.ts';
import { matchable } from './matchable.ts';

/** What may be done with one kind of resource, one object of it, or one path. */
export interface Right<H = HeldRule> {
  /** Empty where it is a path. */
  readonly resource: string;
  readonly apiGroup: string;
  /** Of the only object; empty for all of them. */
  readonly name: string;
  /** Empty where it is a resource. */
  readonly path: string;
  /** Sorted; `*` alone where it is among them. */
  readonly verbs: readonly string[];
  /** The rules that give any of it. */
  readonly held: readonly H[];
}

/**
 * The rights that rules give, without what others give already and what no request can match; resources before paths, each by
 * name.
 */
export function rightsOf(
  held: readonly HeldRule[],
  resources: ApiResources,
  already: readonly Rule[] = [],
): Right[] {
  return gather(held, ({ rule, grant }) => matchable(rule, grant.namespace, resources), already);
}

/** The same of rules that nobody holds for certain; those of a Role in its namespace. */
export function rightsOfRules<R extends Rule>(
  rules: readonly R[],
  namespace: string | undefined,
  resources: ApiResources,
  already: readonly Rule[],
): Right<R>[] {
  return gather(rules, (rule) => matchable(rule, namespace, resources), already);
}

function gather<H>(
  held: readonly H[],
  singlesOf: (each: H) => readonly Rule[],
  already: readonly Rule[],
): Right<H>[] {
  const rights = new Map<
    string,
    { parts: Omit<Right, 'verbs' | 'held'>; verbs: Set<string>; held: Set<H> }
  >();
  for (const each of held) {
    for (const single of uncovered(already, singlesOf(each))) {
      const parts = {
        resource: single.resources[0] ?? '',
        apiGroup: single.apiGroups[0] ?? '',
        name: single.resourceNames[0] ?? '',
        path: single.nonResourceURLs[0] ?? '',
      };
      const key = JSON.stringify(parts);
      const right = rights.get(key) ?? { parts, verbs: new Set(), held: new Set() };
      rights.set(key, right);
      for (const verb of single.verbs) right.verbs.add(verb);
      right.held.add(each);
    }
  }
  return [...rights.values()]
    .map(({ parts, verbs, held: by }) => ({
      ...parts,
      verbs: verbs.has('*') ? ['*'] : [...verbs].sort(byVerb),
      held: [...by],
    }))
    .sort(byRight);
}

function byVerb(a: string, b: string): number {
  const place = (verb: string) => (RESOURCE_VERBS as readonly string[]).indexOf(verb) >>> 0;
  return place(a) - place(b) || compareText(a, b);
}

function byRight(a: Omit<Right, 'held'>, b: Omit<Right, 'held'>): number {
  return (
    compareText(a.path, b.path) ||
    compareText(a.apiGroup, b.apiGroup) ||
    compareText(a.resource, b.resource) ||
    compareText(a.name, b.name)
  );
}

/** `deployments.apps/scale`, `secrets/db`, `/healthz`. */
export function rightName({ resource, apiGroup, name, path }: Omit<Right, 'verbs' | 'held'>): string {
  if (path !== '') return path;
  const [type = '', ...subresource] = resource.split('/');
  const isPlain = apiGroup === '' || (apiGroup === '*' && type === '*');
  return [isPlain ? type : `${type}.${apiGroup}`, ...(name === '' ? [] : [name]), ...subresource].join('/');
}
