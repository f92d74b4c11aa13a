import type { Readable } from 'node:stream';
import type { JsonObject } from '../../kubernetes/json.ts';
import { openEnvelope } from './envelopes.ts';
import type { AuditEvent } from './event.ts';
import { readLogFiles } from './log-files.ts';
import { LogReader, type Place, type UnreadReason } from './log-reader.ts';

export interface AuditLogOptions {
  readonly cwd: string;
  readonly stdin: Readable;
  /** `raw` is the event as the API server wrote it; undefined for what an export of a cloud provider keeps of one. */
  readonly onEvent: (event: AuditEvent, raw: JsonObject | undefined) => void;
  /** After each chunk. */
  readonly onProgress?: ((bytes: number, events: number) => void) | undefined;
  /** Longest line, or object of a list, in bytes; LONGEST_EVENT where not given. */
  readonly limit?: number;
}

/** Something of a log that was not read; a line where the log is lines, else what number of object it is. */
export interface UnreadPart extends Place {
  readonly file: string;
  readonly reason: UnreadReason;
}

export interface AuditLogReading {
  readonly files: readonly string[];
  readonly bytes: number;
  readonly events: number;
  /** Lines and objects that are whole and no audit event: words of other programs in the same log. */
  readonly others: number;
  /** How much was not read, and the first of it. */
  readonly unreadCount: number;
  readonly unread: readonly UnreadPart[];
}

/** 16 MiB: the API server cuts events at 100 KB by default, batches at 10 MiB. */
export const LONGEST_EVENT = 16 << 20;
const NAMED = 10;

/**
 * Reads audit logs as the API server writes them (JSON lines), their rotated and compressed files, batches of its webhook (EventList), and
 * exports of EKS, AKS and GKE, in bounded memory. Events come in the order of the files. Lines that are no event are counted, what is
 * broken is named.
 *
 * @param paths files, folders (their files, by name, not those of folders inside), or `-` for standard input
 * @throws KubeStrideError path-not-found, audit-log-unreadable
 */
export async function readAuditLog(
  paths: readonly string[],
  { cwd, stdin, onEvent, onProgress, limit = LONGEST_EVENT }: AuditLogOptions,
): Promise<AuditLogReading> {
  const tally = { events: 0, others: 0, unreadCount: 0, unread: [] as UnreadPart[] };
  const found = (event: AuditEvent, raw: JsonObject | undefined): void => {
    tally.events++;
    onEvent(event, raw);
  };
  const reader = (file: string) =>
    new LogReader(
      {
        object: ({ value }) => {
          if (!openEnvelope(value, found)) tally.others++;
        },
        words: () => {
          tally.others++;
        },
        unread: (reason, place) => {
          tally.unreadCount++;
          if (tally.unread.length < NAMED) tally.unread.push({ file, ...place, reason });
        },
      },
      limit,
    );
  const afterChunk = (bytes: number): void => onProgress?.(bytes, tally.events);
  const { files, bytes } = await readLogFiles(paths, { cwd, stdin, reader, afterChunk });
  return { files, bytes, ...tally };
}
