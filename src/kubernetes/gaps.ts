/** Why a source does not show a resource. */
export type GapReason =
  /** The API server refused the list. */
  | 'forbidden'
  /** The user did not ask for it, such as Secrets, or namespaces other than the one named. */
  | 'not-asked'
  /** The API server answered that the API itself is not available, such as an aggregated API without its server. */
  | 'unavailable'
  /** Reading ended before the end of the list, after all retries; what was read until then is in the evidence. */
  | 'incomplete'
  /** The server speaks only versions of the API that KubeStride does not know. */
  | 'unknown-version';

/** A resource of which the source does not show everything: checks that ask for its objects cannot know the answer. */
export interface Gap {
  /** API group, empty for the core group. */
  readonly group: string;
  /** Plural name as in the API's paths, such as `networkpolicies`. */
  readonly resource: string;
  readonly kind: string;
  /** The only namespace that is affected; undefined for all of them, and for cluster-scoped resources. */
  readonly namespace?: string;
  readonly reason: GapReason;
  /** The server's or the system's own words: one line, bounded length, not escaped. */
  readonly detail?: string;
}

/** The resource as kubectl and RBAC write it: `networkpolicies.networking.k8s.io`. */
export function resourceName({ group, resource }: Pick<Gap, 'group' | 'resource'>): string {
  return group === '' ? resource : `${resource}.${group}`;
}
