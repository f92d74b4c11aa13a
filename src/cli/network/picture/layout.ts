/**
 * Where things stand in a picture. Graphviz (as WebAssembly) gets sizes and numbers alone: no name of a manifest reaches it. It is
 * a file of its own in dist/, read when a picture is asked for.
 */
import { type Graph, instance } from '@viz-js/viz';

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** In pixels; ends and boxes by their place in the lists. */
export interface ToLayOut {
  readonly boxes: readonly Size[];
  readonly nodes: readonly (Size & { readonly box: number | undefined })[];
  readonly arrows: readonly {
    readonly from: number;
    readonly to: number;
    readonly isBothWays: boolean;
    readonly label: Size;
  }[];
}

export interface LaidOut extends Size {
  /** Centres. */
  readonly nodes: readonly Point[];
  /** Upper left corners and sizes. */
  readonly boxes: readonly (Point & Size)[];
  /** Control points of cubic curves, the tips at the end and, where it goes both ways, at the start; the centre of the label. */
  readonly arrows: readonly {
    readonly curve: readonly Point[];
    readonly tip: Point;
    readonly backTip: Point | undefined;
    readonly label: Point;
  }[];
}

/** Points of Graphviz are 1/72 inch; a pixel is taken as one. */
const INCH = 72;

export async function layOut({ boxes, nodes, arrows }: ToLayOut): Promise<LaidOut> {
  const viz = await instance();
  const used = new Set(arrows.flatMap(({ from, to }) => [from, to]));
  const graph: Graph = {
    directed: true,
    graphAttributes: { rankdir: 'LR', nodesep: 0.25, ranksep: 0.6 },
    nodeAttributes: { shape: 'box', fixedsize: true, label: '' },
    edgeAttributes: { arrowsize: 0.8 },
    nodes: nodes.map(({ width, height }, index) => ({
      name: `n${index}`,
      attributes: { width: width / INCH, height: height / INCH },
    })),
    edges: [
      ...arrows.map(({ from, to, isBothWays, label }, index) => ({
        tail: `n${from}`,
        head: `n${to}`,
        attributes: {
          id: `${index}`,
          label: { html: space(label) },
          ...(isBothWays ? { dir: 'both' } : {}),
        },
      })),
      ...boxes.flatMap((_, box) => rowsOf(nodes, box, used)),
    ],
    subgraphs: boxes.map((label, box) => ({
      name: `cluster_${box}`,
      graphAttributes: { label: { html: space(label) }, labeljust: 'l', margin: 12 },
      nodes: nodes.flatMap((node, index) => (node.box === box ? [{ name: `n${index}` }] : [])),
    })),
  };
  const result = viz.render(graph, { format: 'json0' });
  if (result.status === 'failure') {
    throw new Error(`Graphviz: ${result.errors.map(({ message }) => message).join('; ')}`);
  }
  return read(JSON.parse(result.output), boxes.length, nodes.length, arrows.length);
}

/** A label of a given size with nothing in it. */
function space({ width, height }: Size): string {
  const size = `width="${Math.ceil(width)}" height="${Math.ceil(height)}"`;
  return `<table border="0" cellborder="0" cellspacing="0" cellpadding="0" fixedsize="true" ${size}><tr><td></td></tr></table>`;
}

/** Invisible arrows that put the nodes of a box that no arrow touches into rows: by itself, Graphviz makes one column of them. */
function rowsOf(nodes: ToLayOut['nodes'], box: number, used: ReadonlySet<number>): Graph['edges'] & object {
  const idle = nodes.flatMap((node, index) => (node.box === box && !used.has(index) ? [index] : []));
  const perRow = Math.ceil(Math.sqrt(idle.length / 2));
  return idle
    .slice(1)
    .flatMap((node, index) =>
      (index + 1) % perRow === 0
        ? []
        : [{ tail: `n${idle[index]}`, head: `n${node}`, attributes: { style: 'invis' } }],
    );
}

interface Drawn {
  readonly bb: string;
  readonly objects?: readonly {
    readonly name: string;
    readonly pos?: string;
    readonly bb?: string;
  }[];
  readonly edges?: readonly { readonly id?: string; readonly pos: string; readonly lp?: string }[];
}

function read(drawn: Drawn, boxes: number, nodes: number, arrows: number): LaidOut {
  const [, , width, height] = drawn.bb.split(',').map(Number) as [number, number, number, number];
  // Graphviz counts upwards.
  const point = (text: string): Point => {
    const [x, y] = text.split(',').map(Number) as [number, number];
    return { x, y: height - y };
  };
  const byName = new Map((drawn.objects ?? []).map((object) => [object.name, object]));
  const byId = new Map(
    (drawn.edges ?? []).flatMap((edge) => (edge.id === undefined ? [] : [[edge.id, edge]])),
  );
  return {
    width,
    height,
    nodes: Array.from({ length: nodes }, (_, index) => point(byName.get(`n${index}`)!.pos!)),
    boxes: Array.from({ length: boxes }, (_, index) => {
      const [left, bottom, right, top] = byName.get(`cluster_${index}`)!.bb!.split(',').map(Number) as [
        number,
        number,
        number,
        number,
      ];
      return { x: left, y: height - top, width: right - left, height: top - bottom };
    }),
    arrows: Array.from({ length: arrows }, (_, index) => {
      const { pos, lp } = byId.get(`${index}`)!;
      const parts = pos.split(' ');
      const curve = parts.filter((part) => !/^[es],/.test(part)).map(point);
      const at = (mark: string) => {
        const end = parts.find((part) => part.startsWith(mark));
        return end === undefined ? undefined : point(end.slice(2));
      };
      const tip = at('e,') ?? curve.at(-1)!;
      return { curve, tip, backTip: at('s,'), label: lp === undefined ? tip : point(lp) };
    }),
  };
}
