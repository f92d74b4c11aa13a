import { setMaxListeners } from 'node:events';

/**
 * Runs with a signal that is aborted with `reason` after so many milliseconds, or as the caller's own is. Unlike
 * `AbortSignal.any` and `.timeout` it leaves neither a timer nor a listener behind.
 */
export async function withDeadline<T>(
  milliseconds: number,
  reason: Error,
  outer: AbortSignal | undefined,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(reason), milliseconds);
  const stopListening = onAbort(outer, () => controller.abort(outer?.reason));
  try {
    return await run(controller.signal);
  } finally {
    clearTimeout(timer);
    stopListening();
  }
}

/** The promise's outcome, or a rejection with the signal's reason as soon as it is aborted. */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const stopListening = onAbort(signal, () => reject(signal.reason as Error));
    promise.then(resolve, reject).finally(stopListening);
  });
}

/** Calls back when the signal is aborted, at once where it is already. @returns what ends that */
export function onAbort(signal: AbortSignal | undefined, abort: () => void): () => void {
  if (signal === undefined) return () => {};
  if (signal.aborted) abort();
  // Node warns from eleven listeners on; one signal for all requests of a scan is as it should be.
  else setMaxListeners(0, signal);
  signal.addEventListener('abort', abort, { once: true });
  return () => signal.removeEventListener('abort', abort);
}
