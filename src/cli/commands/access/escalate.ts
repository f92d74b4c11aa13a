import { buildCommand } from '@stricli/core';
import { TARGETS, type Target } from '../../../engines/authorization/index.ts';
import type { CliWords } from '../../../locales/cli.en.ts';
import type { Context } from '../../context.ts';
import { choiceFlag } from '../../flags.ts';
import { leadingThenSources } from '../../positionals.ts';
import { namespaceFlag } from '../../source-flags.ts';
import { type AccessFlags, accessFlags } from './flags.ts';

export interface EscalateFlags extends AccessFlags {
  readonly to?: readonly Target[];
  readonly proven: boolean;
  readonly all: boolean;
}

export function escalateCommand(words: CliWords) {
  const { argument, brief, flag, full } = words.escalation;
  return buildCommand<EscalateFlags, string[], Context>({
    docs: { brief, fullDescription: `${brief}\n\n${full}` },
    parameters: {
      flags: {
        to: { ...choiceFlag('--to', TARGETS, flag.to, 'TARGET'), variadic: true, optional: true },
        proven: { kind: 'boolean', default: false, withNegated: false, brief: flag.proven },
        all: { kind: 'boolean', default: false, withNegated: false, brief: flag.all },
        ...accessFlags(words),
        namespace: namespaceFlag(flag.namespace),
      },
      aliases: { o: 'output', n: 'namespace' },
      positional: leadingThenSources(words, [{ placeholder: '[SUBJECT]', brief: argument }]),
    },
    async func(flags, ...given) {
      const { escalate } = await import('../../access/escalate.ts');
      this.exitCode = await escalate(this, flags, given);
    },
  });
}
