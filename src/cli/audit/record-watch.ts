import { ApiError } from '../../evidence/cluster/client.ts';
import { KubeStrideError } from '../../kubernetes/errors.ts';
import { watchRecords } from '../../records/cluster/watch-records.ts';
import type { SeenPods } from '../../records/node/containers/directory.ts';
import type { EventRecord } from '../../records/record.ts';
import type { EventStore } from '../../records/store/event-store.ts';
import type { RecordFlags } from '../commands/audit/record.ts';
import { type Context, say } from '../context.ts';
import { connectTo } from '../snapshot-sources.ts';
import { UsageError } from '../usage-error.ts';

/** Milliseconds between attempts to store what the cluster showed. */
const AGAIN = 5000;

/**
 * Stores the lives of Pods and the Events of a cluster until the signal is aborted. Where the store has no room, nothing more is read
 * until it has. Throws UsageError or KubeStrideError where the cluster is not reached or shows neither.
 */
export async function watchInto(
  context: Context,
  flags: RecordFlags,
  store: EventStore,
  directory: SeenPods,
  signal: AbortSignal,
): Promise<void> {
  const client = await connectTo(context, flags);
  say(context, context.words.recording.watching({ server: client.server }));
  try {
    await watchRecords(client, (records) => storeAll(context, store, records, signal), {
      origin: { inlet: 'watch', cluster: flags.clusterName ?? '' },
      directory,
      signal,
    });
  } catch (error) {
    if (signal.aborted) return;
    if (!(error instanceof ApiError)) throw error;
    const { status, message } = error;
    throw new UsageError((said) => said.failure.apiError({ server: client.server, status, message }));
  } finally {
    client.close();
  }
}

async function storeAll(
  context: Context,
  store: EventStore,
  records: readonly EventRecord[],
  signal: AbortSignal,
): Promise<void> {
  for (let told = false; ; ) {
    try {
      await store.append(records);
      return;
    } catch (error) {
      if (!(error instanceof KubeStrideError) || error.code !== 'store-full' || signal.aborted) throw error;
      if (!told) say(context, context.words.errors[error.code](error.params));
      told = true;
      await pause(signal);
    }
  }
}

function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, AGAIN);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done);
  });
}
