import { isObject, type JsonObject } from '../../kubernetes/json.ts';

/** A JSON object, and the text that it was read from. */
export interface TextObject {
  readonly value: JsonObject;
  readonly text: string;
}

/** What one line holds: a JSON object, a part of one that later lines end, nothing, words of another kind, or a broken object. */
export type LogLine = TextObject | 'part' | 'empty' | 'words' | 'broken';

/** How far into a line JSON may begin: behind the time and stream that a container runtime or an export writes. */
const LONGEST_PREFIX = 256;
/** https://github.com/kubernetes/design-proposals-archive/blob/main/node/kubelet-cri-logging.md: time, stream, tags; `P` is a part of a line. */
const CRI = /^\S+ std(?:out|err) ([FP])(?::\S*)? /;

/** Reads lines of a log, and joins those that a container runtime cut at its limit of 16 KiB. */
export class LogLines {
  readonly #limit: number;
  #part = '';

  constructor(limit: number) {
    this.#limit = limit;
  }

  read(line: string): LogLine {
    let text = line.endsWith('\r') ? line.slice(0, -1) : line;
    const cri = text.charCodeAt(0) === 0x7b ? null : CRI.exec(text);
    if (cri !== null) {
      text = this.#part + text.slice(cri[0].length);
      this.#part = cri[1] === 'P' && text.length <= this.#limit ? text : '';
      if (cri[1] === 'P') return 'part';
    }
    const start = text.indexOf('{');
    if (start < 0 || start > LONGEST_PREFIX) return text.trim() === '' ? 'empty' : 'words';
    const object = start === 0 ? text : text.slice(start);
    const value = parseObject(object);
    if (value === undefined) return start === 0 || text.includes('"auditID"') ? 'broken' : 'words';
    return this.#docker({ value, text: object });
  }

  /** Docker's json-file: a line that goes on has no line break at its end. */
  #docker(line: TextObject): LogLine {
    const { log, stream } = line.value;
    if (typeof log !== 'string' || typeof stream !== 'string') return line;
    const text = this.#part + log;
    this.#part = '';
    if (log.endsWith('\n') || text.length > this.#limit) {
      return { value: { ...line.value, log: text }, text: line.text };
    }
    const whole = parseObject(text);
    if (whole !== undefined) return { value: whole, text };
    this.#part = text;
    return 'part';
  }
}

/** Undefined for what is no JSON object. */
export function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}
