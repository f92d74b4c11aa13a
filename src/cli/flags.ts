import type { CliWords } from '../locales/cli.en.ts';
import { LANGUAGES, type Language } from '../locales/words.ts';
import { oneOf } from './parsers.ts';

export const COLORS = ['auto', 'always', 'never'] as const;
export type ColorChoice = (typeof COLORS)[number];

/** Flags that every command has. `lang` is read before the parser runs and stands here for help and completion. */
export interface CommonFlags {
  readonly lang?: Language;
}

/** A value out of a closed set. */
export function choiceFlag<const T extends string>(
  flag: string,
  values: readonly T[],
  brief: string,
  placeholder: string,
) {
  return {
    kind: 'parsed',
    parse: oneOf(flag, values),
    proposeCompletions: () => values,
    brief,
    placeholder,
  } as const;
}

export function outputFlag<const T extends string>(formats: readonly T[], brief: string) {
  return { ...choiceFlag('-o', formats, brief, 'FORMAT'), optional: true } as const;
}

/** The formats of most commands. */
export function plainOutputFlag(words: CliWords) {
  return outputFlag(['terminal', 'json'], words.flag.outputPlain);
}

export function langFlag(words: CliWords) {
  return { ...choiceFlag('--lang', LANGUAGES, words.flag.lang, 'LANG'), optional: true } as const;
}

export function colorFlag(words: CliWords) {
  return { ...choiceFlag('--color', COLORS, words.flag.color, 'WHEN'), optional: true } as const;
}

/** Whether to colour what goes to standard output (https://no-color.org). */
export function useColor(
  choice: ColorChoice | undefined,
  isTerminal: boolean,
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  if (choice === 'always') return true;
  if (choice === 'never') return false;
  return isTerminal && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
}
