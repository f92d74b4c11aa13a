/** Every way in which KubeStride refuses to go on. Words for each live in `locales/`. */
export type ErrorCode =
  /** params: path; candidates (whole paths that exist beside the first missing part of it) */
  | 'path-not-found'
  /** params: pattern */
  | 'pattern-matches-nothing';

export type ErrorParams = Readonly<Record<string, string | number | readonly string[]>>;

/** The one error class of libraries: a code and its parameters, no words. `cli` and `server` map it to words and exit codes. */
export class KubeStrideError extends Error {
  readonly code: ErrorCode;
  readonly params: ErrorParams;

  constructor(code: ErrorCode, params: ErrorParams = {}, options?: ErrorOptions) {
    super(code, options);
    this.name = 'KubeStrideError';
    this.code = code;
    this.params = params;
  }
}
