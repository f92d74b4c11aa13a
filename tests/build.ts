import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The tests of the command and of the package run what is built; vitest calls this once, before all of them. */
export default function setup(): void {
  const script = join(dirname(fileURLToPath(import.meta.url)), '../scripts/build.mjs');
  execFileSync(process.execPath, [script, '--if-needed'], { stdio: 'inherit' });
}
