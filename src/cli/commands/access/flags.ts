import type { CliWords } from '../../../locales/cli.en.ts';
import { type CommonFlags, langFlag, plainOutputFlag } from '../../flags.ts';
import { namespaceFlag, type SourceFlags, sourceFlags } from '../../source-flags.ts';

export interface AccessFlags extends CommonFlags, SourceFlags {
  readonly output?: 'terminal' | 'json';
  readonly noBootstrap: boolean;
}

/** Flags that every `kubestride access` command takes; `namespace` is where the question is asked, not what is read. */
export function accessFlags(words: CliWords) {
  return {
    output: plainOutputFlag(words),
    noBootstrap: { kind: 'boolean', default: false, withNegated: false, brief: words.flag.noBootstrap },
    ...sourceFlags(words),
    namespace: namespaceFlag(words.flag.accessNamespace),
    lang: langFlag(words),
  } as const;
}

/** The namespace of a question, which may be asked of all of them in so many words: `-n '*'`. */
export function anyNamespaceFlag(words: CliWords) {
  const flag = namespaceFlag(words.flag.accessNamespace);
  return { ...flag, parse: (input: string) => (input === '*' ? '' : flag.parse(input)) } as const;
}

/** A group that the subject is also in, as `kubectl --as-group`. */
export function groupFlag(words: CliWords) {
  return {
    kind: 'parsed',
    parse: (input: string) => input,
    brief: words.flag.asGroup,
    placeholder: 'GROUP',
    variadic: true,
    optional: true,
  } as const;
}
