import {
  type Connection,
  collapse,
  MOST_WORKLOADS,
  type Network,
  type Picture,
  pictureOf,
  type WorkloadGroup,
  withoutIdle,
  writtenInto,
} from '../../../engines/network/index.ts';
import { type Context, say } from '../../context.ts';
import { mermaidText } from './mermaid.ts';
import { svgText } from './svg.ts';
import { viewOf } from './view.ts';

/** What fits on a screen and can be followed with the eyes. */
const ROOM = { nodes: 100, arrows: 150 };
/** Beyond this a picture is a black spot; Mermaid refuses more than 500. */
const MOST_ARROWS = 450;
/** Of many namespaces that are drawn as a whole, so many are named. */
const NAMED = 8;

/** What is said above a picture and of it. */
export interface Caption {
  readonly title: string;
  readonly summary: string;
  readonly notes: readonly string[];
}

export interface Drawing {
  readonly algebra: Network['model']['algebra'];
  /** Every workload, drawn or not: what holds of every pod holds of all of them. */
  readonly groups: readonly WorkloadGroup[];
  readonly connections: Iterable<Connection<WorkloadGroup>>;
  /** True where these are not all connections that there are. */
  readonly isPart: boolean;
}

/** The picture of all connections; undefined where there is too much for one, which is said on standard error. */
export async function drawConnections(
  context: Context,
  format: 'svg' | 'mermaid',
  { algebra, groups, connections, isPart }: Drawing,
): Promise<string | undefined> {
  const words = context.words.picture;
  if (groups.length > MOST_WORKLOADS) {
    say(context, words.tooManyWorkloads({ workloads: groups.length, most: MOST_WORKLOADS }));
    return undefined;
  }
  const whole = pictureOf(algebra, groups, connections);
  const picture = collapse(algebra, isPart ? withoutIdle(whole) : whole, ROOM);
  const { length: arrows } = picture.arrows.filter(
    (arrow) => writtenInto(picture.nodes, arrow) === undefined,
  );
  if (arrows > MOST_ARROWS) {
    say(context, words.tooManyArrows({ arrows, most: MOST_ARROWS }));
    return undefined;
  }
  const grouped = groupingOf(context, picture);
  for (const note of grouped) say(context, note);
  const caption: Caption = {
    title: words.title,
    summary: words.summary({
      workloads: groups.length,
      namespaces: new Set(groups.map(({ namespace }) => namespace)).size,
    }),
    notes: [
      ...(isPart ? [words.part()] : []),
      ...(picture.arrows.length === 0 ? [words.nothing()] : []),
      ...grouped,
      words.notDrawn(),
    ],
  };
  const view = viewOf(context, picture);
  if (format === 'mermaid') return mermaidText(context, view, caption);
  const { layOut } = await import('./layout.ts');
  return svgText(context, view, caption, layOut);
}

/** What stands for more than one thing. */
function groupingOf({ words: { picture: words } }: Context, { nodes }: Picture): string[] {
  const twins = nodes.flatMap((node) =>
    node.kind === 'workloads' && node.groups.length > 1 ? [node.groups.length] : [],
  );
  const whole = nodes.flatMap((node) => (node.kind === 'namespaces' ? node.namespaces : []));
  const workloads = twins.reduce((sum, count) => sum + count, 0);
  const names = words.names({
    names: whole.slice(0, NAMED).join(', '),
    more: Math.max(0, whole.length - NAMED),
  });
  return [
    ...(twins.length > 0 ? [words.grouped({ workloads, nodes: twins.length })] : []),
    ...(whole.length > 0 ? [words.collapsed({ count: whole.length, names })] : []),
  ];
}
