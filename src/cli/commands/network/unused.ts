import { buildCommand } from '@stricli/core';
import type { CliWords } from '../../../locales/cli.en.ts';
import type { Context } from '../../context.ts';
import { plainOutputFlag } from '../../flags.ts';
import { paths } from '../../positionals.ts';
import { type NetworkFlags, networkFlags } from './flags.ts';

export interface UnusedPoliciesFlags extends NetworkFlags {
  readonly output?: 'terminal' | 'json';
}

export function unusedPoliciesCommand(words: CliWords) {
  const { brief, full } = words.network;
  return buildCommand<UnusedPoliciesFlags, string[], Context>({
    docs: { brief: brief.unused, fullDescription: `${brief.unused}\n\n${full.unused}` },
    parameters: {
      flags: {
        output: plainOutputFlag(words),
        ...networkFlags(words),
      },
      aliases: { o: 'output', n: 'namespace' },
      positional: paths(words),
    },
    async func(flags, ...paths) {
      const { unusedPolicies } = await import('../../network/unused.ts');
      this.exitCode = await unusedPolicies(this, flags, paths);
    },
  });
}
