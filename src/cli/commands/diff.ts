import { buildCommand } from '@stricli/core';
import type { CliWords } from '../../locales/cli.en.ts';
import type { Context } from '../context.ts';
import { type ColorChoice, type CommonFlags, choiceFlag, colorFlag, langFlag, outputFlag } from '../flags.ts';
import { comparedSources } from '../positionals.ts';
import { type SourceFlags, sourceFlags } from '../source-flags.ts';

export const DIFF_FORMATS = ['terminal', 'json', 'markdown'] as const;
export const DIFF_FAIL_ON = ['difference', 'finding', 'never'] as const;

export interface DiffFlags extends CommonFlags, SourceFlags {
  readonly output?: (typeof DIFF_FORMATS)[number];
  readonly failOn: (typeof DIFF_FAIL_ON)[number];
  readonly all: boolean;
  readonly color?: ColorChoice;
}

export function diffCommand(words: CliWords) {
  return buildCommand<DiffFlags, string[], Context>({
    docs: { brief: words.brief.diff, fullDescription: `${words.brief.diff}\n\n${words.full.diff}` },
    parameters: {
      flags: {
        ...sourceFlags(words),
        output: outputFlag(DIFF_FORMATS, words.flag.outputDiff),
        failOn: {
          ...choiceFlag('--fail-on', DIFF_FAIL_ON, words.flag.failOnDiff, 'WHAT'),
          default: 'difference',
        },
        all: { kind: 'boolean', default: false, withNegated: false, brief: words.flag.allDifferences },
        color: colorFlag(words),
        lang: langFlag(words),
      },
      aliases: { o: 'output', n: 'namespace' },
      positional: comparedSources(words),
    },
    async func(flags, ...sources) {
      const { diff } = await import('../diff.ts');
      this.exitCode = await diff(this, flags, sources);
    },
  });
}
