import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Border to a file that crosses it, and the file that it wrongly imports. */
const PLANTED: Readonly<Record<string, readonly [from: string, imported: string]>> = {
  'kubernetes-imports-only-what-is-above': ['src/kubernetes/a.ts', '../engines/target.ts'],
  'engines-imports-only-what-is-above': ['src/engines/pki/a.ts', '../../assessment/target.ts'],
  'evidence-imports-only-what-is-above': ['src/evidence/manifests/a.ts', '../../assessment/target.ts'],
  'threats-imports-only-what-is-above': ['src/threats/spoofing/one/a.ts', '../../../assessment/target.ts'],
  'assessment-imports-only-what-is-above': ['src/assessment/a.ts', '../reports/target.ts'],
  'remedies-imports-only-what-is-above': ['src/remedies/a.ts', '../records/target.ts'],
  'records-imports-only-what-is-above': ['src/records/a.ts', '../reports/target.ts'],
  'reports-imports-only-what-is-above': ['src/reports/a.ts', '../cli/target.ts'],
  'guard-imports-only-what-is-above': ['src/guard/a.ts', '../server/target.ts'],
  'server-imports-only-what-is-above': ['src/server/a.ts', '../cli/target.ts'],
  'engines-stand-alone': ['src/engines/cel/a.ts', '../pki/target.ts'],
  'threats-do-not-see-sources': ['src/threats/spoofing/two/a.ts', '../../../evidence/manifests/target.ts'],
  'pure-rooms-know-no-platform': ['src/kubernetes/b.ts', 'node:fs'],
  'scanning-runs-and-calls-nothing': ['src/evidence/manifests/b.ts', 'node:child_process'],
  'evidence-sources-stand-alone': ['src/evidence/manifests/c.ts', '../helm/target.ts'],
  'checks-do-not-know-each-other': ['src/threats/spoofing/three/a.ts', '../other/target.ts'],
  'reports-do-not-know-each-other': ['src/reports/json.ts', './sarif.ts'],
  'locales-hold-words-only': ['src/locales/a.ts', '../reports/target.ts'],
  'words-stay-out-of-decisions': ['src/assessment/b.ts', '../locales/target.ts'],
  'only-the-cli-parses-command-lines': ['src/reports/b.ts', '@stricli/core'],
  'code-does-not-import-tests': ['src/reports/c.ts', './target.test.ts'],
  'no-unresolvable-imports': ['src/reports/d.ts', './nowhere.ts'],
};

describe('borders', () => {
  const house = mkdtempSync(join(tmpdir(), 'kubestride-borders-'));
  let output = '';

  function write(path: string, text: string): void {
    mkdirSync(dirname(join(house, path)), { recursive: true });
    writeFileSync(join(house, path), text);
  }

  beforeAll(() => {
    symlinkSync(join(root, 'node_modules'), join(house, 'node_modules'));
    for (const file of [
      'package.json',
      'tsconfig.json',
      '.dependency-cruiser.cjs',
      'biome.json',
      '.gitignore',
    ]) {
      cpSync(join(root, file), join(house, file));
    }
    execFileSync('git', ['init', '-q'], { cwd: house });
    for (const [rule, [from, imported]] of Object.entries(PLANTED)) {
      if (imported.startsWith('.') && rule !== 'no-unresolvable-imports') {
        write(join(dirname(from), imported), 'export const target = 1;\n');
      }
    }
    for (const [from, imported] of Object.values(PLANTED))
      write(from, `import * as found from '${imported}';\nvoid found;\n`);
    const run = spawnSync(
      process.execPath,
      [
        join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs'),
        '--config',
        '.dependency-cruiser.cjs',
        'src',
      ],
      { cwd: house, encoding: 'utf8' },
    );
    expect(run.status).not.toBe(0);
    output = run.stdout;
  });

  afterAll(() => rmSync(house, { recursive: true, force: true }));

  test('each rule has a planted violation', () => {
    const config = readFileSync(join(root, '.dependency-cruiser.cjs'), 'utf8');
    const literal = [...config.matchAll(/name: '([a-z-]+)'/g)].map(([, name]) => name);
    expect(literal.filter((name) => !Object.hasOwn(PLANTED, name!))).toEqual([]);
  });

  test.each(Object.entries(PLANTED))('%s is caught', (rule, [from]) => {
    expect(output).toContain(`error ${rule}: ${from} →`);
  });

  test.each([
    ['lint/style/noRestrictedGlobals', 'src/reports/e.ts', 'export const code = () => process.exit(1);\n'],
    ['lint/style/noRestrictedGlobals', 'src/reports/f.ts', "export const print = () => console.log('x');\n"],
    [
      'lint/style/noRestrictedGlobals',
      'src/kubernetes/c.ts',
      'export const now = () => performance.now();\n',
    ],
    [
      'lint/suspicious/noImportCycles',
      'src/reports/g.ts',
      "import { h } from './h.ts';\n\nexport const g = () => h;\n",
    ],
  ])('%s catches %s', (rule, path, text) => {
    write('src/reports/h.ts', "import { g } from './g.ts';\n\nexport const h = () => g;\n");
    write(path, text);
    const run = spawnSync(join(root, 'node_modules/.bin/biome'), ['lint', path], {
      cwd: house,
      encoding: 'utf8',
    });
    expect(run.stdout + run.stderr).toContain(rule);
    expect(run.status).not.toBe(0);
  });
});

/** Text of a module without its comments, so that words about a thing are not taken for the thing. */
function code(path: string): string {
  return readFileSync(path, 'utf8')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|\s)\/\/.*$/gm, '');
}

function modules(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter(
      (name) =>
        name.endsWith('.ts') &&
        !/(\.test|(^|\/)test-[^/]+)\.ts$/.test(name) &&
        !name.startsWith('generated/'),
    )
    .map((name) => join(folder, name))
    .sort();
}

test('pure rooms know neither the time of day nor chance', () => {
  const impure = /\b(Date\.now|Math\.random)\b|\bnew Date\(\)/;
  const found = ['src/kubernetes', 'src/engines', 'src/threats', 'src/assessment']
    .flatMap(modules)
    .filter((path) => impure.test(code(join(root, path))));
  expect(found).toEqual([]);
});

test('only the command line and the store of records write files, besides the parts of a bundle that wait for their order', () => {
  const writers = /^src\/(cli|records\/store)\/|^src\/(evidence\/bundle\/spool|records\/quarantine)\.ts$/;
  const writing =
    /\b(writeFile|appendFile|createWriteStream|mkdir|mkdtemp|rename|rm|unlink|symlink|truncate|chmod|copyFile|cp)(Sync)?\(/;
  const found = modules('src')
    .filter((path) => !writers.test(path))
    .filter((path) => /from 'node:fs/.test(code(join(root, path))) && writing.test(code(join(root, path))));
  expect(found).toEqual([]);
});
