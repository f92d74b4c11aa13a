import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import type { Terminal } from './streams.ts';
import { UsageError } from './usage-error.ts';

/** Longer than any question; a file without line breaks is not read whole into memory. */
const LONGEST = 1 << 20;

const NEWLINE = 10;

/**
 * The lines of a file, or of standard input for `-`, of which JSON takes no other break than a line feed; undefined for one that
 * is too long or not UTF-8. An empty last line is none. Throws UsageError where the file cannot be read.
 */
export async function* readJsonLines(file: string, terminal: Terminal): AsyncGenerator<string | undefined> {
  const stream: Readable = file === '-' ? terminal.stdin : createReadStream(resolve(terminal.cwd, file));
  let pieces: Buffer[] = [];
  let length = 0;
  const take = (): string | undefined => {
    const line = length > LONGEST ? undefined : decode(Buffer.concat(pieces));
    pieces = [];
    length = 0;
    return line;
  };
  const add = (piece: Buffer): void => {
    length += piece.length;
    if (length <= LONGEST) pieces.push(piece);
    else pieces = [];
  };
  try {
    for await (const chunk of stream as AsyncIterable<Buffer | string>) {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      let start = 0;
      for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
        add(bytes.subarray(start, end));
        yield take();
        start = end + 1;
      }
      add(bytes.subarray(start));
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new UsageError((words) => words.failure.cannotRead({ file, reason: code ?? message }));
  }
  if (length > 0) yield take();
}

function decode(bytes: Buffer): string | undefined {
  return isUtf8(bytes) ? bytes.toString('utf8').replace(/^\ufeff/, '') : undefined;
}
