import { isObject, type JsonObject } from '../../kubernetes/json.ts';
import {
  Redactions,
  redactCommand,
  redactJson,
  redactLine,
  redactText,
  TooDeep,
} from '../redaction/index.ts';

export interface RedactedText {
  readonly text: string;
  /** How many values were taken out. */
  readonly count: number;
}

export interface RedactedWords {
  readonly words: readonly string[];
  readonly count: number;
}

export function redactedText(text: string): RedactedText {
  const tally = new Redactions();
  return { text: redactText(text, tally), count: tally.total };
}

/** The words of a command, of which one may say that the next is a secret. */
export function redactedWords(words: readonly string[]): RedactedWords {
  const tally = new Redactions();
  return { words: redactCommand(words, tally), count: tally.total };
}

/** A log line, which may be one of a private key that was written line by line. */
export function redactedLine(text: string): RedactedText {
  const tally = new Redactions();
  return { text: redactLine(text, tally), count: tally.total };
}

export interface RedactedJson {
  readonly value: JsonObject;
  /** The line as it was where nothing was taken out, else compact JSON. */
  readonly raw: string;
  readonly count: number;
}

/** A JSON object without secrets. Undefined where it nests too deep. */
export function redactedJson(line: string, object: JsonObject): RedactedJson | undefined {
  const tally = new Redactions();
  try {
    const value = redactJson(object, tally);
    if (!isObject(value)) return undefined;
    return { value, raw: tally.total === 0 ? line.trim() : JSON.stringify(value), count: tally.total };
  } catch (error) {
    if (error instanceof TooDeep) return undefined;
    throw error;
  }
}
