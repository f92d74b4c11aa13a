import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/**
 * TypeScript that Node cannot run before it is bundled: the file that can be run, until this process ends.
 *
 * @param external packages that stay what they are, such as those with native code
 */
export async function bundled(name, contents, external = []) {
  const outfile = join(root, 'node_modules/.cache/kubestride', `bench-${name}-${process.pid}.mjs`);
  process.on('exit', () => rmSync(outfile, { force: true }));
  await build({
    absWorkingDir: root,
    stdin: { contents, resolveDir: root, loader: 'ts' },
    outfile,
    bundle: true,
    external,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    logLevel: 'warning',
  });
  return outfile;
}
