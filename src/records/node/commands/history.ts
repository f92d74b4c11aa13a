import { type Decoded, NOTHING, type Origin, refused } from '../../decoded.ts';
import { type EventRecord, record } from '../../record.ts';
import type { Line, LineDecoder } from '../line-decoder.ts';
import { redactedText } from '../redacted.ts';
import { digest, oneLine } from '../text.ts';

const STAMP = /^#(\d{9,11})$/;
/** zsh with EXTENDED_HISTORY: `: 1700000000:0;command`. */
const ZSH = /^: (\d{9,11}):\d{1,9};(.*)$/s;
/** In characters; a command of several lines goes on until the next stamp. */
const LONGEST = 2 ** 18;

interface Typed {
  readonly time: number;
  readonly at: number;
  command: string;
}

/** Reads the history of a shell that keeps times: bash with HISTTIMEFORMAT writes `#SECONDS` before each command. Without times it is refused. */
export class ShellHistoryDecoder implements LineDecoder {
  readonly #origin: Origin;
  readonly #user: string;
  #typed: Typed | undefined;

  /** @param path of the file; without `user` its folder says whose it is */
  constructor(origin: Origin, path: string, user?: string) {
    this.#origin = origin;
    this.#user = user ?? ownerOf(path);
  }

  get held(): number | undefined {
    return this.#typed?.at;
  }

  decode({ text, at }: Line): Decoded {
    const stamp = STAMP.exec(text);
    const zsh = ZSH.exec(text);
    if (stamp === null && zsh === null && this.#typed !== undefined) {
      const { command } = this.#typed;
      if (command.length < LONGEST) this.#typed.command = command === '' ? text : `${command}\n${text}`;
      return NOTHING;
    }
    const before = this.flush();
    if (stamp !== null) this.#typed = { time: Number(stamp[1]) * 1_000_000, at, command: '' };
    else if (zsh !== null) this.#typed = { time: Number(zsh[1]) * 1_000_000, at, command: zsh[2]! };
    else if (text !== '')
      return { records: before.records, refused: [refused('missing-fields', `byte ${at}`, text)] };
    return before;
  }

  flush(): Decoded {
    const typed = this.#typed;
    this.#typed = undefined;
    if (typed === undefined || typed.command === '') return NOTHING;
    return { records: [this.#record(typed)], refused: [] };
  }

  #record({ time, at, command }: Typed): EventRecord {
    const { cluster, inlet, node = '' } = this.#origin;
    const { text, count } = redactedText(command);
    return record({
      key: `history ${cluster} ${node} ${this.#user} ${time} ${at} ${digest(command)}`,
      time,
      source: 'command',
      cluster,
      inlet,
      verb: 'typed',
      user: this.#user,
      node,
      name: oneLine(text.split(' ', 1)[0]!),
      message: oneLine(text),
      redactions: count,
      raw: text,
    });
  }
}

/** `/home/alice/.bash_history` is alice's. */
function ownerOf(path: string): string {
  const folder = path.split('/').at(-2) ?? '';
  return /^[\w.@-]{1,64}$/.test(folder) ? folder : '';
}
