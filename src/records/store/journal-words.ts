import { open } from 'node:fs/promises';
import { scanJournal } from './journal-scan.ts';
import { WordsBuilder } from './words.ts';

/** A journal whose bytes are not those that were written to it. */
export class JournalBroken extends Error {}

/**
 * The filters of a journal's originals. It is read once more for them, so that nothing is dropped with it that is not what was acknowledged.
 * @param rows events that are in it
 * @throws JournalBroken, and the system's errors
 */
export async function wordsOfJournal(path: string, rows: number): Promise<Uint8Array> {
  const words = new WordsBuilder();
  let seen = 0;
  const file = await open(path, 'r');
  try {
    const { broken, brokenTail } = await scanJournal(file, ({ lines }) => {
      for (const line of lines) {
        const bytes = line.rawBytes();
        words.add(line.header(), bytes, 0, bytes.length);
        seen++;
      }
    });
    if (broken > 0 || brokenTail || seen !== rows) throw new JournalBroken('checksum');
  } finally {
    await file.close();
  }
  return words.finish();
}
