import type { CliWords } from '../locales/cli.en.ts';
import { LANGUAGES, type Language } from '../locales/words.ts';
import { oneOf } from './parsers.ts';

export const COLORS = ['auto', 'always', 'never'] as const;
export type ColorChoice = (typeof COLORS)[number];

/** Flags that every command has. `lang` is read before the parser runs and stands here for help and completion. */
export interface CommonFlags {
  readonly lang?: Language;
}

export function langFlag(words: CliWords) {
  return {
    kind: 'parsed',
    parse: oneOf('--lang', LANGUAGES),
    proposeCompletions: () => LANGUAGES,
    brief: words.flag.lang,
    placeholder: 'LANG',
    optional: true,
  } as const;
}

export function colorFlag(words: CliWords) {
  return {
    kind: 'parsed',
    parse: oneOf('--color', COLORS),
    proposeCompletions: () => COLORS,
    brief: words.flag.color,
    placeholder: 'WHEN',
    optional: true,
  } as const;
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
