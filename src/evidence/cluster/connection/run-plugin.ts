import { spawn } from 'node:child_process';
import { access, constants, stat } from 'node:fs/promises';
import { delimiter, extname, isAbsolute, join, sep } from 'node:path';
import { createInterface } from 'node:readline';
import type { Environment } from './load-kubeconfig.ts';
import { oneLine, systemReason } from './words.ts';

const MAX_OUTPUT = 1024 * 1024;

export interface PluginRun {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Environment;
  /** PATH in which a bare name is looked up, which `env` may have replaced for the plugin. */
  readonly searchPath: string;
  readonly cwd: string;
  /** The plugin gets our standard input and error, so that it can ask the user. */
  readonly interactive: boolean;
  /** Milliseconds. */
  readonly timeout: number;
  readonly signal: AbortSignal;
  /** Each line that the plugin writes to standard error, where it does not go there directly. */
  readonly onLine: (line: string) => void;
}

export type PluginResult =
  | { readonly kind: 'answer'; readonly stdout: Buffer }
  | { readonly kind: 'missing' }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'too-much' }
  /** `status`: exit code, or the name of the signal or of the system's error. `line`: the last on standard error. */
  | { readonly kind: 'failed'; readonly status: string; readonly line: string };

/** Runs a credential plugin without a shell, for a bounded time and with bounded output. */
export async function runPlugin(run: PluginRun): Promise<PluginResult> {
  const file = await executable(run);
  if (file === undefined) return { kind: 'missing' };
  return new Promise((resolve) => {
    const child = spawn(file, run.args, {
      argv0: run.command,
      cwd: run.cwd,
      env: run.env as NodeJS.ProcessEnv,
      stdio: run.interactive ? ['inherit', 'pipe', 'inherit'] : ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
    const output: Buffer[] = [];
    let size = 0;
    let lastLine = '';
    const finish = (result: PluginResult): void => {
      clearTimeout(timer);
      run.signal.removeEventListener('abort', stop);
      // A grandchild may hold the pipes open for as long as it likes.
      child.kill('SIGKILL');
      child.stdout?.destroy();
      child.stderr?.destroy();
      resolve(result);
    };
    const timer = setTimeout(() => finish({ kind: 'timeout' }), run.timeout);
    const stop = (): void => finish({ kind: 'failed', status: 'SIGKILL', line: lastLine });
    run.signal.addEventListener('abort', stop, { once: true });
    child.stdout?.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > MAX_OUTPUT) finish({ kind: 'too-much' });
      else output.push(chunk);
    });
    if (child.stderr !== null) {
      createInterface({ input: child.stderr }).on('line', (line) => {
        const short = oneLine(line);
        if (short === '') return;
        lastLine = short;
        run.onLine(short);
      });
    }
    child.once('error', (error) => finish({ kind: 'failed', status: systemReason(error), line: lastLine }));
    child.once('exit', (code, signal) => {
      if (code !== 0) {
        // What it wrote last is still in the pipe.
        setImmediate(() => finish({ kind: 'failed', status: String(code ?? signal), line: lastLine }));
      }
    });
    child.once('close', (code) => {
      if (code === 0) finish({ kind: 'answer', stdout: Buffer.concat(output) });
    });
  });
}

/** As Go's `exec.LookPath`: a name with a separator is a path, another is looked up in PATH, never in the current folder. */
async function executable({ command, searchPath }: PluginRun): Promise<string | undefined> {
  const folders = command.includes(sep) ? [''] : searchPath.split(delimiter).filter(isAbsolute);
  const windows = sep === '\\' && extname(command) === '';
  const endings = windows ? ['.exe', '.com'] : [''];
  for (const folder of folders) {
    for (const ending of endings) {
      const file = join(folder, command + ending);
      const runnable = await access(file, constants.X_OK).then(
        async () => (await stat(file)).isFile(),
        () => false,
      );
      if (runnable) return file;
    }
  }
  return undefined;
}
