import { buildCommand } from '@stricli/core';
import type { CliWords } from '../../../locales/cli.en.ts';
import type { Context } from '../../context.ts';
import { choiceFlag, outputFlag } from '../../flags.ts';
import { comparedSources } from '../../positionals.ts';
import { type NetworkFlags, networkFlags } from './flags.ts';

const FORMATS = ['terminal', 'json', 'markdown'] as const;
const FAIL_ON = ['granted', 'difference', 'never'] as const;

export interface NetworkDiffFlags extends NetworkFlags {
  readonly output?: (typeof FORMATS)[number];
  readonly failOn: (typeof FAIL_ON)[number];
}

export function networkDiffCommand(words: CliWords) {
  const { brief, flag, full } = words.network;
  return buildCommand<NetworkDiffFlags, string[], Context>({
    docs: { brief: brief.diff, fullDescription: `${brief.diff}\n\n${full.diff}` },
    parameters: {
      flags: {
        output: outputFlag(FORMATS, words.flag.outputDiff),
        failOn: { ...choiceFlag('--fail-on', FAIL_ON, flag.failOn, 'WHAT'), default: 'granted' },
        ...networkFlags(words),
      },
      aliases: { o: 'output', n: 'namespace' },
      positional: comparedSources(words),
    },
    async func(flags, ...sources) {
      const { networkDiff } = await import('../../network/diff.ts');
      this.exitCode = await networkDiff(this, flags, sources);
    },
  });
}
