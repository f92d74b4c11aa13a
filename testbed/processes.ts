import { execFileSync, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** True while the process is there (and not a zombie that only waits for its parent). */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    // After the name, which stands in parentheses, comes the state.
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return !existsSync('/proc/self/stat');
  }
}

/** The command line of a process; empty where there is none, or it cannot be seen. */
function commandOf(pid: number): string {
  try {
    return existsSync('/proc/self/cmdline')
      ? readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      : execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return '';
  }
}

/**
 * True while a process that was started for `folder` is there: after a reboot, its number may be someone else's. All
 * components have the folder in their command line.
 */
export function runsFor(folder: string, pid: number): boolean {
  return isRunning(pid) && commandOf(pid).includes(folder);
}

/** Starts a program in the background, in a session of its own; what it says goes to `log`. */
export function startProcess(program: string, args: readonly string[], folder: string, log: string): number {
  const output = openSync(log, 'a', 0o600);
  try {
    const child = spawn(program, args, { cwd: folder, detached: true, stdio: ['ignore', output, output] });
    // A program that cannot be started is noticed where it is waited for; the log says why.
    child.on('error', () => {});
    child.unref();
    if (child.pid === undefined) throw new Error(`cannot start ${program}`);
    return child.pid;
  } finally {
    closeSync(output);
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended already.
  }
}

/** Ends processes, in order, each asked first and forced after `patience` milliseconds. */
export async function stopProcesses(pids: readonly number[], patience = 3000): Promise<void> {
  for (const pid of pids) {
    signal(pid, 'SIGTERM');
    const deadline = Date.now() + patience;
    while (isRunning(pid) && Date.now() < deadline) await sleep(20);
    if (isRunning(pid)) signal(pid, 'SIGKILL');
    while (isRunning(pid)) await sleep(10);
  }
}

/** Ends what it was told of, and removes its folders, when its standard input ends: when whoever holds it is gone. */
const GUARDIAN = `
pids=
while read -r pid; do pids="$pids $pid"; done
[ -n "$pids" ] && kill -TERM $pids 2>/dev/null
tries=0
while [ $tries -lt 30 ]; do
  alive=
  for pid in $pids; do kill -0 $pid 2>/dev/null && alive=1; done
  [ -z "$alive" ] && break
  tries=$((tries + 1)); sleep 0.1
done
[ -n "$pids" ] && kill -KILL $pids 2>/dev/null
rm -rf -- "$@"
`;

/** Sees to it that processes do not outlive this one, however it ends. */
export interface Guardian {
  watch(pid: number): void;
  /** The processes have been ended: the guardian goes without doing anything. */
  dismiss(): void;
}

/** @param folders what is removed when this process ends without `dismiss` */
export function startGuardian(folders: readonly string[]): Guardian {
  const child = spawn('sh', ['-c', GUARDIAN, 'guardian', ...folders], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.on('error', () => {});
  child.stdin.on('error', () => {});
  child.unref();
  (child.stdin as unknown as { unref(): void }).unref();
  return {
    watch: (pid) => child.stdin.write(`${pid}\n`),
    dismiss: () => {
      child.kill('SIGKILL');
    },
  };
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/**
 * The first of `count` consecutive ports of loopback that are free, below those that the system gives to outgoing
 * connections, so that none of these takes one between the choice and its use.
 */
export async function freePorts(count: number, preferred?: number): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const base =
      attempt === 0 && preferred !== undefined
        ? preferred
        : 20_000 + count * Math.floor(Math.random() * Math.floor(12_000 / count));
    const free = await Promise.all(Array.from({ length: count }, (_, index) => isFree(base + index)));
    if (free.every(Boolean)) return base;
  }
  throw new Error(`no ${count} free ports in a row on loopback between 20000 and 32000`);
}

/** The last lines of a log, for an error message. */
export function tail(log: string, lines = 5): string {
  return existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n').slice(-lines).join('\n') : '';
}

/** Removes folders that may not exist. */
export function removeFolders(folders: readonly string[]): void {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

/** The log of a component. */
export function logOf(folder: string, component: string): string {
  return join(folder, 'log', `${component}.log`);
}
