import { asObject, asString, type JsonObject } from '../../../kubernetes/json.ts';
import {
  configMapsOfPod,
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

/**
 * Which objects the kubelet of a node has to do with: what the pods that are bound to it name, and what names the node
 * itself (k8s.io/kubernetes plugin/pkg/auth/authorizer/node/graph.go).
 */
export class NodeGraph {
  /** The nodes that an object leads to; for what pods name, the nodes of these pods. */
  readonly #nodes = new Map<string, Set<string>>();
  /** Objects whose nodes are those of other objects: a volume's are its claim's, those of a volume's Secret are the volume's. */
  readonly #behind = new Map<string, string[]>();

  /** Of raw objects; kinds that lead to no node are left out. Of two objects of one name the last one counts. */
  static of(objects: Iterable<JsonObject>): NodeGraph {
    const last = new Map<string, JsonObject>();
    for (const object of objects) {
      const kind = kindOf(object);
      // A pod that has no node yet changes nothing.
      if (kind === undefined || (kind === 'Pod' && nodeNameOf(object) === '')) continue;
      const { namespace, name } = nameOf(object);
      last.set(keyOf(kind, NAMESPACED.has(kind) ? namespace : '', name), object);
    }
    const graph = new NodeGraph();
    for (const [key, object] of last) graph.#add(key, object);
    return graph;
  }

  /** Whether the object has to do with the node. The namespace is empty for kinds without. */
  leadsTo(kind: NodeObjectKind, namespace: string, name: string, node: string): boolean {
    return this.#leadsTo(keyOf(kind, namespace, name), node);
  }

  #leadsTo(key: string, node: string): boolean {
    if (this.#nodes.get(key)?.has(node)) return true;
    return this.#behind.get(key)?.some((next) => this.#leadsTo(next, node)) ?? false;
  }

  #add(key: string, object: JsonObject): void {
    switch (object['kind']) {
      case 'Pod':
        this.#addPod(key, object);
        break;
      case 'PersistentVolume':
        this.#addVolume(key, object);
        break;
      default:
        if (nodeNameOf(object) !== '') this.#belongs(key, nodeNameOf(object));
    }
  }

  #addPod(key: string, pod: JsonObject): void {
    const node = nodeNameOf(pod);
    this.#belongs(key, node);
    const metadata = asObject(pod['metadata']) ?? {};
    // A node that could make a pod which names an object would give itself that object.
    if (Object.hasOwn(asObject(metadata['annotations']) ?? {}, MIRROR_POD)) return;
    const spec = asObject(pod['spec']) ?? {};
    const { namespace, name } = nameOf(pod);
    const add = (kind: NodeObjectKind, names: readonly string[]) => {
      for (const each of names) this.#belongs(keyOf(kind, namespace, each), node);
    };
    const account = asString(spec['serviceAccountName']) || asString(spec['serviceAccount']) || '';
    add('ServiceAccount', account === '' ? [] : [account]);
    add('Secret', secretsOfPod(spec));
    add('ConfigMap', configMapsOfPod(spec));
    add('PersistentVolumeClaim', volumeClaimsOfPod(spec, name));
    add('ResourceClaim', resourceClaimsOfPod(spec, asObject(pod['status']) ?? {}));
  }

  #addVolume(key: string, volume: JsonObject): void {
    const spec = asObject(volume['spec']) ?? {};
    const claim = asObject(spec['claimRef']);
    if (claim === undefined) return;
    const text = (field: string) => asString(claim[field]) ?? '';
    this.#isBehind(key, keyOf('PersistentVolumeClaim', text('namespace'), text('name')));
    for (const { namespace, name } of secretsOfPersistentVolume(spec))
      this.#isBehind(keyOf('Secret', namespace, name), key);
  }

  #belongs(key: string, node: string): void {
    const nodes = this.#nodes.get(key);
    if (nodes === undefined) this.#nodes.set(key, new Set([node]));
    else nodes.add(node);
  }

  #isBehind(key: string, next: string): void {
    const known = this.#behind.get(key);
    if (known === undefined) this.#behind.set(key, [next]);
    else known.push(next);
  }
}

/** `\n` is in no name. */
function keyOf(kind: NodeObjectKind, namespace: string, name: string): string {
  return `${kind}\n${namespace}\n${name}`;
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
