import { asArray, asObject, asString, type JsonObject } from '../../kubernetes/json.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import table from '../../kubernetes/schema/schema.generated.json' with { type: 'json' };
import { isBuiltInClusterScoped } from '../../kubernetes/scope.ts';
import { Unknown } from '../cel/value.ts';
import type { AdmissionContext } from './match.ts';
import type { AdmissionRequest, GroupVersionKind, GroupVersionResource, Operation } from './request.ts';
import { shapeOf } from './shapes.ts';
import { admitted } from './stored-object.ts';

const KINDS = table.kinds as Readonly<Record<string, Readonly<Record<string, number>>>>;
const DEFAULT_NAMESPACE = 'default';

interface Definition {
  readonly plural: string;
  readonly isNamespaced: boolean;
  readonly versions: readonly string[];
}

/** What is known of a cluster from objects that were seen: those of manifests, or all of a cluster. */
export class ObjectContext implements AdmissionContext {
  readonly #isComplete: boolean;
  readonly #objects = new Map<string, KubernetesObject[]>();
  readonly #definitions = new Map<string, Definition>();

  /** `isComplete` is true where what is not among the objects does not exist. */
  constructor(objects: readonly KubernetesObject[], isComplete: boolean) {
    this.#isComplete = isComplete;
    for (const object of objects) {
      const key = `${object.group}/${object.kind}`;
      const known = this.#objects.get(key);
      if (known === undefined) this.#objects.set(key, [object]);
      else known.push(object);
    }
    for (const { raw } of this.#objects.get('apiextensions.k8s.io/CustomResourceDefinition') ?? [])
      this.#define(raw);
  }

  #define(raw: JsonObject): void {
    const spec = asObject(raw['spec']) ?? {};
    const names = asObject(spec['names']) ?? {};
    const versions = (asArray(spec['versions']) ?? []).map(
      (version) => asString(asObject(version)?.['name']) ?? '',
    );
    this.#definitions.set(`${asString(spec['group'])}/${asString(names['kind'])}`, {
      plural: asString(names['plural']) ?? '',
      isNamespaced: spec['scope'] !== 'Cluster',
      versions,
    });
  }

  namespace(name: string): JsonObject | Unknown {
    const found = this.#objects.get('/Namespace')?.find((object) => object.name === name);
    return found === undefined
      ? new Unknown('namespace-not-seen', name)
      : admitted(found.raw, '', undefined).object;
  }

  param(kind: GroupVersionKind, namespace: string, name: string): JsonObject | undefined | Unknown {
    const found = this.#of(kind, namespace).find((object) => object.name === name);
    if (found !== undefined) return admitted(found.raw, namespace, undefined).object;
    if (this.#isComplete) return undefined;
    return new Unknown(
      'parameters-not-seen',
      `${kind.kind} ${namespace === '' ? name : `${namespace}/${name}`}`,
    );
  }

  params(kind: GroupVersionKind, namespace: string): readonly JsonObject[] | Unknown {
    if (!this.#isComplete) return new Unknown('parameters-incomplete', kind.kind);
    return this.#of(kind, namespace).map(({ raw }) => admitted(raw, namespace, undefined).object);
  }

  #of({ group, kind }: GroupVersionKind, namespace: string): KubernetesObject[] {
    const all = this.#objects.get(`${group}/${kind}`) ?? [];
    return namespace === ''
      ? all
      : all.filter((object) => (object.namespace ?? DEFAULT_NAMESPACE) === namespace);
  }

  isNamespaced({ group, version, kind }: GroupVersionKind): boolean | Unknown {
    const definition = this.#definitions.get(`${group}/${kind}`);
    if (definition !== undefined) return definition.isNamespaced;
    const apiVersion = group === '' ? version : `${group}/${version}`;
    if (shapeOf(apiVersion, kind) === undefined) return new Unknown('definition-not-seen', kind);
    return !isBuiltInClusterScoped({ group, kind } as KubernetesObject);
  }

  equivalents(resource: GroupVersionResource): readonly GroupVersionResource[] {
    const custom = [...this.#definitions].find(
      ([key, { plural }]) => key.startsWith(`${resource.group}/`) && plural === resource.resource,
    );
    if (custom !== undefined) return custom[1].versions.map((version) => ({ ...resource, version }));
    return Object.entries(KINDS).flatMap(([apiVersion, kinds]) => {
      const [version = '', group = ''] = apiVersion.split('/').reverse();
      const isSame = group === resource.group || (isEvent(resource) && isEvent({ ...resource, group }));
      if (!isSame || (group === resource.group && version === resource.version)) return [];
      return Object.keys(kinds).some((kind) => pluralOf(kind) === resource.resource)
        ? [{ group, version, resource: resource.resource }]
        : [];
    });
  }

  /** The request that would create or update an object; undefined for what no API server stores. */
  request(object: KubernetesObject, operation: Operation): AdmissionRequest | undefined {
    const [version = '', group = ''] = object.apiVersion.split('/').reverse();
    if (version === '' || object.kind === '') return undefined;
    const definition = this.#definitions.get(`${group}/${object.kind}`);
    const kind = { group, version, kind: object.kind };
    const isNamespaced = definition?.isNamespaced ?? !isBuiltInClusterScoped(object);
    const isNamespace = group === '' && object.kind === 'Namespace';
    const namespace = isNamespaced ? (object.namespace ?? DEFAULT_NAMESPACE) : '';
    const account = asString(object.spec['serviceAccountName']) || 'default';
    const serviceAccount = this.#of(
      { group: '', version: 'v1', kind: 'ServiceAccount' },
      namespace || DEFAULT_NAMESPACE,
    ).find(({ name }) => name === account);
    const { object: stored, unknownFields } = admitted(object.raw, namespace, serviceAccount?.raw);
    return {
      operation,
      kind,
      resource: { group, version, resource: definition?.plural ?? pluralOf(object.kind) },
      name: asString(object.metadata['name']),
      namespace: isNamespace ? object.name : namespace,
      object: stored,
      oldObject: operation === 'UPDATE' ? new Unknown('object-before') : undefined,
      unknownFields,
    };
  }
}

function isEvent({ group, resource }: GroupVersionResource): boolean {
  return resource === 'events' && (group === '' || group === 'events.k8s.io');
}

/** meta.UnsafeGuessKindToResource, which holds for every built-in kind. */
export function pluralOf(kind: string): string {
  const singular = kind.toLowerCase();
  if (singular.endsWith('endpoints')) return singular;
  if (singular.endsWith('s')) return `${singular}es`;
  return singular.endsWith('y') ? `${singular.slice(0, -1)}ies` : `${singular}s`;
}
