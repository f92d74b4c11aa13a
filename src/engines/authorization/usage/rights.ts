import { isGeneratedName } from './generated-name.ts';
import { type Action, typeOf, type Use } from './usage-log.ts';

/** When a rule is limited to the names of the objects that were used. */
export type NameChoice =
  /** Where the names are few, and none looks made up by a machine. */
  | 'stable'
  /** Where there was only one. */
  | 'single'
  /** Always. */
  | 'all'
  /** Never. */
  | 'none';

export interface RightsOptions {
  readonly names: NameChoice;
  /** How many names are few. */
  readonly mostNames: number;
  /** What was done in several namespaces is allowed in all. */
  readonly expandNamespaces: boolean;
  /** Reading verbs go together, and so do `update` and `patch`. */
  readonly expandVerbs: boolean;
}

/** One thing that was used, as it is to be granted. */
export interface UsedRight {
  readonly verb: string;
  readonly apiGroup: string;
  readonly resource: string;
  readonly path: string;
  /** Empty: in the whole cluster. */
  readonly namespace: string;
  /** Empty: all objects. */
  readonly name: string;
  readonly use: Use;
  /** Verbs of `expandVerbs` were not used themselves. */
  readonly isExpanded: boolean;
}

/** Verbs that a client which uses the first is likely to need next, as audit2rbac has them. */
const EXPANSIONS: Readonly<Record<string, readonly string[]>> = {
  list: ['get', 'watch'],
  watch: ['get', 'list'],
  update: ['get', 'patch'],
  patch: ['get', 'update'],
};

/** Turns what was used into rights: decides on names, namespaces and verbs, and merges nothing. */
export function rightsOf(uses: readonly Use[], options: RightsOptions): UsedRight[] {
  const groups = new Map<string, Use[]>();
  for (const use of uses) {
    const key = keyOf(use.action, options.expandNamespaces);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [use]);
    else group.push(use);
  }
  return [...groups.values()]
    .flatMap((group) => rightsOfGroup(group, options))
    .flatMap((right) => expand(right, options));
}

function keyOf(
  { verb, apiGroup, resource, subresource, namespace, path }: Action,
  isAnywhere: boolean,
): string {
  return [verb, apiGroup, resource, subresource, path, isAnywhere ? '' : namespace].join('\n');
}

/** @param group what differs in names, and with `expandNamespaces` in namespaces */
function rightsOfGroup(
  group: readonly Use[],
  { names: choice, mostNames, expandNamespaces }: RightsOptions,
): UsedRight[] {
  const rights: UsedRight[] = [];
  const all = new Set(group.flatMap(({ names }) => [...names].filter((name) => name !== '')));
  const hasMore = group.some(({ hasMoreNames }) => hasMoreNames);
  const areNamed = namesCount(all, hasMore, group[0]!.action.resource, choice, mostNames);
  for (const use of group) {
    const { verb, apiGroup, path, namespace } = use.action;
    const right = {
      verb,
      apiGroup,
      resource: typeOf(use.action),
      path,
    };
    const named = [...use.names].map((name) => (areNamed ? name : ''));
    for (const name of new Set(named)) {
      // Where each name is granted by itself, another namespace counts only with the same name in it.
      const isElsewhere = group.some(
        (other) =>
          other.action.namespace !== '' &&
          other.action.namespace !== namespace &&
          (choice !== 'all' || other.names.has(name)),
      );
      const scope = expandNamespaces && isElsewhere ? '' : namespace;
      rights.push({ ...right, namespace: scope, name, use, isExpanded: false });
    }
  }
  return rights;
}

function namesCount(
  names: ReadonlySet<string>,
  hasMore: boolean,
  resource: string,
  choice: NameChoice,
  mostNames: number,
): boolean {
  if (hasMore || choice === 'none') return false;
  if (choice === 'single') return names.size === 1;
  if (choice === 'all') return true;
  return names.size <= mostNames && ![...names].some((name) => isGeneratedName(resource, name));
}

function expand(right: UsedRight, { expandVerbs }: RightsOptions): UsedRight[] {
  if (!expandVerbs || right.path !== '') return [right];
  const more = EXPANSIONS[right.verb] ?? [];
  return [right, ...more.map((verb) => ({ ...right, verb, isExpanded: true }))];
}
