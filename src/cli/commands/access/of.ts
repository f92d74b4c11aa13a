import { buildCommand } from '@stricli/core';
import type { CliWords } from '../../../locales/cli.en.ts';
import type { Context } from '../../context.ts';
import { leadingThenSources } from '../../positionals.ts';
import { type AccessFlags, accessFlags, groupFlag } from './flags.ts';

export interface OfFlags extends AccessFlags {
  readonly asGroup?: readonly string[];
  readonly explain: boolean;
}

export function ofCommand(words: CliWords) {
  const { argument, brief, full } = words.access;
  return buildCommand<OfFlags, string[], Context>({
    docs: { brief: brief.of, fullDescription: `${brief.of}\n\n${full.of}` },
    parameters: {
      flags: {
        explain: { kind: 'boolean', default: false, withNegated: false, brief: words.flag.explainAccess },
        asGroup: groupFlag(words),
        ...accessFlags(words),
      },
      aliases: { o: 'output', n: 'namespace' },
      positional: leadingThenSources(words, [{ placeholder: 'SUBJECT', brief: argument.subject }]),
    },
    async func(flags, ...given) {
      const { of } = await import('../../access/of.ts');
      this.exitCode = await of(this, flags, given);
    },
  });
}
