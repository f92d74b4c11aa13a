/** Things in rows: of each subject those that belong to it, in order, one row after the other. */
export interface Rows {
  readonly things: Int32Array;
  /** The row of subject s is from `starts[s]` up to `starts[s + 1]`. */
  readonly starts: Int32Array;
}

/** Sorts things by a key from 0 to below `keys`; things with the same key keep their order. */
export function rowsBy(things: Int32Array, keyOf: Int32Array, keys: number): Rows {
  const starts = new Int32Array(keys + 1);
  for (const thing of things) starts[keyOf[thing]! + 1]!++;
  for (let key = 0; key < keys; key++) starts[key + 1]! += starts[key]!;
  const next = starts.slice();
  const sorted = new Int32Array(things.length);
  for (const thing of things) sorted[next[keyOf[thing]!]!++] = thing;
  return { things: sorted, starts };
}
