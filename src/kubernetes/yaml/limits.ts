/** What a document may cost; a document past a limit is refused with an error that names the limit. */
export interface ReadLimits {
  /** Nested collections. Upstream allows 10,000; the default is what recursive code can walk on any JavaScript stack. */
  maxDepth: number;
  /** Values in the document, aliases counted as often as they are used. */
  maxNodes: number;
  /** Bytes of one document. */
  maxDocumentBytes: number;
  /** Bytes of one scalar. */
  maxScalarBytes: number;
}

export const defaultReadLimits: ReadLimits = {
  maxDepth: 1000,
  maxNodes: 50_000_000,
  maxDocumentBytes: 512 * 1024 * 1024,
  maxScalarBytes: 64 * 1024 * 1024,
};
