import type { Address } from '../addresses.ts';
import type { Endpoint, NetworkPod } from '../endpoints.ts';
import type { Boundaries } from '../intervals.ts';
import type { OTHER, Verdict } from '../side.ts';
import type { MeshStep } from './client.ts';

/** What a service mesh stops of what network policies let through. */
export interface MeshFilter {
  /**
   * What the mesh lets through to a pod; undefined where it does not stand before the pod. `other` is a pod that nothing names; a pod whose
   * namespace is the empty text is one that is not known.
   */
  admits(peer: Endpoint | typeof OTHER, destination: NetworkPod): Verdict | undefined;
  /** The statements by which it goes, of TCP; those of all ports where none is given. */
  steps(peer: Endpoint, destination: NetworkPod, port: number | undefined): readonly MeshStep[];
  /** Equal for pods that the mesh does not tell apart, neither as a sender nor as a receiver. */
  classOf(pod: NetworkPod): string;
  /** The addresses that its rules name. */
  readonly blocks: readonly Boundaries<Address>[];
  /** Those that are named for a pod. */
  blocksAt(destination: NetworkPod): readonly Boundaries<Address>[];
}
