import { AuditLines } from '../../../records/audit/index.ts';
import type { Decoded, Origin } from '../../../records/decoded.ts';
import { NOTHING } from '../../../records/decoded.ts';
import type { Line, LineDecoder } from '../../../records/node/line-decoder.ts';
import type { Redactions } from '../../../records/redaction/tally.ts';
import { lineInFile } from './position.ts';

/** An API server's audit log, its own file or the log of its container, whose runtime cuts long lines. */
export class AuditFileDecoder implements LineDecoder {
  readonly #lines: AuditLines;
  #held: number | undefined;

  constructor(origin: Origin, tally?: Redactions) {
    this.#lines = new AuditLines(origin, tally);
  }

  get held(): number | undefined {
    return this.#held;
  }

  decode({ text, at }: Line): Decoded {
    const decoded = this.#lines.read(text, `byte ${lineInFile(at)}`);
    if (decoded !== NOTHING) this.#held = undefined;
    else if (text.trim() !== '') this.#held ??= at;
    return decoded;
  }

  /** A part alone is no event: it is told of when its end is there, or when what follows it is not its end. */
  flush(): Decoded {
    return NOTHING;
  }
}
