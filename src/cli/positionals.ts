import type { CliWords } from '../locales/cli.en.ts';
import { path } from './parsers.ts';
import { UsageError } from './usage-error.ts';

/** An argument that a command asks for by name. */
export interface NamedArgument {
  readonly placeholder: string;
  readonly brief: string;
}

/** Positional parameters of a command that takes arguments of its own before its sources. */
export interface LeadingThenSources {
  readonly kind: 'array';
  readonly parameter: NamedArgument & { readonly parse: (input: string) => string };
  /** What stands before the sources, in this order. The parser does not know of it; help and `splitLeading` do. */
  readonly leading: readonly NamedArgument[];
}

/** The paths that a command reads. */
export function paths(words: CliWords) {
  return pathsFor({ placeholder: 'PATH', brief: words.argument.path });
}

/** The two sources that a command compares. */
export function comparedSources(words: CliWords) {
  return pathsFor({ placeholder: 'SOURCE', brief: words.argument.diffSource });
}

export function pathsFor(argument: NamedArgument) {
  return { kind: 'array', parameter: { ...argument, parse: path } } as const;
}

export function leadingThenSources(
  words: CliWords,
  leading: readonly NamedArgument[],
  sources: NamedArgument = { placeholder: 'PATH', brief: words.argument.path },
): LeadingThenSources {
  return { kind: 'array', parameter: { ...sources, parse: path }, leading };
}

/** The leading arguments by themselves; throws UsageError for the first that is missing. */
export function splitLeading<const N extends readonly string[]>(
  command: string,
  placeholders: N,
  given: readonly string[],
): { readonly leading: { readonly [K in keyof N]: string }; readonly paths: readonly string[] } {
  const missing = placeholders[given.length];
  if (missing !== undefined) {
    throw new UsageError((words) => words.usage.missingArgument({ name: missing, command }));
  }
  const leading = given.slice(0, placeholders.length) as unknown as { readonly [K in keyof N]: string };
  return { leading, paths: given.slice(placeholders.length) };
}
