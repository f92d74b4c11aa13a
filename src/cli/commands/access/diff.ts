import { buildCommand } from '@stricli/core';
import type { CliWords } from '../../../locales/cli.en.ts';
import type { Context } from '../../context.ts';
import { oneOf, path } from '../../parsers.ts';
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
        namespace: { ...accessFlags(words).namespace, brief: flag.diffNamespace },
      },
      aliases: { o: 'output', n: 'namespace' },
      positional: {
        kind: 'array',
        parameter: { placeholder: 'SOURCE', brief: words.argument.diffSource, parse: path },
      },
    },
    async func(flags, ...sources) {
      const { accessDiff } = await import('../../access/diff.ts');
      this.exitCode = await accessDiff(this, flags, sources);
    },
  });
}
