import { LogLines } from '../../evidence/audit-log/log-lines.ts';
import { LONGEST_EVENT } from '../../evidence/audit-log/read-audit-log.ts';
import type { Decoded, Origin } from '../decoded.ts';
import { NOTHING } from '../decoded.ts';
import type { Redactions } from '../redaction/index.ts';
import { Decoding } from './decode.ts';

/**
 * Records of an audit log that is followed line by line; lines that a container runtime cut are joined, so that there is one for each
 * file. Empty lines and parts of lines give nothing.
 */
export class AuditLines {
  readonly #lines: LogLines;
  readonly #origin: Origin;
  readonly #tally: Redactions | undefined;

  constructor(origin: Origin, tally?: Redactions, limit = LONGEST_EVENT) {
    this.#origin = origin;
    this.#tally = tally;
    this.#lines = new LogLines(limit);
  }

  /** @param where what to call the line, `line 12` or `byte 4096` */
  read(line: string, where: string): Decoded {
    const read = this.#lines.read(line);
    if (read === 'part' || read === 'empty') return NOTHING;
    const decoding = new Decoding(this.#origin, this.#tally);
    if (read === 'words') decoding.refuse('not-json', where, line);
    else if (read === 'broken') decoding.refuse('truncated', where, line);
    else decoding.value(read.value, read.text, where);
    return decoding;
  }
}
