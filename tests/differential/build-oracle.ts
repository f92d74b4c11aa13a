import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const source = join(dirname(fileURLToPath(import.meta.url)), '../../testbed/oracle');

/** Where the compiled oracle lies: outside of the repository, keyed by its sources. */
export function oraclePath(): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(source).sort()) {
    if (/\.go$|^go\.(mod|sum)$/.test(name)) hash.update(name).update(readFileSync(join(source, name)));
  }
  const cache = process.env['KUBESTRIDE_CACHE'] ?? join(homedir(), '.cache', 'kubestride');
  return join(cache, `oracle-${hash.digest('hex').slice(0, 16)}`);
}

/** True where Go is on PATH; the differential tests are skipped, loudly, where it is not. */
export function hasGo(): boolean {
  try {
    execFileSync('go', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export default function setup(): void {
  if (!hasGo()) {
    process.stderr.write(
      '\nSKIPPED: differential tests need Go on PATH; nothing was compared with Kubernetes.\n\n',
    );
    return;
  }
  const binary = oraclePath();
  if (existsSync(binary)) return;
  mkdirSync(dirname(binary), { recursive: true });
  execFileSync('go', ['build', '-gcflags=all=-dwarf=false', '-o', binary, '.'], {
    cwd: source,
    stdio: 'inherit',
  });
}
