import type { Point, Size } from './layout.ts';
import { rounded as r } from './text.ts';
import type { ViewNode } from './view.ts';

/** Colours only repeat what form, dashes and words say. */
export const STYLE = `
.kubestride { --page: #ffffff; --ink: #1c2430; --soft: #4d5866; --line: #59636f; --pod: #eef4fb; --pod-edge: #2f6db3; --outside: #fdf3e4; --outside-edge: #a8600a; --every: #f1eefa; --every-edge: #6a4fb0; --doubt: #9a3b00; font: 12px system-ui, "DejaVu Sans", sans-serif; }
@media (prefers-color-scheme: dark) { .kubestride { --page: #12161c; --ink: #e8edf3; --soft: #b3bdc9; --line: #97a3b0; --pod: #182a3f; --pod-edge: #79b0ef; --outside: #35260f; --outside-edge: #eab268; --every: #251f3d; --every-edge: #b7a3f0; --doubt: #ffab73; } }
.kubestride .page { fill: var(--page); }
.kubestride text { fill: var(--ink); }
.kubestride .heading { font-size: 16px; font-weight: 600; }
.kubestride .name { font-weight: 600; }
.kubestride .said { fill: var(--soft); }
.kubestride .shape { stroke-width: 1.4; }
.kubestride .workload .shape { fill: var(--pod); stroke: var(--pod-edge); }
.kubestride .whole .shape { fill: var(--pod); stroke: var(--pod-edge); }
.kubestride .addresses .shape, .kubestride .ingress .shape { fill: var(--outside); stroke: var(--outside-edge); }
.kubestride .every .shape { fill: var(--every); stroke: var(--every-edge); stroke-dasharray: 2 2; }
.kubestride .boundary rect { fill: none; stroke: var(--soft); stroke-width: 1.6; stroke-dasharray: 9 4; }
.kubestride .line { fill: none; stroke: var(--line); stroke-width: 1.3; }
.kubestride .tip { fill: var(--line); stroke: none; }
.kubestride .unknown .line { stroke: var(--doubt); stroke-dasharray: 5 4; }
.kubestride .unknown .tip { fill: var(--page); stroke: var(--doubt); stroke-width: 1.2; }
.kubestride .ports text { font-size: 11px; }
`;

export function outline(kind: ViewNode['kind'], { x, y, width, height }: Point & Size): string {
  const rect = (inset: number, radius: number) =>
    `<rect class="shape" x="${r(x + inset)}" y="${r(y + inset)}" width="${r(width - 2 * inset)}" height="${r(height - 2 * inset)}" rx="${r(radius)}"/>`;
  switch (kind) {
    case 'workload':
      return rect(0, 5);
    case 'addresses':
      return rect(0, Math.min(18, height / 2));
    case 'every':
      return rect(0, 2);
    case 'whole':
      return rect(0, 5) + rect(3, 3);
    case 'ingress': {
      const cut = 10;
      const points = [
        [x + cut, y],
        [x + width - cut, y],
        [x + width, y + height / 2],
        [x + width - cut, y + height],
        [x + cut, y + height],
        [x, y + height / 2],
      ];
      return `<polygon class="shape" points="${points.map(([a, b]) => `${r(a!)},${r(b!)}`).join(' ')}"/>`;
    }
  }
}

/** A triangle from the end of a line to its tip. */
export function arrowHead(from: Point, tip: Point): string {
  const length = Math.hypot(tip.x - from.x, tip.y - from.y) || 1;
  const [dx, dy] = [(tip.x - from.x) / length, (tip.y - from.y) / length];
  const wide = 3.5;
  const corner = (side: number) => `${r(from.x - side * wide * dy)} ${r(from.y + side * wide * dx)}`;
  return `M${r(tip.x)} ${r(tip.y)}L${corner(1)}L${corner(-1)}Z`;
}

/** The point of a curve that is nearest to another one: Graphviz puts labels beside arrows, where it is not seen to which they belong. */
export function nearestOn(curve: readonly Point[], to: Point): Point {
  const points: Point[] = [];
  for (let i = 0; i + 3 < curve.length; i += 3) {
    const [a, b, c, d] = curve.slice(i, i + 4) as [Point, Point, Point, Point];
    for (let step = 0; step <= 24; step++) {
      const t = step / 24;
      const weight = [(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t ** 3] as const;
      points.push({
        x: weight[0] * a.x + weight[1] * b.x + weight[2] * c.x + weight[3] * d.x,
        y: weight[0] * a.y + weight[1] * b.y + weight[2] * c.y + weight[3] * d.y,
      });
    }
  }
  const away = ({ x, y }: Point) => Math.hypot(x - to.x, y - to.y);
  return points.reduce((best, point) => (away(point) < away(best) ? point : best), points[0] ?? to);
}
