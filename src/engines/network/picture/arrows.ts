import type { PortAlgebra, PortSet } from '../ports.ts';
import type { Arrow, ArrowEnd } from './picture.ts';

/** Nodes that an arrow can begin or end in all at once. */
export interface Box {
  readonly end: ArrowEnd;
  readonly nodes: readonly number[];
}

type Plain = Pick<Arrow, 'from' | 'to' | 'ports'>;

/** An arrow between two boxes brings a node of its own into the picture; one that is written into a node does not. */
const WORTH_AN_ARROW = 3;
const WORTH_A_LINE = 2;

/**
 * Arrows that say what `between` says. What holds of every node of a box is one arrow of the box; the larger boxes come
 * first, and what is said already is not said again. Nothing is left out and nothing added: the ports between two nodes are the
 * union of the arrows that cover them.
 *
 * @param between the ports from each member of one node to each of another (of the same: to its other members); undefined for
 * a node of one member and itself
 */
export function drawnArrows(
  algebra: PortAlgebra,
  size: number,
  boxes: readonly Box[],
  between: (from: number, to: number) => PortSet | undefined,
): Plain[] {
  const arrows: Plain[] = [];
  const said = new Map<number, PortSet>();
  const saidOf = (from: number, to: number) => said.get(from * size + to) ?? algebra.none;

  const tryArrow = (from: Box, to: Box): void => {
    let ports: PortSet | undefined;
    for (const source of from.nodes) {
      for (const destination of to.nodes) {
        const open = between(source, destination);
        if (open === undefined) continue;
        ports = ports === undefined ? open : algebra.intersection(ports, open);
        if (ports.isEmpty) return;
      }
    }
    if (ports === undefined) return;
    const isOne = from.nodes.length === 1 && to.nodes.length === 1;
    const isLine = holds(from, to) || holds(to, from);
    let settled = 0;
    for (const source of from.nodes) {
      for (const destination of to.nodes) {
        const open = between(source, destination);
        const before = saidOf(source, destination);
        if (open !== undefined && before !== open && algebra.union(before, ports) === open) settled++;
      }
    }
    if (settled < (isOne ? 1 : isLine ? WORTH_A_LINE : WORTH_AN_ARROW)) return;
    arrows.push({ from: from.end, to: to.end, ports });
    for (const source of from.nodes) {
      for (const destination of to.nodes) {
        said.set(source * size + destination, algebra.union(saidOf(source, destination), ports));
      }
    }
  };

  const everyPod = boxes.filter(({ end }) => 'every' in end && end.every !== 'address');
  const others = boxes.filter((box) => !everyPod.includes(box));
  const single = Array.from({ length: size }, (_, node): Box => ({ end: { node }, nodes: [node] }));
  const both = (one: readonly Box[], other: readonly Box[]) => {
    for (const a of one) {
      for (const b of other) {
        tryArrow(a, b);
        if (a !== b) tryArrow(b, a);
      }
    }
  };
  both(everyPod, everyPod);
  both(everyPod, others);
  both(everyPod, single);
  for (const a of others) for (const b of others) tryArrow(a, b);
  both(others, single);
  for (const a of single) for (const b of single) tryArrow(a, b);
  return arrows;
}

function holds(box: Box, part: Box): boolean {
  return part.nodes.every((node) => box.nodes.includes(node));
}
