import {
  type AddressPart,
  type Arrow,
  type ArrowEnd,
  isOnHostNetwork,
  type Picture,
  type PictureNode,
  partsOf,
  writtenInto,
} from '../../../engines/network/index.ts';
import type { Context } from '../../context.ts';
import { nameOf, portsText } from '../ends.ts';
import { clip, wrapPorts } from './labels.ts';

type NodeKind = 'workload' | 'addresses' | 'ingress' | 'every' | 'whole';

/** What is shown of a node: its lines, the first of them its name, and all that did not fit into them. */
export interface ViewNode {
  readonly id: string;
  readonly kind: NodeKind;
  readonly box: string | undefined;
  readonly lines: readonly string[];
  readonly title: string;
}

/** A trust boundary with what is in it. */
export interface ViewBox {
  readonly id: string;
  readonly lines: readonly string[];
  readonly title: string;
}

export interface ViewArrow {
  readonly from: string;
  readonly to: string;
  readonly lines: readonly string[];
  readonly title: string;
  readonly isKnown: boolean;
  /** True where the same holds the other way round. */
  readonly isBothWays: boolean;
}

/** A picture in words, without places. */
export interface View {
  readonly boxes: readonly ViewBox[];
  readonly nodes: readonly ViewNode[];
  readonly arrows: readonly ViewArrow[];
}

const OUTSIDE = 'outside';
const NAMES = 5;
const BLOCKS = 3;

export function viewOf(context: Pick<Context, 'words'>, picture: Picture): View {
  return new Viewer(context, picture).view();
}

class Viewer {
  readonly #context: Pick<Context, 'words'>;
  readonly #picture: Picture;
  readonly #words: Context['words']['picture'];
  /** Lines for arrows that are not drawn, by the key of the end that they are written into. */
  readonly #written = new Map<string, { line: string; title: string }[]>();
  readonly #drawn: Arrow[] = [];

  constructor(context: Pick<Context, 'words'>, picture: Picture) {
    this.#context = context;
    this.#picture = picture;
    this.#words = context.words.picture;
    for (const arrow of picture.arrows) {
      const into = writtenInto(picture.nodes, arrow);
      if (into === undefined) this.#drawn.push(arrow);
      else this.#write(arrow, into);
    }
  }

  #ports(arrow: Arrow): string {
    const ports = portsText(this.#context, arrow.ports);
    const some = arrow.isPartial ? this.#words.some({ ports }) : ports;
    return arrow.isKnown ? some : this.#words.unknown({ ports: some });
  }

  #write(arrow: Arrow, into: 'from' | 'to'): void {
    const { from, to } = arrow;
    const text = (ports: string) => {
      if (keyOf(from) === keyOf(to)) return this.#words.among({ ports });
      return into === 'to'
        ? this.#words.from({ from: this.#nameOf(from), ports })
        : this.#words.to({ to: this.#nameOf(to), ports });
    };
    const key = keyOf(arrow[into]);
    const full = this.#ports(arrow);
    const [first = '', ...more] = wrapPorts(full, this.#words.more);
    const line = more.length === 0 ? text(first) : `${text(first)} …`;
    this.#written.set(key, [...(this.#written.get(key) ?? []), { line, title: text(full) }]);
  }

  view(): View {
    const { nodes, arrows } = this.#picture;
    const mentioned = arrows.flatMap(({ from, to }) => [from, to]);
    const namespaces = new Set([
      ...nodes.flatMap((node) => (node.kind === 'workloads' ? [node.namespace] : [])),
      ...mentioned.flatMap((end) => ('namespace' in end ? [end.namespace] : [])),
    ]);
    const ends = new Map<string, ArrowEnd>();
    for (const { from, to } of this.#drawn) {
      for (const end of [from, to]) if (!('node' in end)) ends.set(keyOf(end), end);
    }
    for (const every of ['pod', 'namespace'] as const) {
      if (this.#written.has(keyOf({ every }))) ends.set(keyOf({ every }), { every });
    }
    const hasOutside =
      nodes.some(({ kind }) => kind === 'addresses') ||
      mentioned.some((end) => 'every' in end && end.every === 'address');
    return {
      boxes: [
        ...(hasOutside ? [this.#box(OUTSIDE, { every: 'address' }, this.#words.outside)] : []),
        ...[...namespaces].map((name) =>
          this.#box(`b:${name}`, { namespace: name }, this.#words.namespace({ name })),
        ),
      ],
      nodes: [
        ...[...ends].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, end]) => this.#every(end)),
        ...nodes.map((node, index) => this.#node(node, { node: index })),
      ],
      arrows: this.#arrows(),
    };
  }

  #arrows(): ViewArrow[] {
    const key = ({ from, to, ports, isKnown, isPartial }: Arrow) =>
      [keyOf(from), keyOf(to), ports.id, isKnown, isPartial].join(' ');
    const all = new Set(this.#drawn.map(key));
    return this.#drawn.flatMap((arrow) => {
      const back = key({ ...arrow, from: arrow.to, to: arrow.from });
      const isBothWays = all.has(back);
      // Of the two, the first stands for both.
      if (isBothWays && back < key(arrow)) return [];
      const ports = this.#ports(arrow);
      const title = { from: this.#nameOf(arrow.from), to: this.#nameOf(arrow.to), ports };
      return [
        {
          from: keyOf(arrow.from),
          to: keyOf(arrow.to),
          lines: wrapPorts(ports, this.#words.more),
          title: isBothWays ? this.#words.between(title) : this.#words.fromTo(title),
          isKnown: arrow.isKnown,
          isBothWays,
        },
      ];
    });
  }

  #lines(end: ArrowEnd): { lines: string[]; titles: string[] } {
    const written = this.#written.get(keyOf(end)) ?? [];
    return { lines: written.map(({ line }) => clip(line)), titles: written.map(({ title }) => title) };
  }

  #box(id: string, end: ArrowEnd, name: string): ViewBox {
    const { lines, titles } = this.#lines(end);
    return { id, lines: [clip(name), ...lines], title: [name, ...titles].join('\n') };
  }

