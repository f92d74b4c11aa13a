/** One right: a verb on objects of one resource, all of them or one, or on a path. */
export interface Right<E> {
  readonly verb: string;
  readonly apiGroup: string;
  /** With its subresource; empty for a path. */
  readonly resource: string;
  /** Empty: all objects. */
  readonly name: string;
  readonly path: string;
  readonly evidence: E;
}

/** A rule that grants exactly the rights that it was made of. */
export interface MergedRule<E> {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames: readonly string[];
  readonly nonResourceURLs: readonly string[];
  readonly verbs: readonly string[];
  readonly evidence: readonly E[];
}

interface Part<E> {
  apiGroups: string[];
  resources: string[];
  names: string[];
  paths: string[];
  verbs: string[];
  evidence: E[];
}

/** What is joined first decides how many rules are left; none of the orders is the best for all rights. */
const ORDERS = [
  ['names', 'verbs', 'resources', 'paths', 'apiGroups'],
  ['names', 'resources', 'apiGroups', 'verbs', 'paths'],
  ['verbs', 'resources', 'names', 'paths', 'apiGroups'],
] as const;

/** Few rules that grant some rights and nothing beyond them, each of what has all but one field in common. */
export function mergeRules<E>(rights: readonly Right<E>[]): MergedRule<E>[] {
  const wide = new Set(rights.filter(({ name }) => name === '').map((right) => keyOf(right)));
  const needed = rights.filter((right) => right.name === '' || !wide.has(keyOf(right)));
  const parts = needed.map(
    ({ verb, apiGroup, resource, name, path, evidence }): Part<E> => ({
      apiGroups: path === '' ? [apiGroup] : [],
      resources: path === '' ? [resource] : [],
      names: name === '' ? [] : [name],
      paths: path === '' ? [] : [path],
      verbs: [verb],
      evidence: [evidence],
    }),
  );
  const merged = ORDERS.map((order) => order.reduce((joined, field) => join(joined, field), parts));
  const fewest = merged.reduce((best, each) => (each.length < best.length ? each : best));
  return fewest
    .map(({ names, paths, ...rest }) => ({ ...rest, resourceNames: names, nonResourceURLs: paths }))
    .sort((a, b) => compare(sortKey(a), sortKey(b)));
}

function keyOf({ verb, apiGroup, resource }: Right<unknown>): string {
  return `${verb}\n${apiGroup}\n${resource}`;
}

const FIELDS = ['apiGroups', 'resources', 'names', 'paths', 'verbs'] as const;

/** Joins what differs in one field only. Rules for all names are never joined with those for some. */
function join<E>(parts: readonly Part<E>[], field: (typeof FIELDS)[number]): Part<E>[] {
  const joined = new Map<string, Part<E>>();
  for (const part of parts) {
    const key = JSON.stringify(FIELDS.map((each) => (each === field ? part[each].length > 0 : part[each])));
    const same = joined.get(key);
    if (same === undefined) joined.set(key, { ...part });
    else {
      same[field] = [...new Set([...same[field], ...part[field]])].sort();
      same.evidence = [...same.evidence, ...part.evidence];
    }
  }
  return [...joined.values()];
}

/** Resources before paths, by group, then by resource. */
function sortKey({
  apiGroups,
  resources,
  nonResourceURLs,
  verbs,
  resourceNames,
}: MergedRule<unknown>): string {
  return JSON.stringify([
    nonResourceURLs.length,
    apiGroups,
    resources,
    nonResourceURLs,
    verbs,
    resourceNames,
  ]);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
