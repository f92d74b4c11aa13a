import { type FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { JournalContents } from './journal-contents.ts';
import { journalPath, syncFolder, Uncertain } from './manifest.ts';

/** Codes by which systems say that there is no room: of the disk, of a quota, of what a process may write. */
const NO_ROOM = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** The code, of the system's errors and of those that the engine tells in words. */
export function noRoom(error: unknown): string | undefined {
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (NO_ROOM.has(code)) return code;
  return /No space left on device|Disk quota exceeded|File too large/i.test(message) ? 'ENOSPC' : undefined;
}

/** A journal that is written. */
export class JournalFile {
  readonly number: number;
  readonly contents: JournalContents;
  readonly #file: FileHandle;
  /** Bytes that are safe. */
  #length: number;

  constructor(number: number, file: FileHandle, contents = new JournalContents(), length = 0) {
    this.number = number;
    this.contents = contents;
    this.#file = file;
    this.#length = length;
  }

  get length(): number {
    return this.#length;
  }

  /**
   * Resolves when the bytes, each piece of which is asked for when the one before it is written, would survive a crash of the machine.
   * @throws the system's error where there is no room; then the journal is as it was before
   * @throws Uncertain where it isn't known what is in the file now
   */
  async append(pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<void> {
    let end = this.#length;
    try {
      for await (const bytes of pieces) {
        for (let done = 0; done < bytes.length; ) {
          const { bytesWritten } = await this.#file.write(bytes, done, bytes.length - done, end);
          done += bytesWritten;
          end += bytesWritten;
        }
      }
      await this.#file.datasync();
    } catch (error) {
      await this.#takeBack(error);
      throw error;
    }
    this.#length = end;
  }

  /** After a failed fdatasync the kernel may have dropped what it couldn't write and says so once only (fsync(2), "ERRORS"). */
  async #takeBack(cause: unknown): Promise<void> {
    const { message } = cause as Error;
    try {
      await this.#file.truncate(this.#length);
      await this.#file.datasync();
    } catch {
      throw new Uncertain(message, { cause });
    }
    const bySystem = (cause as NodeJS.ErrnoException).syscall !== undefined;
    if (bySystem && noRoom(cause) === undefined) throw new Uncertain(message, { cause });
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

/** @param first what it begins with */
export async function createJournal(store: string, number: number, first: Uint8Array): Promise<JournalFile> {
  const path = join(store, journalPath(number));
  const file = await open(path, 'w', 0o600);
  const journal = new JournalFile(number, file);
  try {
    await journal.append([first]);
    await syncFolder(join(store, 'journal'));
  } catch (error) {
    await file.close();
    await rm(path, { force: true });
    throw error;
  }
  return journal;
}
