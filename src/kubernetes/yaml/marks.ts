/** Byte offsets of a mapping entry or a sequence item; an item has no key (`keyStart === valueStart`). */
export interface EntryMark {
  keyStart: number;
  keyEnd: number;
  valueStart: number;
  valueEnd: number;
}

/** Where a collection and its entries stand; keys for mappings, indices for sequences. The last duplicate counts. */
export interface CollectionMark {
  start: number;
  end: number;
  entries: Map<string | number, EntryMark>;
}

/** Positions of the collections of a decoded document, by the decoded object itself. */
export type Marks = Map<object, CollectionMark>;
