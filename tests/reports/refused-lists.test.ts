import { expect, test } from 'vitest';
import type { NotAssessed } from '../../src/assessment/report.ts';
import { writeMarkdown } from '../../src/reports/markdown.ts';
import { writeTerminal } from '../../src/reports/terminal.ts';
import { displayWidth } from '../../src/reports/width.ts';
import { input, report, words, written } from './fixture.ts';

const NAMES = Array.from({ length: 38 }, (_, i) => `widgets-${i}.group-${i}.example.com`);
const refused = NAMES.map((subject): NotAssessed => {
  const detail = `${subject} is forbidden: User "someone" cannot list resource at the cluster scope`;
  return { kind: 'reading', reason: 'forbidden', subject, detail };
});
const broken: NotAssessed[] = [
  { kind: 'reading', reason: 'unavailable', subject: 'pods.metrics.k8s.io', detail: 'no endpoints' },
];

const of = (language: 'en' | 'zh-CN') =>
  input(report([], { notAssessed: [...refused, ...broken] }), { words: words(language) });

test.each(['en', 'zh-CN'] as const)(
  'the terminal names all refused lists, whole and in lines (%s)',
  async (language) => {
    const text = await written((sink) => writeTerminal(of(language), sink, { color: false, columns: 80 }));
    const lines = text.split('\n');
    for (const name of NAMES)
      expect(lines.filter((line) => line.split(/[ ,、]+/).includes(name))).toHaveLength(1);
    expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(80);
    expect(text).not.toContain('someone');
    expect(text).toContain('pods.metrics.k8s.io (no endpoints)');
  },
);

test('so does Markdown', async () => {
  const text = await written((sink) => writeMarkdown(of('en'), sink));
  expect(text).toContain(
    NAMES.toSorted()
      .map((name) => `\`${name}\``)
      .join(', '),
  );
  expect(text).not.toContain('someone');
  expect(text).not.toMatch(/and \d+ more/);
});
