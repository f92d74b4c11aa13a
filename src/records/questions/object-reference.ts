import type { ApiResource, ApiResources } from '../../kubernetes/api-resources.ts';
import type { Test } from '../store/event-store.ts';
import type { EntryObject } from './entry.ts';

/** Which object is asked about. Undefined: whichever. */
export interface ObjectReference {
  readonly group: string | undefined;
  /** Plural, as in audit events; several where the kind is not known. */
  readonly resources: readonly string[];
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
}

/**
 * Reads `NS/KIND/NAME`, `KIND/NAME` or `KIND`, the kind by its plural, singular or short name and with its group behind a dot
 * (`deploy.apps`), a subresource behind the name (`shop/pods/web/exec`). Undefined for anything else.
 * @param namespace counts where the text names none
 */
export function parseObjectReference(
  text: string,
  resources: ApiResources,
  namespace?: string,
): ObjectReference | undefined {
  const parts = text.split('/');
  if (parts.length > 4 || parts.some((part) => part === '')) return undefined;
  const [first = '', second, third, fourth] = parts;
  const kind = find(first, resources);
  const below = second === undefined ? undefined : find(second, resources);
  // Objects may be called as kinds are: `pods/secrets/web` is in a namespace if what stands first is no kind.
  const isNamespaced =
    third !== undefined && (fourth !== undefined || kind === undefined || isOther(third, kind, below));
  // `Secret/shop/database` is neither: names of namespaces have no capitals, and the last is no subresource.
  const isMisplaced = third !== undefined && kind?.namespaced === true && /[A-Z]/.test(first);
  if (isMisplaced && !kind.subresources.includes(third)) return undefined;
  if (isNamespaced) return reference(second ?? '', below, first, third, fourth);
  if (fourth !== undefined) return undefined;
  return reference(first, kind, kind?.namespaced === false ? undefined : namespace, second, third);
}

/** Three parts that begin with a kind: `NS/KIND/NAME` after all, unless the last is a subresource of the first. */
function isOther(third: string, kind: ApiResource, below: ApiResource | undefined): boolean {
  return below !== undefined && !kind.subresources.includes(third);
}

function find(text: string, resources: ApiResources): ApiResource | undefined {
  const dot = text.indexOf('.');
  return dot < 0 ? resources.find(text) : resources.find(text.slice(0, dot), text.slice(dot + 1));
}

function reference(
  kind: string,
  known: ApiResource | undefined,
  namespace: string | undefined,
  name: string | undefined,
  subresource: string | undefined,
): ObjectReference {
  const dot = kind.indexOf('.');
  const plain = (dot < 0 ? kind : kind.slice(0, dot)).toLowerCase();
  return {
    group: known?.group ?? (dot < 0 ? undefined : kind.slice(dot + 1)),
    resources: known === undefined ? [...new Set([plain, guessPlural(plain)])] : [known.resource],
    namespace: known?.namespaced === false ? undefined : namespace,
    name: name === '*' ? undefined : name,
    subresource,
  };
}

/** UnsafeGuessKindToResource of k8s.io/apimachinery/pkg/api/meta. */
function guessPlural(singular: string): string {
  if (singular.endsWith('s')) return `${singular}es`;
  return singular.endsWith('y') ? `${singular.slice(0, -1)}ies` : `${singular}s`;
}

/** The reference that an entry's object is. */
export function referenceTo(object: EntryObject): ObjectReference {
  const { group, resource, namespace, name } = object;
  const isNamespaced = namespace !== '' && resource !== 'namespaces';
  return {
    group,
    resources: [resource],
    namespace: isNamespaced ? namespace : undefined,
    name: name === '' ? undefined : name,
    subresource: undefined,
  };
}

/** What a record must be to be about the object itself. */
export function isAbout(object: ObjectReference): Test[] {
  return [
    ...isOfKind(object),
    ...(object.name === undefined ? [] : [{ column: 'name', is: object.name } as const]),
  ];
}

/** As isAbout, whatever the object's name. */
export function isOfKind({ group, resources, namespace, subresource }: ObjectReference): Test[] {
  return [
    { column: 'resource', is: resources },
    ...(group === undefined ? [] : [{ column: 'api_group', is: group } as const]),
    // Events of requests for a namespace name it as their namespace too.
    ...(namespace === undefined || resources[0] === 'namespaces'
      ? []
      : [{ column: 'namespace', is: namespace } as const]),
    ...(subresource === undefined ? [] : [{ column: 'subresource', is: subresource } as const]),
  ];
}
