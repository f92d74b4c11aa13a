import { buildCommand } from '@stricli/core';
import type { CliWords } from '../../../locales/cli.en.ts';
import type { Context } from '../../context.ts';
import { choiceFlag, outputFlag } from '../../flags.ts';
import { comparedSources } from '../../positionals.ts';
import { type AccessFlags, accessFlags } from './flags.ts';

const FORMATS = ['terminal', 'json', 'markdown'] as const;
const FAIL_ON = ['granted', 'difference', 'never'] as const;

export interface AccessDiffFlags extends Omit<AccessFlags, 'output'> {
  readonly output?: (typeof FORMATS)[number];
  readonly failOn: (typeof FAIL_ON)[number];
}

export function accessDiffCommand(words: CliWords) {
  const { brief, flag, full } = words.access;
  return buildCommand<AccessDiffFlags, string[], Context>({
    docs: { brief: brief.diff, fullDescription: `${brief.diff}\n\n${full.diff}` },
    parameters: {
      flags: {
        ...accessFlags(words),
        output: outputFlag(FORMATS, words.flag.outputDiff),
        failOn: { ...choiceFlag('--fail-on', FAIL_ON, flag.failOn, 'WHAT'), default: 'granted' },
        namespace: { ...accessFlags(words).namespace, brief: flag.diffNamespace },
      },
      aliases: { o: 'output', n: 'namespace' },
      positional: comparedSources(words),
    },
    async func(flags, ...sources) {
      const { accessDiff } = await import('../../access/diff.ts');
      this.exitCode = await accessDiff(this, flags, sources);
    },
  });
}