  #every(end: ArrowEnd): ViewNode {
    const name = this.#nameOf(end);
    // What is said of all pods of a namespace stands in its boundary.
    const isEveryPod = 'every' in end && end.every !== 'address';
    const { lines, titles } = isEveryPod ? this.#lines(end) : { lines: [], titles: [] };
    return {
      id: keyOf(end),
      kind: 'every',
      box: 'namespace' in end ? `b:${end.namespace}` : isEveryPod ? undefined : OUTSIDE,
      lines: [clip(name), ...lines],
      title: [name, ...titles].join('\n'),
    };
  }

  #node(node: PictureNode, end: ArrowEnd): ViewNode {
    const { lines, titles } = this.#lines(end);
    const all = this.#members(node);
    const shown = this.#shown(node, all);
    return {
      id: keyOf(end),
      kind: KINDS[node.kind],
      box: boxOf(node),
      lines: [...shown.map((line) => clip(line)), ...lines],
      title: [...all, ...titles].join('\n'),
    };
  }

  #shown(node: PictureNode, all: readonly string[]): string[] {
    const names = all.length <= NAMES + 1 ? all : all.slice(0, NAMES);
    const more = all.length - names.length;
    const rest = more === 0 ? [] : [this.#words.more({ count: more })];
    if (node.kind === 'namespaces') {
      const { namespaces, groups } = node;
      const [only] = namespaces;
      const count = this.#words.workloads({ count: groups.length });
      if (namespaces.length === 1) return [this.#words.namespace({ name: only! }), count];
      return [this.#words.namespaces({ count: namespaces.length }), count, ...names, ...rest];
    }
    if (node.kind !== 'workloads') return node.kind === 'addresses' ? [...names, ...rest] : [...all];
    const marks = node.groups.some(isOnHostNetwork) ? [this.#words.hostNetwork] : [];
    if (all.length === 1) return [...all, ...marks];
    return [this.#words.workloads({ count: all.length }), ...names, ...rest, ...marks];
  }

  #members(node: PictureNode): string[] {
    if (node.kind === 'workloads') return node.groups.map(({ kind, name }) => `${name} [${kind}]`);
    if (node.kind === 'namespaces')
      return node.namespaces.length === 1 ? node.groups.map(nameOf) : [...node.namespaces];
    if (node.kind === 'addresses') return partsOf(node.addresses).map((part) => this.#part(part));
    return [this.#words.ingressController];
  }

  #part({ of, family, isWhole, blocks, except }: AddressPart): string {
    const all = this.#words.addresses[of];
    // Blocks show their family themselves.
    const name = family === undefined || blocks.length > 0 ? all : this.#words.family({ of: all, family });
    if (isWhole) return name;
    const some = blocks.length > 0 ? blocks : except;
    const more = some.length - BLOCKS;
    const text = `${some.slice(0, BLOCKS).join(', ')}${more > 0 ? ` ${this.#words.more({ count: more })}` : ''}`;
    return blocks.length > 0
      ? this.#words.within({ of: name, blocks: text })
      : this.#words.except({ of: name, blocks: text });
  }

  #nameOf(end: ArrowEnd): string {
    if ('namespace' in end) return this.#words.everyPodOf({ namespace: end.namespace });
    if ('every' in end) return this.#words.every[end.every];
    const node = this.#picture.nodes[end.node]!;
    const all =
      node.kind === 'workloads'
        ? node.groups.map(nameOf)
        : node.kind === 'namespaces'
          ? node.namespaces
          : this.#members(node);
    const more = Math.max(0, all.length - NAMES);
    return this.#words.names({ names: all.slice(0, NAMES).join(', '), more });
  }
}

const KINDS: Readonly<Record<PictureNode['kind'], NodeKind>> = {
  workloads: 'workload',
  addresses: 'addresses',
  'ingress-controller': 'ingress',
  namespaces: 'whole',
};

function keyOf(end: ArrowEnd): string {
  if ('node' in end) return `n:${end.node}`;
  return 'namespace' in end ? `p:${end.namespace}` : `e:${end.every}`;
}

function boxOf(node: PictureNode): string | undefined {
  if (node.kind === 'addresses') return OUTSIDE;
  return node.kind === 'workloads' ? `b:${node.namespace}` : undefined;
}
