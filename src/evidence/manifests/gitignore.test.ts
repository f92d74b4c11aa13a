import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ignoredBy, parseIgnoreFile } from './gitignore.ts';

const SEGMENTS = [
  'a',
  'b',
  'ab',
  'build',
  'x.yaml',
  'x.yml',
  '.hidden',
  'a b',
  'ä',
  '[a]',
  'a#',
  '!a',
  'out-1',
];
const PATTERNS = [
  '*',
  '**',
  '*.yaml',
  '*.y?ml',
  'a',
  '/a',
  'a/',
  '/a/',
  'a/b',
  'a/*',
  'a/**',
  '**/a',
  '**/a/b',
  'a/**/b',
  '**/*.yaml',
  '!a',
  '!*.yaml',
  '!/a/',
  '!a/b',
  '#a',
  '\\#a',
  '\\!a',
  'a#',
  '[ab]',
  '[!a]',
  '[^a]*',
  '[a-c]b',
  '[[:alpha:]]',
  'out-[0-9]',
  '[a',
  '[]a]',
  '\\[a\\]',
  'a b',
  'a ',
  'a\\ ',
  ' a',
  'x.*',
  '.*',
  '?',
  '??',
  'a**b',
  '*a*b*',
  '/**',
  '/*',
  '/*/b',
  'build/',
  '!build/',
  'b/x.yaml',
  'ä',
  '',
  '/',
  '//',
  'a//b',
];

/** Parents first, as a walk meets them: nothing below an ignored folder can come back. */
function ignored(text: string, path: string): boolean {
  const rules = parseIgnoreFile(text);
  const segments = path.split('/');
  return segments.some(
    (_, i) => ignoredBy(rules, segments.slice(0, i + 1), i < segments.length - 1) === true,
  );
}

function randomIndex(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const hasGit = spawnSync('git', ['--version']).status === 0;
if (!hasGit) console.warn('SKIPPED: git absent, .gitignore rules are not compared with it');

describe.skipIf(!hasGit)('rules mean what git makes of them', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'kubestride-ignore-'));
    execFileSync('git', ['init', '-q', folder]);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('on 60 random files of rules', () => {
    const seed = 20261123;
    const random = randomIndex(seed);
    for (let round = 0; round < 60; round++) {
      const lines = Array.from({ length: 1 + random(4) }, () => PATTERNS[random(PATTERNS.length)]!);
      const text = lines.join(random(4) === 0 ? '\r\n' : '\n');
      const paths = Array.from({ length: 40 }, () =>
        Array.from({ length: 1 + random(3) }, () => SEGMENTS[random(SEGMENTS.length)]!).join('/'),
      );
      writeFileSync(join(folder, '.gitignore'), text);
      const answer = spawnSync('git', ['-C', folder, 'check-ignore', '--no-index', '-z', '--stdin'], {
        input: paths.join('\0'),
      });
      const byGit = new Set(answer.stdout.toString().split('\0'));
      for (const path of paths) {
        expect(ignored(text, path), `seed ${seed}: ${JSON.stringify(text)} on ${path}`).toBe(byGit.has(path));
      }
    }
  });

  test('and a folder is told from a file of the same name', () => {
    writeFileSync(join(folder, '.gitignore'), 'dir/\n');
    mkdirSync(join(folder, 'dir'), { recursive: true });
    const answer = spawnSync('git', ['-C', folder, 'check-ignore', 'dir']);
    expect(answer.stdout.toString().trim()).toBe('dir');
    const rules = parseIgnoreFile('dir/\n');
    expect(ignoredBy(rules, ['dir'], true)).toBe(true);
    expect(ignoredBy(rules, ['dir'], false)).toBeUndefined();
  });
});

test('a hostile rule costs linear time', () => {
  const rules = parseIgnoreFile(`${'*a'.repeat(60)}b\n${'**/a/'.repeat(60)}b`);
  const path = Array.from({ length: 200 }, () => 'a'.repeat(250));
  const before = performance.now();
  expect(ignoredBy(rules, path, false)).toBeUndefined();
  expect(performance.now() - before).toBeLessThan(2000);
});
