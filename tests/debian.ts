import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../testbed/build.ts';

/** Programs of Debian packages, unpacked beside the system's: nothing is installed, and no service is started. */
export interface Unpacked {
  /** Where the packages' `/` lies. */
  readonly root: string;
  /** For the environment: the libraries that came with them, before the system's. */
  readonly libraries: string;
}

const apt = (folder: string, ...args: readonly string[]): void => {
  // Without the lock anybody may do this who may write to the folder.
  const options = ['-qq', '-o', `Dir::Cache::archives=${folder}`, '-o', 'Debug::NoLocking=1'];
  execFileSync('apt-get', [...options, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
};

/**
 * Downloads packages with what they need beyond what is installed, once, into the cache.
 *
 * @returns undefined where that cannot be had: no apt-get, no network, no such package; the reason goes to standard error
 */
export function debianPackages(...names: readonly string[]): Unpacked | undefined {
  const key = createHash('sha256').update(names.join(' ')).digest('hex').slice(0, 12);
  const done = join(cacheFolder(), `debian-${names[0]}-${key}`);
  try {
    if (!existsSync(done)) unpack(names, done);
  } catch (error) {
    const reason = error instanceof Error ? error.message.trim() : String(error);
    process.stderr.write(`\nSKIPPED: no Debian packages ${names.join(', ')}: ${reason}\n\n`);
    return undefined;
  }
  const libraries = ['usr/lib', 'lib'].flatMap((folder) => {
    const path = join(done, folder);
    if (!existsSync(path)) return [];
    return readdirSync(path).flatMap((name) => (name.endsWith('-linux-gnu') ? [join(path, name)] : []));
  });
  return { root: done, libraries: [...libraries, join(done, 'usr/lib/syslog-ng')].join(':') };
}

function unpack(names: readonly string[], done: string): void {
  mkdirSync(cacheFolder(), { recursive: true });
  const making = mkdtempSync(join(cacheFolder(), 'making-debian-'));
  try {
    const archives = join(making, 'archives');
    mkdirSync(join(archives, 'partial'), { recursive: true });
    const download = [
      'install',
      '--download-only',
      '--reinstall',
      '--yes',
      '--no-install-recommends',
      ...names,
    ];
    try {
      apt(archives, ...download);
    } catch (error) {
      // The lists of packages may be older than the packages.
      if (process.getuid?.() !== 0) throw error;
      execFileSync('apt-get', ['-qq', 'update'], { stdio: ['ignore', 'ignore', 'pipe'] });
      apt(archives, ...download);
    }
    for (const archive of readdirSync(archives).filter((name) => name.endsWith('.deb'))) {
      execFileSync('dpkg-deb', ['-x', join(archives, archive), making]);
    }
    rmSync(archives, { recursive: true });
    renameSync(making, done);
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
}

/** Whether a program runs at all, with an argument that only makes it say something; standard error tells where it does not. */
export function runs(program: string, unpacked: Unpacked, ...args: readonly string[]): boolean {
  const environment = { ...process.env, LD_LIBRARY_PATH: unpacked.libraries };
  const { status, stderr } = spawnSync(program, args, { env: environment, encoding: 'utf8' });
  if (status !== 0) process.stderr.write(`\nSKIPPED: ${program} does not run: ${stderr}\n\n`);
  return status === 0;
}
