/** The filters of one journal, made on a thread of their own: a file of its own in dist/ (see words-apart.ts). */
import { parentPort, workerData } from 'node:worker_threads';
import { JournalBroken, wordsOfJournal } from './journal-words.ts';
import type { WordsAnswer, WordsTask } from './words-apart.ts';

const { path, rows } = workerData as WordsTask;

wordsOfJournal(path, rows).then(
  (words) => answer({ words }),
  (error: NodeJS.ErrnoException) => {
    const { message, code } = error;
    answer({ message, broken: error instanceof JournalBroken, ...(code === undefined ? {} : { code }) });
  },
);

function answer(told: WordsAnswer): void {
  parentPort?.postMessage(told);
}
