import type { KubernetesObject } from '../../../kubernetes/object.ts';
import type { Certainty, Use } from './power.ts';
import type { PowerId } from './powers/index.ts';
import type { Right } from './rights.ts';
import { keyOf, type Vertex } from './vertex.ts';

/** What leads on without a right that a rule gives. */
export type Circumstance =
  | 'member-of'
  | 'privileged-group'
  | 'holds-cluster-admin'
  | 'is-cluster-admin'
  | 'node-credentials'
  | 'node-pods'
  | 'control-plane-node';

export type Way = PowerId | Circumstance;

export interface Edge {
  readonly to: number;
  /** Undefined where nothing is done: from a hub, or into a target that is reached by definition. */
  readonly way: Way | undefined;
  readonly certainty: Certainty;
  readonly because: readonly Right[];
  /** What of each row of the power's needs is held, `because` or by what a step before gave. */
  readonly uses?: readonly Use[];
  /** The object that it goes through: a pod, a Secret, a role. */
  readonly through?: string;
  /** The object that shows it. */
  readonly seen?: KubernetesObject;
}

/** Identities and what leads from one to another. */
export class Network {
  readonly vertices: Vertex[] = [];
  readonly edges: Edge[][] = [];
  readonly #index = new Map<string, number>();

  /** @returns its number, and whether it is new */
  add(vertex: Vertex): { readonly at: number; readonly isNew: boolean } {
    const key = keyOf(vertex);
    const known = this.#index.get(key);
    if (known !== undefined) return { at: known, isNew: false };
    const at = this.vertices.length;
    this.#index.set(key, at);
    this.vertices.push(vertex);
    this.edges.push([]);
    return { at, isNew: true };
  }

  find(vertex: Vertex): number | undefined {
    return this.#index.get(keyOf(vertex));
  }

  connect(from: number, edge: Edge): void {
    if (from !== edge.to) this.edges[from]!.push(edge);
  }

  /** An edge on which nothing is done. */
  lead(
    from: number,
    to: number,
    certainty: Certainty = 'proven',
    seen?: KubernetesObject,
    through?: string,
  ): void {
    this.connect(from, {
      to,
      way: undefined,
      certainty,
      because: NO_RIGHTS,
      ...(seen === undefined ? {} : { seen }),
      ...(through === undefined ? {} : { through }),
    });
  }
}

const NO_RIGHTS: readonly Right[] = Object.freeze([]);
