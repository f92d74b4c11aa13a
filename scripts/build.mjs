/**
 * Makes dist/ and THIRD-PARTY-NOTICES.md. All libraries are bundled, so that the published package has no dependencies;
 * each command, language and output format is a chunk of its own, loaded when it is needed. `--if-needed` does nothing
 * where dist/ is newer than everything that it is made from.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { notices } from './notices.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');
/** Built here and moved at the end: a build that fails leaves the one before, and no run sees half of one. */
const making = join(root, 'node_modules/.cache/kubestride', `dist-${process.pid}`);

function newest(path) {
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  return Math.max(stats.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

const inputs = [
  'src',
  'scripts',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.types.json',
];
const stamp = join(dist, 'build.json');
if (process.argv.includes('--if-needed') && existsSync(stamp)) {
  const built = statSync(stamp).mtimeMs;
  if (inputs.every((input) => newest(join(root, input)) <= built)) process.exit(0);
}

function run(script, ...args) {
  const { status } = spawnSync(process.execPath, [join(root, script), ...args], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(1);
}

process.on('exit', () => rmSync(making, { recursive: true, force: true }));

run('scripts/generate.mjs', '--no-tables');

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: { cli: 'src/cli/main.ts', 'engines/pod-security': 'src/engines/pod-security/index.ts' },
  outdir: making,
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  minify: true,
  // The licences of bundled libraries are in THIRD-PARTY-NOTICES.md.
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
});

run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.types.json', '--outDir', join(making, 'types'));

copyFileSync(join(root, 'src/reports/report.schema.json'), join(making, 'report.schema.json'));
writeFileSync(join(root, 'THIRD-PARTY-NOTICES.md'), notices(root, Object.keys(metafile.inputs)));
const sizes = Object.entries(metafile.outputs).map(([path, { bytes }]) => [
  relative(making, join(root, path)),
  bytes,
]);
writeFileSync(join(making, 'build.json'), `${JSON.stringify(Object.fromEntries(sizes), null, 1)}\n`);
rmSync(dist, { recursive: true, force: true });
renameSync(making, dist);
