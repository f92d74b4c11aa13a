/**
 * Makes dist/ and THIRD-PARTY-NOTICES.md. All libraries are bundled, so that the published package depends on one other alone: the
 * engine of records, which is compiled for each platform and wanted by few commands. (What JavaScript there is to it is bundled, too:
 * opening its seventy files would take half of the time of a question.)
 * The command is one file of CommonJS, whose parts run when they are first needed, beside the code that V8 compiled from
 * it: together they start in half the time of modules. `--if-needed` does nothing where dist/ is newer than everything
 * that it is made from.
 */
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
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
  'bin',
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

/** Runs a program of the project; what it says is shown where it fails. */
function run(script, ...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, script), ...args], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  if (status === 0) return;
  process.stderr.write(`${script} failed\n${stdout}${stderr}`);
  process.exit(1);
}

process.on('exit', () => rmSync(making, { recursive: true, force: true }));

run('scripts/generate.mjs', '--no-tables');

/** V8 reads a large table ten times faster as JSON than as a literal of JavaScript. */
const tables = {
  name: 'tables',
  setup({ onLoad }) {
    onLoad({ filter: /\.generated\.json$/ }, ({ path }) => ({
      contents: `export default JSON.parse(${JSON.stringify(JSON.stringify(JSON.parse(readFileSync(path, 'utf8'))))});`,
      loader: 'js',
    }));
  },
};

/** Graphviz is as large as half of the command, and wanted for pictures alone: it is a file of its own, found from bin/start.js. */
const layout = {
  name: 'layout',
  setup({ onResolve }) {
    onResolve({ filter: /\/layout\.ts$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: '../dist/layout.cjs', external: true } : undefined,
    );
    // What a thread runs, found in the same way.
    onResolve({ filter: /\/words-worker\.cjs$/ }, ({ path }) => ({ path, external: true }));
  },
};

const options = {
  absWorkingDir: root,
  plugins: [tables],
  outdir: making,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  external: ['@duckdb/node-bindings'],
  minify: true,
  // The licences of bundled libraries are in THIRD-PARTY-NOTICES.md.
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
};
const command = await build({
  ...options,
  plugins: [tables, layout],
  entryPoints: { cli: 'src/cli/main.ts' },
  format: 'cjs',
  define: { BUILT: 'true' },
  outExtension: { '.js': '.cjs' },
  // The script is not loaded by the module loader, and has no other way to import.
  supported: { 'dynamic-import': false },
});
const pictures = await build({
  ...options,
  entryPoints: { layout: 'src/cli/network/picture/layout.ts' },
  format: 'cjs',
  // The WebAssembly is a string of all kinds of characters, a third of which would be written as escapes.
  charset: 'utf8',
  outExtension: { '.js': '.cjs' },
});
const workers = await build({
  ...options,
  entryPoints: { 'words-worker': 'src/records/store/words-worker.ts' },
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
});
// esbuild leaves regular expressions as they are written, and the command is read byte by byte (bin/start.js).
const script = join(making, 'cli.cjs');
writeFileSync(
  script,
  readFileSync(script, 'utf8').replace(
    /[^\0-\x7f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  ),
);
const engines = await build({
  ...options,
  entryPoints: {
    'engines/admission': 'src/engines/admission/index.ts',
    'engines/audit-policy': 'src/engines/audit-policy/index.ts',
    'engines/authorization': 'src/engines/authorization/index.ts',
    'engines/network': 'src/engines/network/index.ts',
    'engines/pod-security': 'src/engines/pod-security/index.ts',
  },
  format: 'esm',
});

const scratch = join(making, 'scratch');
run('scripts/compile.cjs', script, join(making, 'cli.cache'), scratch);
rmSync(scratch);

run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.types.json', '--outDir', join(making, 'types'));

copyFileSync(join(root, 'src/reports/report.schema.json'), join(making, 'report.schema.json'));
writeFileSync(
  join(root, 'THIRD-PARTY-NOTICES.md'),
  notices(
    root,
    [command, pictures, workers, engines].flatMap(({ metafile }) => Object.keys(metafile.inputs)),
  ),
);
writeFileSync(join(making, 'build.json'), `${JSON.stringify({ node: process.version })}\n`);
rmSync(dist, { recursive: true, force: true });
renameSync(making, dist);
