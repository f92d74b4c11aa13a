import { Redactions } from '../redaction/tally.ts';
import { redactCommand, redactText } from '../redaction/text.ts';

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
