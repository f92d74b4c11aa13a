import { writeSync } from 'node:fs';
import { argv } from 'node:process';
import { StoreWriter } from './store-writer.ts';
import { numberedRecord } from './test-records.ts';

/** How a test runs a writer in a process of its own, to kill it. */
export interface WriterTask {
  readonly store: string;
  /** The first event; it goes on from there until it is killed, or to `to`. */
  readonly from: number;
  readonly to?: number;
  /** Batches that are under way at once. */
  readonly senders: number;
  readonly journalBytes: number;
}

/** Appends events in batches, each with its end as position, and says on standard output what was acknowledged: `FROM TO`. */
async function write(task: WriterTask): Promise<void> {
  const { store, to = Infinity, senders, journalBytes } = task;
  const writer = await StoreWriter.open(store, { journalBytes, minFreeBytes: 0 });
  let next = task.from;
  const send = async () => {
    while (next < to) {
      const from = next;
      const end = from + 1 + (from % 37);
      next = end;
      const batch = Array.from({ length: end - from }, (_, index) => numberedRecord(from + index));
      try {
        await writer.append(batch, { end: String(end) });
      } catch (error) {
        writeSync(1, `refused ${(error as { code?: string }).code} ${from}\n`);
        return;
      }
      writeSync(1, `${from} ${end}\n`);
    }
  };
  await Promise.all(Array.from({ length: senders }, send));
  await writer.close();
  writeSync(1, 'closed\n');
}

const task = argv[2];
if (argv[1]?.endsWith('kubestride-test-writer.mjs') && task !== undefined) {
  await write(JSON.parse(task) as WriterTask);
}
