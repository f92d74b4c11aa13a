import type { CliWords } from '../../../locales/cli.en.ts';
import { type CommonFlags, langFlag } from '../../flags.ts';
import { type SourceFlags, sourceFlags } from '../../source-flags.ts';

export interface NetworkFlags extends CommonFlags, SourceFlags {}

/** Flags that every `kubestride network` command takes. */
export function networkFlags(words: CliWords) {
  return { ...sourceFlags(words), lang: langFlag(words) } as const;
}
