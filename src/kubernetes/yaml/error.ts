/** Why a document was refused, with the byte offset of the place inside the document. */
export class YamlError extends Error {
  /** The reason alone, without upstream's line prefix. */
  readonly problem: string;
  readonly offset: number;
  private readonly upstreamLine: number;

  /** `upstreamLine` is the line of the document that upstream names, 0 when it names none. */
  constructor(problem: string, offset: number, upstreamLine = 0) {
    super(upstreamLine > 0 ? `yaml: line ${upstreamLine}: ${problem}` : `yaml: ${problem}`);
    this.problem = problem;
    this.offset = offset;
    this.upstreamLine = upstreamLine;
  }

  /** The same refusal at another offset. */
  at(offset: number): YamlError {
    return new YamlError(this.problem, offset, this.upstreamLine);
  }
}
