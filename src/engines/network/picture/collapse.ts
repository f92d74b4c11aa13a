import type { PortAlgebra, PortSet } from '../ports.ts';
import { drawnArrows } from './arrows.ts';
import type { Arrow, ArrowEnd, Picture, PictureNode } from './picture.ts';
import { twinsOf } from './twins.ts';

/** What can be taken in at a glance. */
export interface Room {
  readonly nodes: number;
  /** Only those that are drawn; what is written into a node takes little room. */
  readonly arrows: number;
}

/**
 * Which end an arrow is written into instead of being drawn: the one that the other holds, as a pod is one of every pod.
 */
export function writtenInto(
  nodes: readonly PictureNode[],
  { from, to }: Pick<Arrow, 'from' | 'to'>,
): 'from' | 'to' | undefined {
  if (holds(nodes, from, to)) return 'to';
  return holds(nodes, to, from) ? 'from' : undefined;
}

function holds(nodes: readonly PictureNode[], whole: ArrowEnd, part: ArrowEnd): boolean {
  if ('node' in whole) return 'node' in part && part.node === whole.node;
  const node = 'node' in part ? nodes[part.node]! : undefined;
  if ('namespace' in whole) {
    if ('namespace' in part) return part.namespace === whole.namespace;
    return node?.kind === 'workloads' && node.namespace === whole.namespace;
  }
  if ('every' in part) return part.every === whole.every;
  if (whole.every === 'address') return node?.kind === 'addresses';
  if (whole.every === 'namespace') return node?.kind === 'namespaces';
  return node === undefined || node.kind === 'workloads' || node.kind === 'namespaces';
}

/** True where a picture has more than there is room for. */
export function isCrowded({ nodes, arrows }: Picture, room: Room): boolean {
  if (nodes.length > room.nodes) return true;
  return arrows.filter((arrow) => writtenInto(nodes, arrow) === undefined).length > room.arrows;
}

/**
 * A picture with as few whole namespaces as one node each as it takes to make it fit, those with most in them first. Where all of
 * them are not enough, namespaces with the same connections are one node together.
 */
export function collapse(algebra: PortAlgebra, picture: Picture, room: Room): Picture {
  if (!isCrowded(picture, room)) return picture;
  const candidates = byWeight(picture);
  const chosen = new Map<string, string>();
  let result = picture;
  for (const namespace of candidates) {
    chosen.set(namespace, namespace);
    result = merged(algebra, picture, chosen);
    if (!isCrowded(result, room)) return result;
  }
  for (const node of picture.nodes) {
    if (node.kind === 'workloads') chosen.set(node.namespace, node.namespace);
  }
  return merged(algebra, picture, twinNamespaces(algebra, merged(algebra, picture, chosen)));
}

/** Namespaces of more than one node, by how many nodes and arrows they have. */
function byWeight({ nodes, arrows }: Picture): string[] {
  const weights = new Map<string, number>();
  const counts = new Map<string, number>();
  const add = (namespace: string | undefined) => {
    if (namespace !== undefined) weights.set(namespace, (weights.get(namespace) ?? 0) + 1);
  };
  const namespaceOf = (end: ArrowEnd) => {
    if ('namespace' in end) return end.namespace;
    const node = 'node' in end ? nodes[end.node] : undefined;
    return node?.kind === 'workloads' ? node.namespace : undefined;
  };
  for (const node of nodes) {
    if (node.kind !== 'workloads') continue;
    counts.set(node.namespace, (counts.get(node.namespace) ?? 0) + 1);
    add(node.namespace);
  }
  for (const arrow of arrows) {
    if (writtenInto(nodes, arrow) !== undefined) continue;
    add(namespaceOf(arrow.from));
    add(namespaceOf(arrow.to));
  }
  // A stable sort: namespaces of equal weight stay in the order of their nodes.
  return [...weights]
    .filter(([namespace]) => counts.get(namespace)! > 1)
    .sort(([, a], [, b]) => b - a)
    .map(([namespace]) => namespace);
}

/** For each namespace the first of those with the same connections. All workloads of the picture are in nodes of namespaces. */
function twinNamespaces(algebra: PortAlgebra, { nodes, arrows }: Picture): Map<string, string> {
  const between = new Map<number, { known: PortSet; unknown: PortSet }>();
  const others = new Map<number, string[]>();
  for (const { from, to, ports, isKnown } of arrows) {
    const [source, destination] = [from, to].map((end) => ('node' in end ? end.node : undefined));
    if (source !== undefined && destination !== undefined && source !== destination) {
      const key = source * nodes.length + destination;
      const { known, unknown } = between.get(key) ?? { known: algebra.none, unknown: algebra.none };
      between.set(key, isKnown ? { known: ports, unknown } : { known, unknown: ports });
      continue;
    }
    for (const node of new Set([source, destination])) {
      if (node === undefined) continue;
      const end = (each: ArrowEnd) => ('node' in each && each.node === node ? 'self' : JSON.stringify(each));
      others.set(node, [...(others.get(node) ?? []), `${end(from)} ${end(to)} ${ports.id} ${isKnown}`]);
    }
  }
  const box = (unit: number) =>
    nodes[unit]!.kind === 'namespaces' ? `${others.get(unit)?.sort()}` : `only ${unit}`;
  const classes = twinsOf(nodes.length, box, (a, b) => {
    const pair = between.get(a * nodes.length + b);
    return pair === undefined ? -1 : pair.known.id * 2 ** 26 + pair.unknown.id;
  });
  return new Map(
    classes.flatMap((units) => {
      const namespaces = units.flatMap((unit) => {
        const node = nodes[unit]!;
        return node.kind === 'namespaces' ? node.namespaces : [];
      });
      return namespaces.map((namespace): [string, string] => [namespace, namespaces[0]!]);
    }),
  );
}

