import { buildCommand } from '@stricli/core';
import { BREADTHS, type Breadth, NEEDS, type NeedId } from '../../../engines/audit-policy/index.ts';
import type { CliWords } from '../../../locales/cli.en.ts';
import type { Context } from '../../context.ts';
import { type CommonFlags, choiceFlag, langFlag } from '../../flags.ts';

export interface GenerateFlags extends CommonFlags {
  readonly goal?: readonly NeedId[];
  readonly also: Breadth;
}

export function generatePolicyCommand(words: CliWords) {
  const { brief, full, flag } = words.audit;
  return buildCommand<GenerateFlags, [], Context>({
    docs: { brief: brief.generate, fullDescription: `${brief.generate}\n\n${full.generate}` },
    parameters: {
      flags: {
        goal: { ...choiceFlag('--goal', NEEDS, flag.goal, 'GOAL'), variadic: true, optional: true },
        also: { ...choiceFlag('--also', BREADTHS, flag.also, 'WHAT'), default: 'changes' },
        lang: langFlag(words),
      },
    },
    async func(flags) {
      const { generatePolicy } = await import('../../audit/generate.ts');
      this.exitCode = await generatePolicy(this, flags);
    },
  });
}
