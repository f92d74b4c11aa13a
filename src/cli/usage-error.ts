import type { CliWords } from '../locales/cli.en.ts';

/** Wrong usage: ends the program with exit code 3 and one line in the user's language. */
export class UsageError extends Error {
  readonly say: (words: CliWords) => string;

  constructor(say: (words: CliWords) => string) {
    super('wrong usage');
    this.name = 'UsageError';
    this.say = say;
  }
}
