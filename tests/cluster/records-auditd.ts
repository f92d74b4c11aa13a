import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { debianPackages, type Unpacked } from '../debian.ts';
import { eventually } from './cluster.ts';

/** Nobody's number: of what runs on the machine, only what the test runs is recorded. */
export const RECORDED_USER = 64_321;
export const KEY = 'kubestride-test';
const RULE = ['always,exit', '-F', 'arch=b64', '-S', 'execve', '-F', `uid=${RECORDED_USER}`, '-k', KEY];

/** The real auditd of this machine's kernel, recording into a folder. */
export interface Auditd {
  readonly log: string;
  /** Runs a command that is recorded. */
  run(command: readonly string[], environment?: Readonly<Record<string, string>>): number | null;
  /** Gives what Debian's own tool makes of a log. */
  ausearch(log: string, ...args: readonly string[]): string;
  stop(): Promise<void>;
}

function program(unpacked: Unpacked, name: string, ...args: readonly string[]): string {
  const path =
    [join(unpacked.root, 'sbin', name), join(unpacked.root, 'usr/sbin', name)].find(existsSync) ?? name;
  const { stdout, stderr, status } = spawnSync(path, args, {
    env: { ...process.env, LD_LIBRARY_PATH: unpacked.libraries, TZ: 'UTC', LC_ALL: 'C' },
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (status !== 0 && stdout === '' && !stderr.includes('<no matches>'))
    throw new Error(`${name}: ${stderr.trim()}`);
  return stdout;
}

/** Starts auditd, of the Debian package; undefined, with the reason on standard error, where this machine does not let it. */
export async function startAuditd(folder: string): Promise<Auditd | undefined> {
  const skip = (reason: string): undefined => {
    process.stderr.write(
      `\nSKIPPED: auditd cannot record here: ${reason}; its real files are not tested.\n\n`,
    );
  };
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return skip('only root of a Linux may');
  const unpacked = debianPackages('auditd');
  if (unpacked === undefined) return undefined;
  const control = (...args: readonly string[]): string => program(unpacked, 'auditctl', ...args);
  try {
    const pid = Number(/^pid (\d+)$/m.exec(control('-s'))?.[1] ?? 'NaN');
    if (pid !== 0) return skip(Number.isNaN(pid) ? 'the kernel has no audit' : `process ${pid} does already`);
  } catch (error) {
    return skip(error instanceof Error ? error.message : String(error));
  }
  mkdirSync(join(folder, 'conf/plugins.d'), { recursive: true });
  const log = join(folder, 'audit.log');
  const settings = {
    local_events: 'yes',
    write_logs: 'yes',
    log_file: log,
    log_group: 'root',
    log_format: 'ENRICHED',
    flush: 'SYNC',
    // Megabytes: it rotates often.
    max_log_file: '1',
    num_logs: '9',
    max_log_file_action: 'ROTATE',
    name_format: 'NONE',
    space_left: '75',
    space_left_action: 'SYSLOG',
    admin_space_left: '50',
    admin_space_left_action: 'SUSPEND',
    disk_full_action: 'SUSPEND',
    disk_error_action: 'SUSPEND',
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}\n`);
  writeFileSync(join(folder, 'conf/auditd.conf'), lines.join(''));
  chmodSync(join(folder, 'conf/auditd.conf'), 0o640);
  const path =
    [join(unpacked.root, 'sbin/auditd'), join(unpacked.root, 'usr/sbin/auditd')].find(existsSync) ?? '';
  const child: ChildProcess = spawn(path, ['-n', '-c', join(folder, 'conf')], {
    env: { ...process.env, LD_LIBRARY_PATH: unpacked.libraries },
    stdio: 'ignore',
  });
  const ended = once(child, 'exit');
  const restore = (): void => {
    try {
      control('-d', ...RULE);
    } catch {
      // It was not added, or is gone with another run.
    }
    child.kill('SIGTERM');
  };
  process.on('exit', restore);
  const isUp = async (): Promise<boolean> =>
    child.exitCode !== null || control('-s').includes(`pid ${child.pid}`);
  await eventually(isUp, 10);
  if (child.exitCode !== null) {
    process.off('exit', restore);
    return skip(`it ended with ${child.exitCode}`);
  }
  control('-a', ...RULE);
  return {
    log,
    run: (command, environment = {}) =>
      spawnSync(command[0]!, command.slice(1), {
        cwd: '/',
        uid: RECORDED_USER,
        gid: RECORDED_USER,
        env: { PATH: '/usr/bin:/bin', ...environment },
        stdio: 'ignore',
      }).status,
    ausearch: (file, ...args) => program(unpacked, 'ausearch', '-if', file, ...args),
    async stop() {
      process.off('exit', restore);
      restore();
      await ended;
      // As it was: the kernel records nothing without a daemon, and writes nothing to its own log.
      control('-e', '0');
    },
  };
}
