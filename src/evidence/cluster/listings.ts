import type { Gap } from '../../kubernetes/gaps.ts';
import type { ResourceList } from '../snapshot.ts';
import type { ServedApis, ServedVersion } from './discovery.ts';
import { gapOf } from './failures.ts';
import { NEEDS, type Need } from './needs.ts';

/** A list that will be asked for. */
export interface Listing {
  readonly list: ResourceList;
  /** False where the server did not say what it serves: then it may not know the list at all. */
  readonly isServed: boolean;
  /** The same resource in other versions, to try where the server turns out not to know this one. */
  readonly alternatives: readonly ResourceList[];
  readonly pageSize: number | undefined;
}

/** Kinds to read alone, each with its API group: `apps/Deployment`, `/Pod`. */
export type Kinds = ReadonlySet<string>;

/** Of everything that KubeStride needs: what the server has, in which version to ask for it, and what cannot be asked for. */
export function chooseListings(
  served: ServedApis,
  options: { readonly secrets: boolean; readonly kinds?: Kinds | undefined },
): { readonly listings: readonly Listing[]; readonly gaps: readonly Gap[] } {
  const listings: Listing[] = [];
  const gaps: Gap[] = [];
  for (const need of NEEDS) {
    if (options.kinds?.has(`${need.group}/${need.kind}`) === false) continue;
    if (need.onDemand && !options.secrets) {
      gaps.push(gapOf(fallback(need), 'not-asked'));
      continue;
    }
    const chosen = choose(need, served);
    if (chosen === undefined) continue;
    if ('reason' in chosen) gaps.push(chosen);
    else listings.push(chosen);
  }
  return { listings, gaps };
}

function choose(need: Need, { groups, refused }: ServedApis): Listing | Gap | undefined {
  if (refused.has(need.group) || (need.group !== '' && refused.has('*'))) {
    const [list, ...alternatives] = need.versions.map((version) => ({ ...fallback(need), version }));
    return { list: list!, isServed: false, alternatives, pageSize: need.pageSize };
  }
  const versions = groups.get(need.group) ?? [];
  const found = versions.flatMap((version) => listOf(need, version) ?? []);
  for (const version of need.versions) {
    const list = found.find((each) => each.version === version);
    if (list !== undefined) return { list, isServed: true, alternatives: [], pageSize: need.pageSize };
  }
  if (found.length > 0) {
    return gapOf(found[0]!, 'unknown-version', found.map(({ version }) => version).join(', '));
  }
  const broken = versions.find((version) => version.broken !== undefined);
  return broken === undefined
    ? undefined
    : gapOf(fallback(need), 'unavailable', `${need.group}/${broken.version}: ${broken.broken}`);
}

function listOf(need: Need, { version, resources }: ServedVersion): ResourceList | undefined {
  const served = resources.find(({ kind, isListable }) => kind === need.kind && isListable);
  if (served === undefined) return undefined;
  const { group, kind } = need;
  return { group, version, resource: served.resource, kind, namespaced: served.namespaced };
}

function fallback({ group, versions, resource, kind, namespaced }: Need): ResourceList {
  return { group, version: versions[0]!, resource, kind, namespaced };
}
