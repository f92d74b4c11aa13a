import type { Arrow, ArrowEnd, Picture } from './picture.ts';

/** Without the nodes that no arrow begins or ends in: where only a part of the connections is meant, they say nothing. */
export function withoutIdle({ nodes, arrows }: Picture): Picture {
  const used = new Set(
    arrows.flatMap(({ from, to }) => [from, to].flatMap((end) => ('node' in end ? [end.node] : []))),
  );
  const places = new Map([...used].sort((a, b) => a - b).map((node, place) => [node, place]));
  const end = (each: ArrowEnd): ArrowEnd => ('node' in each ? { node: places.get(each.node)! } : each);
  return {
    nodes: nodes.filter((_, node) => used.has(node)),
    arrows: arrows.map((arrow): Arrow => ({ ...arrow, from: end(arrow.from), to: end(arrow.to) })),
  };
}
