import { open } from 'node:fs/promises';

const NEWLINE = 0x0a;
const COMMIT = 0x63;
/** Where a line tells its kind: after the checksum and a tab. */
const KIND_AT = 9;
const CHUNK_BYTES = 4 << 20;

/**
 * How much of a journal is part of the store: whole lines, counted. Lines are not compared with their checksums, which costs more than
 * all else; the writer does when it seals them.
 */
export class JournalView {
  readonly number: number;
  readonly path: string;
  /** Lines up to the last commit, commits among them. */
  lines = 0;
  /** Events among them. */
  rows = 0;
  /** Bytes of the longest. */
  longest = 0;
  /** Set where a question failed: lines that are no longer what was written are to be passed over. */
  doubtful = false;
  #committed = 0;

  constructor(number: number, path: string) {
    this.number = number;
    this.path = path;
  }

  /** Reads on from the last commit that it has seen. Throws the system's error where the journal is gone. */
  async refresh(): Promise<void> {
    const file = await open(this.path, 'r');
    try {
      const { size } = await file.stat();
      const buffer = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, Math.max(1, size - this.#committed)));
      let position = this.#committed;
      let lineStart = position;
      let kind = 0;
      let lines = this.lines;
      let events = this.rows;
      let longest = this.longest;
      while (position < size) {
        const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, size - position), position);
        if (bytesRead === 0) break;
        for (let at = 0; at < bytesRead; ) {
          const kindAt = lineStart + KIND_AT - position;
          if (kindAt >= at && kindAt < bytesRead) kind = buffer[kindAt] as number;
          const found = buffer.subarray(0, bytesRead).indexOf(NEWLINE, at);
          if (found < 0) break;
          at = found + 1;
          const end = position + at;
          if (end - lineStart > longest) longest = end - lineStart;
          lines++;
          if (kind !== COMMIT) events++;
          else {
            this.lines = lines;
            this.rows = events;
            this.longest = longest;
            this.#committed = end;
          }
          lineStart = end;
          kind = 0;
        }
        position += bytesRead;
      }
    } finally {
      await file.close();
    }
  }
}
