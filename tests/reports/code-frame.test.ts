import { expect, test } from 'vitest';
import { codeFrame } from '../../src/reports/code-frame.ts';
import type { SourceRange } from '../../src/reports/input.ts';
import { displayWidth } from '../../src/reports/width.ts';
import { check, deployment, finding, input, report } from './fixture.ts';

const of = finding(check('a-check', 'tampering', 'high'), deployment());

async function frame(line: string, range: Partial<SourceRange>, columns = 80) {
  const whole = { line: 5, column: 1, endLine: 5, endColumn: 2, ...range };
  const [only, ...more] = await codeFrame(
    input(report([of]), { lines: (_, n) => (n === 5 ? line : 'other') }),
    of,
    whole,
    {
      context: 0,
      columns,
    },
  );
  expect(more).toEqual([]);
  return only;
}

/** The text above the marks. */
const marked = ({ text, marked: at }: NonNullable<Awaited<ReturnType<typeof frame>>>) => {
  let column = 0;
  let taken = '';
  for (const character of text) {
    if (column >= at!.from && column < at!.from + at!.width) taken += character;
    column += displayWidth(character);
  }
  return taken;
};

test.each([
  ['    image: nginx', 5, 17, 'image: nginx'],
  ['\t- 名字: 路径 # x', 4, 10, '名字: 路径'],
  ['a\u001b[31mb: c', 7, 8, 'b'],
  ['🚢🚢 x: y', 6, 7, 'x'],
])('marks columns of UTF-16 units under what is printed: %j', async (line, column, endColumn, text) => {
  expect(marked((await frame(line, { column, endColumn }))!)).toBe(text);
});

test('a range of several lines is marked to the end of its first', async () => {
  expect(marked((await frame('  - name: app  ', { column: 5, endLine: 9, endColumn: 1 }))!)).toBe(
    'name: app',
  );
});

test('of a long line, the surroundings of the place are shown', async () => {
  const line = `{${'"a":1,'.repeat(50)}"privileged":true,${'"b":2,'.repeat(500)}}`;
  const column = line.indexOf('"privileged"') + 1;
  const shown = (await frame(line, { column, endColumn: column + 17 }, 60))!;
  expect(marked(shown)).toBe('"privileged":true');
  expect(displayWidth(shown.text)).toBeLessThanOrEqual(60);
  expect(shown.text.startsWith('…')).toBe(true);
});

test('a place beyond what was read of a line is not pointed at', async () => {
  expect(await frame('short', { column: 4000, endColumn: 4010 })).toBeUndefined();
});

test('nothing is shown of a file that cannot be read any more', async () => {
  const gone = input(report([of]), { lines: () => undefined });
  const range = { line: 5, column: 1, endLine: 5, endColumn: 2 };
  expect(await codeFrame(gone, of, range, { context: 1, columns: 80 })).toEqual([]);
});
