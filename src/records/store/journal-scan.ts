import type { FileHandle } from 'node:fs/promises';
import { type Commit, EventLine, parseLine } from './journal.ts';

const NEWLINE = 0x0a;
const CHUNK_BYTES = 4 << 20;

/** Events that one commit made part of the store. */
export interface Batch {
  readonly lines: readonly EventLine[];
  readonly commit: Commit;
  /** False where lines of it are broken: its positions may then be ahead of what is there. */
  readonly complete: boolean;
}

export interface Scanned {
  /** Bytes up to the end of the last commit. What follows was never acknowledged. */
  readonly committed: number;
  /** Bytes read in all. */
  readonly size: number;
  /** Lines before the last commit that are not what was written. */
  readonly broken: number;
  /** True where broken lines follow the last commit, which a process that is killed doesn't leave. */
  readonly brokenTail: boolean;
}

/**
 * Reads a journal's committed events, in order and a few megabytes at a time. One that is being written may be read too: what is not
 * committed yet is left out.
 * @param file opened for reading
 * @param from where to begin: at the file's beginning, or where an earlier scan found the end of the last commit
 */
export async function scanJournal(
  file: FileHandle,
  onBatch: (batch: Batch) => void,
  from = 0,
): Promise<Scanned> {
  let rest: Buffer[] = [];
  let size = from;
  let lineStart = from;
  let committed = from;
  let broken = 0;
  let lines: EventLine[] = [];
  let brokenInBatch = 0;

  const onLine = (bytes: Buffer) => {
    lineStart += bytes.length + 1;
    const line = parseLine(bytes);
    if (line === undefined) brokenInBatch++;
    else if (line instanceof EventLine) lines.push(line);
    else {
      committed = lineStart;
      broken += brokenInBatch;
      onBatch({ lines, commit: line, complete: brokenInBatch === 0 && lines.length === line.events });
      lines = [];
      brokenInBatch = 0;
    }
  };

  const chunkBytes = Math.min(CHUNK_BYTES, (await file.stat()).size + 1);
  for (;;) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(chunkBytes), 0, chunkBytes, size);
    if (bytesRead === 0) break;
    size += bytesRead;
    const chunk = buffer.subarray(0, bytesRead);
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      const piece = chunk.subarray(start, end);
      onLine(rest.length === 0 ? piece : Buffer.concat([...rest, piece]));
      rest = [];
      start = end + 1;
    }
    if (start < chunk.length) rest.push(chunk.subarray(start));
  }
  return { committed, size, broken, brokenTail: brokenInBatch > 0 };
}
