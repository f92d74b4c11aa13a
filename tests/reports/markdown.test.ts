import { expect, test } from 'vitest';
import { writeMarkdown } from '../../src/reports/markdown.ts';
import {
  CHECK_WORDS,
  check,
  deployment,
  finding,
  type InputOptions,
  input,
  report,
  undecided,
  unread,
  words,
  written,
} from './fixture.ts';

const show = (of: ReturnType<typeof report>, options: InputOptions = {}) =>
  written((sink) => writeMarkdown(input(of, options), sink));
const privileged = check('privileged-container', 'elevation-of-privilege', 'critical');
const probes = check('no-probes', 'denial-of-service', 'low');

test('findings are folded by threat under a table of counts and coverage', async () => {
  const { coverage } = report([]);
  const byThreat = {
    ...coverage.byThreat,
    spoofing: { applicable: 3, evaluated: 2 },
    repudiation: { applicable: 0, evaluated: 0 },
  };
  const text = await show(
    report([finding(privileged, deployment()), finding(probes, deployment())], {
      coverage: { ...coverage, byThreat },
    }),
  );
  expect(text).toContain('| Elevation of privilege | 1 | – | – | – | – | 10 | 10 | 100% |');
  expect(text).toContain('| Spoofing | – | – | – | – | – | 3 | 2 | 66% |');
  expect(text).toContain('| Repudiation | – | – | – | – | – | 0 | 0 | – |');
  expect(text.match(/<summary>/g)).toHaveLength(2);
  expect(text).toContain('<summary><b>Elevation of privilege</b>: 1 critical</summary>\n\n');
  expect(text).toContain('`Deployment/web › app` `app.yaml:1` — Container does `it`');
});

test('what was not assessed comes before the findings, and is never a tick', async () => {
  const text = await show(
    report([finding(probes, deployment())], {
      notAssessed: [unread('invalid-yaml', 'b.yaml', { line: 3 }), undecided(probes, deployment())],
    }),
  );
  expect(text).toContain('**⚠️ ');
  expect(text).not.toContain('✅');
  expect(text).toContain('`b.yaml:3`');
  expect(text.indexOf('`b.yaml:3`')).toBeLessThan(text.indexOf('<details>'));
  expect(await show(report([]))).toContain('**✅ ');
});

test('a parameter inside code does not break out of it', async () => {
  const messages = { seen: 'Flag `--x={what}` on {what}' };
  const text = await show(report([finding(privileged, deployment(), { params: { what: 'a`b' } })]), {
    words: words('en', () => ({ ...CHECK_WORDS, messages })),
  });
  expect(text).toContain('Flag `--x=a\\u{60}b` on `a\\u{60}b`');
});

test('fits a comment: the worst stay, the rest is counted', async () => {
  const long = { ...CHECK_WORDS, why: 'word '.repeat(500) };
  const low = Array.from({ length: 60 }, (_, i) => check(`check-${i}`, 'spoofing', 'medium'));
  const findings = [...low.map((each) => finding(each, deployment())), finding(privileged, deployment())];
  const text = await show(report(findings), { words: words('en', () => long) });
  expect(text.length).toBeLessThan(65_536);
  expect(text).toContain('`privileged-container`');
  const [, left] = /\*(\d+) further entries left out/.exec(text)!;
  expect(text.match(/^#### /gm)).toHaveLength(61 - Number(left));
  expect(text.match(/<details>/g)).toHaveLength(text.match(/<\/details>/g)!.length);
});
