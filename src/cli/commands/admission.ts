import { buildCommand } from '@stricli/core';
import type { CliWords } from '../../locales/cli.en.ts';
import type { Context } from '../context.ts';
import { type CommonFlags, choiceFlag, langFlag, plainOutputFlag } from '../flags.ts';
import { paths } from '../positionals.ts';
import { type SourceFlags, sourceFlags } from '../source-flags.ts';

const OPERATIONS = ['CREATE', 'UPDATE'] as const;

export interface AdmissionFlags extends CommonFlags, SourceFlags {
  readonly output?: 'terminal' | 'json';
  readonly operation: (typeof OPERATIONS)[number];
}

export function admissionCommand(words: CliWords) {
  return buildCommand<AdmissionFlags, string[], Context>({
    docs: {
      brief: words.brief.admission,
      fullDescription: `${words.brief.admission}\n\n${words.full.admission}`,
    },
    parameters: {
      flags: {
        output: plainOutputFlag(words),
        operation: {
          ...choiceFlag('--operation', OPERATIONS, words.flag.operation, 'OPERATION'),
          default: 'CREATE',
        },
        ...sourceFlags(words),
        lang: langFlag(words),
      },
      aliases: { o: 'output', n: 'namespace' },
      positional: paths(words),
    },
    async func(flags, ...paths) {
      const { admission } = await import('../admission.ts');
      this.exitCode = await admission(this, flags, paths);
    },
  });
}
