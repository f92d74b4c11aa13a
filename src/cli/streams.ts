import type { Readable } from 'node:stream';
import type { Sink } from '../reports/input.ts';
import { cannotWrite } from './atomic-file.ts';
import type { UsageError } from './usage-error.ts';

/**
 * Writes to a stream at the pace of its reader; falls silent once the reader has gone (EPIPE), as `yes | head` does.
 * Throws UsageError where the system refuses, such as on a full disk.
 */
export class StreamSink implements Sink {
  readonly #stream: NodeJS.WriteStream;
  readonly #name: string;
  #gone = false;
  #failure: UsageError | undefined;
  #wake: (() => void) | undefined;

  /** @param name what messages call it */
  constructor(stream: NodeJS.WriteStream, name: string) {
    this.#stream = stream;
    this.#name = name;
    stream.on('error', (error: NodeJS.ErrnoException) => {
      this.#gone = true;
      if (error.code !== 'EPIPE') this.#failure = cannotWrite(this.#name, error);
      this.#wake?.();
    });
  }

  write(text: string): void | Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#gone || text === '') return;
    if (this.#stream.write(text)) return;
    return new Promise((resolve) => {
      this.#wake = resolve;
      this.#stream.once('drain', resolve);
    });
  }

  /** Resolves when everything was handed to the system; throws where it could not be. */
  async end(): Promise<void> {
    if (!this.#gone) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        this.#stream.write('', () => resolve());
      });
    }
    if (this.#failure !== undefined) throw this.#failure;
  }

  get isTerminal(): boolean {
    return this.#stream.isTTY === true;
  }

  get columns(): number | undefined {
    return this.#stream.columns;
  }
}

/** What the program sees of the world; only `main` makes one from the real process. */
export interface Terminal {
  readonly stdin: Readable;
  readonly stdout: StreamSink;
  readonly stderr: StreamSink;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}
