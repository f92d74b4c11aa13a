import type { Context } from '../../context.ts';
import type { Caption } from './draw.ts';
import type { LaidOut, Point, Size, ToLayOut } from './layout.ts';
import { legendOf } from './legend.ts';
import { arrowHead, nearestOn, outline, STYLE } from './shapes.ts';
import { rounded as n, widthOf, wrap, xml, xmlLines } from './text.ts';
import type { View, ViewBox, ViewNode } from './view.ts';

const LINE = 16;
const PADDING = 10;
const MARGIN = 20;
const NARROWEST = 720;
const ARROW_LABEL = 14;

/** A picture by itself: no script, no reference to anything outside, readable on light and dark and without colours. */
export async function svgText(
  { words, language }: Pick<Context, 'words' | 'language'>,
  view: View,
  caption: Caption,
  layOut: (what: ToLayOut) => Promise<LaidOut>,
): Promise<string> {
  const places = new Map(view.nodes.map(({ id }, index) => [id, index]));
  const boxes = new Map(view.boxes.map(({ id }, index) => [id, index]));
  const laid = await layOut({
    boxes: view.boxes.map(({ lines }) => sizeOf(lines)),
    nodes: view.nodes.map(({ lines, box }) => {
      const { width, height } = sizeOf(lines);
      return {
        width: Math.max(70, width + 2 * PADDING + 8),
        height: height + 2 * PADDING - 4,
        box: box === undefined ? undefined : boxes.get(box),
      };
    }),
    arrows: view.arrows.map(({ from, to, lines, isBothWays }) => ({
      isBothWays,
      from: places.get(from)!,
      to: places.get(to)!,
      label: labelSize(lines),
    })),
  });
  const width = Math.max(NARROWEST, laid.width + 2 * MARGIN);
  const head = [caption.summary, ...caption.notes].flatMap((note) => wrap(note, width - 2 * MARGIN));
  const top = MARGIN + 24 + head.length * LINE + 8;
  const legend = legendOf(words.picture.legend, view, { x: MARGIN, y: top + laid.height + MARGIN });
  const height = legend.bottom + MARGIN;
  const out = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<svg xmlns="http://www.w3.org/2000/svg" class="kubestride" role="img" aria-labelledby="kubestride-title kubestride-desc" xml:lang="${language}" width="${n(width)}" height="${n(height)}" viewBox="0 0 ${n(width)} ${n(height)}">`,
    `<title id="kubestride-title">${xml(caption.title)}</title>`,
    `<desc id="kubestride-desc">${xml([caption.summary, ...caption.notes].join(' '))}</desc>`,
    `<style>${STYLE}</style>`,
    `<rect class="page" width="${n(width)}" height="${n(height)}"/>`,
    `<text class="heading" x="${MARGIN}" y="${MARGIN + 14}">${xml(caption.title)}</text>`,
    ...head.map((line, index) => `<text x="${MARGIN}" y="${MARGIN + 34 + index * LINE}">${xml(line)}</text>`),
    `<g transform="translate(${n((width - laid.width) / 2)} ${n(top)})">`,
    ...view.boxes.map((box, index) => boxText(box, laid.boxes[index]!)),
    ...view.arrows.map(({ title, isKnown }, index) => {
      const { curve, tip, backTip } = laid.arrows[index]!;
      const back = backTip === undefined ? '' : `<path class="tip" d="${arrowHead(curve[0]!, backTip)}"/>`;
      return `<g class="${isKnown ? 'known' : 'unknown'}"><title>${xmlLines(title)}</title><path class="line" d="${path(curve)}"/><path class="tip" d="${arrowHead(curve.at(-1)!, tip)}"/>${back}</g>`;
    }),
    ...view.nodes.map((node, index) => nodeText(node, laid.nodes[index]!, sizeOf(node.lines))),
    // Above everything else: what the arrows say must not be covered by other arrows.
    ...view.arrows.map(({ lines }, index) => {
      const { curve, label } = laid.arrows[index]!;
      return labelText(lines, nearestOn(curve, label));
    }),
    '</g>',
    ...legend.lines,
    '</svg>',
  ];
  return `${out.join('\n')}\n`;
}

function boxText({ lines, title }: ViewBox, { x, y, width, height }: Point & Size): string {
  const rows = lines.map(
    (line, index) =>
      `<text class="${index === 0 ? 'name' : 'said'}" x="${n(x + 10)}" y="${n(y + 18 + index * LINE)}">${xml(line)}</text>`,
  );
  return `<g class="boundary"><title>${xmlLines(title)}</title><rect x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}"/>${rows.join('')}</g>`;
}

function nodeText({ kind, lines, title }: ViewNode, { x, y }: Point, size: Size): string {
  const width = Math.max(70, size.width + 2 * PADDING + 8);
  const height = size.height + 2 * PADDING - 4;
  const first = y - (lines.length * LINE) / 2 + 12;
  const rows = lines.map(
    (line, index) =>
      `<text class="${index === 0 ? 'name' : 'said'}" text-anchor="middle" x="${n(x)}" y="${n(first + index * LINE)}">${xml(line)}</text>`,
  );
  const shape = outline(kind, { x: x - width / 2, y: y - height / 2, width, height });
  return `<g class="${kind}"><title>${xmlLines(title)}</title>${shape}${rows.join('')}</g>`;
}

function labelText(lines: readonly string[], { x, y }: Point): string {
  const first = y - (lines.length * ARROW_LABEL) / 2 + 11;
  const { width, height } = labelSize(lines);
  const ground = `<rect class="page" x="${n(x - width / 2 + 2)}" y="${n(y - height / 2 + 2)}" width="${n(width - 4)}" height="${n(height - 4)}" fill-opacity="0.85"/>`;
  return `<g class="ports">${ground}${lines
    .map(
      (line, index) =>
        `<text text-anchor="middle" x="${n(x)}" y="${n(first + index * ARROW_LABEL)}">${xml(line)}</text>`,
    )
    .join('')}</g>`;
}

function labelSize(lines: readonly string[]): Size {
  return { width: widthOf(lines) + 8, height: lines.length * ARROW_LABEL + 4 };
}

function path([start, ...rest]: readonly Point[]): string {
  const at = ({ x, y }: Point) => `${n(x)} ${n(y)}`;
  return `M${at(start!)}C${rest.map(at).join(' ')}`;
}

function sizeOf(lines: readonly string[]): Size {
  return { width: widthOf(lines), height: lines.length * LINE };
}
