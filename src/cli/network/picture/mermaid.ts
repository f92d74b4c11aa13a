import { escapeText } from '../../../reports/escape.ts';
import type { Context } from '../../context.ts';
import type { Caption } from './draw.ts';
import type { View, ViewNode } from './view.ts';

/** Opening and closing of a node by kind: forms tell them apart where colours do not. */
const SHAPES: Readonly<Record<ViewNode['kind'], readonly [string, string]>> = {
  workload: ['(', ')'],
  addresses: ['([', '])'],
  ingress: ['{{', '}}'],
  every: ['[/', '/]'],
  whole: ['[[', ']]'],
};

/** A flowchart of Mermaid. */
export function mermaidText({ words }: Pick<Context, 'words'>, view: View, caption: Caption): string {
  const { legend } = words.picture;
  const ids = new Map(view.nodes.map(({ id }, index) => [id, `n${index}`]));
  const node = ({ id, kind, lines }: ViewNode) => {
    const [open, close] = SHAPES[kind];
    return `${ids.get(id)}${open}${label(lines)}${close}`;
  };
  const inBox = (box: string | undefined) => view.nodes.filter((each) => each.box === box).map(node);
  const out = [
    'flowchart LR',
    `accTitle: ${plain(caption.title)}`,
    `accDescr: ${plain([caption.summary, ...caption.notes].join(' '))}`,
    'classDef boundary fill:none,stroke-width:2px,stroke-dasharray:8 4',
    'classDef note fill:none,stroke:none',
  ];
  const group = (id: string, lines: readonly string[], inside: readonly string[]) => {
    out.push(`subgraph ${id}[${label(lines)}]`, ...inside.map((line) => `  ${line}`), 'end');
  };
  view.boxes.forEach(({ id, lines }, index) => {
    group(`b${index}`, lines, inBox(id));
  });
  out.push(...inBox(undefined));
  for (const { from, to, lines, isKnown, isBothWays } of view.arrows) {
    out.push(
      `${ids.get(from)} ${isBothWays ? '<' : ''}${isKnown ? '-->' : '-.->'}|${label(lines)}| ${ids.get(to)}`,
    );
  }
  if (view.boxes.length > 0) out.push(`class ${view.boxes.map((_, index) => `b${index}`).join()} boundary`);
  const kinds = new Set(view.nodes.map(({ kind }) => kind));
  const sample = (id: string, kind: ViewNode['kind'], text: string) =>
    kinds.has(kind) ? [`${id}${SHAPES[kind][0]}${label([text])}${SHAPES[kind][1]}`] : [];
  group(
    'legend',
    [legend.title],
    [
      'l0[" "]',
      `l0 -->|${label([legend.allowed])}| l1[" "]`,
      `l0 -.->|${label([legend.unknown])}| l2[" "]`,
      ...sample('l3', 'workload', legend.workload),
      ...sample('l4', 'addresses', legend.outside),
      ...sample('l5', 'every', legend.every),
      ...sample('l6', 'whole', legend.whole),
      `l7[${label([legend.lines])}]`,
      `l8[${label([caption.summary])}]`,
      ...caption.notes.map((note, index) => `l${9 + index}[${label([note])}]`),
    ],
  );
  out.push(
    `class ${Array.from({ length: 2 + caption.notes.length }, (_, index) => `l${7 + index}`).join()} note`,
  );
  return `${out.join('\n')}\n`;
}

/** Inside of quotation marks; whatever Mermaid, Markdown or HTML could take for its own is a character by number. */
function label(lines: readonly string[]): string {
  return `"${lines.map(entities).join('<br/>')}"`;
}

function entities(text: string): string {
  const escaped = escapeText(text).replace(
    /[^\p{L}\p{N} .,:+/_()→：，。（）、[\]-]/gu,
    (character) => `#${character.codePointAt(0)};`,
  );
  // At the beginning of a line these would make a list.
  return escaped.replace(/^(?:[-+]|\d+(?=[.)]))/, (start) =>
    [...start].map((character) => `#${character.codePointAt(0)};`).join(''),
  );
}

/** Descriptions have neither quotation marks nor entities; a semicolon or a brace would end them. */
function plain(text: string): string {
  return escapeText(text).replace(/[^\p{L}\p{N} .,:+/_()→：，。（）、-]/gu, '_');
}
