import { buildCommand } from '@stricli/core';
import type { CliWords } from '../../../locales/cli.en.ts';
import type { Context } from '../../context.ts';
import { type CommonFlags, langFlag, plainOutputFlag } from '../../flags.ts';

export interface DecideFlags extends CommonFlags {
  readonly policy: string;
  readonly requests: string;
  readonly output?: 'terminal' | 'json';
}

export function decideCommand(words: CliWords) {
  const { brief, full, flag } = words.audit;
  return buildCommand<DecideFlags, [], Context>({
    docs: { brief: brief.decide, fullDescription: `${brief.decide}\n\n${full.decide}` },
    parameters: {
      flags: {
        policy: { kind: 'parsed', parse: (input: string) => input, brief: flag.policy, placeholder: 'FILE' },
        requests: {
          kind: 'parsed',
          parse: (input: string) => input,
          brief: flag.requests,
          placeholder: 'FILE',
        },
        output: plainOutputFlag(words),
        lang: langFlag(words),
      },
      aliases: { o: 'output' },
    },
    async func(flags) {
      const { decide } = await import('../../audit/decide.ts');
      this.exitCode = await decide(this, flags);
    },
  });
}
