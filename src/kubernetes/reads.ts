/** Stands for all namespaces in a read, and for all kinds. */
export const ALL = '*';

/** Stands for every kind whose objects run pods. */
export const WORKLOADS = '(workloads)';

/**
 * That a judgement looked for objects of one kind, in one namespace or in all. Kinds go by their name alone: objects of two
 * groups with the same kind are asked for together. Interned, so that reads can be compared by identity.
 */
export interface Read {
  readonly kind: string;
  /** `*` for all namespaces and for cluster-scoped kinds. */
  readonly namespace: string;
}

/**
 * Notes what a judgement asks of the rest of the cluster. Two questions are answered from it: does the verdict rest on objects
 * that the source could not show, and must it be made anew when an object changes.
 */
export class ReadLog {
  readonly #interned = new Map<string, Map<string, Read>>();
  #current: Set<Read> | undefined;

  read(kind: string, namespace: string): void {
    this.#current?.add(this.intern(kind, namespace));
  }

  intern(kind: string, namespace: string): Read {
    let ofKind = this.#interned.get(kind);
    if (ofKind === undefined) {
      ofKind = new Map();
      this.#interned.set(kind, ofKind);
    }
    let read = ofKind.get(namespace);
    if (read === undefined) {
      read = Object.freeze({ kind, namespace });
      ofKind.set(namespace, read);
    }
    return read;
  }

  /** Runs `work` and returns what it read; an outer `during` is told of it as well. */
  during<T>(work: () => T): { readonly result: T; readonly reads: ReadonlySet<Read> } {
    const outer = this.#current;
    const reads = new Set<Read>();
    this.#current = reads;
    try {
      return { result: work(), reads };
    } finally {
      this.#current = outer;
      if (outer !== undefined) this.repeat(reads);
    }
  }

  /** Notes reads whose result is at hand already. */
  repeat(reads: ReadonlySet<Read>): void {
    const current = this.#current;
    if (current !== undefined) for (const read of reads) current.add(read);
  }

  /** Runs `work` without noting what it reads: the caller notes more exactly what the result depends on. */
  unnoted<T>(work: () => T): T {
    const outer = this.#current;
    this.#current = undefined;
    try {
      return work();
    } finally {
      this.#current = outer;
    }
  }
}
