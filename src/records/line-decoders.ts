import { basename } from 'node:path';
import { isObject } from '../kubernetes/json.ts';
import { AuditLines } from './audit/index.ts';
import { decodeEventObjects } from './cluster/event-object.ts';
import { type Decoded, NOTHING, type Origin, refused } from './decoded.ts';
import { formatOf, HEAD_BYTES, type LogFormat } from './formats.ts';
import { AuditdDecoder } from './node/auditd/decoder.ts';
import type { AuditdOptions } from './node/auditd/facts.ts';
import { ShellHistoryDecoder } from './node/commands/history.ts';
import { JsonEventDecoder } from './node/commands/json-events.ts';
import { CriDecoder } from './node/cri/cri.ts';
import { DockerLogDecoder } from './node/cri/docker.ts';
import { HostLogDecoder } from './node/host/decoder.ts';
import type { Line, LineDecoder } from './node/line-decoder.ts';
import type { Redactions } from './redaction/tally.ts';

/** Formats that are read line by line; the others come in objects or entries of several lines. */
export type LineFormat = Exclude<LogFormat, 'journal-export'>;

export interface LineDecoderOptions extends AuditdOptions {
  readonly tally?: Redactions;
}

/** What makes records of the lines of a file. */
export function lineDecoder(
  format: LineFormat,
  path: string,
  origin: Origin,
  options: LineDecoderOptions,
): LineDecoder {
  switch (format) {
    case 'audit':
      return new AuditLineDecoder(origin, options.tally);
    case 'auditd':
      return new AuditdDecoder(origin, options);
    case 'cri':
      return new CriDecoder(origin, path, options.pods);
    case 'docker':
      return new DockerLogDecoder(origin, path, options.pods);
    case 'events':
      return new EventLineDecoder(origin);
    case 'history':
      return new ShellHistoryDecoder(origin, path);
    case 'commands':
      return new JsonEventDecoder(origin, options.pods);
    case 'host':
      return new HostLogDecoder(origin, { ...options, program: programOf(path) });
  }
}

/** `kubelet` of `/var/log/kubelet.log.1`: programs that write files of their own leave their name out of the lines. */
function programOf(path: string): string {
  const [name = ''] = basename(path).split('.');
  return /^[a-z][a-z0-9_-]{1,63}$/.test(name) ? name : '';
}

/** An API server's audit log, its own file or the log of its container. */
class AuditLineDecoder implements LineDecoder {
  readonly #lines: AuditLines;
  #held: number | undefined;

  constructor(origin: Origin, tally: Redactions | undefined) {
    this.#lines = new AuditLines(origin, tally);
  }

  get held(): number | undefined {
    return this.#held;
  }

  decode({ text, at }: Line): Decoded {
    const decoded = this.#lines.read(text, `byte ${at}`);
    // A part of a line that a container runtime cut: what begins here has to be read again after a crash.
    if (decoded !== NOTHING) this.#held = undefined;
    else if (text.trim() !== '') this.#held ??= at;
    return decoded;
  }

  flush(): Decoded {
    return NOTHING;
  }
}

/** Kubernetes Events as exporters write them, one a line. */
class EventLineDecoder implements LineDecoder {
  readonly held = undefined;
  readonly #origin: Origin;

  constructor(origin: Origin) {
    this.#origin = origin;
  }

  decode({ text, at }: Line): Decoded {
    if (text.trim() === '') return NOTHING;
    try {
      const value: unknown = JSON.parse(text);
      if (isObject(value)) return decodeEventObjects(value, this.#origin);
    } catch {
      return { records: [], refused: [refused('not-json', `byte ${at}`, text)] };
    }
    return { records: [], refused: [refused('not-an-event', `byte ${at}`, text)] };
  }

  flush(): Decoded {
    return NOTHING;
  }
}

/** Decides by the first line that tells what a file holds, and reads it as that from there on. */
export class DetectingDecoder implements LineDecoder {
  readonly #make: (format: LineFormat) => LineDecoder;
  readonly #path: string;
  #decoder: LineDecoder | undefined;

  constructor(path: string, make: (format: LineFormat) => LineDecoder) {
    this.#path = path;
    this.#make = make;
  }

  get held(): number | undefined {
    return this.#decoder?.held;
  }

  decode(line: Line): Decoded {
    if (this.#decoder === undefined) {
      if (line.text.trim() === '') return NOTHING;
      const format = formatOf(this.#path, line.text.slice(0, HEAD_BYTES));
      if (format === undefined || format === 'journal-export') {
        return { records: [], refused: [refused('unknown-format', `byte ${line.at}`, line.text)] };
      }
      this.#decoder = this.#make(format);
    }
    return this.#decoder.decode(line);
  }

  flush(): Decoded {
    return this.#decoder?.flush() ?? NOTHING;
  }
}
