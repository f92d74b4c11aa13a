import { Worker } from 'node:worker_threads';
import { JournalBroken, wordsOfJournal } from './journal-words.ts';

/** Defined by scripts/build.mjs. */
declare const BUILT: true | undefined;

export interface WordsTask {
  readonly path: string;
  readonly rows: number;
}

export type WordsAnswer =
  | { readonly words: Uint8Array }
  | { readonly message: string; readonly broken: boolean; readonly code?: string };

/**
 * As wordsOfJournal, on a thread of its own where this is the built command: it is a third of what the JavaScript of storing costs, and
 * meanwhile new events are taken in. Sources have no file for a thread to run, and do it here.
 */
export function wordsApart(task: WordsTask): Promise<Uint8Array> {
  if (typeof BUILT === 'undefined') return wordsOfJournal(task.path, task.rows);
  const worker = new Worker(require.resolve('../dist/words-worker.cjs'), { workerData: task });
  return new Promise((resolve, reject) => {
    worker.once('message', (answer: WordsAnswer) => {
      if ('words' in answer) resolve(answer.words);
      else reject(errorOf(answer));
    });
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the thread ended with ${code}`)));
  });
}

/** What is thrown goes by its class and its code, which do not come over from another thread. */
function errorOf({ message, broken, code }: Exclude<WordsAnswer, { words: Uint8Array }>): Error {
  if (broken) return new JournalBroken(message);
  return Object.assign(new Error(message), code === undefined ? {} : { code });
}
