import table from './api-resources.generated.json' with { type: 'json' };
import { asArray, asObject, asString, type Json } from './json.ts';
import type { KubernetesObject } from './object.ts';

/** A resource as the API server's discovery describes it. */
export interface ApiResource {
  /** API group, empty for the core group. */
  readonly group: string;
  /** Plural name, as in paths and in rules. */
  readonly resource: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly namespaced: boolean;
  /** Empty where they are not known. */
  readonly verbs: readonly string[];
  readonly subresources: readonly string[];
}

type Row = [
  group: string,
  resource: string,
  singular: string,
  shortNames: string[],
  namespaced: boolean,
  verbs: string[],
  subresources: string[],
];

/**
 * Names that rules speak of and discovery does not list: what is asked of the authorizer only (impersonation:
 * k8s.io/apiserver/pkg/endpoints/filters/impersonation; signers: the certificates.k8s.io documentation), and an API that older
 * clusters still have.
 */
const BESIDE_DISCOVERY: readonly Row[] = [
  ['', 'users', 'user', [], false, ['impersonate'], []],
  ['', 'groups', 'group', [], false, ['impersonate'], []],
  ['authentication.k8s.io', 'uids', 'uid', [], false, ['impersonate'], []],
  ['authentication.k8s.io', 'userextras', 'userextra', [], false, ['impersonate'], []],
  ['certificates.k8s.io', 'signers', 'signer', [], false, ['approve', 'attest', 'sign'], []],
  ['policy', 'podsecuritypolicies', 'podsecuritypolicy', ['psp'], false, ['use'], []],
];

const BUILT_IN: readonly ApiResource[] = [...(table as unknown as Row[]), ...BESIDE_DISCOVERY].map(
  ([group, resource, singular, shortNames, namespaced, verbs, subresources]) => ({
    group,
    resource,
    singular,
    shortNames,
    namespaced,
    verbs,
    subresources,
  }),
);

/** The API groups of Kubernetes 1.37. */
export const BUILT_IN_GROUPS: ReadonlySet<string> = new Set(BUILT_IN.map(({ group }) => group));

/** The resources of Kubernetes 1.37 and of the CustomResourceDefinitions among some objects, found as kubectl finds them. */
export class ApiResources {
  readonly #byName = new Map<string, ApiResource[]>();

  constructor(objects: Iterable<KubernetesObject> = []) {
    for (const resource of BUILT_IN) this.#add(resource);
    for (const object of objects) {
      const custom = customResource(object);
      if (custom !== undefined) this.#add(custom);
    }
  }

  #add(resource: ApiResource): void {
    for (const name of new Set([resource.resource, resource.singular, ...resource.shortNames])) {
      const known = this.#byName.get(name);
      if (known === undefined) this.#byName.set(name, [resource]);
      else known.push(resource);
    }
  }

  /**
   * The resource that a plural, singular or short name means. Where several groups have it, the first in the server's order of
   * groups is meant; a group that is none is taken for the beginning of one (DefaultRESTMapper.ResourcesFor of
   * k8s.io/apimachinery/pkg/api/meta).
   */
  find(name: string, group?: string): ApiResource | undefined {
    const candidates = this.#byName.get(name.toLowerCase()) ?? [];
    // A plural name is meant before a short name of another resource.
    const sorted = [...candidates].sort((a, b) => Number(isShort(a, name)) - Number(isShort(b, name)));
    if (group === undefined) return sorted[0];
    return (
      sorted.find((each) => each.group === group) ??
      sorted.find((each) => group !== '' && each.group.startsWith(group))
    );
  }

  /** Every name that `find` knows. */
  get names(): Iterable<string> {
    return this.#byName.keys();
  }
}

function isShort({ shortNames }: ApiResource, name: string): boolean {
  return shortNames.includes(name.toLowerCase());
}

function customResource({ group, kind, spec }: KubernetesObject): ApiResource | undefined {
  if (group !== 'apiextensions.k8s.io' || kind !== 'CustomResourceDefinition') return undefined;
  const names = asObject(spec['names']);
  const resource = asString(names?.['plural']);
  const ownGroup = asString(spec['group']);
  if (resource === undefined || ownGroup === undefined) return undefined;
  const versions = (asArray(spec['versions']) ?? []).map((version) => asObject(version));
  const subresources = [spec, ...versions].flatMap((each) =>
    Object.keys(asObject(each?.['subresources']) ?? {}),
  );
  return {
    group: ownGroup,
    resource,
    singular: asString(names?.['singular']) ?? (asString(names?.['kind']) ?? resource).toLowerCase(),
    shortNames: (asArray(names?.['shortNames']) ?? []).filter((name: Json) => typeof name === 'string'),
    namespaced: asString(spec['scope']) !== 'Cluster',
    verbs: [],
    subresources: [...new Set(subresources)],
  };
}
