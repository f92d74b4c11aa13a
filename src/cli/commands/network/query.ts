import { buildCommand } from '@stricli/core';
import type { CliWords } from '../../../locales/cli.en.ts';
import type { Context } from '../../context.ts';
import { plainOutputFlag } from '../../flags.ts';
import { leadingThenSources } from '../../positionals.ts';
import { textFlag } from '../../source-flags.ts';
import { type NetworkFlags, networkFlags } from './flags.ts';

export interface QueryFlags extends NetworkFlags {
  readonly output?: 'terminal' | 'json';
  readonly probes?: string;
}

export function queryCommand(words: CliWords) {
  const { argument, brief, flag, full } = words.network;
  return buildCommand<QueryFlags, string[], Context>({
    docs: { brief: brief.query, fullDescription: `${brief.query}\n\n${full.query}` },
    parameters: {
      flags: {
        probes: textFlag(flag.probes, 'FILE'),
        output: plainOutputFlag(words),
        ...networkFlags(words),
      },
      aliases: { o: 'output', n: 'namespace' },
      positional: leadingThenSources(words, [
        { placeholder: 'FROM', brief: argument.from },
        { placeholder: 'TO', brief: argument.to },
        { placeholder: '[PORT]', brief: argument.port },
      ]),
    },
    async func(flags, ...given) {
      const { query } = await import('../../network/query.ts');
      this.exitCode = await query(this, flags, given);
    },
  });
}
