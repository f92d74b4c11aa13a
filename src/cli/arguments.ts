import { nearest } from '../kubernetes/spelling.ts';
import { LANGUAGES, type Language } from '../locales/words.ts';
import { UsageError } from './usage-error.ts';

export interface Arguments {
  /** What the command line parser sees. */
  readonly rest: readonly string[];
  readonly language: Language | undefined;
}

/**
 * Brings the command line into the one form that the parser reads. `--lang` is taken out because it also decides the
 * words of help and errors and may stand before the command; `-oFORMAT` and `--colour` are spelt as people type them;
 * a path after `--` that begins with a dash is made unlike a flag; `help` and `version` become flags.
 */
export function normaliseArguments(argv: readonly string[]): Arguments {
  const rest: string[] = [];
  let language: Language | undefined;
  for (let i = 0; i < argv.length; i++) {
    const argument = argv[i]!;
    if (argument === '--') {
      rest.push('--', ...argv.slice(i + 1).map((path) => (/^-./.test(path) ? `./${path}` : path)));
      break;
    }
    if (argument === '--lang') {
      const value = argv[++i];
      if (value === undefined) throw missing('--lang');
      language = parseLanguage(value);
    } else if (/^--[^=]+=$/.test(argument)) {
      throw missing(argument.slice(0, -1));
    } else if (argument.startsWith('--lang=')) {
      language = parseLanguage(argument.slice('--lang='.length));
    } else if (argument === '--colour' || argument.startsWith('--colour=')) {
      rest.push(argument.replace('colour', 'color'));
    } else if (/^-o[^=]/.test(argument)) {
      rest.push('-o', argument.slice(2));
    } else {
      rest.push(argument);
    }
  }
  return { rest: asFlags(rest), language };
}

/** `help`, `help scan` and `version` as kubectl and helm spell them. */
function asFlags(rest: readonly string[]): readonly string[] {
  if (rest[0] === 'help') return [...rest.slice(1), '--help'];
  return rest.length === 1 && rest[0] === 'version' ? ['--version'] : rest;
}

function missing(flag: string): UsageError {
  return new UsageError((words) => words.usage.missingValue({ flag, command: 'kubestride' }));
}

function parseLanguage(value: string): Language {
  const language = LANGUAGES.find((known) => known.toLowerCase() === value.toLowerCase());
  if (language !== undefined) return language;
  throw new UsageError((words) =>
    words.usage.unknownValue({ flag: '--lang', value, near: nearest(value, LANGUAGES), all: LANGUAGES }),
  );
}
