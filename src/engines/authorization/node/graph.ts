import { asObject, asString, type JsonObject } from '../../../kubernetes/json.ts';
import {
  configMapsOfPod,
  type Reference,
  resourceClaimsOfPod,
  secretsOfPersistentVolume,
  secretsOfPod,
  volumeClaimsOfPod,
} from './references.ts';

/** Kinds of objects that belong to nodes. */
export type NodeObjectKind =
  | 'ConfigMap'
  | 'PersistentVolume'
  | 'PersistentVolumeClaim'
  | 'Pod'
  | 'PodCertificateRequest'
  | 'ResourceClaim'
  | 'ResourceSlice'
  | 'Secret'
  | 'ServiceAccount'
  | 'VolumeAttachment';

const MIRROR_POD = 'kubernetes.io/config.mirror';

/** One node, which is what most objects have, or several. */
type Nodes = string | Set<string>;

/** By namespace (empty for kinds without) and name. */
class Places<V> {
  readonly #byNamespace = new Map<string, Map<string, V>>();

  get(namespace: string, name: string): V | undefined {
    return this.#byNamespace.get(namespace)?.get(name);
  }

  set(namespace: string, name: string, value: V): void {
    const names = this.#byNamespace.get(namespace);
    if (names === undefined) this.#byNamespace.set(namespace, new Map([[name, value]]));
    else names.set(name, value);
  }

  *[Symbol.iterator](): Generator<readonly [namespace: string, name: string, value: V]> {
    for (const [namespace, names] of this.#byNamespace)
      for (const [name, value] of names) yield [namespace, name, value];
  }
}

/**
 * Which objects the kubelet of a node has to do with: what the pods that are bound to it name, and what names the node
 * itself (k8s.io/kubernetes plugin/pkg/auth/authorizer/node/graph.go).
 */
export class NodeGraph {
  /** The nodes that an object leads to; for what pods name, the nodes of these pods. */
  readonly #nodes = new Map<NodeObjectKind, Places<Nodes>>();
  /** The claim of a volume, whose nodes are the volume's too. */
  readonly #claims = new Map<string, Reference>();
  /** Volumes whose nodes are also those of a Secret. */
  readonly #volumes = new Places<string[]>();

  /** Of raw objects; kinds that lead to no node are left out. Of two objects of one name the last one counts. */
  static of(objects: Iterable<JsonObject>): NodeGraph {
    const last = new Map<NodeObjectKind, Places<JsonObject>>();
    for (const object of objects) {
      const kind = kindOf(object);
      // A pod that has no node yet changes nothing.
      if (kind === undefined || (kind === 'Pod' && nodeNameOf(object) === '')) continue;
      const { namespace, name } = nameOf(object);
      placesOf(last, kind).set(NAMESPACED.has(kind) ? namespace : '', name, object);
    }
    const graph = new NodeGraph();
    for (const [kind, places] of last)
      for (const [namespace, name, object] of places) graph.#add(kind, namespace, name, object);
    return graph;
  }

