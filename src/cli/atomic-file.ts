import { closeSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Sink } from '../reports/input.ts';
import { UsageError } from './usage-error.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * A file that appears whole or not at all: written beside its place, then renamed. Devices and pipes, which cannot be
 * replaced, are written directly.
 */
export class AtomicFile implements Sink {
  readonly #path: string;
  readonly #shown: string;
  readonly #temporary: string | undefined;
  readonly #descriptor: number;
  readonly #discard = () => this.abandon();
  readonly #stop = (signal: NodeJS.Signals) => {
    this.abandon();
    process.kill(process.pid, signal);
  };
  #open = true;

  /**
   * @param shown the path as the user wrote it, for messages
   * @param mode permissions of the file; those of the file that it replaces where it is not given
   */
  constructor(path: string, shown: string, mode?: number) {
    this.#path = path;
    this.#shown = shown;
    const existing = statSync(path, { throwIfNoEntry: false });
    const replaceable = existing === undefined || existing.isFile();
    this.#temporary = replaceable ? join(dirname(path), `.${basename(path)}.${process.pid}.tmp`) : undefined;
    this.#descriptor = this.#attempt(() =>
      this.#temporary === undefined
        ? openSync(path, 'w')
        : openSync(this.#temporary, 'wx', mode ?? (existing?.mode ?? 0o666) & 0o777),
    );
    process.once('exit', this.#discard);
    for (const signal of SIGNALS) process.once(signal, this.#stop);
  }

  write(content: string | Uint8Array): void {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    this.#attempt(() => {
      for (let offset = 0; offset < bytes.length; ) offset += writeSync(this.#descriptor, bytes, offset);
    });
  }

  /** Puts the file in its place. */
  commit(): void {
    this.#attempt(() => {
      closeSync(this.#descriptor);
      this.#open = false;
      if (this.#temporary !== undefined) renameSync(this.#temporary, this.#path);
    });
    this.#forget();
  }

  /** Leaves what was there before. */
  abandon(): void {
    this.#forget();
    if (this.#open) closeSync(this.#descriptor);
    this.#open = false;
    if (this.#temporary !== undefined) rmSync(this.#temporary, { force: true });
  }

  #forget(): void {
    process.removeListener('exit', this.#discard);
    for (const signal of SIGNALS) process.removeListener(signal, this.#stop);
  }

  #attempt<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      throw cannotWrite(this.#shown, error);
    }
  }
}

/** @param error the system's */
export function cannotWrite(file: string, error: unknown): UsageError {
  const { code, message } = error as NodeJS.ErrnoException;
  return new UsageError((words) => words.failure.cannotWrite({ file, reason: code ?? message }));
}
