import { readFile } from 'node:fs/promises';
import { KubeStrideError } from '../../../kubernetes/errors.ts';
import { systemReason } from './words.ts';

/**
 * How long a token or certificate that was read from a file is taken as it is. client-go: half of the time between the
 * kubelet's refresh of a projected token and the old token's end, less ten seconds.
 */
const PERIOD = 50_000;

/** Of which field of which kubeconfig the path is. */
export interface FileField {
  readonly path: string;
  readonly field: string;
  readonly kubeconfig: string;
  readonly entry: string;
}

/** @throws KubeStrideError `credential-file-unreadable` */
export async function readCredentialFile({ path, field, kubeconfig, entry }: FileField): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    const reason = systemReason(error);
    throw new KubeStrideError('credential-file-unreadable', { path, field, kubeconfig, entry, reason });
  }
}

/** A file that others rewrite while we run, such as a pod's projected token. */
export class WatchedFile {
  readonly #field: FileField;
  readonly #now: () => number;
  #content: Buffer | undefined;
  #readAt = 0;

  constructor(field: FileField, now: () => number) {
    this.#field = field;
    this.#now = now;
  }

  /** The same buffer as before while the file holds the same. Where it cannot be read any more the last content holds. */
  async content(fresh = false): Promise<Buffer> {
    if (!fresh && this.#content !== undefined && this.#now() - this.#readAt < PERIOD) return this.#content;
    try {
      const content = await readCredentialFile(this.#field);
      this.#readAt = this.#now();
      if (this.#content === undefined || !content.equals(this.#content)) this.#content = content;
    } catch (error) {
      if (this.#content === undefined) throw error;
    }
    return this.#content as Buffer;
  }
}
