import type { Gap } from '../../kubernetes/gaps.ts';
import type { ResourceList, SnapshotSource } from '../snapshot.ts';

/** Another number after the slash is another format; a reader refuses it. */
export const BUNDLE_SCHEMA = 'kubestride.evidence-bundle/v1';

/** Names of the entries that are no parts, in the order in which they stand before them. */
export const INDEX_NAME = 'kse.json';
export const SIGNATURE_NAME = 'kse.json.sig';
/** What `sha256sum --check` reads: a digest for each other entry, the index included. */
export const SUMS_NAME = 'SHA256SUMS';

interface StoredPart {
  /** Name of the entry in the archive. */
  readonly name: string;
  /** Index of the source that showed it. */
  readonly source: number;
  /** As stored, which is compressed for names that end in `.gz`. */
  readonly bytes: number;
  /** Lower-case hex, of the bytes as stored. */
  readonly sha256: string;
}

/** The objects of one list: a gzip file of JSON lines, one whole object each. */
export interface ObjectsPart extends StoredPart {
  readonly kind: 'objects';
  readonly list: ResourceList;
  readonly objects: number;
  readonly uncompressedBytes: number;
  /** Absent where the list was not read to its end. */
  readonly resourceVersion?: string;
}

/** One document of `kubestride.evidence/v1`: a gzip file of JSON. */
export interface FactsPart extends StoredPart {
  readonly kind: 'facts';
  readonly uncompressedBytes: number;
}

/** A file of a node as it is, secrets taken out. */
export interface FilePart extends StoredPart {
  readonly kind: 'file';
  readonly node: string;
  readonly path: string;
}

export type Part = ObjectsPart | FactsPart | FilePart;

/** What `kse.json` says: all that is in the bundle, so that its signature covers all of it. */
export interface BundleIndex {
  readonly schema: typeof BUNDLE_SCHEMA;
  readonly tool: { readonly name: string; readonly version: string };
  readonly sources: readonly SnapshotSource[];
  /** Stated where `kse.json.sig` follows. */
  readonly signature?: SignatureStatement;
  readonly gaps: readonly (Gap & { readonly source: number })[];
  /** Sorted by name, as they stand in the archive. */
  readonly parts: readonly Part[];
}

export interface SignatureStatement {
  readonly algorithm: 'Ed25519' | 'ECDSA-SHA256';
  /** `sha256:` and the lower-case hex digest of the public key's SubjectPublicKeyInfo in DER. */
  readonly keyId: string;
}

/** What a reader takes at most, so that a small file cannot fill the memory. The writer keeps to them too. */
export const BUNDLE_LIMITS = {
  /** Of `kse.json`, `SHA256SUMS` and the signature. */
  indexBytes: 64 << 20,
  /** Of one object as JSON; etcd refuses more than 1.5 MB by default, aggregated APIs set their own limits. */
  objectBytes: 32 << 20,
  /** Nesting of one JSON value: what recursive code can walk on any stack. */
  depth: 1000,
  factsBytes: 64 << 20,
  fileBytes: 16 << 20,
  /** Of all parts together when they are unpacked; more only where it is at most `ratio` times the bundle. */
  unpackedBytes: 2 ** 30,
  ratio: 300,
} as const;
