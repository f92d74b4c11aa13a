import type { Decoded } from '../decoded.ts';

/** One line of a file or stream, without its line break. */
export interface Line {
  readonly text: string;
  /**
   * Where it begins in its file, in bytes, or its number where there is no file. It is a part of the keys of records that tell nothing
   * else of themselves, so that equal lines of one moment stay two, and must be the same when the line is read again.
   */
  readonly at: number;
}

/** Makes records of the lines of one file or stream; some records take several lines. */
export interface LineDecoder {
  decode(line: Line): Decoded;
  /** What waits for more lines, as it is: at the end of a file, and when nothing came for some seconds. */
  flush(): Decoded;
  /**
   * `at` of the earliest line that waits for others, undefined where none does. Reading has to go on from there after a crash; what
   * becomes a record a second time has the same key.
   */
  readonly held: number | undefined;
}
