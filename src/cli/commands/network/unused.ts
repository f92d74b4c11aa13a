import { buildCommand } from '@stricli/core';
import type { CliWords } from '../../../locales/cli.en.ts';
import type { Context } from '../../context.ts';
import { oneOf, path } from '../../parsers.ts';
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
        output: {
          kind: 'parsed',
          parse: oneOf('-o', ['terminal', 'json']),
          proposeCompletions: () => ['terminal', 'json'],
          brief: words.flag.outputPlain,
          placeholder: 'FORMAT',
          optional: true,
        },
        ...networkFlags(words),
      },
      aliases: { o: 'output', n: 'namespace' },
      positional: {
        kind: 'array',
        parameter: { placeholder: 'PATH', brief: words.argument.path, parse: path },
      },
    },
    async func(flags, ...paths) {
      const { unusedPolicies } = await import('../../network/unused.ts');
      this.exitCode = await unusedPolicies(this, flags, paths);
    },
  });
}
