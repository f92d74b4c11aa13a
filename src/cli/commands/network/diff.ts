import { buildCommand } from '@stricli/core';
import type { CliWords } from '../../../locales/cli.en.ts';
import type { Context } from '../../context.ts';
import { oneOf, path } from '../../parsers.ts';
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
        output: {
          kind: 'parsed',
          parse: oneOf('-o', FORMATS),
          proposeCompletions: () => FORMATS,
          brief: words.flag.outputDiff,
          placeholder: 'FORMAT',
          optional: true,
        },
        failOn: {
          kind: 'parsed',
          parse: oneOf('--fail-on', FAIL_ON),
          proposeCompletions: () => FAIL_ON,
          brief: flag.failOn,
          placeholder: 'WHAT',
          default: 'granted',
        },
        ...networkFlags(words),
      },
      aliases: { o: 'output', n: 'namespace' },
      positional: {
        kind: 'array',
        parameter: { placeholder: 'SOURCE', brief: words.argument.diffSource, parse: path },
      },
    },
    async func(flags, ...sources) {
      const { networkDiff } = await import('../../network/diff.ts');
      this.exitCode = await networkDiff(this, flags, sources);
    },
  });
}
