import { buildCommand } from '@stricli/core';
import type { CliWords } from '../../../locales/cli.en.ts';
import type { Context } from '../../context.ts';
import { type CommonFlags, langFlag, plainOutputFlag } from '../../flags.ts';
import { path } from '../../parsers.ts';

export interface LintFlags extends CommonFlags {
  readonly policy: string;
  readonly audit?: readonly string[];
  readonly output?: 'terminal' | 'json';
}

export function lintCommand(words: CliWords) {
  const { brief, full, flag } = words.audit;
  return buildCommand<LintFlags, [], Context>({
    docs: { brief: brief.lint, fullDescription: `${brief.lint}\n\n${full.lint}` },
    parameters: {
      flags: {
        policy: { kind: 'parsed', parse: (input: string) => input, brief: flag.policy, placeholder: 'FILE' },
        audit: {
          kind: 'parsed',
          parse: path,
          brief: flag.audit,
          placeholder: 'LOG',
          variadic: true,
          optional: true,
        },
        output: plainOutputFlag(words),
        lang: langFlag(words),
      },
      aliases: { o: 'output' },
    },
    async func(flags) {
      const { lint } = await import('../../audit/lint.ts');
      this.exitCode = await lint(this, flags);
    },
  });
}
