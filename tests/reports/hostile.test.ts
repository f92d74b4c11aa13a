import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Report } from '../../src/assessment/report.ts';
import { writeJson } from '../../src/reports/json.ts';
import { writeMarkdown } from '../../src/reports/markdown.ts';
import { writeSarif } from '../../src/reports/sarif.ts';
import { writeTerminal } from '../../src/reports/terminal.ts';
import { check, deployment, finding, input, report, undecided, unread, words, written } from './fixture.ts';

/** Strings that do harm in one format or another, cut and joined at random. */
const SHARDS = [
  '\u001b[31m',
  '\u001b]8;;http://evil\u0007',
  '\u009b0m',
  '\r',
  '\n',
  '\t',
  '\u0000',
  '\u007f',
  '\b',
  '\u202e',
  '\u2066',
  '\u200b',
  '\u200d',
  '\ufeff',
  '\u2028',
  '\u00ad',
  '\u{e0041}',
  '\u3164',
  '\ufe0f',
  '\ud800',
  '\udc00',
  '<script>',
  '</details>',
  '<!--',
  '&lt;',
  '`',
  '``',
  '```\n',
  '|',
  '\\',
  '\\`',
  '[x](http://evil)',
  '![x](y)',
  '@octocat',
  '#1',
  '~~',
  '**',
  '{what}',
  '{error}',
  '$1',
  '$&',
  '提升',
  '🚢',
  'e\u0301\u0301\u0301',
  ' ',
  '',
  'MARK',
  '/',
  '..',
  '%2e',
];
const hostile = fc
  .array(fc.oneof(fc.constantFrom(...SHARDS), fc.string({ unit: 'binary', maxLength: 6 })), { maxLength: 8 })
  .map((parts) => `MARK${parts.join('MARK')}MARK`);

interface Bad {
  name: string;
  namespace: string;
  kind: string;
  container: string;
  file: string;
  value: string;
  detail: string;
  line: string;
}
const bad = fc.record<Bad>({
  name: hostile,
  namespace: hostile,
  kind: hostile,
  container: hostile,
  file: hostile,
  value: hostile,
  detail: hostile,
  line: hostile,
});

const critical = check('privileged-container', 'elevation-of-privilege', 'critical');
const medium = check('image-not-pinned', 'tampering', 'medium', { confidence: 'low' });
const low = check('no-probes', 'denial-of-service', 'low');

function reportOf(b: Bad): Report {
  const raw = { spec: { template: { spec: { containers: [{ name: b.container }] } } } };
  const object = deployment({ name: b.name, namespace: b.namespace, kind: b.kind, file: b.file, raw });
  const other = deployment({ name: 'plain', file: `${b.file}2` });
  const params = { what: b.value };
  return report(
    [
      finding(critical, object, { params }),
      finding(medium, object, { params }),
      finding(medium, other, { params: { what: `${b.value}!` } }),
      finding(low, object, { params }),
    ],
    {
      notAssessed: [
        unread('invalid-yaml', b.file, { line: 1, detail: b.detail, subject: b.name }),
        unread('not-yet-known', b.file, { detail: b.detail }),
        undecided(low, object, 'check-error', { error: b.value }),
      ],
      verdicts: [{ check: low, verdict: 'pass', object, path: 'x' }],
    },
  );
}

const SETTINGS = { numRuns: 300, seed: 20_261_123, verbose: true } as const;
const inputOf = (b: Bad, language: 'en' | 'zh-CN' = 'en') =>
  input(reportOf(b), { words: words(language), lines: () => b.line });
const visibleOnly = /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]*$/u;

test.each([true, false])(
  'the terminal gets nothing but text and our own colours (colours: %s)',
  async (color) => {
    await fc.assert(
      fc.asyncProperty(bad, fc.integer({ min: 20, max: 200 }), async (b, columns) => {
        const text = await written((sink) => writeTerminal(inputOf(b), sink, { color, columns }));
        // biome-ignore lint/suspicious/noControlCharactersInRegex: the codes that the report itself writes
        const own = color ? text.replace(/\u001b\[(?:1|2|22|39|3[1-6])m/g, '') : text;
        for (const line of own.split('\n')) expect(line).toMatch(visibleOnly);
      }),
      SETTINGS,
    );
  },
);

/** CommonMark code spans: a run of backticks closes at the next run of the same length. */
function withoutCodeSpans(line: string): string {
  let rest = '';
  for (let i = 0; i < line.length; ) {
    const run = /^`+/.exec(line.slice(i))?.[0];
    if (run === undefined) {
      rest += line[i++];
      continue;
    }
    const after = line.slice(i + run.length);
    const close = [...after.matchAll(/`+/g)].find(([ticks]) => ticks.length === run.length);
    i += run.length + (close === undefined ? 0 : close.index + run.length);
  }
  return rest;
}

test('Markdown keeps every value in a code span, where no tag, link or mention exists', async () => {
  await fc.assert(
    fc.asyncProperty(bad, async (b) => {
      const text = await written((sink) => writeMarkdown(inputOf(b), sink));
      for (const line of text.split('\n')) {
        expect(line).toMatch(visibleOnly);
        const outside = withoutCodeSpans(line);
        expect(outside).not.toContain('MARK');
        expect(outside.replace(/<\/?(?:details|summary|b)>/g, '')).not.toMatch(/[<@]/);
      }
      expect(text.match(/<details>/g)).toHaveLength(3);
      expect(text.match(/^<\/details>$/gm)).toHaveLength(3);
    }),
    SETTINGS,
  );
});

test('SARIF has no control character, no link in a message, and URIs made of URI characters', async () => {
  await fc.assert(
    fc.asyncProperty(bad, async (b) => {
      const text = await written((sink) => writeSarif(inputOf(b), sink));
      for (const line of text.split('\n')) expect(line).toMatch(visibleOnly);
      const [run] = JSON.parse(text).runs;
      const texts: string[] = [...run.results, ...run.invocations[0].toolExecutionNotifications].map(
        (r) => r.message.text,
      );
      for (const message of texts) {
        expect(message).toMatch(visibleOnly);
        expect(message.replace(/\\[\\[\]]/g, '')).not.toMatch(/[[\]]/);
      }
      for (const { locations } of run.results) {
        expect(locations[0].physicalLocation.artifactLocation.uri).toMatch(/^[A-Za-z0-9\-._~%/!*'()]+$/);
      }
    }),
    SETTINGS,
  );
});

test('JSON carries every value unchanged', async () => {
  await fc.assert(
    fc.asyncProperty(bad, async (b) => {
      const text = await written((sink) => writeJson(inputOf(b, 'zh-CN'), sink, { allVerdicts: true }));
      for (const line of text.split('\n')) expect(line).toMatch(visibleOnly);
      const { findings, notAssessed } = JSON.parse(text);
      expect(findings[0].object).toMatchObject({ kind: b.kind, namespace: b.namespace, name: b.name });
      expect(findings[0].source.file).toBe(b.file);
      expect(findings[0].message).toBe(`Container does ${b.value}`);
      expect(notAssessed[0].reason).toContain(b.detail);
    }),
    SETTINGS,
  );
});
