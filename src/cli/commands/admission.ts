import { buildCommand } from '@stricli/core';
import type { CliWords } from '../../locales/cli.en.ts';
import type { Context } from '../context.ts';
import { type CommonFlags, langFlag } from '../flags.ts';
import { oneOf, path } from '../parsers.ts';
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
        output: {
          kind: 'parsed',
          parse: oneOf('-o', ['terminal', 'json']),
          proposeCompletions: () => ['terminal', 'json'],
          brief: words.flag.outputPlain,
          placeholder: 'FORMAT',
          optional: true,
        },
        operation: {
          kind: 'parsed',
          parse: oneOf('--operation', OPERATIONS),
          proposeCompletions: () => OPERATIONS,
          brief: words.flag.operation,
          placeholder: 'OPERATION',
          default: 'CREATE',
        },
        ...sourceFlags(words),
        lang: langFlag(words),
      },
      aliases: { o: 'output', n: 'namespace' },
      positional: {
        kind: 'array',
        parameter: { placeholder: 'PATH', brief: words.argument.path, parse: path },
      },
    },
    async func(flags, ...paths) {
      const { admission } = await import('../admission.ts');
      this.exitCode = await admission(this, flags, paths);
    },
  });
}
