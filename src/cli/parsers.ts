import { nearest } from '../kubernetes/spelling.ts';
import { UsageError } from './usage-error.ts';

/** A parser for a value out of a closed set; a miss names the nearest members, or all of them. */
export function oneOf<const T extends string>(flag: string, values: readonly T[]): (input: string) => T {
  return (input) => {
    const found = values.find((value) => value === input);
    if (found !== undefined) return found;
    throw new UsageError((words) =>
      words.usage.unknownValue({ flag, value: input, near: nearest(input, values), all: values }),
    );
  };
}

/** Percentage from 0 to 100, fractions allowed, `%` optional. */
export function percentage(flag: string): (input: string) => number {
  return (input) => {
    const text = input.replace(/%$/, '');
    const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
    if (value >= 0 && value <= 100) return value;
    throw new UsageError((words) => words.usage.notAPercentage({ flag, value: input }));
  };
}

/** A path argument. What looks like a flag is one that the parser did not recognise, never a file. */
export function path(input: string): string {
  if (!/^-./.test(input)) return input;
  throw new UsageError((words) => words.usage.unknownFlag({ flag: input, command: 'kubestride', near: [] }));
}
