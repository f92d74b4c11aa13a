import { buildCommand } from '@stricli/core';
import type { CliWords } from '../../../locales/cli.en.ts';
import type { Context } from '../../context.ts';
import { plainOutputFlag } from '../../flags.ts';
import { textFlag } from '../../source-flags.ts';
import { type StoreFlags, storeFlags, textsFlag, timeFlags } from './store-flags.ts';

export interface CompletenessFlags extends StoreFlags {
  readonly since?: string;
  readonly until?: string;
  readonly clusterName?: string;
  readonly metrics?: readonly string[];
  readonly policy?: string;
  readonly output?: 'terminal' | 'json';
}

export function completenessCommand(words: CliWords) {
  const { brief, full, flag } = words.recording;
  return buildCommand<CompletenessFlags, [], Context>({
    docs: { brief: brief.completeness, fullDescription: `${brief.completeness}\n\n${full.completeness}` },
    parameters: {
      flags: {
        ...storeFlags(words),
        ...timeFlags(words),
        clusterName: textFlag(flag.clusterName, 'NAME'),
        metrics: textsFlag(flag.metrics, 'FILE'),
        policy: textFlag(flag.policy, 'FILE'),
        output: plainOutputFlag(words),
      },
      aliases: { o: 'output' },
    },
    async func(flags) {
      const { judgeCompleteness } = await import('../../audit/completeness.ts');
      this.exitCode = await judgeCompleteness(this, flags);
    },
  });
}
