/** `npm run testbed -- up|status|down`: testbed/command.ts, which Node cannot run before it is bundled. */
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const bundle = join(root, 'node_modules/.cache/kubestride', `testbed-${process.pid}.mjs`);
process.on('exit', () => rmSync(bundle, { force: true }));
await build({
  absWorkingDir: root,
  entryPoints: ['testbed/command.ts'],
  outfile: bundle,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  logLevel: 'warning',
});
const { main } = await import(pathToFileURL(bundle).href);
process.exitCode = await main(join(root, 'testbed'), process.argv.slice(2));
