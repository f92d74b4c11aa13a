import type { Readable } from 'node:stream';
import { readLogFiles } from '../../evidence/audit-log/log-files.ts';
import { LONGEST_EVENT } from '../../evidence/audit-log/read-audit-log.ts';
import type { Decoded, Refused } from '../decoded.ts';
import type { EventRecord } from '../record.ts';
import { Redactions } from '../redaction/index.ts';
import { Decoding, readerFor } from './decode.ts';

export interface AuditFilesOptions {
  readonly cwd: string;
  readonly stdin: Readable;
  /** Empty for what the envelope calls it. */
  readonly cluster: string;
  /** After each chunk that held something; the next chunk waits for it. `file` is a path as it was given, `-` for standard input. */
  readonly onDecoded: (decoded: Decoded, file: string) => Promise<void> | void;
  readonly onProgress?: (bytes: number) => void;
  readonly tally?: Redactions;
  /** Longest line, or object of a list, in bytes. */
  readonly limit?: number;
}

/**
 * Records of audit logs: the API server's files with their rotated and compressed ones, standard input, batches of the webhook, exports of
 * clouds and collectors. In bounded memory, in the order of the files.
 * @throws KubeStrideError path-not-found, audit-log-unreadable, and what onDecoded throws
 */
export async function readAuditRecords(
  paths: readonly string[],
  {
    cwd,
    stdin,
    cluster,
    onDecoded,
    onProgress,
    tally = new Redactions(),
    limit = LONGEST_EVENT,
  }: AuditFilesOptions,
): Promise<{ readonly files: readonly string[]; readonly bytes: number }> {
  let file = '';
  let decoding: Decoding | undefined;
  const flush = async (): Promise<void> => {
    if (decoding === undefined) return;
    const records: EventRecord[] = decoding.records.splice(0);
    const refused: Refused[] = decoding.refused.splice(0);
    if (records.length > 0 || refused.length > 0) await onDecoded({ records, refused }, file);
  };
  return readLogFiles(paths, {
    cwd,
    stdin,
    reader: (path) => {
      file = path;
      decoding = new Decoding({ inlet: path === '-' ? 'stdin' : `file:${path}`, cluster }, tally);
      return readerFor(decoding, limit);
    },
    afterChunk: async (bytes) => {
      await flush();
      onProgress?.(bytes);
    },
  });
}
