import type { Address } from '../addresses.ts';
import type { Connection, End } from '../connections.ts';
import type { Boundaries } from '../intervals.ts';
import type { WorkloadGroup } from '../network.ts';
import type { PortAlgebra, PortSet } from '../ports.ts';
import { type Box, drawnArrows } from './arrows.ts';
import { outsideOf } from './outside.ts';
import { twinsOf } from './twins.ts';

/** Workloads of one namespace, or addresses, that have the same connections. */
export type PictureNode =
  | { readonly kind: 'workloads'; readonly namespace: string; readonly groups: readonly WorkloadGroup[] }
  | { readonly kind: 'addresses'; readonly addresses: Boundaries<Address> }
  | { readonly kind: 'ingress-controller' }
  /** Whole namespaces, of which a picture has no room for more. */
  | {
      readonly kind: 'namespaces';
      readonly namespaces: readonly string[];
      readonly groups: readonly WorkloadGroup[];
    };

/**
 * One node, every node of a box (a namespace, or what is outside of the cluster), every pod, or every other namespace of those that
 * are drawn as a whole.
 */
export type ArrowEnd =
  | { readonly node: number }
  | { readonly namespace: string }
  | { readonly every: 'address' | 'pod' | 'namespace' };

/** From each pod or address of the one end to each of the other, itself left out, these ports are open. */
export interface Arrow {
  readonly from: ArrowEnd;
  readonly to: ArrowEnd;
  readonly ports: PortSet;
  /** False where it is unknown whether the ports are open. */
  readonly isKnown: boolean;
  /** True where it holds for some of the pods of namespaces that are one node: for each of these, each port for one pair at least. */
  readonly isPartial: boolean;
}

export interface Picture {
  readonly nodes: readonly PictureNode[];
  /** What is open between two ends is the union of all arrows whose ends hold them. */
  readonly arrows: readonly Arrow[];
}

/** So many workloads are compared with each other at most: time and memory grow with the square. */
export const MOST_WORKLOADS = 4000;

/** Connections as a picture of fewer nodes and arrows that says exactly the same. */
export function pictureOf(
  algebra: PortAlgebra,
  groups: readonly WorkloadGroup[],
  connections: Iterable<Connection<WorkloadGroup>>,
): Picture {
  const pairs = [...connections];
  const outside = outsideOf(
    pairs.flatMap(({ from, to }) => [from, to].flatMap((end) => ('addresses' in end ? [end.addresses] : []))),
  );
  const hasEntity = pairs.some(({ from }) => 'entity' in from);
  const size = groups.length + outside.atoms.length + (hasEntity ? 1 : 0);
  const place = new Map(groups.map((group, index) => [group, index]));
  const unitsOf = (end: End<WorkloadGroup>): readonly number[] => {
    if ('group' in end) return [place.get(end.group)!];
    return 'entity' in end ? [size - 1] : outside.atomsOf(end.addresses).map((atom) => groups.length + atom);
  };
  const layers = [new Layer(size, algebra), new Layer(size, algebra)] as const;
  for (const { from, to, allowed, unknown } of pairs) {
    for (const source of unitsOf(from)) {
      for (const destination of unitsOf(to)) {
        layers[0].put(source, destination, allowed);
        layers[1].put(source, destination, unknown);
      }
    }
  }
  const box = (unit: number): string => {
    const group = groups[unit];
    // A node can say of all that it holds alike that they are on the network of their node, or of none.
    if (group !== undefined) return `${isOnHostNetwork(group)} ${group.namespace}`;
    return unit === size - 1 && hasEntity ? 'entity' : 'outside';
  };
  const classes = twinsOf(size, box, (a, b) => layers[0].id(a, b) * 2 ** 26 + layers[1].id(a, b));
  const nodes = classes.map((units): PictureNode => {
    const [first] = units as [number];
    const group = groups[first];
    if (group !== undefined) {
      const { namespace } = group;
      return { kind: 'workloads', namespace, groups: units.map((unit) => groups[unit]!) };
    }
    if (hasEntity && first === size - 1) return { kind: 'ingress-controller' };
    return { kind: 'addresses', addresses: outside.union(units.map((unit) => unit - groups.length)) };
  });
  const boxes = boxesOf(nodes);
  const arrows = layers.flatMap((layer, index) => {
    const between = (from: number, to: number) => {
      const [source, destination] = [classes[from]!, classes[to]!];
      const other = from === to ? destination[1] : destination[0];
      return other === undefined ? undefined : layer.at(source[0]!, other);
    };
    return drawnArrows(algebra, nodes.length, boxes, between).map(
      (arrow): Arrow => ({ ...arrow, isKnown: index === 0, isPartial: false }),
    );
  });
  return { nodes, arrows };
}

export function isOnHostNetwork({ pods }: WorkloadGroup): boolean {
  return pods.some((pod) => pod.isOnHostNetwork);
}

/** The sets that an arrow can end in as a whole, the largest first. */
function boxesOf(nodes: readonly PictureNode[]): Box[] {
  const pods: number[] = [];
  const addresses: number[] = [];
  const namespaces = new Map<string, number[]>();
  nodes.forEach((node, index) => {
    if (node.kind === 'addresses') addresses.push(index);
    if (node.kind !== 'workloads') return;
    pods.push(index);
    namespaces.set(node.namespace, [...(namespaces.get(node.namespace) ?? []), index]);
  });
  const boxes: Box[] = [];
  if (pods.length > 1) boxes.push({ end: { every: 'pod' }, nodes: pods });
  if (addresses.length > 1) boxes.push({ end: { every: 'address' }, nodes: addresses });
  for (const [namespace, own] of namespaces) {
    if (own.length > 1 && own.length < pods.length) boxes.push({ end: { namespace }, nodes: own });
  }
  return boxes;
}

/** The ports between each two units. */
class Layer {
  readonly #size: number;
  readonly #algebra: PortAlgebra;
  readonly #ids: Int32Array;
  readonly #sets = new Map<number, PortSet>();

  constructor(size: number, algebra: PortAlgebra) {
    this.#size = size;
    this.#algebra = algebra;
    this.#ids = new Int32Array(size * size).fill(algebra.none.id);
    this.#sets.set(algebra.none.id, algebra.none);
  }

  put(from: number, to: number, ports: PortSet): void {
    const set = this.#algebra.union(this.at(from, to), ports);
    this.#sets.set(set.id, set);
    this.#ids[from * this.#size + to] = set.id;
  }

  id(from: number, to: number): number {
    return this.#ids[from * this.#size + to]!;
  }

  at(from: number, to: number): PortSet {
    return this.#sets.get(this.id(from, to))!;
  }
}
