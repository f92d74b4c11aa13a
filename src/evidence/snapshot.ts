import type { Gap } from '../kubernetes/gaps.ts';
import type { JsonObject } from '../kubernetes/json.ts';

/** A resource of the API as it was listed. */
export interface ResourceList {
  readonly group: string;
  readonly version: string;
  /** Plural name as in the API's paths. */
  readonly resource: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/**
 * What a cluster shows, as it is read: a live cluster sends these, a bundle is their recording. Objects are whole, as the
 * server sent them (apiVersion and kind filled in, which lists leave out); whoever keeps them drops what he does not need.
 */
export type SnapshotEvent =
  /** First of all, once. */
  | { readonly type: 'source'; readonly source: SnapshotSource }
  | { readonly type: 'page'; readonly list: ResourceList; readonly items: readonly JsonObject[] }
  /** Forget all pages of this list: it is read anew. */
  | { readonly type: 'restart'; readonly list: ResourceList }
  /** The list ended; `resourceVersion` is where a watch goes on. */
  | { readonly type: 'listed'; readonly list: ResourceList; readonly resourceVersion: string }
  | { readonly type: 'gap'; readonly gap: Gap }
  /** A document of EVIDENCE_API_VERSION (object.ts): `ClusterFacts` (once) or `NodeFacts` (one a node). */
  | { readonly type: 'facts'; readonly facts: JsonObject }
  /** A file of a node, such as a static pod's manifest or a kubelet's configuration, secrets taken out. */
  | { readonly type: 'file'; readonly node: string; readonly path: string; readonly content: Uint8Array };

export interface SnapshotSource {
  readonly kind: 'cluster' | 'node';
  /** Name of the kubeconfig's context; absent inside of a cluster and for a node. */
  readonly context?: string;
  readonly server?: string;
  /** The only namespace that was asked for. */
  readonly namespace?: string;
  /** RFC 3339, UTC. */
  readonly collectedAt: string;
}

export type Snapshot = AsyncIterable<SnapshotEvent>;
