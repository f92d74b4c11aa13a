import { auditBody, auditID, auditLine, microTime, randomFrom } from './events.ts';

/** Events of one request of the audit webhook; the API server's own default (--audit-webhook-batch-max-size). */
export const BATCH = 400;
const NO_ID = auditID(0);
const NO_TIME = microTime(0);
const ID_DIGITS = NO_ID.length - 12;

/** A request's body whose events are new ones each time it is cast: only their ids and times are written anew. */
export interface Mold {
  readonly bytes: Buffer;
  /** Where the ends of the ids and the times stand, event by event. */
  readonly ids: Uint32Array;
  readonly received: Uint32Array;
  readonly staged: Uint32Array;
}

/** Items of a list leave out what it says for all of them (k8s.io/apimachinery TypeMeta, omitempty). */
const item = (line: string): string => line.replace('"kind":"Event","apiVersion":"audit.k8s.io/v1",', '');

/** Molds of BATCH events each. */
export function molds(count: number, seed: number): Mold[] {
  const random = randomFrom(seed);
  return Array.from({ length: count }, () => {
    const lines = Array.from({ length: BATCH }, () => item(auditLine(auditBody(random), NO_ID, 0)));
    const bytes = Buffer.from(
      `{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":[${lines.join(',')}]}\n`,
    );
    const mold = {
      bytes,
      ids: new Uint32Array(BATCH),
      received: new Uint32Array(BATCH),
      staged: new Uint32Array(BATCH),
    };
    let at = 0;
    for (let index = 0; index < BATCH; index++) {
      at = bytes.indexOf(NO_ID, at) + ID_DIGITS;
      mold.ids[index] = at;
      // The stage's time is 2500 µs later, and so another text.
      at = bytes.indexOf(NO_TIME, at);
      mold.received[index] = at;
      at = bytes.indexOf('"stageTimestamp":"', at) + '"stageTimestamp":"'.length;
      mold.staged[index] = at;
    }
    return mold;
  });
}

/** Writes ids from `first` on into the body, and times from `time` on, `step` microseconds apart. */
export function cast(mold: Mold, first: number, time: number, step: number): Buffer {
  const { bytes, ids, received, staged } = mold;
  for (let index = 0; index < BATCH; index++) {
    bytes.write((first + index).toString(16).padStart(12, '0'), ids[index]!, 'latin1');
    const at = time + index * step;
    bytes.write(microTime(at), received[index]!, 'latin1');
    bytes.write(microTime(at + 2500), staged[index]!, 'latin1');
  }
  return bytes;
}
