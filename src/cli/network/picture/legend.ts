import type { CliWords } from '../../../locales/cli.en.ts';
import type { Point } from './layout.ts';
import { arrowHead, outline } from './shapes.ts';
import { xml } from './text.ts';
import type { View, ViewNode } from './view.ts';

const ROW = 26;
const SAMPLE = 46;

/** Says what the forms of a picture mean, of those that it has. */
export function legendOf(
  words: CliWords['picture']['legend'],
  view: View,
  { x, y }: Point,
): { lines: string[]; bottom: number } {
  const kinds = new Set(view.nodes.map(({ kind }) => kind));
  const shape = (kind: ViewNode['kind'], at: number) =>
    `<g class="${kind}">${outline(kind, { x, y: at - 9, width: SAMPLE, height: 18 })}</g>`;
  const line = (isKnown: boolean, at: number) =>
    `<g class="${isKnown ? 'known' : 'unknown'}"><path class="line" d="M${x} ${at}L${x + SAMPLE - 8} ${at}"/><path class="tip" d="${arrowHead({ x: x + SAMPLE - 8, y: at }, { x: x + SAMPLE, y: at })}"/></g>`;
  const rows: [(at: number) => string, string][] = [
    [(at) => line(true, at), words.allowed],
    ...(view.arrows.some(({ isKnown }) => !isKnown)
      ? [[(at: number) => line(false, at), words.unknown] as [(at: number) => string, string]]
      : []),
    [
      (at) => `<g class="boundary"><rect x="${x}" y="${at - 9}" width="${SAMPLE}" height="18"/></g>`,
      words.boundary,
    ],
    ...(
      [
        ['workload', words.workload],
        ['whole', words.whole],
        ['every', words.every],
        ['addresses', words.outside],
      ] as const
    )
      .filter(([kind]) => kinds.has(kind))
      .map(([kind, text]): [(at: number) => string, string] => [(at) => shape(kind, at), text]),
    [() => '', words.lines],
  ];
  return {
    lines: [
      `<text class="name" x="${x}" y="${y + 12}">${xml(words.title)}</text>`,
      ...rows.map(([sample, text], index) => {
        const at = y + 34 + index * ROW;
        return `${sample(at)}<text x="${x + (sample(at) === '' ? 0 : SAMPLE + 12)}" y="${at + 4}">${xml(text)}</text>`;
      }),
    ],
    bottom: y + 34 + rows.length * ROW - ROW / 2,
  };
}
