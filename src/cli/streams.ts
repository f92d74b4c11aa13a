import type { Readable } from 'node:stream';
import type { Sink } from '../reports/input.ts';

/** Writes to a stream at the pace of its reader; falls silent once the reader has gone (EPIPE), as `yes | head` does. */
export class StreamSink implements Sink {
  readonly #stream: NodeJS.WriteStream;
  #gone = false;
  #failure: Error | undefined;
  #wake: (() => void) | undefined;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
    stream.on('error', (error: NodeJS.ErrnoException) => {
      this.#gone = true;
      if (error.code !== 'EPIPE') this.#failure = error;
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
