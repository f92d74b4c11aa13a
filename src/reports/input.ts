import type { Report } from '../assessment/report.ts';
import type { Origin } from '../kubernetes/object.ts';
import type { Words } from '../locales/words.ts';
import type { Severity } from '../threats/define-check.ts';

/** A place in a file: 1-based, columns in UTF-16 code units, the end exclusive. */
export interface SourceRange {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export interface TextLine {
  readonly line: number;
  readonly text: string;
}

export interface LocateRequest {
  readonly origin: Origin;
  /** Field path inside the object. */
  readonly path: string;
}

/** What was asked about. */
export interface ReportSource {
  readonly paths: readonly string[];
  readonly cluster?: {
    readonly context?: string;
    readonly server?: string;
    readonly namespace?: string;
    /** `gitVersion` of the API server. */
    readonly version?: string;
    readonly distribution?: string;
    /** RFC 3339, UTC. */
    readonly collectedAt: string;
  };
}

/** Everything that an output format may draw on. Formats that are given the same input share its sorting and positions. */
export interface ReportInput {
  readonly report: Report;
  readonly words: Words;
  readonly tool: { readonly name: string; readonly version: string };
  readonly source: ReportSource;
  /**
   * Positions in the order of the requests; undefined where the file can no longer tell. Answers for a field that the
   * object does not have with its nearest parent.
   */
  readonly locate: (requests: readonly LocateRequest[]) => Promise<readonly (SourceRange | undefined)[]>;
  /** Lines `first` to `last` of the file that an object came from, 1-based and inclusive, as far as they can be read. */
  readonly readLines: (origin: Origin, first: number, last: number) => Promise<readonly TextLine[]>;
  /** The severity from which findings fail the run. */
  readonly failOn: Severity;
}

/** Where a report goes. A promise asks the writer to wait. */
export interface Sink {
  write(text: string): void | Promise<void>;
}
