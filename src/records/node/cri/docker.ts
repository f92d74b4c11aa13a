import { asString, isObject } from '../../../kubernetes/json.ts';
import { type Decoded, NOTHING, type Origin, refused } from '../../decoded.ts';
import type { PodDirectory } from '../containers/directory.ts';
import type { Line, LineDecoder } from '../line-decoder.ts';
import { microsOf } from '../time.ts';
import { type LogEntry, type LogPlace, logPlace, podLogRecord } from './log-record.ts';

const LONGEST = 2 ** 20;

/** Reads what docker's `json-file` driver writes: `{"log":"…\n","stream":"stdout","time":"…"}`. What was cut at 16 KiB has no line break. */
export class DockerLogDecoder implements LineDecoder {
  readonly #origin: Origin;
  readonly #place: LogPlace;
  readonly #partial = new Map<string, LogEntry>();

  constructor(origin: Origin, path: string, pods?: PodDirectory) {
    this.#origin = origin;
    this.#place = logPlace(origin, path, pods);
  }

  get held(): number | undefined {
    const marks = [...this.#partial.values()].map(({ at }) => at);
    return marks.length === 0 ? undefined : Math.min(...marks);
  }

  decode({ text, at }: Line): Decoded {
    const entry = entryOf(text, at);
    if (entry === undefined) {
      return text === ''
        ? NOTHING
        : { records: [], refused: [refused('unknown-format', `byte ${at}`, text)] };
    }
    const before = this.#partial.get(entry.stream);
    const whole = before === undefined ? entry : { ...before, text: before.text + entry.text };
    if (!entry.text.endsWith('\n') && whole.text.length < LONGEST) {
      this.#partial.set(entry.stream, whole);
      return NOTHING;
    }
    this.#partial.delete(entry.stream);
    return { records: [podLogRecord(this.#origin, this.#place, whole)], refused: [] };
  }

  flush(): Decoded {
    const entries = [...this.#partial.values()];
    this.#partial.clear();
    return { records: entries.map((entry) => podLogRecord(this.#origin, this.#place, entry)), refused: [] };
  }
}

function entryOf(text: string, at: number): LogEntry | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(value)) return undefined;
  const log = asString(value['log']);
  const stamp = asString(value['time']) ?? '';
  const stream = asString(value['stream']) === 'stderr' ? 'stderr' : 'stdout';
  const time = microsOf(stamp);
  if (log === undefined || time === undefined) return undefined;
  return { time, stamp, stream, text: log, at, header: `${stamp} ${stream} F ` };
}
