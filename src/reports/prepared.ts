import { sortFindings, sortNotAssessed } from '../assessment/order.ts';
import type { Finding, NotAssessed } from '../assessment/report.ts';
import type { ReportInput, SourceRange } from './input.ts';

/** The parts of a report that several formats need and that cost: made once for an input, on demand. */
export interface Prepared {
  readonly findings: readonly Finding[];
  readonly notAssessed: readonly NotAssessed[];
}

const prepared = new WeakMap<ReportInput, Prepared>();

export function prepare(input: ReportInput): Prepared {
  let known = prepared.get(input);
  if (known === undefined) {
    known = {
      findings: sortFindings(input.report.findings),
      notAssessed: sortNotAssessed(input.report.notAssessed),
    };
    prepared.set(input, known);
  }
  return known;
}

/** How many positions are asked for at a time. */
const BATCH = 2000;
const NUMBERS = 4;

/** Positions of the first `count` findings, kept as numbers because a report may hold hundreds of thousands. */
export class Positions {
  readonly #numbers: Int32Array;
  readonly #findings: readonly Finding[];

  private constructor(findings: readonly Finding[]) {
    this.#findings = findings;
    this.#numbers = new Int32Array(findings.length * NUMBERS);
  }

  /**
   * Asks document by document, whatever the order of the findings, so that a document is read once for all findings
   * in it.
   */
  static async of(input: ReportInput, findings: readonly Finding[]): Promise<Positions> {
    const positions = new Positions(findings);
    const order = documentOrder(findings);
    for (let start = 0; start < order.length; start += BATCH) {
      const batch = order.slice(start, start + BATCH);
      const requests = batch.map((index) => {
        const { object, path } = findings[index]!;
        return { origin: object.origin, path };
      });
      const ranges = await input.locate(requests);
      batch.forEach((index, i) => {
        positions.#set(index, ranges[i]);
      });
    }
    return positions;
  }

  #set(index: number, range: SourceRange | undefined): void {
    const { line, column, endLine, endColumn } = range ?? startOf(this.#findings[index]!);
    this.#numbers.set([line, column, endLine, endColumn], index * NUMBERS);
  }

  /** The place of finding `index`; the start of its object where the field cannot be placed. */
  at(index: number): SourceRange {
    const numbers = this.#numbers;
    const i = index * NUMBERS;
    return {
      line: numbers[i]!,
      column: numbers[i + 1]!,
      endLine: numbers[i + 2]!,
      endColumn: numbers[i + 3]!,
    };
  }
}

function startOf(finding: Finding): SourceRange {
  const { line, column } = finding.object.origin;
  return { line, column, endLine: line, endColumn: column };
}

/** Indexes of the findings in the order of the documents that they are in. */
function documentOrder(findings: readonly Finding[]): number[] {
  const files = new Map<string, number>();
  const fileOf = findings.map(({ object }) => {
    const { path } = object.origin.file;
    let rank = files.get(path);
    if (rank === undefined) {
      rank = files.size;
      files.set(path, rank);
    }
    return rank;
  });
  return findings
    .map((_, index) => index)
    .sort(
      (a, b) =>
        fileOf[a]! - fileOf[b]! ||
        findings[a]!.object.origin.document - findings[b]!.object.origin.document ||
        a - b,
    );
}
