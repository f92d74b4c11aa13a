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

const NO_READS: ReadonlySet<Read> = new Set();

/**
 * Notes what a judgement asks of the rest of the cluster. Two questions are answered from it: does the verdict rest on objects
 * that the source could not show, and must it be made anew when an object changes.
 */
export class ReadLog {
  readonly #interned = new Map<string, Map<string, Read>>();
  #isNoting = false;
  /** Made at the first read: most judgements look at nothing but their subject. */
  #current: Set<Read> | undefined;

  read(kind: string, namespace: string): void {
    if (this.#isNoting) this.#note(this.intern(kind, namespace));
  }

  #note(read: Read): void {
    this.#current ??= new Set();
    this.#current.add(read);
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
    const wasNoting = this.#isNoting;
    this.#current = undefined;
    this.#isNoting = true;
    let reads = NO_READS;
    try {
      const result = work();
      reads = this.#current ?? NO_READS;
      return { result, reads };
    } finally {
      this.#current = outer;
      this.#isNoting = wasNoting;
      this.repeat(reads);
    }
  }

  /** Notes reads whose result is at hand already. */
  repeat(reads: ReadonlySet<Read>): void {
    if (this.#isNoting) for (const read of reads) this.#note(read);
  }

  /** Runs `work` without noting what it reads: the caller notes more exactly what the result depends on. */
  unnoted<T>(work: () => T): T {
    const wasNoting = this.#isNoting;
    this.#isNoting = false;
    try {
      return work();
    } finally {
      this.#isNoting = wasNoting;
    }
  }
}
