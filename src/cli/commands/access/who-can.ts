import { buildCommand } from '@stricli/core';
import type { CliWords } from '../../../locales/cli.en.ts';
import type { Context } from '../../context.ts';
import { leadingThenSources } from '../../positionals.ts';
import { textFlag } from '../../source-flags.ts';
import { type AccessFlags, accessFlags, anyNamespaceFlag } from './flags.ts';

export interface WhoCanFlags extends AccessFlags {
  readonly subresource?: string;
  readonly name?: string;
  readonly explain: boolean;
}

export function whoCanCommand(words: CliWords) {
  const { argument, brief, full } = words.access;
  return buildCommand<WhoCanFlags, string[], Context>({
    docs: { brief: brief.whoCan, fullDescription: `${brief.whoCan}\n\n${full.whoCan}` },
    parameters: {
      flags: {
        explain: { kind: 'boolean', default: false, withNegated: false, brief: words.flag.explainAccess },
        subresource: textFlag(words.flag.subresource, 'SUBRESOURCE'),
        name: textFlag(words.flag.resourceName, 'NAME'),
        ...accessFlags(words),
        namespace: anyNamespaceFlag(words),
      },
      aliases: { o: 'output', n: 'namespace' },
      positional: leadingThenSources(words, [
        { placeholder: 'VERB', brief: argument.verb },
        { placeholder: 'RESOURCE', brief: argument.resource },
      ]),
    },
    async func(flags, ...given) {
      const { whoCan } = await import('../../access/who-can.ts');
      this.exitCode = await whoCan(this, flags, given);
    },
  });
}
