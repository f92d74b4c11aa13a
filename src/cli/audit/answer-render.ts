import type { CliWords } from '../../locales/cli.en.ts';
import type { Answer } from '../../records/questions/question.ts';
import type { Story } from '../../records/questions/story.ts';
import type { Unknown } from '../../records/questions/unknown.ts';
import type { Damage } from '../../records/store/event-store.ts';
import { timeText } from '../../records/time-text.ts';
import {
  foreign,
  jsonDocument,
  type Line,
  line,
  markdownDocument,
  type Section,
  terminalDocument,
} from './answer-document.ts';
import { causeLines, toldLines } from './answer-entry.ts';
import { chainLines, groundsLines, lifeLines, originLines, unknownLines } from './answer-parts.ts';
import { sixLines } from './answer-six.ts';

export type AnswerFormat = 'terminal' | 'json' | 'markdown';
type Words = CliWords['records'];

/** An answer as text that ends in a line break. */
export function renderAnswer(words: Words, answer: Answer, format: AnswerFormat): string {
  if (format === 'json') return jsonDocument('kubestride.answer/v1', answer);
  const { told, links, lives, origins, grounds, chain } = answer;
  const causes = told.flatMap((each) => {
    const below = causeLines(words, each.entry, links ?? [], 1, new Set());
    return below.length === 0 ? [] : [...toldLines(words, each).slice(0, 1), ...below];
  });
  // Grounds and chains tell their entries themselves.
  const isTold = grounds === undefined && chain === undefined;
  return written(format, [
    ...(isTold || told.length === 0
      ? [
          section(
            words.heading.answer,
            told.length === 0 ? [line(words.nothing)] : told.flatMap((each) => toldLines(words, each)),
          ),
        ]
      : []),
    section(words.heading.causes, causes),
    section(words.heading.lives, lives === undefined || lives.length < 2 ? [] : lifeLines(words, lives)),
    section(words.heading.origins, originLines(words, origins ?? [])),
    section(
      words.heading.grounds,
      (grounds ?? []).flatMap((each) => groundsLines(words, each)),
    ),
    section(words.heading.chain, chain === undefined || told.length === 0 ? [] : chainLines(words, chain)),
    ...closing(words, answer),
  ]);
}

/** A story as text that ends in a line break. */
export function renderStory(words: Words, story: Story, format: AnswerFormat): string {
  if (format === 'json') return jsonDocument('kubestride.story/v1', story);
  const { told, lives, lines, six, unknown } = story;
  return written(format, [
    section(
      words.heading.timeline,
      told.length === 0 ? [line(words.nothing)] : told.flatMap((each) => toldLines(words, each)),
    ),
    section(
      words.heading.lines,
      lines.map((each) => logLine(words, each)),
    ),
    section(words.heading.lives, lives.length < 2 ? [] : lifeLines(words, lives)),
    ...sixLines(words, six, unknown),
    ...closing(words, { ...story, unknown: [] }),
  ]);
}

function logLine(
  words: Words,
  { source, lines, pod, container, node, first, last }: Story['lines'][number],
): Line {
  const where = words.seenAt({
    pod: foreign(pod),
    container: foreign(container),
    node: foreign(node),
    cluster: '',
  });
  const times = { first: timeText(first), last: timeText(last) };
  return line(words.lines({ source: words.source[source], lines, where, ...times }));
}

function closing(
  words: Words,
  { unknown, damage, more }: { unknown: readonly Unknown[]; damage: readonly Damage[]; more: boolean },
): Section[] {
  const parts = damage.map(({ part, events }) => line(words.damage({ part: foreign(part), events })));
  return [
    section(words.heading.unknown, [
      ...unknownLines(words, unknown),
      ...parts,
      ...(more ? [line(words.more)] : []),
    ]),
  ];
}

function section(heading: string, lines: readonly Line[]): Section {
  return { heading, lines };
}

function written(format: 'terminal' | 'markdown', sections: readonly Section[]): string {
  const held = sections.filter(({ lines }) => lines.length > 0);
  return format === 'markdown' ? markdownDocument(held) : terminalDocument(held);
}
