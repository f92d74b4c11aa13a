/**
 * Makes dist/ and THIRD-PARTY-NOTICES.md. All libraries are bundled, so that the published package has no dependencies;
 * each command, language and output format is a chunk of its own, loaded when it is needed. `--if-needed` does nothing
 * where dist/ is newer than everything that it is made from.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { notices } from './notices.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');
const stamp = join(dist, 'build.json');

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
if (process.argv.includes('--if-needed') && existsSync(stamp)) {
  const built = statSync(stamp).mtimeMs;
  if (inputs.every((input) => newest(join(root, input)) <= built)) process.exit(0);
}

execFileSync(process.execPath, [join(root, 'scripts/generate.mjs'), '--no-tables'], {
  cwd: root,
  stdio: 'inherit',
});
rmSync(dist, { recursive: true, force: true });

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: { cli: 'src/cli/main.ts', 'engines/pod-security': 'src/engines/pod-security/index.ts' },
  outdir: 'dist',
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

execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.types.json'], {
  cwd: root,
  stdio: 'inherit',
});

const schema = join(root, 'src/reports/report.schema.json');
copyFileSync(schema, join(dist, 'report.schema.json'));
writeFileSync(join(root, 'THIRD-PARTY-NOTICES.md'), notices(root, Object.keys(metafile.inputs)));
mkdirSync(dist, { recursive: true });
const outputs = Object.entries(metafile.outputs).map(([path, { bytes }]) => [path, bytes]);
writeFileSync(stamp, `${JSON.stringify({ outputs: Object.fromEntries(outputs) }, null, 1)}\n`);
