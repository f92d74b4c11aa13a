import { buildCommand } from '@stricli/core';
import type { CliWords } from '../../locales/cli.en.ts';
import type { Context } from '../context.ts';
import { type CommonFlags, langFlag } from '../flags.ts';
import { clusterFlags, type SourceFlags, textFlag } from '../source-flags.ts';
import { UsageError } from '../usage-error.ts';

export interface CollectFlags extends CommonFlags, Omit<SourceFlags, 'verifyKey'> {
  readonly node: boolean;
  readonly root?: string;
  /** The bundle. */
  readonly output: string;
  readonly sign?: string;
}

function bundleFile(input: string): string {
  if (input !== '' && input !== '-') return input;
  throw new UsageError((words) => words.usage.bundleNeedsFile());
}

export function collectCommand(words: CliWords) {
  return buildCommand<CollectFlags, [], Context>({
    docs: { brief: words.brief.collect, fullDescription: `${words.brief.collect}\n\n${words.full.collect}` },
    parameters: {
      flags: {
        ...clusterFlags(words),
        node: { kind: 'boolean', default: false, withNegated: false, brief: words.flag.node },
        root: textFlag(words.flag.root, 'FOLDER'),
        output: { kind: 'parsed', parse: bundleFile, brief: words.flag.bundle, placeholder: 'FILE' },
        sign: textFlag(words.flag.sign, 'KEY'),
        lang: langFlag(words),
      },
      aliases: { n: 'namespace', o: 'output' },
    },
    async func(flags) {
      const { collect } = await import('../collect.ts');
      this.exitCode = await collect(this, flags);
    },
  });
}
