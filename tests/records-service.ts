import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export const COMMAND = join(import.meta.dirname, '../bin/kubestride.js');
const ENVIRONMENT = { PATH: process.env['PATH'], LANG: 'C' };

/** The built service, `kubestride audit record`, in a process of its own. */
export interface Service {
  readonly pid: number;
  /** Where it listens; empty where it does not. */
  readonly url: string;
  /** What it said so far, on both streams. */
  said(): string;
  /** SIGTERM, and the end that follows. @returns the exit code */
  stop(): Promise<number | null>;
  /** SIGKILL: nothing of it runs any more afterwards. */
  kill(): Promise<void>;
}

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/**
 * Starts the service on a store and waits until it says that it records.
 *
 * @param flags beyond `--store`; without `--listen` it takes a free port
 * @throws what it said, when it ends before that
 */
export async function startService(store: string, ...flags: readonly string[]): Promise<Service> {
  const listen = flags.includes('--listen') ? [] : ['--listen', '127.0.0.1:0'];
  const child = spawn(process.execPath, [COMMAND, 'audit', 'record', '--store', store, ...listen, ...flags], {
    env: ENVIRONMENT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let text = '';
  const ended = once(child, 'close').then(([code]) => {
    running.delete(child);
    return code as number | null;
  });
  const url = await new Promise<string>((resolve, reject) => {
    const hear = (part: Buffer): void => {
      text += part.toString();
      const said = /^kubestride: (?:listening on (\S+?),|following \d)/m.exec(text);
      if (said !== null) resolve(said[1] ?? '');
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    void ended.then((code) => reject(new Error(`kubestride audit record ended with ${code}: ${text}`)));
  });
  return {
    pid: child.pid!,
    url,
    said: () => text,
    async stop() {
      child.kill('SIGTERM');
      return ended;
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

export interface Told {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `kubestride audit …` to its end. */
export async function audit(...args: readonly string[]): Promise<Told> {
  const child = spawn(process.execPath, [COMMAND, 'audit', ...args], {
    env: ENVIRONMENT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const parts: Record<'stdout' | 'stderr', Buffer[]> = { stdout: [], stderr: [] };
  child.stdout.on('data', (part: Buffer) => parts.stdout.push(part));
  child.stderr.on('data', (part: Buffer) => parts.stderr.push(part));
  const [status] = (await once(child, 'close')) as [number | null];
  return {
    status,
    stdout: Buffer.concat(parts.stdout).toString(),
    stderr: Buffer.concat(parts.stderr).toString(),
  };
}

/** The rows of a question in SQL, by the built command; numbers come as they are. */
export async function sql(store: string, statement: string): Promise<Record<string, string | number>[]> {
  const told = await audit('sql', statement, '--store', store, '--limit', '10000000', '-o', 'json');
  if (told.status !== 0) throw new Error(`${told.status}: ${told.stderr}`);
  return told.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}