  /** Whether the object has to do with the node. The namespace is empty for kinds without. */
  leadsTo(kind: NodeObjectKind, namespace: string, name: string, node: string): boolean {
    if (includes(this.#nodes.get(kind)?.get(namespace, name), node)) return true;
    if (kind === 'PersistentVolume') return namespace === '' && this.#isVolumeOf(name, node);
    if (kind !== 'Secret') return false;
    return this.#volumes.get(namespace, name)?.some((volume) => this.#isVolumeOf(volume, node)) ?? false;
  }

  #isVolumeOf(name: string, node: string): boolean {
    const claim = this.#claims.get(name);
    if (claim === undefined) return false;
    return includes(this.#nodes.get('PersistentVolumeClaim')?.get(claim.namespace, claim.name), node);
  }

  #add(kind: NodeObjectKind, namespace: string, name: string, object: JsonObject): void {
    if (kind === 'PersistentVolume') this.#addVolume(name, asObject(object['spec']) ?? {});
    else if (kind === 'Pod') this.#addPod(namespace, name, object);
    else this.#belongs(kind, namespace, [name], nodeNameOf(object));
  }

  #addPod(namespace: string, name: string, pod: JsonObject): void {
    const node = nodeNameOf(pod);
    this.#belongs('Pod', namespace, [name], node);
    const metadata = asObject(pod['metadata']) ?? {};
    // A node that could make a pod which names an object would give itself that object.
    if (Object.hasOwn(asObject(metadata['annotations']) ?? {}, MIRROR_POD)) return;
    const spec = asObject(pod['spec']) ?? {};
    const account = asString(spec['serviceAccountName']) || asString(spec['serviceAccount']) || '';
    this.#belongs('ServiceAccount', namespace, account === '' ? [] : [account], node);
    this.#belongs('Secret', namespace, secretsOfPod(spec), node);
    this.#belongs('ConfigMap', namespace, configMapsOfPod(spec), node);
    this.#belongs('PersistentVolumeClaim', namespace, volumeClaimsOfPod(spec, name), node);
    const claims = resourceClaimsOfPod(spec, asObject(pod['status']) ?? {});
    this.#belongs('ResourceClaim', namespace, claims, node);
  }

  #addVolume(name: string, spec: JsonObject): void {
    const claim = asObject(spec['claimRef']);
    if (claim === undefined) return;
    const text = (field: string) => asString(claim[field]) ?? '';
    this.#claims.set(name, { namespace: text('namespace'), name: text('name') });
    for (const secret of secretsOfPersistentVolume(spec)) {
      const volumes = this.#volumes.get(secret.namespace, secret.name);
      if (volumes === undefined) this.#volumes.set(secret.namespace, secret.name, [name]);
      else volumes.push(name);
    }
  }

  #belongs(kind: NodeObjectKind, namespace: string, names: readonly string[], node: string): void {
    if (names.length === 0 || node === '') return;
    const places = placesOf(this.#nodes, kind);
    for (const name of names) {
      const known = places.get(namespace, name);
      if (known === undefined) places.set(namespace, name, node);
      else if (typeof known !== 'string') known.add(node);
      else if (known !== node) places.set(namespace, name, new Set([known, node]));
    }
  }
}

function placesOf<V>(kinds: Map<NodeObjectKind, Places<V>>, kind: NodeObjectKind): Places<V> {
  let places = kinds.get(kind);
  if (places === undefined) {
    places = new Places();
    kinds.set(kind, places);
  }
  return places;
}

function includes(nodes: Nodes | undefined, node: string): boolean {
  return nodes !== undefined && (typeof nodes === 'string' ? nodes === node : nodes.has(node));
}

const GROUPS: ReadonlyMap<string, string> = new Map([
  ['Pod', ''],
  ['PersistentVolume', ''],
  ['VolumeAttachment', 'storage.k8s.io'],
  ['ResourceSlice', 'resource.k8s.io'],
  ['PodCertificateRequest', 'certificates.k8s.io'],
]);

/** The kind of an object that the graph is made of. */
function kindOf({ apiVersion, kind }: JsonObject): NodeObjectKind | undefined {
  if (typeof kind !== 'string' || typeof apiVersion !== 'string') return undefined;
  const slash = apiVersion.indexOf('/');
  const group = slash < 0 ? '' : apiVersion.slice(0, slash);
  return GROUPS.get(kind) === group ? (kind as NodeObjectKind) : undefined;
}

const NAMESPACED: ReadonlySet<NodeObjectKind> = new Set(['Pod', 'PodCertificateRequest']);

function nodeNameOf(object: JsonObject): string {
  return asString(asObject(object['spec'])?.['nodeName']) ?? '';
}

/** A namespaced object that states no namespace comes to lie in `default`. */
function nameOf(object: JsonObject): { readonly namespace: string; readonly name: string } {
  const metadata = asObject(object['metadata']);
  return {
    namespace: asString(metadata?.['namespace']) || 'default',
    name: asString(metadata?.['name']) ?? '',
  };
}