/** With the namespaces that are keys as nodes, those of equal values as one. */
function merged(algebra: PortAlgebra, picture: Picture, chosen: ReadonlyMap<string, string>): Picture {
  const nodes: PictureNode[] = [];
  const places = new Map<string, number>();
  const parts = new Map<number, { namespaces: Set<string>; groups: PictureNode & { kind: 'workloads' } }[]>();
  const moved = picture.nodes.map((node) => {
    const name = node.kind === 'workloads' ? chosen.get(node.namespace) : undefined;
    if (node.kind !== 'workloads' || name === undefined) return nodes.push(node) - 1;
    let at = places.get(name);
    if (at === undefined) {
      at = nodes.push({ kind: 'namespaces', namespaces: [], groups: [] }) - 1;
      places.set(name, at);
    }
    parts.set(at, [...(parts.get(at) ?? []), { namespaces: new Set([node.namespace]), groups: node }]);
    return at;
  });
  for (const [at, own] of parts) {
    nodes[at] = {
      kind: 'namespaces',
      namespaces: [...new Set(own.flatMap(({ namespaces }) => [...namespaces]))],
      groups: own.flatMap(({ groups }) => groups.groups),
    };
  }
  const end = (each: ArrowEnd): ArrowEnd => {
    if ('node' in each) return { node: moved[each.node]! };
    const name = 'namespace' in each ? chosen.get(each.namespace) : undefined;
    return name === undefined ? each : { node: places.get(name)! };
  };
  const isMerged = (each: ArrowEnd) => 'node' in each && parts.has(each.node);
  const arrows = new Map<string, Arrow>();
  for (const arrow of picture.arrows) {
    const [from, to] = [end(arrow.from), end(arrow.to)];
    const key = JSON.stringify([from, to, arrow.isKnown]);
    const ports = algebra.union(arrows.get(key)?.ports ?? algebra.none, arrow.ports);
    arrows.set(key, { ...arrow, from, to, ports, isPartial: isMerged(from) || isMerged(to) });
  }
  const left = withoutSaid(algebra, nodes, [...arrows.values()]);
  return { nodes, arrows: [true, false].flatMap((isKnown) => gathered(algebra, nodes, left, isKnown)) };
}

/** What holds of every other namespace that is drawn as a whole is one arrow. */
function gathered(
  algebra: PortAlgebra,
  nodes: readonly PictureNode[],
  arrows: readonly Arrow[],
  isKnown: boolean,
): Arrow[] {
  const whole = nodes.flatMap(({ kind }, index) => (kind === 'namespaces' ? [index] : []));
  const own = arrows.filter((arrow) => arrow.isKnown === isKnown);
  if (whole.length < 3) return own;
  const between = new Map<number, PortSet>();
  const others = own.filter(({ from, to, ports, isPartial }) => {
    if (!('node' in from && 'node' in to) || from.node === to.node || !isPartial) return true;
    between.set(from.node * nodes.length + to.node, ports);
    return false;
  });
  const boxes = [{ end: { every: 'namespace' }, nodes: whole } as const];
  const drawn = drawnArrows(algebra, nodes.length, boxes, (from, to) =>
    from === to ? undefined : (between.get(from * nodes.length + to) ?? algebra.none),
  );
  return [...others, ...drawn.map((arrow) => ({ ...arrow, isKnown, isPartial: true }))];
}

/** Leaves out what an arrow from or to every pod says already of some of the pods of a namespace. */
function withoutSaid(algebra: PortAlgebra, nodes: readonly PictureNode[], arrows: readonly Arrow[]): Arrow[] {
  const wide = new Map<string, PortSet>();
  const key = (from: ArrowEnd, to: ArrowEnd, isKnown: boolean) => JSON.stringify([from, to, isKnown]);
  const every: ArrowEnd = { every: 'pod' };
  for (const { from, to, ports, isKnown } of arrows) {
    if ('every' in from || 'every' in to) wide.set(key(from, to, isKnown), ports);
  }
  return arrows.filter(({ from, to, ports, isKnown, isPartial }) => {
    if (!isPartial) return true;
    const said = [
      ...(!('every' in from) && holds(nodes, every, from) ? [wide.get(key(every, to, isKnown))] : []),
      ...(!('every' in to) && holds(nodes, every, to) ? [wide.get(key(from, every, isKnown))] : []),
    ];
    return !said.some((more) => more !== undefined && algebra.union(more, ports) === more);
  });
}
