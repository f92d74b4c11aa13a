import { spawnSync } from 'node:child_process';
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
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const house = mkdtempSync(join(tmpdir(), 'kubestride-new-check-'));
const folder = join(house, 'src/threats/tampering/fresh-check');

function run(script: string, ...args: string[]) {
  return spawnSync(process.execPath, [join(house, script), ...args], { cwd: house, encoding: 'utf8' });
}

beforeAll(() => {
  for (const path of [
    'package.json',
    'scripts/new-check.mjs',
    'scripts/generate.mjs',
    'src/kubernetes',
    'src/threats/define-check.ts',
  ]) {
    cpSync(join(root, path), join(house, path), { recursive: true });
  }
  const modules = join(house, 'node_modules');
  mkdirSync(modules);
  // Links to the packages, not to the folder: the registry that is built on the way belongs to this house.
  for (const name of ['esbuild', 'yaml']) symlinkSync(join(root, 'node_modules', name), join(modules, name));
});

afterAll(() => rmSync(house, { recursive: true, force: true }));

test('makes a folder that fails until it is filled in', () => {
  expect(run('scripts/new-check.mjs', 'tampering', 'fresh-check', 'container')).toMatchObject({ status: 0 });
  expect(readdirSync(folder).sort()).toEqual(['cases.yaml', 'check.ts', 'en.md', 'zh-CN.md']);

  const unfinished = run('scripts/generate.mjs', '--no-tables');
  expect(unfinished.status).not.toBe(0);
  expect(unfinished.stderr).toContain('src/threats/tampering/fresh-check/en.md');
  expect(unfinished.stderr).toContain('src/threats/tampering/fresh-check/zh-CN.md');

  for (const name of readdirSync(folder)) {
    writeFileSync(
      join(folder, name),
      readFileSync(join(folder, name), 'utf8').replaceAll('FIXME', 'filled in'),
    );
  }
  expect(run('scripts/generate.mjs', '--no-tables')).toMatchObject({ status: 0, stderr: '' });
});

test.each([
  [['tampering'], 'usage: npm run new-check -- THREAT ID [SUBJECT]'],
  [['tamper', 'a-check'], 'unknown threat "tamper"; choose from spoofing'],
  [['tampering', 'A_check'], '"A_check" is no id; write words in lower case joined by dashes'],
  [['tampering', 'a-check', 'pod'], 'unknown subject "pod"; choose from cluster'],
  [['spoofing', 'fresh-check'], 'src/threats/tampering/fresh-check exists; choose another id'],
])('%j is refused', (args, message) => {
  const { status, stderr } = run('scripts/new-check.mjs', ...args);
  expect(status).toBe(3);
  expect(stderr).toContain(`new-check: ${message}`);
});
