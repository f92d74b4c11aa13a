import { buildCommand } from '@stricli/core';
import type { CliWords } from '../../../locales/cli.en.ts';
import type { Context } from '../../context.ts';
import { leadingThenSources } from '../../positionals.ts';
import { textFlag } from '../../source-flags.ts';
import { type AccessFlags, accessFlags, anyNamespaceFlag, groupFlag } from './flags.ts';

export interface CanFlags extends AccessFlags {
  readonly asGroup?: readonly string[];
  readonly subresource?: string;
  readonly name?: string;
  readonly explain: boolean;
}

export function canCommand(words: CliWords) {
  const { argument } = words.access;
  return buildCommand<CanFlags, string[], Context>({
    docs: {
      brief: words.access.brief.can,
      fullDescription: `${words.access.brief.can}\n\n${words.access.full.can}`,
    },
    parameters: {
      flags: {
        explain: { kind: 'boolean', default: false, withNegated: false, brief: words.flag.explainAccess },
        asGroup: groupFlag(words),
        subresource: textFlag(words.flag.subresource, 'SUBRESOURCE'),
        name: textFlag(words.flag.resourceName, 'NAME'),
        ...accessFlags(words),
        namespace: anyNamespaceFlag(words),
      },
      aliases: { o: 'output', n: 'namespace' },
      positional: leadingThenSources(words, [
        { placeholder: 'SUBJECT', brief: argument.subject },
        { placeholder: 'VERB', brief: argument.verb },
        { placeholder: 'RESOURCE', brief: argument.resource },
      ]),
    },
    async func(flags, ...given) {
      const { can } = await import('../../access/can.ts');
      this.exitCode = await can(this, flags, given);
    },
  });
}
