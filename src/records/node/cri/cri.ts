import { type Decoded, NOTHING, type Origin, refused } from '../../decoded.ts';
import type { PodDirectory } from '../containers/directory.ts';
import type { Line, LineDecoder } from '../line-decoder.ts';
import { microsOf } from '../time.ts';
import { type LogPlace, logPlace, podLogRecord } from './log-record.ts';

/** `TIME STREAM TAGS TEXT`, tags with colons between them (kubelet, logs.go; cri-api, "CRI container log format"). */
const LINE = /^(\S{20,40}) (stdout|stderr) ([A-Z](?::?[\w]{1,16}){0,8}) ?/;
/** In characters. Runtimes cut at 16 KiB; a container may write without ever ending its line. */
const LONGEST = 2 ** 20;

interface Partial {
  readonly time: number;
  readonly stamp: string;
  readonly at: number;
  readonly pieces: string[];
  length: number;
}

/** Reads what container runtimes write below /var/log/pods. Lines that were cut (tag P) are put together by stream. */
export class CriDecoder implements LineDecoder {
  readonly #origin: Origin;
  readonly #place: LogPlace;
  readonly #partial = new Map<string, Partial>();

  /** @param path of the file, whose names tell namespace, Pod and container */
  constructor(origin: Origin, path: string, pods?: PodDirectory) {
    this.#origin = origin;
    this.#place = logPlace(origin, path, pods);
  }

  get held(): number | undefined {
    const marks = [...this.#partial.values()].map(({ at }) => at);
    return marks.length === 0 ? undefined : Math.min(...marks);
  }

  decode({ text, at }: Line): Decoded {
    const match = LINE.exec(text);
    const time = match === null ? undefined : microsOf(match[1]!);
    if (match === null || time === undefined) {
      return text === ''
        ? NOTHING
        : { records: [], refused: [refused('unknown-format', `byte ${at}`, text)] };
    }
    const [header, stamp = '', stream = '', tags = ''] = match;
    const partial = this.#partial.get(stream) ?? { time, stamp, at, pieces: [], length: 0 };
    partial.pieces.push(text.slice(header.length));
    partial.length += text.length - header.length;
    this.#partial.set(stream, partial);
    const isPart = tags.split(':').includes('P');
    return isPart && partial.length < LONGEST ? NOTHING : this.#end(stream, partial);
  }

  flush(): Decoded {
    const ended = [...this.#partial].map(([stream, partial]) => this.#end(stream, partial));
    return { records: ended.flatMap(({ records }) => records), refused: [] };
  }

  #end(stream: string, { time, stamp, at, pieces }: Partial): Decoded {
    this.#partial.delete(stream);
    const text = pieces.join('');
    const entry = { time, stamp, stream, text, at, header: `${stamp} ${stream} F ` };
    return { records: [podLogRecord(this.#origin, this.#place, entry)], refused: [] };
  }
}
