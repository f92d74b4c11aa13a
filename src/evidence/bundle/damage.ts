import { KubeStrideError } from '../../kubernetes/errors.ts';

/** What is wrong with a bundle. */
export type Damage =
  /** It does not begin like a bundle. */
  | 'not-a-bundle'
  /** The file ends before the bundle does. */
  | 'truncated'
  /** A byte of the archive's own structure, or of `SHA256SUMS`, is not what the index makes it. */
  | 'structure'
  /** The bytes are not those whose digest the index states. */
  | 'digest'
  /** The digest is right and the content is not what a bundle holds: whoever wrote it did not write a bundle. */
  | 'content'
  /** More than a reader takes. */
  | 'too-large';

/** @param part name of the entry that is concerned */
export function damaged(path: string, part: string, problem: Damage, cause?: unknown): KubeStrideError {
  return new KubeStrideError('bundle-damaged', { path, part, problem }, { cause });
}
